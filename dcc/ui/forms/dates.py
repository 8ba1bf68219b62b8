"""Dates as a hurried hand types them: 25/11, 251125, auj, +7. static/dcc/js/dates.js does the same while typing."""

import re
from datetime import date, timedelta
from typing import Literal

Prefer = Literal["", "past", "future"]

_WORDS = {"auj": 0, "aujourd'hui": 0, "aujourdhui": 0, "ajd": 0, "hier": -1, "demain": 1}
_CENTURY = 100
_NEAR_FUTURE = 20


def parse_french_date(text: str, *, today: date, prefer: Prefer = "") -> date:
    """Read a typed date, day first; ValueError when it is none.

    Without a year the nearest one is meant (``prefer``: the last past or the next one). Two digits of year mean this
    century up to twenty years ahead; with ``prefer="past"`` (births) nothing later than today.
    """
    typed = re.sub(r"\s+", " ", text.strip().lower().replace("’", "'"))
    if typed in _WORDS:
        return today + timedelta(days=_WORDS[typed])
    if match := re.fullmatch(r"([+\-−])\s?(\d{1,4})", typed):
        days = int(match[2])
        return today + timedelta(days=days if match[1] == "+" else -days)
    if match := re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", typed):
        return date(int(match[1]), int(match[2]), int(match[3]))
    match = re.fullmatch(r"(\d{1,2})[ /.\-](\d{1,2})(?:[ /.\-](\d{4}|\d{2}))?", typed)
    match = match or re.fullmatch(r"(\d{2})(\d{2})(\d{4}|\d{2})?", typed)
    if not match:
        raise ValueError(f"not a date: {text!r}")
    day, month = int(match[1]), int(match[2])
    if match[3] is None:
        return _without_year(day, month, today, prefer)
    year = int(match[3])
    return date(year if len(match[3]) > len("99") else _full_year(year, today, prefer), month, day)


def _full_year(two_digits: int, today: date, prefer: Prefer) -> int:
    year = today.year - today.year % _CENTURY + two_digits
    limit = today.year if prefer == "past" else today.year + _NEAR_FUTURE
    return year - _CENTURY if year > limit else year


def _without_year(day: int, month: int, today: date, prefer: Prefer) -> date:
    candidates = []
    for year in (today.year - 1, today.year, today.year + 1):
        try:
            candidates.append(date(year, month, day))
        except ValueError:
            continue
    if prefer == "past":
        candidates = [found for found in candidates if found <= today]
    elif prefer == "future":
        candidates = [found for found in candidates if found >= today]
    if not candidates:
        raise ValueError(f"no such day: {day}/{month}")
    return min(candidates, key=lambda found: abs((found - today).days))
