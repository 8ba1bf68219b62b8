"""Two files that a hospital makes one, and what the cell takes back: nothing hidden or merged without a person."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from dcc.accounts.models import User
from interop.pam.outcome import Effect
from interop.pam_store.tasks import take_back
from interop.pam_store.undoing import UndoRefused, undo_merge
from patients.doubles.proposals import propose_for
from patients.feed.actions import AlreadyAsked, ask_undo
from patients.models import (
    Double,
    DoubleStatus,
    FeedConflict,
    FeedIdentity,
    FeedMerge,
    FeedMergeKind,
    Merge,
    Patient,
)
from tests.conftest import owner_connection
from tests.feeds.hospitals import Feeds, identifiers_of
from tests.feeds.test_feed_desk import typed
from tests.feeds.test_feed_merges import VERA, conflicts, two_people, undo
from tests.interop.pam_feed import AUTHORITY, INS_A, MARTIN, OTHER_AUTHORITY, QUALIFIED, Adt, ins, ipp

A40 = Adt(event="A40", minute=5, ids=ipp("1"), name=MARTIN, mrg=ipp("2"))


def opened_by_somebody(feeds: Feeds) -> None:
    """Each patient has a file: some team cares for them."""
    with owner_connection(feeds.database) as owner:
        owner.execute(
            "INSERT INTO patients_access (region_id, patient_id, principal_id, reason, granted_at, expires_at)"
            " SELECT region_id, id, (SELECT min(id) FROM tenancy_principal), 'registration', now(), '9999-01-01'"
            " FROM patients_patient"
        )


def two_files(feeds: Feeds) -> tuple[UUID, UUID]:
    two_people(feeds)
    opened_by_somebody(feeds)
    return feeds.patient("1").pk, feeds.patient("2").pk


def pairs(feeds: Feeds) -> list[Double]:
    with feeds.reading():
        return list(Double.objects.select_related("first", "second"))


def asked(feeds: Feeds, why: str = "Deux sœurs, vu avec le service.") -> FeedMerge:
    with feeds.reading():
        merge = FeedMerge.objects.filter(undone_at__isnull=True).latest("pk")
        user = User.objects.order_by("pk")[0]
        return ask_undo(merge_id=merge.pk, reason=why, by=user)


class TestTwoFiles:
    def test_both_stay_and_the_pair_is_put_before_the_cell(self, feeds: Feeds) -> None:
        kept, gone = two_files(feeds)
        assert feeds.send(A40).effect is Effect.MERGED
        assert {one.pk for one in feeds.patients()} == {kept, gone}, "no file leads to another without a person"
        (pair,) = pairs(feeds)
        assert ({pair.first_id, pair.second_id}, pair.status, pair.probable) == ({kept, gone}, "to_examine", True)
        assert pair.evidence[0]["label"] == "Demandé par le DPI de CH Rochebrune"
        assert "IPP 2, devenu 1" in pair.evidence[0]["detail"]

    def test_the_numbers_follow_the_hospital_at_once(self, feeds: Feeds) -> None:
        kept, gone = two_files(feeds)
        feeds.send(A40, Adt(event="A31", minute=6, ids=ipp("2"), name="MARTINEAU^PAULE^^^^^L"))
        with feeds.reading():
            assert identifiers_of(Patient.objects.get(pk=kept)) == {"1": True, "2": False}
            assert Patient.objects.get(pk=kept).birth_name == "MARTIN", "said of the number that is gone"
            assert Patient.objects.get(pk=gone).birth_name == "MARTEN"

    def test_a_file_on_one_side_only_needs_nobody(self, feeds: Feeds) -> None:
        feeds.send(Adt(event="A28", minute=0, ids=ipp("1"), name=MARTIN))
        opened_by_somebody(feeds)
        feeds.send(Adt(event="A28", minute=1, ids=ipp("2"), name=MARTIN), A40)
        assert (len(feeds.patients()), pairs(feeds)) == (1, [])

    def test_no_score_clears_what_a_hospital_asked(self, feeds: Feeds) -> None:
        kept, _ = two_files(feeds)
        feeds.send(A40)
        with feeds.reading():
            Patient.objects.filter(pk=kept).update(birth_name="ZOLA", birth_name_key="ZOLA", birth_date="1930-01-01")
            propose_for(Patient.objects.get(pk=kept))
        (pair,) = pairs(feeds)
        assert (pair.status, pair.evidence[0]["trait"]) == ("to_examine", "feed")

    def test_homonyms_are_examined_again_and_a_merge_under_way_is_not_disturbed(self, feeds: Feeds) -> None:
        kept, gone = two_files(feeds)
        with feeds.reading():
            first, second = sorted((kept, gone))
            pair = Double.objects.create(
                region_id=1, first_id=first, second_id=second, score=3, status=DoubleStatus.HOMONYM
            )
        feeds.send(A40)
        assert [one.status for one in pairs(feeds)] == ["to_examine"]
        undo(feeds)
        with feeds.reading():
            Double.objects.filter(pk=pair.pk).update(status=DoubleStatus.MERGING)
        feeds.send(Adt(event="A40", minute=9, ids=ipp("1"), name=MARTIN, mrg=ipp("2")))
        assert [one.status for one in pairs(feeds)] == ["merging"]

    def test_numbers_that_desks_typed_are_merged_and_parted_like_those_of_the_feed(self, feeds: Feeds) -> None:
        kept = typed(feeds, number="1", birth_name="MARTIN", birth_name_key="MARTIN")
        gone = typed(feeds, number="2", birth_name="MARTEN", birth_name_key="MARTEN")
        opened_by_somebody(feeds)
        feeds.send(replace(A40, name="MARTIN^DOMINIQUE^^^^^L"))
        (pair,) = pairs(feeds)
        assert pair.organisation_id == feeds.sources[AUTHORITY].organisation_id
        with feeds.reading():
            merge = FeedMerge.objects.get()
            assert identifiers_of(Patient.objects.get(pk=kept)) == {"1": True, "2": False}
        assert (merge.kind, merge.gone_value, merge.kept_value) == (FeedMergeKind.MERGED, "2", "1")
        undo(feeds)
        assert (feeds.patient("1").pk, feeds.patient("2").pk) == (kept, gone)
        with feeds.reading():
            assert identifiers_of(Patient.objects.get(pk=gone)) == {"2": True}
        feeds.coherent()

    def test_the_ins_stays_with_the_file_that_has_it_and_no_conflict_is_told_twice(self, feeds: Feeds) -> None:
        feeds.send(
            Adt(event="A28", minute=0, ids=f"{ipp('2')}~{ins(INS_A)}"),
            Adt(event="A28", minute=1, ids=ipp("1"), status="PROV"),
        )
        opened_by_somebody(feeds)
        feeds.send(Adt(event="A40", minute=2, ids=QUALIFIED, mrg=ipp("2")))
        assert sorted(one.status for one in feeds.patients()) == ["QUAL", "VALI"]
        assert (len(pairs(feeds)), conflicts(feeds)) == (1, [])
        assert Effect.UPDATED is feeds.send(Adt(event="A31", minute=3, ids=QUALIFIED)).effect
        assert conflicts(feeds) == []

    def test_a_number_changed_into_one_in_use_puts_the_pair_before_the_cell_too(self, feeds: Feeds) -> None:
        two_files(feeds)
        assert feeds.send(Adt(event="A47", minute=5, ids=ipp("1"), name=MARTIN, mrg=ipp("2"))).code == "AE"
        (pair,) = pairs(feeds)
        assert "changement d’IPP (A47)" in pair.evidence[0]["detail"]
        with feeds.reading():
            conflict = FeedConflict.objects.get()
        assert (conflict.kind, conflict.said["birth_name"]) == ("identifier_taken", "MARTIN")

    def test_files_of_two_regions_are_no_pair_and_the_cell_is_told(self, feeds: Feeds) -> None:
        """The identity of number 2 was opened in another founding region, whose rows never leave it (ADR 9)."""
        other = ipp("7", OTHER_AUTHORITY)
        feeds.send(Adt(event="A28", minute=0, ids=f"{other}~{ins(INS_A)}"))
        feeds.send(Adt(event="A28", minute=1, ids=f"{ipp('2')}~{ins(INS_A)}"))
        feeds.send(Adt(event="A28", minute=2, ids=ipp("1"), status="PROV"))
        opened_by_somebody(feeds)
        feeds.send(Adt(event="A40", minute=3, ids=ipp("1"), status="PROV", mrg=ipp("2")))
        assert {one.region_id for one in feeds.patients()} == {1, 2}
        assert pairs(feeds) == []
        assert ("two_files", "2", 1) in conflicts(feeds)


class TestTakenBack:
    def test_the_pair_leaves_the_worklist_with_the_merge(self, feeds: Feeds) -> None:
        two_files(feeds)
        said = feeds.shown()
        feeds.send(A40)
        undo(feeds)
        assert feeds.shown() == said
        (pair,) = pairs(feeds)
        assert (pair.evidence[0]["trait"] == "feed", len(feeds.patients())) == (False, 2)
        feeds.coherent()

    def test_not_before_the_cell_has_parted_the_files_it_merged(self, feeds: Feeds) -> None:
        kept, gone = two_files(feeds)
        feeds.send(A40)
        (pair,) = pairs(feeds)
        with feeds.reading():
            user = User.objects.order_by("pk")[0]
            done = Merge.objects.create(
                region_id=1, double=pair, kept_id=kept, lost_id=gone, rule="r", reason="r", asked_by=user,
                done_at=timezone.now() - timedelta(days=2),
            )  # fmt: skip
            Patient.objects.filter(pk=gone).update(merged_into_id=kept)
            merge = FeedMerge.objects.get()
        with pytest.raises(UndoRefused, match="La cellule a réuni les deux dossiers"):
            undo_merge(merge_id=merge.pk, source=feeds.sources[AUTHORITY], why="Deux sœurs", by=VERA)
        with feeds.reading():
            assert Patient.objects.get(pk=gone).merged_into_id == kept
        with owner_connection(feeds.database) as owner:
            owner.execute("ALTER TABLE patients_merge DISABLE TRIGGER USER")
            owner.execute("DELETE FROM patients_merge WHERE id = %s", [done.pk])
            owner.execute("ALTER TABLE patients_merge ENABLE TRIGGER USER")

    def test_a_change_of_number_leaves_the_file_to_the_former_one(self, feeds: Feeds) -> None:
        feeds.send(Adt(event="A28", minute=0, ids=ipp("1"), name=MARTIN))
        file = feeds.patient("1").pk
        feeds.send(Adt(event="A47", minute=1, ids=ipp("2"), name=MARTIN, mrg=ipp("1")))
        feeds.send(Adt(event="A31", minute=2, ids=ipp("2"), name="KERBRAT^YANN^^^^^L", sex="F", status="PROV"))
        assert feeds.patient("1").birth_name == "KERBRAT"
        with feeds.reading():
            assert FeedMerge.objects.get().kind == FeedMergeKind.RENAMED
        undo(feeds, why="IPP donné à un autre patient")
        assert (feeds.patient("1").pk, feeds.patient("1").birth_name) == (file, "MARTIN")
        assert (feeds.patient("2").pk == file, feeds.patient("2").birth_name) == (False, "KERBRAT")
        with feeds.reading():
            assert identifiers_of(feeds.patient("1")) == {"1": True}
            assert identifiers_of(feeds.patient("2")) == {"2": True}
        feeds.send(Adt(event="A31", minute=3, ids=ipp("1"), name="MARTINON^PAULE^^^^^L"))
        assert (feeds.patient("1").birth_name, feeds.patient("2").birth_name) == ("MARTINON", "KERBRAT")
        feeds.coherent()

    def test_a_change_of_an_unknown_number_has_nothing_to_part(self, feeds: Feeds) -> None:
        feeds.send(Adt(event="A47", minute=1, ids=ipp("2"), name=MARTIN, mrg=ipp("1")))
        before = feeds.shown()
        with pytest.raises(UndoRefused, match="Rien n’a été dit de l’ancien numéro"):
            undo(feeds)
        with feeds.reading():
            assert FeedIdentity.objects.count() == 1
        assert feeds.shown() == before

    def test_the_cell_asks_and_the_worker_does(self, feeds: Feeds) -> None:
        two_people(feeds)
        feeds.send(A40)
        merge = asked(feeds)
        with feeds.reading(), pytest.raises(AlreadyAsked):
            ask_undo(merge_id=merge.pk, reason="Une seconde fois", by=User.objects.order_by("pk")[0])
        take_back(regions=[1])
        assert len(feeds.patients()) == 2
        with feeds.reading():
            merge.refresh_from_db()
        assert (merge.undone_by, merge.undone_why) == (
            merge.undo_asked_by.display_name,
            "Deux sœurs, vu avec le service.",
        )  # type: ignore[union-attr]
        take_back(regions=[1])

    def test_what_stops_it_is_told_and_it_can_be_asked_again(self, feeds: Feeds) -> None:
        feeds.send(Adt(event="A47", minute=1, ids=ipp("2"), name=MARTIN, mrg=ipp("1")))
        merge = asked(feeds)
        take_back(regions=[1])
        with feeds.reading():
            merge.refresh_from_db()
        assert merge.undo_refused.startswith("Rien n’a été dit")
        feeds.send(Adt(event="A28", minute=0, ids=ipp("1"), name=MARTIN))
        asked(feeds)
        take_back(regions=[1])
        with feeds.reading():
            merge.refresh_from_db()
        assert (merge.undone_at is not None, merge.undo_refused) == (True, "")


def test_a_conflict_keeps_what_the_message_said_and_never_an_ins(feeds: Feeds) -> None:
    feeds.send(Adt(event="A28", minute=0, ids=QUALIFIED))
    stranger: dict[str, Any] = {"name": "KERBRAT^YANN^^^^^L", "birth": "19500102", "sex": "M"}
    assert feeds.send(Adt(event="A31", minute=1, ids=QUALIFIED, **stranger)).code == "AE"
    with feeds.reading():
        said = FeedConflict.objects.get().said
    assert (said["birth_name"], said["birth_date"], said["sex"]) == ("KERBRAT", "1950-01-02", "M")
    assert INS_A not in str(said)
