"""Indicators of identity vigilance: statuses, doubles found and decided, delays, merges, by establishment and month."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection
from django.db.models import Count, Max, Sum

from dcc.lib import french
from dcc.organisations.models import Organisation
from patients.models import Double, DoubleStatus, IdentityCount, IdentityStatus

MONTHS = 12
# Pairs by the month they were found, merges by the month they were done or undone; where the later identity was made.
SQL = """
SELECT month, organisation_id, sum(found)::int, sum(decided)::int, max(delay), sum(merged)::int, sum(undone)::int
  FROM (SELECT date_trunc('month', timezone('Europe/Paris', d.found_at))::date AS month, d.organisation_id,
               count(*) AS found, count(d.first_decided_at) AS decided,
               percentile_cont(0.5) WITHIN GROUP (ORDER BY d.first_decided_at - d.found_at)
                   FILTER (WHERE d.first_decided_at IS NOT NULL) AS delay, 0 AS merged, 0 AS undone
          FROM patients_double d GROUP BY 1, 2
        UNION ALL
        SELECT date_trunc('month', timezone('Europe/Paris', m.done_at))::date, d.organisation_id, 0, 0, NULL,
               count(*), 0
          FROM patients_merge m JOIN patients_double d ON d.id = m.double_id
         WHERE m.done_at IS NOT NULL GROUP BY 1, 2
        UNION ALL
        SELECT date_trunc('month', timezone('Europe/Paris', m.undone_at))::date, d.organisation_id, 0, 0, NULL,
               0, count(*)
          FROM patients_merge m JOIN patients_double d ON d.id = m.double_id
         WHERE m.undone_at IS NOT NULL GROUP BY 1, 2) facts
 WHERE month > (now() - make_interval(months => %s))::date
 GROUP BY 1, 2 ORDER BY 1 DESC
"""
DELAY = """
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY first_decided_at - found_at) FROM patients_double
 WHERE first_decided_at IS NOT NULL
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One establishment and month; `delay` is the median between found and first decided."""

    month: date
    organisation: str
    found: int
    decided: int
    delay: str
    merged: int
    undone: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicators:
    """What the page shows; identities as they were counted on `counted_on`."""

    counted_on: date | None
    identities: tuple[tuple[str, int, str], ...]  # status, how many, share
    pairs: tuple[tuple[str, int], ...]
    delay: str
    lines: tuple[Line, ...]


def indicators() -> Indicators:
    """Read them all, in a constant number of queries."""
    counted_on, identities = _identities()
    by_status = dict.fromkeys(DoubleStatus.values, 0)
    by_status |= dict(Double.objects.order_by().values_list("status").annotate(count=Count("pk")))
    with connection.cursor() as cursor:
        cursor.execute(DELAY)
        (delay,) = cursor.fetchone()
        cursor.execute(SQL, [MONTHS])
        rows = cursor.fetchall()
    names = dict(Organisation.objects.filter(pk__in={row[1] for row in rows}).values_list("pk", "short_name"))
    return Indicators(
        counted_on=counted_on,
        identities=identities,
        pairs=tuple((DoubleStatus(status).label, count) for status, count in by_status.items()),
        delay=_days(delay),
        lines=tuple(
            Line(
                month=month, organisation=names.get(place, "non précisé"), found=found, decided=decided,
                delay=_days(wait), merged=merged, undone=undone,
            )
            for month, place, found, decided, wait, merged, undone in rows
        ),
    )  # fmt: skip


def _identities() -> tuple[date | None, tuple[tuple[str, int, str], ...]]:
    day = IdentityCount.objects.aggregate(day=Max("counted_on"))["day"]
    if day is None:
        return None, ()
    counted = IdentityCount.objects.filter(counted_on=day).order_by().values_list("status").annotate(n=Sum("count"))
    found = dict(counted)
    total = sum(found.values()) or 1
    return day, tuple(
        (status.label, found.get(status.value, 0), french.percent(100 * found.get(status.value, 0) / total))
        for status in IdentityStatus
    )


def _days(delay: timedelta | None) -> str:
    if delay is None:
        return "–"
    return french.counted(delay.days, "jour") if delay.days else "moins d’un jour"
