"""The bench of doubles in little: who was registered twice is proposed, twins and strangers are not (PAT-05, D11)."""

from collections.abc import Iterator

import pytest

from patients.bench import pairing
from patients.bench.filling import SEED, identifier
from patients.bench.pairing import Registered, with_doubles
from patients.bench.people import people
from patients.models import DoubleSearch
from tests.patients.crowds import crowd_of

SIZE, DOUBLES = 4_000, 72


@pytest.fixture(scope="module")
def registered(django_db_setup: None) -> Iterator[list[Registered]]:
    known: list[Registered] = []
    rows = ((1 + number % 2, person) for number, person in enumerate(people(SEED, SIZE)))
    with crowd_of(with_doubles(rows, size=SIZE, doubles=DOUBLES, people=known)) as owner:
        pairing.to_look_up(owner, known)
        yield known


def test_who_was_registered_twice_is_proposed_and_nearly_nobody_else(registered, as_worker):
    twice = [one for one in registered if one.second is not None]
    assert len(twice) == DOUBLES
    assert len(registered) == 2 * DOUBLES
    assert {one.rule for one in twice} >= {"deux fautes au nom", "jour et mois inversés", "nom utilisé"}
    with as_worker(1, 2):
        _, proposed = pairing.swept()
        assert not DoubleSearch.objects.exists()
    recall, precision, _ = proposed.scores(registered, 0.0)
    assert recall >= 0.95
    assert precision >= 0.95
    sure, right, _ = proposed.scores(registered, pairing.PROBABLE_FROM)
    assert right >= 0.98
    assert sure >= 0.2, "a slip in one trait leaves a pair to review, not a probable one"


def test_recall_and_precision_count_pairs_whatever_their_order():
    people = [Registered(first=1, second=2, rule="x"), Registered(first=3, second=4, rule="x")]
    keys = [identifier(number) for number in range(6)]
    proposed = pairing.Proposed(pairs={(keys[1], keys[2]): 17.0, (keys[1], keys[5]): 12.0})
    assert proposed.scores(people, 0.0) == (0.5, 0.5, 2)
    assert proposed.scores(people, 15.0) == (0.5, 1.0, 1)
