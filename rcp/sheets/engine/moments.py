"""Dates as they are typed: ``25/11/2025``, ``25/11``, ``251125``, ``3 mai 2025``, ``auj``, ``+7``, ``11/2025``."""

import re
import unicodedata
from datetime import date, timedelta

from dcc.lib.french import MONTHS

_FULL = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4}|\d{2})")
_ISO = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2}))?")
_DAY_MONTH = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})")
_MONTH_YEAR = re.compile(r"(\d{1,2})[/.\- ](\d{4})")
_COMPACT = re.compile(r"(\d{2})(\d{2})(\d{4}|\d{2})")
_OFFSET = re.compile(r"[jJ]?\s*([+-])\s*(\d{1,4})\s*[jJ]?")
_WORDS = {"auj": 0, "aujourd'hui": 0, "ajd": 0, "hier": -1, "demain": 1, "avant-hier": -2, "après-demain": 2}
# « 1er mai 2025 », « mai 2025 », « 3 mai », « 14 févr. 25 »: the words of a letter, pasted into the sheet.
_IN_WORDS = re.compile(r"(?:(?:le )?(\d{1,2})(?:er)? )?([a-z]{3,9})\.?(?: (\d{4}|\d{2}))?")
FIRST_YEAR = 1880


def parse_day(text: str, *, today: date | None, period: str | None = None) -> str | None:
    """Read a typed date; returns ISO text, partial when so typed, or None when it is not a date.

    Without a year, the nearest date is chosen, on the side ``period`` (passe, futur) names. Two-digit years reach ten
    years ahead of ``today``.
    """
    typed = " ".join(text.replace("’", "'").lower().split())
    if today is not None and (typed in _WORDS or _OFFSET.fullmatch(typed)):
        return _relative(typed, today)
    if (said := _IN_WORDS.fullmatch(_plain(typed))) and (named := _month_called(said[2])):
        return _of_words(said[1], named, said[3], today, period)
    if match := _FULL.fullmatch(typed) or _COMPACT.fullmatch(typed):
        day, month, year = match.groups()
        return _iso(_year(year, today), int(month), int(day))
    if match := _ISO.fullmatch(typed):
        year, month, day = match.groups()
        return _iso(int(year), int(month), int(day) if day else None)
    if match := _MONTH_YEAR.fullmatch(typed):
        return _iso(int(match[2]), int(match[1]), None)
    if match := _DAY_MONTH.fullmatch(typed):
        return _nearest(int(match[1]), int(match[2]), today, period)
    if re.fullmatch(r"\d{4}", typed):
        return typed if FIRST_YEAR <= int(typed) <= 2200 else None
    return None


def _plain(text: str) -> str:
    return "".join(one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one))


def _month_called(word: str) -> int | None:
    """The month a word names, whole or cut (« sept », « janv »); « jui » is June or July: nobody guesses."""
    named = [n for n, month in enumerate(MONTHS, 1) if _plain(month).startswith(word)]
    return named[0] if len(named) == 1 else None


def _of_words(day: str | None, month: int, year: str | None, today: date | None, period: str | None) -> str | None:
    if year is not None:
        return _iso(_year(year, today), month, int(day) if day else None)
    return _nearest(int(day), month, today, period) if day else None


def _relative(typed: str, today: date) -> str | None:
    days = _WORDS.get(typed)
    if days is None:
        match = _OFFSET.fullmatch(typed)
        assert match is not None
        days = int(match[1] + match[2])
    try:
        return (today + timedelta(days=days)).isoformat()
    except OverflowError:
        return None


def _year(text: str, today: date | None) -> int:
    if len(text) == 4:
        return int(text)
    horizon = (today.year if today else 2060) + 10
    year = horizon // 100 * 100 + int(text)
    return year if year <= horizon else year - 100


def _iso(year: int, month: int, day: int | None) -> str | None:
    if not FIRST_YEAR <= year <= 2200:
        return None
    try:
        found = date(year, month, day or 1)
    except ValueError:
        return None
    return found.isoformat() if day else found.isoformat()[:7]


def _nearest(day: int, month: int, today: date | None, period: str | None) -> str | None:
    if today is None:
        return None
    candidates = []
    for year in (today.year - 1, today.year, today.year + 1, today.year + 2, today.year + 3):
        try:
            candidates.append(date(year, month, day))
        except ValueError:
            continue
    if period == "passe":
        candidates = [c for c in candidates if c <= today] or candidates
    if period == "futur":
        candidates = [c for c in candidates if c >= today] or candidates
    return min(candidates, key=lambda c: abs((c - today).days)).isoformat() if candidates else None
