"""FHIR dates, dateTimes and times as text: are they well formed, and which comes first."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal

_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d(?:\.\d+)?|60))?")
_ZONE = re.compile(r"Z|[+-](?:0\d|1[0-3]):[0-5]\d|[+-]14:00")
_MINUTES = 5  # length of « 12:00 »


def is_well_formed(kind: str, text: str) -> bool:
    """Tell whether a text is a FHIR date, dateTime or time that exists (no 30 February, no hour without its zone)."""
    if kind == "time":
        return _TIME.fullmatch(text) is not None and len(text) > _MINUTES
    day, t, rest = text.partition("T")
    match = _DATE.fullmatch(day)
    if match is None or not _exists(match):
        return False
    if not t:
        return True
    hour = _TIME.match(rest)
    whole = kind == "dateTime" and match[3] is not None and hour is not None and hour[3] is not None
    return whole and hour is not None and _ZONE.fullmatch(rest, hour.end()) is not None


def _exists(match: re.Match[str]) -> bool:
    try:
        date(int(match[1]), int(match[2] or 1), int(match[3] or 1))
    except ValueError:
        return False
    return True


def order(kind: str, left: str, right: str) -> int | None:
    """Order two texts of one kind: -1, 0, 1; None when a partial one (``2022`` and ``2022-09``), a missing zone or a
    malformed text leaves the answer open."""
    if left == right:
        return 0
    if kind == "time":
        return _order_times(left, right)
    first, second = _DATE.match(left), _DATE.match(right)
    if first is None or second is None:
        return None
    rests = left[first.end() :], right[second.end() :]
    if any(rest and rest[0] != "T" for rest in rests):
        return None
    if all(rests):
        return _order_instants(left, right)
    for a, b in zip(first.groups(), second.groups(), strict=True):
        if a is None or b is None:
            return None
        if a != b:
            return -1 if a < b else 1
    return None


def _order_times(left: str, right: str) -> int | None:
    first, second = _TIME.fullmatch(left), _TIME.fullmatch(right)
    if first is None or second is None:
        return None
    a, b = ((m[1], m[2], Decimal(m[3] or 0)) for m in (first, second))
    return (a > b) - (a < b)


def _order_instants(left: str, right: str) -> int | None:
    try:
        first, second = datetime.fromisoformat(left), datetime.fromisoformat(right)
    except ValueError:
        return None
    if (first.tzinfo is None) != (second.tzinfo is None):
        return None
    return (first > second) - (first < second)
