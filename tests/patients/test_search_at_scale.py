"""20 000 identities: every way into the search keeps its index under row-level security (architecture §4)."""

import time
from collections.abc import Iterator
from itertools import islice

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dcc.lib.ids import uuid7
from patients.identity.candidates import search_keys
from patients.identity.names import comparison_key
from patients.identity.population import generate
from patients.identity.traits import TraitSet
from patients.search import find_by_traits
from tests.conftest import owner_connection

PEOPLE = 20_000
COLUMNS = (
    "id, region_id, birth_name, birth_name_received, birth_name_key, first_given_name, first_given_name_received,"
    " first_given_name_key, given_names, birth_date, birth_date_interpreted, sex, birth_insee, birth_postcode,"
    " birth_place, used_name, used_name_key, used_given_name, used_given_name_key, birth_name_sound, used_name_sound,"
    " given_name_sound, used_given_name_sound, status, ins_oid, created_at, duplicate_reason"
)


def row(person: TraitSet, number: int) -> tuple[object, ...]:
    keys = search_keys(person)
    given_key = comparison_key(person.first_given_name)
    return (
        uuid7(), 1 + number % 2, person.birth_name, person.birth_name, keys.birth_name_key, person.first_given_name,
        person.first_given_name, given_key, person.given_names[:100], person.birth_date,
        person.birth_date_interpreted, person.sex, person.birth_insee, person.birth_postcode, "Ville",
        person.used_name, keys.used_name_key, person.used_given_name, comparison_key(person.used_given_name),
        keys.birth_name_sound, keys.used_name_sound, keys.given_name_sound, keys.used_given_name_sound, "PROV", "",
        "2026-01-01 00:00:00+00", "",
    )  # fmt: skip


@pytest.fixture(scope="module")
def crowd(django_db_setup: None) -> Iterator[list[TraitSet]]:
    """Committed by the owner, and taken away: row-level security refuses COPY, the owner steps aside for it."""
    people = list(generate(11, PEOPLE))
    with owner_connection(settings.DATABASES["default"]["NAME"]) as owner:
        try:
            _copy(owner, people)
            yield people
        finally:
            owner.execute("DELETE FROM patients_patient")
            owner.execute("ALTER TABLE patients_patient FORCE ROW LEVEL SECURITY")


def _copy(owner: psycopg.Connection, people: list[TraitSet]) -> None:
    owner.execute("ALTER TABLE patients_patient NO FORCE ROW LEVEL SECURITY")
    with owner.cursor() as cursor, cursor.copy(f"COPY patients_patient ({COLUMNS}) FROM STDIN") as copy:
        for number, person in enumerate(people):
            copy.write_row(row(person, number))
    owner.execute("ALTER TABLE patients_patient FORCE ROW LEVEL SECURITY")
    owner.execute("ANALYZE patients_patient")


def typed(person: TraitSet) -> TraitSet:
    return TraitSet(
        birth_name=person.birth_name, first_given_name=person.first_given_name, birth_date=person.birth_date
    )


def test_no_way_into_the_search_scans_the_table(crowd, working_as):
    with working_as("alice"):
        for person in crowd[:20]:
            with CaptureQueriesContext(connection) as queries:
                find_by_traits(typed(person))
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN {queries.captured_queries[0]['sql']}")
                plan = "\n".join(line for (line,) in cursor.fetchall())
            assert "Seq Scan" not in plan, plan
            assert "Index" in plan


def test_everyone_is_found_and_at_once(crowd, working_as):
    durations = []
    with working_as("alice"):
        for person in islice(crowd, 0, PEOPLE, PEOPLE // 60):
            started = time.perf_counter()
            found = find_by_traits(typed(person))
            durations.append(time.perf_counter() - started)
            named = {(match.patient.birth_name, match.patient.first_given_name) for match in found}
            assert (person.birth_name, person.first_given_name) in named
    assert sorted(durations)[len(durations) // 2] < 0.05  # 4 ms on a quiet machine


def test_another_network_finds_none_of_them(crowd, working_as):
    with working_as("oscar"):
        assert not any(find_by_traits(typed(person)) for person in crowd[:20])
