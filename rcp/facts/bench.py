"""The bench of facts: a million invented sheets in a database of their own, the five questions, one more validation."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction

from rcp.facts import queries
from rcp.facts.actions import store
from rcp.facts.reading import FactRow

KEYS = ("tnm_t", "tnm_n", "tnm_m", "propositions.type", "oms")  # the five items of forms.md §2
PATHOLOGIES, CENTRES, REGIONS, DAYS = 12, 60, 2, 1826
CENTRE = UUID("00000000-0000-0000-0000-000000000007")
FACTS_PER_SHEET = 45
# One INSERT: `r` is the luck of a sheet, the same at each run. Shares are those of a register: few T4, few N3, few M1.
FILL = """
INSERT INTO rcp_statkey (key) SELECT unnest(%(keys)s::text[]);
INSERT INTO rcp_fact (region_id, stat_key_id, code, case_key, instance, first, pathology, centre_id, held_on, number)
SELECT s.region, k.id, f.code, s.case_key, f.instance, f.first, s.pathology, s.centre, s.held_on, f.number
  FROM (SELECT md5('case' || n)::uuid AS case_key, (1 + n %% %(regions)s)::smallint AS region,
               'p' || hash_(n, 1) %% %(pathologies)s AS pathology,
               lpad(to_hex(hash_(n, 2) %% %(centres)s), 32, '0')::uuid AS centre,
               date '2021-01-01' + hash_(n, 3) %% %(days)s AS held_on,
               hash_(n, 4) AS t, hash_(n, 5) AS n, hash_(n, 6) AS m, hash_(n, 7) AS p, hash_(n, 8) AS o
          FROM generate_series(1, %(sheets)s) n) s,
       LATERAL (VALUES
         ('tnm_t', 0::smallint, true, (ARRAY['T1', 'T1', 'T1', 'T2', 'T2', 'T2', 'T3', 'T3', 'T4', 'TX'])[1 + t %% 10],
          NULL::float8),
         ('tnm_n', 0, true, (ARRAY['N0', 'N0', 'N0', 'N0', 'N1', 'N1', 'N1', 'N2', 'N3', 'NX'])[1 + n %% 10], NULL),
         ('tnm_m', 0, true, (ARRAY['M0', 'M0', 'M0', 'M0', 'M1'])[1 + m %% 5], NULL),
         ('propositions.type', 0, true, (ARRAY['chirurgie', 'radiotherapie', 'chimiotherapie', 'hormonotherapie',
          'immunotherapie'])[1 + p %% 5], NULL),
         ('propositions.type', 1, false, CASE WHEN p %% 7 < 3 THEN (ARRAY['chirurgie', 'radiotherapie',
          'chimiotherapie', 'hormonotherapie', 'immunotherapie'])[1 + (p / 7) %% 5] END, NULL),
         ('oms', 0, true, (o %% 5)::text, o %% 5)
       ) f(key, instance, first, code, number)
  JOIN rcp_statkey k ON k.key = f.key
 WHERE f.code IS NOT NULL;
"""
HASH = """
CREATE FUNCTION hash_(n int, salt int) RETURNS int LANGUAGE sql IMMUTABLE
    AS $$ SELECT (hashint8extended(n, salt) & 2147483647)::int $$;
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """Milliseconds of one question asked many times, and how many rows it gave."""

    name: str
    rows: int
    milliseconds: tuple[float, ...]

    @property
    def usual(self) -> float:
        return median(self.milliseconds)

    def line(self) -> str:
        ordered = sorted(self.milliseconds)
        p95 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
        return f"{self.name:<52}{self.rows:>6} lignes   p50 {self.usual:>7.1f} ms   p95 {p95:>7.1f} ms"


def fill(owner: Any, sheets: int) -> int:
    """Invent the facts of so many sheets in a migrated, empty database; `owner` is its owner's connection."""
    owner.execute("SET synchronous_commit = on")  # without it, VACUUM finds pages it cannot call visible yet
    owner.execute(HASH)
    given = {"keys": list(KEYS), "sheets": sheets, "regions": REGIONS, "pathologies": PATHOLOGIES}
    for statement in FILL.split(";\n")[:-1]:
        owner.execute(statement, given | {"centres": CENTRES, "days": DAYS})
    owner.execute("VACUUM (ANALYZE) rcp_fact")
    owner.execute("ANALYZE rcp_statkey")
    count: int = owner.execute("SELECT count(*) FROM rcp_fact").fetchone()[0]
    return count


def sizes(owner: Any) -> str:
    row = owner.execute("SELECT pg_table_size('rcp_fact') / 1e9, pg_indexes_size('rcp_fact') / 1e9").fetchone()
    return f"table {row[0]:.2f} Go, index {row[1]:.2f} Go"


QUESTIONS: tuple[tuple[str, Callable[[], Any]], ...] = (
    ("T × 3C, une pathologie, 2025", lambda: queries.by_centre(key="tnm_t", pathology="p0", year=2025)),
    (
        "décision × mois, une pathologie, 2025, un 3C",
        lambda: queries.by_month(key="propositions.type", pathology="p1", year=2025, centre_id=CENTRE),
    ),
    (
        "T où décision = chimiothérapie",
        lambda: queries.where(
            key="tnm_t", pathology="p0", year=2025, other="propositions.type", other_value="chimiotherapie"
        ),
    ),
    (
        "T4 + N3 + M1, partout",
        lambda: [queries.with_all(first=("tnm_t", "T4"), second=("tnm_n", "N3"), third=("tnm_m", "M1"))],
    ),
    ("OMS moyen par pathologie, toutes années", lambda: queries.means(key="oms")),
)


def measure(*, times: int) -> Iterator[Timed]:
    """Ask each question `times` times as the role of the web, behind the walls, then file one more sheet as often."""
    for name, ask in QUESTIONS:
        spent, rows = [], 0
        for _ in range(times):
            with transaction.atomic():
                open_both_regions()
                started = time.perf_counter()
                rows = len(ask())
                spent.append((time.perf_counter() - started) * 1000)
        yield Timed(name=name, rows=rows, milliseconds=tuple(spent))
    yield _filed(times * 10)


def _filed(times: int) -> Timed:
    """What a validation pays: its facts in place of those of the former version, in its own transaction."""
    facts = [
        FactRow(key=f"essai_{rank}", instance=0, first=True, code=f"v{rank}" if rank % 3 else "", number=float(rank))
        for rank in range(FACTS_PER_SHEET)
    ]
    spent = []
    for _ in range(times):
        with transaction.atomic():
            open_both_regions()
            started = time.perf_counter()
            store(region=1, key=uuid4(), facts=facts, pathology="p0", centre=CENTRE, held_on=date(2025, 6, 12))
            spent.append((time.perf_counter() - started) * 1000)
    return Timed(
        name=f"écriture de {FACTS_PER_SHEET} faits à la validation", rows=len(facts), milliseconds=tuple(spent)
    )


def open_both_regions() -> None:
    """The scope of a reader of both regions; the bench has no people to be one of."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('dcc.regions', '{1,2}', true)")
