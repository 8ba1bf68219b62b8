"""What a reader of statistics may ask, through the views that count (STA-01): months, no days; no small cell.

Everything is within the network of the scope. `cases` is None where fewer than SMALLEST cases would be told, or where
the total of the line would tell them; it is otherwise rounded to ROUNDED_TO, and a mean to two digits: totals of
different questions then tell no hidden cell by subtraction (ADR 6).
"""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection

from rcp.models import StatKey

SMALLEST = 11  # the views say it; fewer cases than this are « moins de 11 »
ROUNDED_TO = 5  # the views do it; screens and files say « arrondi à 5 »


@dataclass(frozen=True, slots=True, kw_only=True)
class CentreCell:
    """Cases of one 3C whose answer has this code."""

    centre_id: UUID
    value: str
    cases: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthCell:
    """Cases of one month (its first day) whose answer has this code."""

    month: date
    value: str
    cases: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueCell:
    """Cases whose answer has this code."""

    value: str
    cases: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeanCell:
    """The mean of a measured or graded answer, and over how many cases."""

    pathology: str
    cases: int | None
    mean: float | None


def by_centre(*, key: str, pathology: str, year: int) -> tuple[CentreCell, ...]:
    """How an answer is spread in each 3C, one year: T by 3C, breast, 2025."""
    rows = _asked(
        "SELECT centre_id, value, cases FROM rcp_facts_by_centre"
        " WHERE stat_key_id = %s AND pathology = %s AND year = %s ORDER BY 1, 2",
        [key_id(key), pathology, year],
    )
    return tuple(CentreCell(centre_id=centre, value=value, cases=cases) for centre, value, cases in rows)


def by_month(*, key: str, pathology: str, year: int, centre_id: UUID) -> tuple[MonthCell, ...]:
    """How an answer is spread month after month in one 3C: decisions, lung, 2025."""
    rows = _asked(
        "SELECT month, value, cases FROM rcp_facts_by_month"
        " WHERE stat_key_id = %s AND pathology = %s AND year = %s AND centre_id = %s ORDER BY 1, 2",
        [key_id(key), pathology, year, centre_id],
    )
    return tuple(MonthCell(month=month, value=value, cases=cases) for month, value, cases in rows)


def where(*, key: str, pathology: str, year: int, other: str, other_value: str) -> tuple[ValueCell, ...]:
    """How an answer is spread among the cases that have another: T where chemotherapy is proposed.

    Nothing for a key crossed with itself: that would be the total of `by_centre`, and its hidden cells by subtraction.
    """
    rows = _asked(
        "SELECT value, cases FROM rcp_facts_crossed WHERE stat_key_id = %s AND pathology = %s AND year = %s"
        " AND other_key_id = %s AND other_value = %s ORDER BY 1",
        [key_id(key), pathology, year, key_id(other), other_value],
    )
    return tuple(ValueCell(value=value, cases=cases) for value, cases in rows)


def with_all(*, first: tuple[str, str], second: tuple[str, str], third: tuple[str, str]) -> int | None:
    """How many cases have these three answers (key, code), everywhere and always: T4, N3, M1.

    None below SMALLEST, and for a key asked twice; no case at all is not told from a few.
    """
    pairs = (first, second, third)
    rows = _asked(
        "SELECT cases FROM rcp_facts_combined WHERE first_key_id = %s AND second_key_id = %s AND third_key_id = %s"
        " AND first_value = %s AND second_value = %s AND third_value = %s",
        [*(key_id(key) for key, _ in pairs), *(value for _, value in pairs)],
    )
    return rows[0][0] if rows else None


def means(*, key: str) -> tuple[MeanCell, ...]:
    """The mean of an answer in each pathology, all years: performance status."""
    rows = _asked("SELECT pathology, cases, mean FROM rcp_facts_means WHERE stat_key_id = %s ORDER BY 1", [key_id(key)])
    return tuple(MeanCell(pathology=pathology, cases=cases, mean=mean) for pathology, cases, mean in rows)


def key_id(key: str) -> int:
    """The identifier of a stat key, 0 when nobody has answered it yet."""
    return StatKey.objects.filter(key=key).values_list("pk", flat=True).first() or 0


def _asked(sql: str, params: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found
