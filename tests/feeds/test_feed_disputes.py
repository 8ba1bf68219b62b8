"""Somebody else under a number, a number in use taken by another: PostgreSQL ends as memory, whatever came first."""

import random

import pytest

from interop.pam.outcome import ConflictKind, Effect
from patients.models import FeedConflict, FeedMerge, Visit
from tests.feeds.hospitals import Feeds, identifiers_of, state_of
from tests.interop.pam_feed import AUTHORITY, Adt, Hospital, ipp
from tests.interop.pam_histories import disputed

JEAN = {"name": "DUPONT^JEAN^^^^^L", "birth": "19500101", "sex": "M"}
PAULE = {"name": "MARTIN^PAULE^^^^^L", "birth": "19620303", "sex": "F"}
VISIT = f"PV1|1|I|||||||||||||||||V1^^^CH&{AUTHORITY}&ISO^VN"


def people(feeds: Feeds) -> list[str]:
    return sorted(one.birth_name for one in feeds.patients())


def matters(feeds: Feeds) -> list[tuple[str, str]]:
    with feeds.reading():
        return sorted((row.kind, row.about_value) for row in FeedConflict.objects.all())


@pytest.mark.parametrize("status", ["PROV", ""])
@pytest.mark.parametrize("event", ["A31", "A02"])
def test_somebody_else_under_a_provisional_number_waits_for_the_cell(feeds: Feeds, event: str, status: str) -> None:
    feeds.send(Adt(event="A28", minute=0, ids=ipp("1"), status=status, **JEAN))
    outcome = feeds.send(Adt(event=event, minute=5, ids=ipp("1"), status=status, extra=VISIT, **PAULE))
    assert (outcome.effect, outcome.code) == (Effect.REFUSED, "AE")
    assert (people(feeds), matters(feeds)) == (["DUPONT"], [("collision", "1")])
    feeds.coherent()


@pytest.mark.parametrize("reversed_", [False, True])
def test_the_first_of_two_people_under_a_number_is_kept_whichever_came_first(feeds: Feeds, reversed_: bool) -> None:
    said = [
        Adt(event="A28", minute=1, ids=ipp("1"), **JEAN),
        Adt(event="A01", minute=5, ids=ipp("1"), extra=VISIT, **PAULE),
        Adt(event="A31", minute=9, ids=ipp("1"), **JEAN),
    ]
    feeds.send(*(said[::-1] if reversed_ else said))
    assert (people(feeds), matters(feeds)) == (["DUPONT"], [("collision", "1")])
    with feeds.reading():
        visit = Visit.objects.get()
    assert (visit.patient_id, visit.status) == (None, "aside"), "the stay is not in the file of another"
    feeds.coherent()


@pytest.mark.parametrize("reversed_", [False, True])
def test_a_number_in_use_is_not_swallowed_by_a_change_heard_before(feeds: Feeds, reversed_: bool) -> None:
    jean = Adt(event="A28", minute=1, ids=ipp("1"), **JEAN)
    paule = Adt(event="A28", minute=3, ids=ipp("2"), **PAULE)
    change = Adt(event="A47", minute=5, ids=ipp("2"), mrg=ipp("1"), **JEAN)
    feeds.send(jean, *((change, paule) if reversed_ else (paule, change)))
    assert (people(feeds), matters(feeds)) == (["DUPONT", "MARTIN"], [("identifier_taken", "2")])
    assert (feeds.patient("1").birth_name, feeds.patient("2").birth_name) == ("DUPONT", "MARTIN")
    with feeds.reading():
        assert [identifiers_of(feeds.patient(value)) for value in "12"] == [{"1": True}, {"2": True}]
        assert not FeedMerge.objects.filter(undone_at__isnull=True).exists()
    feeds.coherent()


def test_a_file_closed_by_a_merge_that_could_not_be_is_open_again(feeds: Feeds) -> None:
    feeds.send(Adt(event="A28", minute=2, ids=ipp("2"), **PAULE))
    file = feeds.patient("2").pk
    feeds.send(Adt(event="A40", minute=5, ids=ipp("1"), mrg=ipp("2"), **PAULE))
    assert feeds.patient("2").pk != file
    feeds.send(Adt(event="A28", minute=1, ids=ipp("1"), **JEAN))
    assert (feeds.patient("2").pk, people(feeds)) == (file, ["DUPONT", "MARTIN"])
    assert matters(feeds) == [(ConflictKind.COLLISION.value, "1")]
    feeds.coherent()


def same_as_memory(feeds: Feeds, seed: int) -> None:
    chance = random.Random(seed)
    history = disputed(chance)
    chance.shuffle(history)
    memory = Hospital()
    for rank, message in enumerate(history):
        expected, outcome = memory.send(message), feeds.send(message)
        told = (outcome.effect, outcome.code, outcome.ack, [one.kind for one in outcome.conflicts])
        assert told == (expected.effect, expected.code, expected.ack, [one.kind for one in expected.conflicts]), rank
    assert feeds.state == state_of(memory)
    feeds.coherent()


@pytest.mark.parametrize("seed", range(12))
def test_disputes_in_any_order_leave_what_they_leave_in_memory(feeds: Feeds, seed: int) -> None:
    same_as_memory(feeds, seed)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(100, 500))
def test_hundreds_of_disputes_leave_what_they_leave_in_memory(feeds: Feeds, seed: int) -> None:
    same_as_memory(feeds, seed)
