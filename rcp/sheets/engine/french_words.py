"""Words of the sentences: dates, articles, elision, TNM, endings. Deterministic; a medico-legal text never varies."""

from __future__ import annotations

import re
from typing import Any

from dcc.lib.french import MONTHS, NBSP, join_list

_VOWEL = re.compile(r"[aâàeéèêëiîïoôuûùyhœæ]", re.IGNORECASE)
_ASPIRATED = frozenset({
    "hanche", "hauteur", "hernie", "huit", "haut", "haute", "hémi", "hors", "huitième", "handicap", "hodgkin", "hile",
})  # fmt: skip
_NO_ELISION = re.compile(r"(?i)(onze|oui|y[aeou]|un\b(?= %))")
_FIRST_WORD = re.compile(r"[\wÀ-ÿ’'-]+")


def elides(word: str) -> bool:
    """Whether an article loses its vowel before this word (aspirated h and « onze » keep it)."""
    first = _FIRST_WORD.match(word)
    plain = first.group().lower() if first else ""
    return bool(_VOWEL.match(word)) and plain not in _ASPIRATED and not _NO_ELISION.match(word)


def elide(article: str, word: str) -> str:
    """Join an article and a word: ``de`` + ``épaule`` → « d’épaule »."""
    return f"{article[:-1]}’{word}" if article[-1:] in "ea" and elides(word) else f"{article} {word}"


def de(word: str) -> str:
    """Say « de » before a noun group, contracted with its article: « du sein », « des os », « d’utérus »."""
    for article, contracted in (("le ", "du "), ("les ", "des ")):
        if word.lower().startswith(article):
            return contracted + word[len(article) :]
    return elide("de", word)


def low(text: str) -> str:
    """Start a label in lower case inside a sentence; acronyms and codes (TDM, RE, T-DXd, IRM) stay as they are."""
    if len(text) > 1 and text[0].isupper() and (text[1].islower() or text[1] in " ’"):
        return text[0].lower() + text[1:]
    return text


def day_words(iso: Any) -> str:
    """Name a date, partial or not, without preposition: « 3 mars 2025 », « mars 2025 », « 2025 »."""
    parts = [int(part) for part in str(iso)[:10].split("-") if part.isdigit()]
    if len(parts) == 1:
        return str(parts[0])
    if len(parts) == 2:
        return f"{MONTHS[parts[1] - 1]} {parts[0]}"
    if len(parts) == 3:
        number = "1er" if parts[2] == 1 else str(parts[2])
        return f"{number}{NBSP}{MONTHS[parts[1] - 1]} {parts[0]}"
    return ""


def date_fr(iso: Any) -> str:
    """Say when: « le 3 mars 2025 », « en mars 2025 », « en 2025 »; "" without a date."""
    said = day_words(iso) if iso else ""
    return f"{'le' if len(str(iso)) >= 10 else 'en'} {said}" if said else ""


def from_date(iso: Any) -> str:
    """Say of when: « du 3 mars 2025 », « d’avril 2025 », « de 2025 »; "" without a date."""
    said = day_words(iso) if iso else ""
    if not said:
        return ""
    return f"du {said}" if len(str(iso)) >= 10 else elide("de", said)


def between(start: Any, end: Any) -> str:
    """Say a period: « de mars 2024 à juin 2024 », « depuis mars 2024 », « jusqu’en juin 2024 »."""
    first, last = day_words(start) if start else "", day_words(end) if end else ""
    whole_start, whole_end = len(str(start)) >= 10, len(str(end)) >= 10
    if first and str(start) == str(end):
        return date_fr(start)
    if first and last:
        return f"{from_date(start)} {'au' if whole_end else 'à'} {last}"
    if first:
        return f"depuis le {first}" if whole_start else f"depuis {first}"
    return (f"jusqu’au {last}" if whole_end else f"jusqu’en {last}") if last else ""


def ordinal(number: Any, *, feminine: bool = True) -> str:
    """Write a rank: « 1re », « 2e »."""
    if not isinstance(number, int):
        return ""
    return ("1re" if feminine else "1er") if number == 1 else f"{number}e"


def tnm(kind: str, t: str, n: str, m: str, multiple: bool = False, sentinel: bool = False) -> str:
    """Write a TNM, here and nowhere else: « cT2 cN1 M0 », « ypT1c(m) ypN0(sn) M0 »; missing parts are left out."""
    parts = [f"{kind}{t}{'(m)' * multiple}" if t else "", f"{kind}{n}{'(sn)' * sentinel}" if n else "", m]
    return " ".join(part for part in parts if part)


def enumerate_words(*words: Any) -> str:
    """Join words and lists of words: « a, b et c »."""
    flat: list[str] = []
    for word in words:
        flat += word if isinstance(word, list) else [str(word or "")]
    return join_list(flat)


def tidy(text: str) -> str:
    """Finish a sentence: single spaces, no space before a stop, no double stop, a capital and an end."""
    text = re.sub(r"[ \t\r\n\f\v]+", " ", text).strip(" ")
    text = re.sub(r"[ \u00a0]+([,.])(?=\s|$)", r"\1", text)
    text = re.sub(r"(?<!\.)\.\.(?!\.)", ".", text)
    text = re.sub(r"([?!…])\.(?=\s|$)", r"\1", text)
    text = re.sub(r",\.(?=\s|$)", ".", text)
    text = re.sub(r"\(\s*\)", "", text)
    if not re.search(r"\w", text):
        return ""
    if text[-1] not in ".!?…":
        text += "."
    return _capital(text)


def _capital(text: str) -> str:
    first = re.match(r"\w+", text)
    if first is None or (len(first.group()) > 1 and any(c.isupper() or c.isdigit() for c in first.group()[1:])):
        return text  # pCR, pT1c, mTOR keep their own writing
    return text[:1].upper() + text[1:]
