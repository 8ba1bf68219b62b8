"""Merges, changes of number, conflicts, and merges taken back row for row (identity §1.14)."""

from uuid import UUID

import pytest

from dcc.audit.record import System
from interop.pam.outcome import ConflictKind, Effect
from interop.pam_store.undoing import UndoRefused, undo_merge
from patients.feed.conflicts import ConflictSettled, settle
from patients.models import Access, FeedConflict, FeedMerge, Patient
from tests.conftest import owner_connection
from tests.feeds.hospitals import Feeds, identifiers_of
from tests.interop.pam_feed import AUTHORITY, INS_A, INS_B, MARTIN, OTHER_AUTHORITY, QUALIFIED, Adt, ins, ipp

MARTEN = "MARTEN^PAULE^^^^^L"
VERA = System("Mme Vera Hamon")
# What taking a merge back does not remove: the traces of it.
HISTORY = {
    "patients_feedmessage",
    "patients_feedmerge",
    "patients_identitychange",
    "patients_redirection",
    "patients_doublesearch",
}


def undo(feeds: Feeds, why: str = "Deux sœurs") -> UUID:
    """Take back the last merge."""
    with feeds.reading():
        merge = FeedMerge.objects.filter(undone_at__isnull=True).latest("pk")
    return undo_merge(merge_id=merge.pk, source=feeds.sources[AUTHORITY], why=why, by=VERA)


def conflicts(feeds: Feeds) -> list[tuple[str, str, int]]:
    with feeds.reading():
        return sorted((row.kind, row.about_value, row.times) for row in FeedConflict.objects.all())


def two_people(feeds: Feeds) -> None:
    feeds.send(
        Adt(event="A28", minute=0, ids=ipp("1"), name=MARTIN),
        Adt(event="A28", minute=1, ids=ipp("2"), name=MARTEN),
    )


def rows(feeds: Feeds) -> dict[str, list[str]]:
    return {table: found for table, found in feeds.everything().items() if table not in HISTORY}


def test_a_merge_keeps_the_alias_and_every_row_of_the_patient_that_is_gone(feeds: Feeds) -> None:
    two_people(feeds)
    gone = feeds.patient("2").pk
    outcome = feeds.send(Adt(event="A40", minute=2, ids=ipp("1"), name=MARTIN, mrg=ipp("2")))
    assert outcome.effect is Effect.MERGED
    kept = feeds.patient("1")
    assert feeds.patient("2").pk == kept.pk
    with feeds.reading():
        assert Patient.objects.get(pk=gone).merged_into_id == kept.pk
        assert identifiers_of(kept) == {"1": True, "2": False}
    feeds.coherent()


@pytest.mark.parametrize("known", [(), ("1",), ("2",)])
def test_a_merge_into_or_from_an_unknown_number(feeds: Feeds, known: tuple[str, ...]) -> None:
    for value in known:
        feeds.send(Adt(event="A28", minute=0, ids=ipp(value), name=MARTIN))
    feeds.send(Adt(event="A40", minute=2, ids=ipp("1"), name=MARTIN, mrg=ipp("2")))
    assert len(feeds.patients()) == 1
    with feeds.reading():
        assert identifiers_of(feeds.patients()[0]) == {"1": True, "2": False}
    feeds.coherent()


def test_an_update_of_the_merged_number_says_nothing_of_who_the_survivor_is(feeds: Feeds) -> None:
    two_people(feeds)
    feeds.send(Adt(event="A40", minute=2, ids=ipp("1"), name=MARTIN, mrg=ipp("2")))
    feeds.send(Adt(event="A31", minute=3, ids=ipp("2"), name="MARTINEAU^PAULE^^^^^L"))
    assert [one.birth_name for one in feeds.patients()] == ["MARTIN"]
    feeds.coherent()


def test_a_changed_number_is_the_same_patient_under_the_new_one(feeds: Feeds) -> None:
    feeds.send(Adt(event="A28", minute=0, ids=ipp("1"), name=MARTIN))
    before = feeds.patient("1").pk
    feeds.send(Adt(event="A47", minute=1, ids=ipp("2"), name=MARTIN, mrg=ipp("1")))
    assert feeds.patient("2").pk == feeds.patient("1").pk == before
    with feeds.reading():
        assert identifiers_of(feeds.patient("2")) == {"1": False, "2": True}
    assert feeds.count("patients_feedmerge") == 1, "it can be taken back"


def test_two_different_ins_are_not_merged_and_a_person_is_asked_once(feeds: Feeds) -> None:
    feeds.send(
        Adt(event="A28", minute=0, ids=QUALIFIED),
        Adt(event="A28", minute=1, ids=f"{ipp('2')}~{ins(INS_B)}", name=MARTIN),
    )
    before = feeds.shown()
    for minute in (2, 3):
        assert feeds.send(Adt(event="A40", minute=minute, ids=ipp("1"), mrg=ipp("2"))).code == "AE"
    assert feeds.shown() == before
    assert conflicts(feeds) == [("two_ins", "2", 2)]


def test_a_conflict_is_settled_once_by_somebody(feeds: Feeds) -> None:
    test_two_different_ins_are_not_merged_and_a_person_is_asked_once(feeds)
    with feeds.reading():
        row = settle(conflict=FeedConflict.objects.get(), how="Deux personnes, vu avec le service.", by=VERA)
        assert (row.settled_by, row.settled_at is not None) == ("Mme Vera Hamon", True)
        with pytest.raises(ConflictSettled):
            settle(conflict=row, how="Encore.", by=VERA)
    feeds.send(Adt(event="A40", minute=4, ids=ipp("1"), mrg=ipp("2")))
    assert len(conflicts(feeds)) == 2, "told again after it was settled, it is a new matter"


# One INS, two identities


def test_one_ins_joins_two_identities_while_nobody_cares_for_one_of_them(feeds: Feeds) -> None:
    other = ipp("7", OTHER_AUTHORITY)
    feeds.send(Adt(event="A28", minute=0, ids=QUALIFIED), Adt(event="A28", minute=1, ids=other, status="PROV"))
    outcome = feeds.send(Adt(event="A31", minute=2, ids=f"{other}~{ins(INS_A)}"))
    assert (outcome.effect, len(feeds.patients())) == (Effect.MERGED, 1)
    feeds.coherent()


def test_two_files_are_never_made_one_by_their_ins_alone(feeds: Feeds) -> None:
    """A40 is the decision of a person at the hospital; the same INS is nobody's decision (ADR 0008)."""
    other = ipp("7", OTHER_AUTHORITY)
    feeds.send(Adt(event="A28", minute=0, ids=QUALIFIED), Adt(event="A28", minute=1, ids=other, status="PROV"))
    with owner_connection(feeds.database) as owner:
        owner.execute(
            "INSERT INTO patients_access (region_id, patient_id, principal_id, reason, granted_at, expires_at)"
            " SELECT region_id, id, (SELECT min(id) FROM tenancy_principal), 'registration', now(), '9999-01-01'"
            " FROM patients_patient"
        )
    outcome = feeds.send(Adt(event="A31", minute=2, ids=f"{other}~{ins(INS_A)}"))
    assert [conflict.kind for conflict in outcome.conflicts] == [ConflictKind.SAME_INS]
    assert conflicts(feeds) == [("same_ins", "7", 1)]
    assert sorted(one.status for one in feeds.patients()) == ["QUAL", "VALI"]
    with feeds.reading():
        assert Access.objects.count() == 2
    feeds.coherent()


# Taken back


def test_a_merge_taken_back_leaves_every_row_as_it_was(feeds: Feeds) -> None:
    two_people(feeds)
    visit = f"PV1|1|I|||||||||||||||||V2^^^CH&{AUTHORITY}&ISO^VN"
    feeds.send(Adt(event="A01", minute=2, ids=ipp("2"), name=MARTEN, extra=visit))
    before = rows(feeds)
    said = feeds.shown()
    gone = feeds.patient("2").pk
    feeds.send(Adt(event="A40", minute=3, ids=ipp("1"), name=MARTIN, mrg=ipp("2")))
    assert len(feeds.patients()) == 1
    assert undo(feeds) == gone
    after = rows(feeds)
    extra = {table: len(after[table]) - len(before[table]) for table in before if after[table] != before[table]}
    assert extra == {"patients_statement": 1}, "only what the merge said of the survivor is more"
    assert set(before["patients_statement"]) < set(after["patients_statement"])
    assert feeds.shown() == said
    feeds.coherent()


def test_after_the_merge_is_taken_back_each_has_what_was_said_of_its_own_number(feeds: Feeds) -> None:
    two_people(feeds)
    feeds.send(
        Adt(event="A40", minute=3, ids=ipp("1"), name=MARTIN, mrg=ipp("2")),
        Adt(event="A31", minute=4, ids=ipp("2"), name="MARTENOT^PAULE^^^^^L"),
    )
    assert [one.birth_name for one in feeds.patients()] == ["MARTIN"]
    undo(feeds)
    assert (feeds.patient("1").birth_name, feeds.patient("2").birth_name) == ("MARTIN", "MARTENOT")
    feeds.send(Adt(event="A31", minute=5, ids=ipp("1"), name="MARTINON^PAULE^^^^^L"))
    assert (feeds.patient("1").birth_name, feeds.patient("2").birth_name) == ("MARTINON", "MARTENOT")
    feeds.coherent()


def test_the_qualified_one_gets_its_ins_back(feeds: Feeds) -> None:
    feeds.send(
        Adt(event="A28", minute=0, ids=f"{ipp('2')}~{ins(INS_A)}"),
        Adt(event="A28", minute=1, ids=ipp("1"), status="PROV"),
    )
    said = feeds.shown()
    feeds.send(Adt(event="A40", minute=3, ids=ipp("1"), status="PROV", mrg=ipp("2")))
    assert [one.status for one in feeds.patients()] == ["PROV"]
    undo(feeds)
    assert feeds.shown() == said
    assert feeds.patient("2").status == "QUAL"
    feeds.coherent()


def test_identities_joined_by_their_ins_and_parted_wait_for_a_person(feeds: Feeds) -> None:
    other = ipp("7", OTHER_AUTHORITY)
    feeds.send(Adt(event="A28", minute=0, ids=QUALIFIED), Adt(event="A28", minute=1, ids=other, status="PROV"))
    feeds.send(Adt(event="A31", minute=2, ids=f"{other}~{ins(INS_A)}"))
    undo(feeds, why="INS usurpée")
    assert len(feeds.patients()) == 2
    statuses = {feeds.patient("1").status, feeds.patient("7", OTHER_AUTHORITY).status}
    assert statuses == {"QUAL", "VALI"}
    feeds.send(Adt(event="A31", minute=3, ids=f"{other}~{ins(INS_A)}"), Adt(event="A31", minute=4, ids=QUALIFIED))
    assert len(feeds.patients()) == 2, "a person parted them: no message joins them again by the INS alone"
    assert {kind for kind, *_ in conflicts(feeds)} == {"same_ins"}
    feeds.coherent()


def test_a_survivor_whose_traits_were_the_others_is_doubtful_once_parted(feeds: Feeds) -> None:
    feeds.send(Adt(event="A28", minute=0, ids=ipp("2"), name=MARTIN))
    feeds.send(Adt(event="A40", minute=2, ids=ipp("1"), name=MARTIN, birth="", sex="", addresses="", mrg=ipp("2")))
    undo(feeds)
    kept, gone = feeds.patient("1"), feeds.patient("2")
    assert (kept.pk == gone.pk, kept.is_doubtful, kept.status, gone.is_doubtful) == (False, True, "PROV", False)
    feeds.send(Adt(event="A31", minute=3, ids=ipp("1"), name=MARTIN, birth="19500102", sex="F"))
    assert (feeds.patient("1").is_doubtful, str(feeds.patient("1").birth_date)) == (False, "1950-01-02")
    feeds.coherent()


def test_merges_in_a_chain_are_taken_back_from_the_last(feeds: Feeds) -> None:
    two_people(feeds)
    feeds.send(Adt(event="A28", minute=2, ids=ipp("3"), name="MARTY^PAULE^^^^^L"))
    said = feeds.shown()
    feeds.send(Adt(event="A40", minute=3, ids=ipp("2"), name=MARTEN, mrg=ipp("3")))
    with feeds.reading():
        first = FeedMerge.objects.get()
    feeds.send(Adt(event="A40", minute=4, ids=ipp("1"), name=MARTIN, mrg=ipp("2")))
    with pytest.raises(UndoRefused):
        undo_merge(merge_id=first.pk, source=feeds.sources[AUTHORITY], why="Trop tôt", by=VERA)
    undo(feeds)
    undo(feeds)
    assert feeds.shown() == said
    with pytest.raises(UndoRefused):
        undo_merge(merge_id=first.pk, source=feeds.sources[AUTHORITY], why="Encore", by=VERA)
    feeds.coherent()


def test_a_merge_taken_back_can_be_told_again(feeds: Feeds) -> None:
    two_people(feeds)
    merge = Adt(event="A40", minute=3, ids=ipp("1"), name=MARTIN, mrg=ipp("2"))
    feeds.send(merge)
    undo(feeds)
    assert feeds.send(merge).effect is Effect.REPLAYED
    assert len(feeds.patients()) == 2
    feeds.send(Adt(event="A40", minute=9, ids=ipp("1"), name=MARTIN, mrg=ipp("2")))
    assert len(feeds.patients()) == 1
    undo(feeds)
    assert len(feeds.patients()) == 2
    feeds.coherent()
