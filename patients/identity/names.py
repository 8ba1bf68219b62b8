"""Names by the RNIV rules (identity §1.8): as received, normalised, comparison key.

The INS accepts A–Z, space, apostrophe and hyphen only. What can be transcribed without losing a letter is transcribed
(é → E, œ → OE, ’ → '); anything else is refused with a sentence, never dropped: a silently shortened name is another
person for INSi and for the next hospital.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from patients.identity.refusal import NBSP, THIN, Refused, quoted

MAX_LENGTH = 100  # INSi and datamatrix limit, after normalisation

_FAMILY_SYNTAX = re.compile(r"'?[A-Z]+(?:(?:--|-|'| )[A-Z]+)*'?")
_GIVEN_SYNTAX = re.compile(r"'?[A-Z]+(?:[-' ][A-Z]+)*")

# Letters that Unicode does not decompose into a base letter and a mark; transcribed as on identity papers.
_TRANSCRIBED = {
    "ß": "SS", "ẞ": "SS", "Æ": "AE", "Œ": "OE", "Ø": "O", "Ł": "L", "Đ": "D", "Ð": "D", "Þ": "TH",
    "Ħ": "H", "Ŧ": "T", "Ŋ": "N", "ı": "I",
}  # fmt: skip
_APOSTROPHES = "'’‘‛ʼʻʾʿ`´′"
_HYPHENS = "-‐‑‒–—―−"
_BLANKS = "\t\n\r"  # of the control characters, those a text pasted from elsewhere may hold between two names
# Marks of the Latin alphabet, apart from the letter they are on: blocks of combining marks but U+034F, which is none.
_MARKS = (range(0x0300, 0x034F), range(0x0350, 0x0370), range(0x1AB0, 0x1B00), range(0x1DC0, 0x1E00),
          range(0x20D0, 0x2100))  # fmt: skip
_LOOKALIKES = str.maketrans({"0": "O", "1": "I"})
_NOT_LETTERS = {ord(c): None for c in " -'"}


class NameRefused(Refused):
    """A name cannot be written with the characters and the syntax the INS accepts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NameForms:
    """The three forms kept of a name: `received` as typed, `normalised` for INSi and display, `key` to compare.

    A text too long for its column with its marks apart is received composed (NFC): nothing is cut.
    """

    received: str
    normalised: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Field:
    label: str  # as in « n'est pas admis dans un nom de naissance »
    missing: str
    family: bool
    longest: int = MAX_LENGTH  # as received: what is kept of it has the room of its column


_BIRTH_NAME = _Field(label="un nom de naissance", missing="Le nom de naissance est obligatoire.", family=True)
_USED_NAME = _Field(label="un nom utilisé", missing="", family=True)
_GIVEN_NAME = _Field(label="un prénom", missing="Le premier prénom de naissance est obligatoire.", family=False)
_GIVEN_NAMES = _Field(
    label="la liste des prénoms", missing="La liste des prénoms est vide.", family=False, longest=2 * MAX_LENGTH
)
_USED_GIVEN_NAME = _Field(label="un prénom utilisé", missing="", family=False)


def normalise_birth_name(text: str) -> NameForms:
    """Normalise a birth family name; raise NameRefused when it is empty or cannot be written for the INS."""
    return _normalise(text, _BIRTH_NAME)


def normalise_given_name(text: str) -> NameForms:
    """Normalise the first birth given name (compound names allowed); raise NameRefused."""
    return _normalise(text, _GIVEN_NAME)


def normalise_given_names(text: str) -> NameForms:
    """Normalise the list of birth given names, in order; commas, as printed on identity papers, count as spaces."""
    composed = unicodedata.normalize("NFC", text)
    if len(composed) > _GIVEN_NAMES.longest:
        raise NameRefused(_too_long(len(composed), _GIVEN_NAMES.longest))
    forms = _normalise(composed.replace(",", " "), _GIVEN_NAMES)
    received = text if len(text) <= _GIVEN_NAMES.longest else composed
    return NameForms(received=received, normalised=forms.normalised, key=forms.key)


def normalise_used_name(text: str) -> NameForms | None:
    """Normalise a used family name; None when empty, since it is never filled from the birth name (EXI ID 08)."""
    return None if _is_empty(text) else _normalise(text, _USED_NAME)


def normalise_used_given_name(text: str) -> NameForms | None:
    """Normalise a used given name; None when empty (EXI ID 08)."""
    return None if _is_empty(text) else _normalise(text, _USED_GIVEN_NAME)


@lru_cache(maxsize=65536)
def comparison_key(text: str) -> str:
    """Reduce any text to its letters, A–Z; tolerant, for searching and comparing only, never to store a trait."""
    if text.isascii() and text.isupper():
        stripped = text.translate(_NOT_LETTERS)
        if stripped.isalpha():
            return stripped
    written = "".join(_transcription(c) or "" for c in unicodedata.normalize("NFC", text))
    return "".join(c for c in written if "A" <= c <= "Z")


def given_names_agree(first_given_name: str, given_names: str) -> bool:
    """Tell whether the list of given names begins with the first one, hyphens and apostrophes as spaces (EXI ID 10).

    Both in normalised form. False calls for a warning to the user, not for a refusal.
    """
    first = re.sub(r"[-']", " ", first_given_name)
    names = re.sub(r"[-']", " ", given_names)
    return f"{names} ".startswith(f"{first} ")


@lru_cache(maxsize=4096)
def _transcription(char: str) -> str | None:
    """Write one character with the INS alphabet; "" for a mark on a Latin letter, None when it cannot be.

    A mark of another alphabet, a variation selector or a control character says something that would be lost: None.
    """
    if char in _APOSTROPHES:
        return "'"
    if char in _HYPHENS:
        return "-"
    if _is_blank(char):
        return " "
    if _is_mark(char):
        return ""
    written = ""
    for part in unicodedata.normalize("NFKD", char):
        if _is_mark(part):
            continue
        upper = _TRANSCRIBED.get(part) or _TRANSCRIBED.get(part.upper()) or part.upper()
        written += "-" if upper in _HYPHENS else "'" if upper in _APOSTROPHES else upper
    accepted = re.fullmatch(r"[A-Z]+|[-']", written)
    return written if accepted else None


def _is_blank(char: str) -> bool:
    return char in _BLANKS or unicodedata.category(char) in ("Zs", "Zl", "Zp")


def _is_empty(text: str) -> bool:
    return all(_is_blank(char) for char in text)


def _is_mark(char: str) -> bool:
    return unicodedata.category(char) == "Mn" and any(ord(char) in block for block in _MARKS)


def _normalise(text: str, field: _Field) -> NameForms:
    composed = unicodedata.normalize("NFC", text)
    if len(composed) > field.longest:
        raise NameRefused(_too_long(len(composed), field.longest))
    written: list[str] = []
    for position, char in enumerate(composed, start=1):
        letters = _transcription(char)
        orphan_mark = letters == "" and not (written and written[-1][-1:].isalpha())
        if letters is None or orphan_mark:
            raise NameRefused(_refused_character(char, position, field), suggestions=_suggestions(composed, field))
        if letters:
            written.append(letters)
    normalised = " ".join("".join(written).split())
    problem = _syntax_problem(normalised, field)
    if problem:
        raise NameRefused(problem, suggestions=_suggestions(composed, field))
    received = text if len(text) <= field.longest else composed
    return NameForms(received=received, normalised=normalised, key=normalised.translate(_NOT_LETTERS))


def _accepted(text: str, field: _Field) -> bool:
    syntax = _FAMILY_SYNTAX if field.family else _GIVEN_SYNTAX
    return len(text) <= MAX_LENGTH and syntax.fullmatch(text) is not None


def _suggestions(composed: str, field: _Field) -> tuple[str, ...]:
    """Propose the one writing that a small slip hides: a digit for a letter, a dot, a space beside a hyphen."""
    guess = composed.translate(_LOOKALIKES).replace(".", " ")
    letters = [_transcription(c) for c in guess]
    if any(written is None for written in letters):
        return ()
    text = re.sub(r" +", " ", "".join(written or "" for written in letters)).strip(" -")
    text = re.sub(r" ?(-+|'+) ?", lambda m: m.group(1), text)
    text = re.sub(r"'+", "'", re.sub(r"-{3,}", "--", text) if field.family else re.sub(r"-+", "-", text))
    text = text if field.family else text.rstrip("'")
    return (text,) if _accepted(text, field) and not _title_problem(text) else ()


def _refused_character(char: str, position: int, field: _Field) -> str:
    where = f"{quoted(char)} (position {position})"
    if char.isdecimal():
        hint = {"0": "O", "1": "I"}.get(char)
        advice = f"Vouliez-vous la lettre {quoted(hint)}{THIN}?" if hint else "Un nom ne comporte pas de chiffre."
        return f"Le chiffre {where} n’est pas admis dans {field.label}. {advice}"
    if char == ".":
        return f"Le point (position {position}) n’est pas admis dans {field.label}. Écrivez le mot sans point."
    if char in ",;/()+&":
        return (
            f"Le signe {where} n’est pas admis dans {field.label}. Un seul nom par champ{NBSP}: le nom utilisé et les "
            "autres prénoms ont chacun le leur."
        )
    if unicodedata.category(char) in {"Cf", "Cc", "Mn", "Co", "Cn", "Cs"}:
        code = f"U+{ord(char):04X}, position {position}"
        return f"Un caractère invisible ({code}) s’est glissé dans {field.label}. Effacez le champ et retapez-le."
    if char.isalpha():
        return (
            f"La lettre {where} n’est pas admise dans {field.label}. Recopiez-le en lettres latines, tel qu’il est "
            "transcrit sur la pièce d’identité."
        )
    return (
        f"Le caractère {where} n’est pas admis dans {field.label}. Seuls les lettres, l’espace, l’apostrophe et le "
        "trait d’union le sont."
    )


def _syntax_problem(text: str, field: _Field) -> str:
    if not text:
        return field.missing or "Saisissez au moins une lettre."
    if len(text) > MAX_LENGTH:
        return _too_long(len(text), MAX_LENGTH)
    if _accepted(text, field):
        return _title_problem(text)
    if not any(c.isalpha() for c in text):
        return f"Aucune lettre dans {quoted(text)}{NBSP}: saisissez le nom tel qu’il figure sur la pièce d’identité."
    if text[0] == "-" or text[-1] == "-":
        return "Un trait d’union ne peut ni commencer ni finir un nom."
    if not field.family and text[-1] == "'":
        return "Un prénom ne peut pas finir par une apostrophe."
    doubled = re.search(r"[ '-]{2,}", text)
    signs = doubled.group() if doubled else text[:1]
    if signs == "--":
        return "Le double trait d’union n’existe que dans un nom de famille."
    if " " in signs and "-" in signs:
        return "Un espace touche un trait d’union. Écrivez l’un ou l’autre, comme sur la pièce d’identité."
    if " " in signs and "'" in signs:
        return "Un espace touche une apostrophe. Écrivez l’un ou l’autre, comme sur la pièce d’identité."
    return f"Les signes {quoted(signs)} ne peuvent pas se suivre dans {field.label}."


def _too_long(count: int, limit: int) -> str:
    return f"Ce champ compte {count} caractères{THIN}; il en admet {limit} au plus."


def _title_problem(text: str) -> str:
    """A title or « épouse », « née » in the field says that two names were typed in one (identity §1.8)."""
    words = text.split(" ")
    if len(words) > 1 and words[0] in {"MME", "MLLE", "VVE", "MONSIEUR", "MADAME", "MADEMOISELLE"}:
        return f"{quoted(words[0])} est une civilité, elle ne fait pas partie du nom."
    for word in words[1:-1]:
        if word in {"EPOUSE", "EP", "VVE", "VEUVE", "NEE"}:
            return (
                f"{quoted(word)} sépare deux noms. Saisissez le nom de naissance et le nom utilisé chacun dans "
                "son champ."
            )
    return ""
