"""20 000 identities: every way into the search keeps its index under row-level security (architecture §4)."""

import time
from collections.abc import Iterator
from itertools import islice

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from patients.identity.population import generate
from patients.identity.traits import TraitSet
from patients.search import find_by_traits
from tests.patients.crowds import crowd_of

PEOPLE = 20_000


@pytest.fixture(scope="module")
def crowd(django_db_setup: None) -> Iterator[list[TraitSet]]:
    people = list(generate(11, PEOPLE))
    with crowd_of((1 + number % 2, person) for number, person in enumerate(people)):
        yield people


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
