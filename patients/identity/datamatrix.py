"""The INS datamatrix (identity §1.9): its text read tolerantly, written strictly.

Header IS01 and 22 zeros, then blocks: S1 matricule · S2 OID · S3 given names · S4 birth name · S5 sex · S6 birth date ·
S7 INSEE code (optional). A block of variable length that is neither full nor last ends with GS (ASCII 29).
"""

import re
from dataclasses import dataclass
from datetime import date

from patients.identity.ins import Ins, Platform, read_ins
from patients.identity.names import normalise_birth_name, normalise_given_names
from patients.identity.refusal import NBSP, Refused, quoted

GS = "\x1d"
HEADER = "IS01" + "0" * 22

_MISSING = {
    "1": "le matricule", "2": "l’OID", "3": "les prénoms", "4": "le nom de naissance", "5": "le sexe",
    "6": "la date de naissance",
}  # fmt: skip
_LONGEST = {"S2": 20, "S3": 100, "S4": 100}
# Names hold no digit, so the next block shows even where a writer forgot its GS.
_BLOCK = {
    "1": r"[0-9AB]{15}",
    "2": r"[0-9.]{10,20}",
    "3": r"[^0-9\x1d]{1,100}?(?=\x1d|S[1-7]|$)",
    "4": r"[^0-9\x1d]{1,100}?(?=\x1d|S[1-7]|$)",
    "5": r"[MFI]",
    "6": r"\d{2}-\d{2}-\d{4}",
    "7": r"\d[0-9AB]\d{3}",
}
_ANY_BLOCK = re.compile("|".join(f"S{number}(?P<S{number}>{content})" for number, content in _BLOCK.items()))


class DatamatrixRefused(Refused):
    """A scanned text is not an INS datamatrix, or an identity cannot be written as one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InsDatamatrix:
    """What the symbol holds: the list of given names, not the first one alone; `birth_insee` is "" when absent."""

    ins: Ins
    given_names: str
    birth_name: str
    sex: str
    birth_date: date
    birth_insee: str = ""


def read_datamatrix(text: str, *, platform: Platform) -> InsDatamatrix:
    """Read the text a scanner types; raise DatamatrixRefused, or InsRefused for the matricule and its OID.

    Tolerates blocks in any order, GS missing, superfluous or written `<GS>` or `^]`, a symbology prefix, line ends.
    """
    payload = re.sub(r"<GS>|\^\]|␝", GS, text.strip(" \r\n\t\0"), flags=re.IGNORECASE)
    payload = re.sub(r"^\]d[0-6]", "", payload)
    if not payload.startswith("IS0"):
        raise DatamatrixRefused(_not_ins(payload))
    if not re.match(r"IS\d{2}.{22}S[1-7]", payload):
        raise DatamatrixRefused("La lecture est incomplète. Scannez de nouveau le datamatrix INS.")
    blocks = _read_blocks(payload[len(HEADER) :])
    if absent := [label for number, label in _MISSING.items() if number not in blocks]:
        raise DatamatrixRefused(f"Le datamatrix ne contient pas {' ni '.join(absent)}. Scannez-le de nouveau.")
    ins = read_ins(blocks["1"], blocks["2"], platform=platform)
    assert ins is not None
    return InsDatamatrix(
        ins=ins,
        given_names=blocks["3"].strip(),
        birth_name=blocks["4"].strip(),
        sex=blocks["5"],
        birth_date=_read_date(blocks["6"]),
        birth_insee=blocks.get("7", ""),
    )


def write_datamatrix(content: InsDatamatrix) -> str:
    """Write the text of the symbol; raise DatamatrixRefused, NameRefused when a trait is not in its normalised form.

    Only for a qualified identity, which the caller knows and this codec does not.
    """
    _check_name(content.given_names, normalise_given_names(content.given_names).normalised)
    _check_name(content.birth_name, normalise_birth_name(content.birth_name).normalised)
    if not content.ins.key_is_right:
        raise DatamatrixRefused(f"La clé du matricule INS est fausse{NBSP}: le datamatrix n’est pas produit.")
    if content.sex not in ("M", "F"):
        raise DatamatrixRefused("Le datamatrix INS n’admet que le sexe M ou F.")
    if content.birth_insee and not re.fullmatch(r"\d{5}|2[AB]\d{3}", content.birth_insee):
        raise DatamatrixRefused(f"{quoted(content.birth_insee)} n’est pas un code INSEE de lieu de naissance.")
    blocks = [
        ("S1", content.ins.matricule),
        ("S2", content.ins.oid),
        ("S3", content.given_names),
        ("S4", content.birth_name),
        ("S5", content.sex),
        ("S6", content.birth_date.strftime("%d-%m-") + f"{content.birth_date.year:04d}"),
    ]
    if content.birth_insee:
        blocks.append(("S7", content.birth_insee))
    written = [tag + value + (GS if len(value) < _LONGEST.get(tag, 0) else "") for tag, value in blocks]
    return HEADER + "".join(written)


def _not_ins(payload: str) -> str:
    if payload.startswith("is0"):
        return "Le lecteur tape en minuscules. Désactivez le verrouillage des majuscules, puis scannez de nouveau."
    if re.match(r"(?i)is[à&é\"'(]{2}", payload):
        return f"Le lecteur n’est pas réglé pour un clavier français{NBSP}: les chiffres arrivent en signes."
    return "Ce code n’est pas un datamatrix INS. Scannez celui qui porte la mention « INS à scanner »."


def _read_blocks(text: str) -> dict[str, str]:
    blocks: dict[str, str] = {}
    place = 0
    while place < len(text):
        if text[place] == GS:
            place += 1
            continue
        match = _ANY_BLOCK.match(text, place)
        if not match or not match.lastgroup:
            raise DatamatrixRefused("Une partie du datamatrix est illisible. Scannez-le de nouveau.")
        number = match.lastgroup[1]
        if number in blocks:
            raise DatamatrixRefused("Le datamatrix contient deux fois la même donnée. Saisissez l’identité à la main.")
        blocks[number] = match[match.lastgroup]
        place = match.end()
    return blocks


def _read_date(text: str) -> date:
    day, month, year = text.split("-")
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise DatamatrixRefused(f"La date {quoted(text)} du datamatrix n’existe pas.") from None


def _check_name(given: str, normalised: str) -> None:
    if given != normalised:
        raise DatamatrixRefused(f"{quoted(given)} n’est pas sous sa forme normalisée.")
