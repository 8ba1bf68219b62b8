"""The processing rules of PAM France, one by one, in PostgreSQL: each test bears the name of its rule (issue A, D)."""

from itertools import permutations

import pytest

from interop.pam.outcome import Effect
from patients.models import Contact
from tests.feeds.hospitals import Feeds, identifiers_of
from tests.interop.pam_feed import INS_A, MARTIN, QUALIFIED, Adt, ins, ipp
from tests.interop.pam_histories import VISITS, a_visit

MERGE = Adt(event="A40", minute=5, ids=ipp("1"), name=MARTIN, mrg=ipp("2"))


def people(feeds: Feeds) -> list[tuple[str, str]]:
    return [(one.birth_name, one.status) for one in feeds.patients()]


def two(feeds: Feeds) -> None:
    feeds.send(
        Adt(event="A28", minute=0, ids=ipp("1"), name=MARTIN),
        Adt(event="A28", minute=1, ids=ipp("2"), name="MARTEN^PAULE^^^^^L"),
    )


class TestAnA31AfterAnA40:
    @pytest.mark.parametrize("event", ["A28", "A31"])
    def test_of_the_number_that_is_gone_undoes_nothing_of_the_survivor(self, feeds: Feeds, event: str) -> None:
        two(feeds)
        feeds.send(MERGE, Adt(event=event, minute=6, ids=ipp("2"), name="MARTINEAU^PAULE^^^^^L", status="PROV"))
        assert people(feeds) == [("MARTIN", "VALI")]
        with feeds.reading():
            assert identifiers_of(feeds.patients()[0]) == {"1": True, "2": False}

    def test_said_before_it_and_arrived_after_changes_nothing(self, feeds: Feeds) -> None:
        two(feeds)
        feeds.send(MERGE)
        before = feeds.shown()
        feeds.send(Adt(event="A31", minute=3, ids=ipp("2"), name="MARTINEAU^PAULE^^^^^L"))
        assert feeds.shown() == before
        feeds.coherent()

    def test_with_an_ins_neither_parts_them_nor_qualifies_the_survivor(self, feeds: Feeds) -> None:
        two(feeds)
        feeds.send(MERGE, Adt(event="A31", minute=6, ids=f"{ipp('2')}~{ins(INS_A)}", name=MARTIN))
        assert people(feeds) == [("MARTIN", "VALI")]

    def test_takes_neither_its_name_nor_its_ins_from_a_qualified_survivor(self, feeds: Feeds) -> None:
        lost = "PATROIS^DOMINIQUE^^^^^L"
        feeds.send(
            Adt(event="A28", minute=0, ids=QUALIFIED),
            Adt(event="A28", minute=1, ids=ipp("2"), name=lost, status="PROV"),
            Adt(event="A40", minute=5, ids=QUALIFIED, mrg=ipp("2")),
        )
        before = feeds.shown()
        assert feeds.send(Adt(event="A31", minute=9, ids=ipp("2"), name=lost, status="PROV")).code == "AA"
        assert feeds.shown() == before
        assert people(feeds) == [("PAT-TROIS", "QUAL")]

    def test_still_says_how_to_reach_the_survivor(self, feeds: Feeds) -> None:
        two(feeds)
        phone = "^PRN^PH^^^^^^^^^0199000000"
        feeds.send(MERGE, Adt(event="A31", minute=6, ids=ipp("2"), name=MARTIN, contacts=phone))
        with feeds.reading():
            assert Contact.objects.get().phone == "0199000000"

    def test_in_any_order_the_end_is_the_same(self, feeds: Feeds) -> None:
        said = [
            Adt(event="A28", minute=0, ids=ipp("1"), name=MARTIN),
            Adt(event="A28", minute=1, ids=ipp("2"), name="MARTEN^PAULE^^^^^L"),
            MERGE,
            Adt(event="A31", minute=6, ids=ipp("2"), name="MARTINEAU^PAULE^^^^^L"),
        ]
        ends = set()
        for order in list(permutations(said))[::5]:
            feeds.forget_everything()
            feeds.open()
            feeds.send(*order)
            ends.add(repr(feeds.shown()))
        assert len(ends) == 1


class TestProvToVali:
    def test_the_status_rises_with_what_is_proved_and_qualifies_with_the_ins(self, feeds: Feeds) -> None:
        for minute, (ids, status) in enumerate([(ipp("1"), "PROV"), (ipp("1"), "VALI"), (QUALIFIED, "VALI")]):
            feeds.send(Adt(event="A31", minute=minute, ids=ids, status=status))
        assert people(feeds) == [("PAT-TROIS", "QUAL")]

    def test_a_late_provisional_does_not_lower_what_was_validated_since(self, feeds: Feeds) -> None:
        feeds.send(Adt(event="A31", minute=5, ids=QUALIFIED), Adt(event="A28", minute=0, ids=ipp("1"), status="PROV"))
        assert people(feeds) == [("PAT-TROIS", "QUAL")]

    def test_silence_about_the_status_keeps_it(self, feeds: Feeds) -> None:
        feeds.send(Adt(event="A28", minute=0, ids=ipp("1")), Adt(event="A31", minute=1, ids=ipp("1"), status=""))
        assert people(feeds) == [("PAT-TROIS", "VALI")]


class TestReplays:
    @pytest.mark.parametrize("event", ["A28", "A31", "A40", "A47", *sorted(VISITS)])
    def test_of_any_event_gets_the_same_bytes_and_changes_nothing(self, feeds: Feeds, event: str) -> None:
        feeds.send(Adt(event="A28", minute=0, ids=ipp("2"), name=MARTIN))
        message = Adt(
            event=event, minute=5, ids=ipp("1"), name=MARTIN,
            mrg=ipp("2") if event in ("A40", "A47") else "",
            extra=a_visit(event, 1) if event in VISITS else "",
        )  # fmt: skip
        first = feeds.send(message)
        before = feeds.everything()
        again = feeds.send(message)
        assert (first.code, again.effect, again.ack) == ("AA", Effect.REPLAYED, first.ack)
        assert feeds.everything() == before


class TestMergesIntoTheUnknown:
    @pytest.mark.parametrize("known", [(), ("1",), ("2",), ("1", "2")])
    def test_end_as_those_of_the_known(self, feeds: Feeds, known: tuple[str, ...]) -> None:
        for value in known:
            feeds.send(Adt(event="A28", minute=0, ids=ipp(value), name=MARTIN))
        feeds.send(MERGE)
        assert people(feeds) == [("MARTIN", "VALI")]
        with feeds.reading():
            assert identifiers_of(feeds.patients()[0]) == {"1": True, "2": False}
        feeds.send(Adt(event="A28", minute=2, ids=ipp("2"), name=MARTIN))
        assert len(feeds.patients()) == 1
        feeds.coherent()


class TestVisits:
    def test_corrected_and_cancelled_in_any_order_end_the_same(self, feeds: Feeds) -> None:
        said = [
            Adt(event=event, minute=minute, ids=ipp("1"), extra=a_visit(event, movement))
            for minute, (event, movement) in enumerate([("A01", 1), ("A02", 2), ("Z99", 1), ("A12", 2)])
        ]
        ends = set()
        for order in list(permutations(said))[::5]:
            feeds.forget_everything()
            feeds.open()
            feeds.send(*order)
            ends.add(repr(feeds.shown()))
        assert len(ends) == 1
