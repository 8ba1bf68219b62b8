"""A merge that was a mistake comes apart again, exactly (PAT-05)."""

from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from dcc.lib.lifecycle import TransitionRefused
from patients.doubles import actions
from patients.doubles.lifecycle import DoubleTransition
from patients.doubles.tasks import carry_out_one
from patients.doubles.undoing import KEPT, LOST
from patients.models import (
    Document,
    Double,
    DoubleStatus,
    IdentityNotice,
    Information,
    Merge,
    MergedTable,
    NoticeKind,
    NoticeState,
    Patient,
)
from rcp.cases.actions import discuss_case
from rcp.meetings.actions import open_meeting
from rcp.models import Case
from tests.patients.conftest import created
from tests.patients.merging import (  # noqa: F401 - a_pair is a fixture
    WHY,
    a_pair,
    carried,
    foreign_keys_hold,
    merged,
    ordered,
    organisation,
    paired,
    photograph,
    qualify,
    undone,
)
from tests.registration.conftest import another_meeting, in_ten_days, meeting_of, registered  # noqa: F401


class TestUndone:
    def test_each_row_is_where_it_was_to_the_last_column(self, working_as, as_worker, pair):
        before = photograph(as_worker, pair)
        assert len(before["rcp_case"]) == 1
        assert len(before["patients_access"]) > 4
        merged(working_as, as_worker, pair)
        assert photograph(as_worker, pair) != before
        undone(working_as, as_worker, pair)
        foreign_keys_hold()
        assert pair.status == DoubleStatus.UNDONE
        assert photograph(as_worker, pair) == before

    def test_then_merged_again_and_undone_again(self, working_as, as_worker, pair):
        before = photograph(as_worker, pair)
        for _ in range(2):
            merged(working_as, as_worker, pair)
            undone(working_as, as_worker, pair)
        assert photograph(as_worker, pair) == before

    def test_a_notice_that_has_not_left_will_not(self, working_as, as_worker, pair):
        merge = merged(working_as, as_worker, pair)
        with as_worker(1):
            one = merge.notices.order_by("pk").first()
            IdentityNotice.objects.filter(pk=one.pk).update(state=NoticeState.SENT)
        undone(working_as, as_worker, pair)
        with as_worker(1):
            states = {(n.organisation_id == one.organisation_id, n.kind, n.state) for n in merge.notices.all()}
            assert states == {
                (True, NoticeKind.A40, NoticeState.SENT),
                (True, NoticeKind.A31, NoticeState.WAITING),
                (False, NoticeKind.A40, NoticeState.CANCELLED),
            }

    def test_what_was_typed_since_follows_its_sheet(self, working_as, as_worker, pair, francoise):
        """The case that moved goes on; its new answers, its new state and its new document go back with it."""
        merge = merged(working_as, as_worker, pair)
        with working_as("bob") as bob:
            case = Case.objects.get(patient=francoise)
            discuss_case(case_id=case.pk, by=bob)
            Document.objects.create(
                region_id=1, patient=francoise, kind="rcp_report", title="Compte rendu", data={}, data_hash=b"x" * 32,
                source_id=case.pk, issued_by="Dr Bob Kerjean",
            )  # fmt: skip
        undone(working_as, as_worker, pair)
        assert pair.status == DoubleStatus.UNDONE
        with as_worker(1):
            assert Document.objects.get(title="Compte rendu").patient_id == merge.lost_id
            case.refresh_from_db()
            assert (case.patient_id, case.status) == (merge.lost_id, "discussed")

    def test_what_depends_on_neither_is_allocated_by_a_person(self, working_as, as_worker, pair, francoise):
        merge = merged(working_as, as_worker, pair)
        with working_as("alice") as alice:
            given = {"given_on": date(2026, 11, 22), "given_by": "Dr Bob Kerjean", "recorded_by": alice}
            new = Information.objects.create(region_id=1, patient=francoise, **given)
        before = photograph(as_worker, pair)
        waiting = undone(working_as, as_worker, pair)
        assert pair.status == DoubleStatus.MERGED
        assert "dites de chacun" in waiting.obstacles[0]
        assert [(one["key"], one["label"]) for one in waiting.unallocated] == [(str(new.pk), "information du patient")]
        assert photograph(as_worker, pair) == before, "nothing moves before that"
        with working_as("vigilance") as vera:
            with pytest.raises(actions.NotAllocated):
                actions.allocate(double_id=pair.pk, choices={}, by=vera)
            with pytest.raises(actions.NotAllocated):
                actions.allocate(double_id=pair.pk, choices={str(new.pk): "elsewhere"}, by=vera)
            actions.allocate(double_id=pair.pk, choices={str(new.pk): LOST}, by=vera)
        carried(as_worker, pair)
        assert pair.status == DoubleStatus.UNDONE
        with as_worker(1):
            assert Information.objects.get(pk=new.pk).patient_id == merge.lost_id

    def test_a_case_registered_since_stays_where_it_is_said_to(self, working_as, as_worker, pair, francoise):
        merged(working_as, as_worker, pair)
        with working_as("alice") as alice:
            second = another_meeting(meeting_of("SEI"))
            new = registered(alice, francoise, meeting=second)
        waiting = undone(working_as, as_worker, pair)
        choices = {one["key"]: KEPT for one in waiting.unallocated}
        while pair.status == DoubleStatus.MERGED:
            with working_as("vigilance") as vera:
                actions.allocate(double_id=pair.pk, choices=choices, by=vera)
            waiting = carried(as_worker, pair)
            choices = {one["key"]: KEPT for one in waiting.unallocated}
        with as_worker(1):
            new.refresh_from_db()
            assert new.patient_id == francoise.pk
            assert {one.patient_id for one in new.sheets.all()} == {francoise.pk}

    def test_while_a_board_hears_it_nothing_comes_apart(self, working_as, as_worker, pair):
        merged(working_as, as_worker, pair)
        with working_as("alice") as alice:
            open_meeting(meeting_id=meeting_of("SEI").pk, by=alice)
        merge = undone(working_as, as_worker, pair)
        assert pair.status == DoubleStatus.MERGED
        assert "la séance est en cours" in merge.obstacles[0]

    def test_merges_come_apart_in_the_reverse_order(self, working_as, as_worker, pair, francoise):
        with working_as("alice") as alice:
            third = created(alice, "Abherve", "Françoise", "11041963", reason="Homonyme connu")
        before = photograph(as_worker, pair)
        merged(working_as, as_worker, pair)
        then = paired(as_worker, francoise, third)
        merged(working_as, as_worker, then)
        stopped = undone(working_as, as_worker, pair)
        assert "annulez d’abord cette fusion-là" in stopped.obstacles[0]
        undone(working_as, as_worker, then)
        assert then.status == DoubleStatus.UNDONE
        undone(working_as, as_worker, pair)
        assert photograph(as_worker, pair) == before


class TestSecondPerson:
    """Both actions need a second person for QUAL: to merge, and to take it back (identity §1.14)."""

    @pytest.fixture
    def before(self, working_as, as_worker, pair, francoise):
        """Françoise is qualified, and two people merged the later identity into hers; the rows as they were."""
        qualify(as_worker, francoise.pk, b"1")
        before = photograph(as_worker, pair)
        ordered(working_as, pair)
        with working_as("alice") as alice:
            actions.confirm_merge(double_id=pair.pk, by=alice)
        assert carried(as_worker, pair).in_force
        return before

    def asked(self, working_as, pair, by="vigilance"):
        with working_as(by) as person:
            actions.ask_undo(double_id=pair.pk, reason="Deux sœurs, erreur de notre part", by=person)
            pair.refresh_from_db()

    def test_nothing_comes_apart_before_somebody_else_agrees(self, working_as, as_worker, pair, before):
        self.asked(working_as, pair)
        assert pair.status == DoubleStatus.UNDO_ASKED
        with as_worker(1):
            assert carry_out_one(pair.pk) is None
            assert Merge.objects.get(double=pair).in_force
        with working_as("vigilance") as vera, pytest.raises(actions.SamePerson):
            actions.confirm_undo(double_id=pair.pk, by=vera)
        with working_as("alice") as alice:
            actions.confirm_undo(double_id=pair.pk, by=alice)
        merge = carried(as_worker, pair)
        assert pair.status == DoubleStatus.UNDONE
        assert (merge.undo_by_id, merge.undo_confirmed_by_id) == (vera.pk, alice.pk)
        assert photograph(as_worker, pair) == before

    @pytest.mark.usefixtures("before")
    def test_the_second_person_may_keep_the_merge(self, working_as, pair):
        self.asked(working_as, pair)
        with working_as("alice") as alice:
            actions.decline_undo(double_id=pair.pk, reason="Même carte d’identité, revue", by=alice)
            pair.refresh_from_db()
            merge = Merge.objects.get(double=pair)
            assert (pair.status, merge.in_force, merge.undo_by, merge.undo_reason) == ("merged", True, None, "")
            with pytest.raises(TransitionRefused):
                actions.confirm_undo(double_id=pair.pk, by=alice)

    @pytest.mark.usefixtures("before")
    def test_what_two_people_did_one_does_not_undo_after_a_doubt(self, working_as, as_worker, pair, francoise):
        with as_worker(1):
            nothing = {"ins_sealed": None, "ins_hash": None, "ins_oid": ""}
            Patient.objects.filter(pk=francoise.pk).update(status="PROV", is_doubtful=True, **nothing)
        self.asked(working_as, pair)
        assert pair.status == DoubleStatus.UNDO_ASKED

    def test_qualified_meanwhile_it_waits_for_the_second_person(self, working_as, as_worker, pair, francoise):
        merged(working_as, as_worker, pair)
        self.asked(working_as, pair)
        assert pair.status == DoubleStatus.UNDOING, "provisional: one person is enough"
        qualify(as_worker, francoise.pk, b"1")
        merge = carried(as_worker, pair)
        assert pair.status == DoubleStatus.MERGED
        assert "seconde personne" in merge.obstacles[0]
        self.asked(working_as, pair)
        assert pair.status == DoubleStatus.UNDO_ASKED

    @pytest.mark.usefixtures("before")
    def test_what_two_agreed_to_is_allocated_without_asking_again(self, working_as, as_worker, pair, francoise):
        with working_as("alice") as alice:
            given = {"given_on": date(2026, 11, 22), "given_by": "Dr Bob Kerjean", "recorded_by": alice}
            new = Information.objects.create(region_id=1, patient=francoise, **given)
            with pytest.raises(actions.NotAllocated):
                actions.allocate(double_id=pair.pk, choices={}, by=alice)  # nobody asked to undo anything
        self.asked(working_as, pair)
        with working_as("alice") as alice:
            actions.confirm_undo(double_id=pair.pk, by=alice)
        assert carried(as_worker, pair).unallocated
        with working_as("vigilance") as vera:
            actions.allocate(double_id=pair.pk, choices={str(new.pk): KEPT}, by=vera)
        carried(as_worker, pair)
        assert pair.status == DoubleStatus.UNDONE

    @pytest.mark.usefixtures("before")
    def test_an_agreement_is_worth_one_undoing(self, working_as, as_worker, pair):
        """Stopped by a meeting, then asked by the one who had agreed: somebody else agrees this time."""
        self.asked(working_as, pair)
        with working_as("alice") as alice:
            open_meeting(meeting_id=meeting_of("SEI").pk, by=alice)
            actions.confirm_undo(double_id=pair.pk, by=alice)
        assert "la séance est en cours" in carried(as_worker, pair).obstacles[0]
        self.asked(working_as, pair, by="alice")
        assert pair.status == DoubleStatus.UNDO_ASKED
        with working_as("alice") as alice, pytest.raises(actions.SamePerson):
            actions.confirm_undo(double_id=pair.pk, by=alice)

    @pytest.mark.usefixtures("before")
    def test_the_database_does_not_take_one_person_for_two(self, working_as, pair):
        self.asked(working_as, pair)
        for column in ("confirmed_by", "undo_confirmed_by"):
            with working_as("vigilance") as vera, pytest.raises(IntegrityError), transaction.atomic():
                Merge.objects.filter(double=pair).update(**{column: vera})


def test_a_merge_is_never_rewritten(working_as, as_worker, pair):
    merge = merged(working_as, as_worker, pair)
    for change in ({"reason": "autre"}, {"done_at": None}):
        with as_worker(1), pytest.raises(DatabaseError), transaction.atomic():
            Merge.objects.filter(pk=merge.pk).update(**change)
    with working_as("vigilance"), pytest.raises(DatabaseError), transaction.atomic():
        Merge.objects.filter(pk=merge.pk).update(undone_at=timezone.now())


def test_the_other_network_sees_nothing_of_it(working_as, as_worker, pair):
    merged(working_as, as_worker, pair)
    with working_as("oscar"):
        assert not Double.objects.exists()
        assert not Merge.objects.exists()
        assert not IdentityNotice.objects.exists()
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM dcc_double_cases(%s)", [pair.pk])
            assert cursor.fetchone()[0] == 0
    with working_as("denis"):
        assert not MergedTable.objects.exists(), "what a file holds is behind wall 2, counted or not"


def test_every_transition_but_a_report_is_for_the_cell_alone():
    from patients.doubles.lifecycle import BY_WORKER, DOUBLE_LIFECYCLE
    from patients.permissions import PatientPermission

    others = {one for one in DOUBLE_LIFECYCLE if one.name != DoubleTransition.REPORT}
    assert {one.permission for one in others} == {PatientPermission.IDENTITY_VIGILANCE}
    assert {one.name for one in DOUBLE_LIFECYCLE} == set(DoubleTransition)
    assert {one.target for one in DOUBLE_LIFECYCLE} == set(DoubleStatus)
    assert DoubleTransition.MERGE not in BY_WORKER
