"""Merges and undoings while people work on the same patients: nothing lost, nothing torn, no deadlock (PAT-05)."""

from collections.abc import Iterator
from typing import Any

import pytest

from dcc.accounts.models import User
from tests.patients.merge_schedules import played
from tests.walls.conftest import walls_database  # noqa: F401 - the fixture
from tests.walls.population import OWNER


@pytest.fixture
def unblocked(walls_database: str, django_db_blocker: Any) -> Iterator[None]:  # noqa: F811
    with django_db_blocker.unblock():
        yield


def users() -> list[Any]:
    return list(User.objects.using(OWNER).order_by("pk")[:2])


@pytest.mark.parametrize("seed", [11])
def test_people_at_work_while_their_patients_are_merged_and_parted(unblocked, seed):
    room = played(seed, pairs=1, people=2, rounds=2, users=users())
    assert room.broken == []
    assert room.done["merge: merged"] >= 1, room.done


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(100, 130))
def test_many_schedules(unblocked, seed):
    room = played(seed, pairs=3, people=5, rounds=40, users=users())
    assert room.broken == []
