"""The rival of both benches: plain pg_trgm, the similarity of names put end to end, through a GIN index.

It is given what it is best with: a table of its own, small rows, no row-level security. It answers from the names
alone, or from names and birth date; behind a wall its operators lose their index, and that is timed too.
"""

from dataclasses import dataclass
from typing import Any

from django.db import connection

from patients.bench.filling import SEARCHED
from patients.bench.questions import Typed
from patients.identity.dates import typed_form
from patients.identity.names import comparison_key
from patients.identity.traits import TraitSet

MAKE = """
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE TABLE bench_trigram AS
    SELECT id, region_id, concat_ws(' ', birth_name_key, first_given_name_key) AS names,
           concat_ws(' ', birth_name_key, first_given_name_key, to_char(birth_date, 'DDMMYYYY')) AS dated
      FROM patients_patient;
CREATE INDEX bench_trigram_names ON bench_trigram USING gin (names gin_trgm_ops);
CREATE INDEX bench_trigram_dated ON bench_trigram USING gin (dated gin_trgm_ops);
CREATE VIEW bench_trigram_walled WITH (security_barrier) AS SELECT * FROM bench_trigram
    WHERE region_id = ANY ((SELECT nullif(current_setting('dcc.regions', true), '')::smallint[])::smallint[]);
GRANT SELECT ON bench_trigram, bench_trigram_walled TO dcc_web, dcc_worker;
ANALYZE bench_trigram;
"""
MOST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Rival:
    """One way to ask pg_trgm: of which column, and behind a wall or not."""

    name: str
    column: str
    table: str = "bench_trigram"

    def find(self, text: str) -> list[Any]:
        """Keys of the likest, best first."""
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT id FROM {self.table} WHERE {self.column} %% %s AND region_id = ANY (%s)"  # noqa: S608 - ours
                f" ORDER BY similarity({self.column}, %s) DESC, id LIMIT {MOST}",
                [text, list(SEARCHED), text],
            )
            return [pk for (pk,) in cursor.fetchall()]

    def text_of(self, typed: Typed, traits: TraitSet) -> str:
        names = f"{comparison_key(typed.name)} {comparison_key(typed.given_name)}".strip()
        return f"{names} {date_digits(traits)}" if self.column == "dated" else names


def date_digits(traits: TraitSet) -> str:
    return typed_form(traits.birth_date).replace("/", "") if traits.birth_date else ""


NAMES = Rival(name="pg_trgm, noms", column="names")
DATED = Rival(name="pg_trgm, noms et date", column="dated")
WALLED = Rival(name="pg_trgm, derrière un mur", column="dated", table="bench_trigram_walled")


def make(owner: Any) -> None:
    """Give the rival its table and its indexes; `owner` is a psycopg connection of the owner, autocommit."""
    owner.execute("SET maintenance_work_mem = '1GB'")
    for statement in MAKE.split(";\n")[:-1]:
        owner.execute(statement)
