"""Two identities of one person become one file, under the worker's role; and come apart again, exactly (PAT-05)."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from dcc.audit.models import AuditEvent
from dcc.organisations.models import Organisation
from patients.access import may_see
from patients.actions import add_ipp, record_opposition, update_contact
from patients.doubles import actions
from patients.doubles.lifecycle import DoubleTransition
from patients.doubles.moving import follow_late_rows
from patients.doubles.obstacles import Stopped
from patients.doubles.survivor import survivor_of
from patients.doubles.tables import STAYS, file_tables
from patients.doubles.tasks import carry_out_one
from patients.doubles.undoing import KEPT, LOST
from patients.events import PatientEvent
from patients.models import (
    Access,
    Contact,
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
    PatientIdentifier,
)
from patients.search import find_by_ipp, find_by_traits, traits_of
from rcp.cases.actions import discuss_case
from rcp.meetings.actions import open_meeting
from rcp.models import Case
from rcp.registration.actions import cancel_case
from tests.patients.conftest import created
from tests.registration.conftest import another_meeting, in_ten_days, meeting_of, registered  # noqa: F401

WHY = "Même personne, carte Vitale vue au guichet"


@pytest.fixture
def pair(working_as: Any, as_worker: Any, francoise: Patient) -> Double:
    """Françoise twice: the elder has a contact and an IPP of Rochebrune, the later one a case and an IPP of Dunes."""
    with working_as("alice") as alice:
        later = created(alice, "Abhervé", "Francoise", reason="Homonyme connu")
        add_ipp(patient=francoise, value="R-1", organisation=organisation("CH Rochebrune"), by=alice)
        add_ipp(patient=later, value="D-7", organisation=organisation("Clinique des Dunes"), by=alice)
        update_contact(patient=francoise, values={"city": "Nantes"}, by=alice)
        update_contact(patient=later, values={"city": "Rezé", "phone": "0240000000"}, by=alice)
        registered(alice, later)
    return paired(as_worker, francoise, later)


def organisation(short: str) -> Organisation:
    return Organisation.objects.get(short_name=short)


def paired(as_worker: Any, one: Patient, other: Patient) -> Double:
    with as_worker(1):
        first, second = sorted((one, other), key=lambda patient: patient.pk)
        return Double.objects.create(region_id=1, first=first, second=second, score=20.0, probable=True)


def ordered(working_as: Any, double: Double, *, by: str = "vigilance") -> Merge:
    with working_as(by) as person:
        first, second = Patient.objects.get(pk=double.first_id), Patient.objects.get(pk=double.second_id)
        kept = survivor_of(first, second).kept.pk
        actions.ask_merge(double_id=double.pk, kept_id=kept, reason=WHY, by=person)
        return double.merges.latest("asked_at")


def merged(working_as: Any, as_worker: Any, double: Double) -> Merge:
    ordered(working_as, double)
    return carried(as_worker, double)


def undone(working_as: Any, as_worker: Any, double: Double) -> Merge:
    with working_as("vigilance") as vera:
        actions.ask_undo(double_id=double.pk, reason="Deux sœurs, erreur de notre part", by=vera)
    return carried(as_worker, double)


def carried(as_worker: Any, double: Double) -> Merge:
    with as_worker(1):
        merge = carry_out_one(double.pk)
        double.refresh_from_db()
        assert merge is not None
        merge.refresh_from_db()
        return merge


def photograph(as_worker: Any, double: Double) -> dict[str, list[str]]:
    """Every row of both files and both identities, to the last column."""
    rows: dict[str, list[str]] = {}
    pair = [double.first_id, double.second_id]
    with as_worker(1), connection.cursor() as cursor:
        for table in (*(one.name for one in file_tables()), *sorted(STAYS - {MergedTable._meta.db_table})):
            cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [table])
            if cursor.fetchone()[0]:
                cursor.execute(
                    f'SELECT to_jsonb(t)::text FROM "{table}" t WHERE patient_id = ANY (%s) ORDER BY 1', [pair]
                )
                rows[table] = [row for (row,) in cursor.fetchall()]
        cursor.execute("SELECT to_jsonb(p)::text FROM patients_patient p WHERE id = ANY (%s) ORDER BY 1", [pair])
        rows["patients_patient"] = [row for (row,) in cursor.fetchall()]
    return rows


def foreign_keys_hold() -> None:
    """Deferred constraints are checked when the transaction of the test would have ended: now."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


class TestMerge:
    def test_everything_of_the_later_identity_is_in_the_file_of_the_elder(self, working_as, as_worker, pair, francoise):
        merge = merged(working_as, as_worker, pair)
        assert merge.kept_id == francoise.pk
        assert merge.rule.startswith("la plus ancienne")
        foreign_keys_hold()
        with working_as("alice"):
            case = Case.objects.get(patient=francoise)
            assert case.sheets.get().patient_id == francoise.pk
            assert {one.value for one in PatientIdentifier.objects.filter(patient=francoise)} == {"R-1", "D-7"}
            assert Contact.objects.get(patient=francoise).city == "Nantes"
            assert Patient.objects.get(pk=merge.lost_id).merged_into_id == francoise.pk
            assert not Case.objects.filter(patient_id=merge.lost_id).exists()

    def test_each_table_is_counted_before_and_after(self, working_as, as_worker, pair):
        merge = merged(working_as, as_worker, pair)
        with as_worker(1):
            written = {one.table_name: one for one in merge.merged_tables.all()}
            assert set(written) == {table.name for table in file_tables()}
            for one in written.values():
                assert one.lost_before + one.kept_before == one.lost_after + one.kept_after, one.table_name
                assert len(one.moved) == one.kept_after - one.kept_before
            case, contact = written["rcp_case"], written["patients_contact"]
            assert (case.lost_before, case.kept_before, case.lost_after, case.kept_after) == (1, 0, 0, 1)
            assert (contact.lost_after, contact.kept_after, contact.moved) == (1, 1, [])
            assert merge.rows == sum(len(one.moved) for one in written.values())
            assert merge.tables == len(written)

    def test_who_saw_either_file_sees_the_one_that_stays(self, working_as, as_worker, pair, francoise):
        with working_as("bob"):  # Rochebrune asked for the later identity's case
            assert not may_see(francoise.pk)
        merged(working_as, as_worker, pair)
        with working_as("bob"):
            assert may_see(francoise.pk)
        with working_as("denis"):
            assert not may_see(francoise.pk)

    def test_an_access_both_had_lasts_as_long_as_the_longer_one(self, working_as, as_worker, pair, francoise):
        soon, late = timezone.now() + timedelta(days=1), timezone.now() + timedelta(days=9)
        later = pair.second_id if pair.first_id == francoise.pk else pair.first_id
        with as_worker(1):
            for patient, ends in ((francoise.pk, soon), (later, late)):
                Access.objects.filter(patient_id=patient, reason="creation").update(expires_at=ends)
        before = photograph(as_worker, pair)
        merged(working_as, as_worker, pair)
        with as_worker(1):
            assert Access.objects.get(patient=francoise, reason="creation").expires_at == late
        undone(working_as, as_worker, pair)
        assert photograph(as_worker, pair) == before

    def test_every_address_of_the_lost_identity_leads_to_the_one_that_stays(
        self, signed_in, working_as, as_worker, pair, francoise
    ):
        merge = merged(working_as, as_worker, pair)
        client = signed_in("alice")
        assert client.get(f"/patients/{merge.lost_id}/").url == f"/patients/{francoise.pk}/"
        assert client.get(f"/inscription/{merge.lost_id}/").url == f"/inscription/{francoise.pk}/"
        text = client.get(f"/patients/{francoise.pk}/").content.decode()
        assert "RCP Sein" in text

    def test_establishments_that_number_one_of_them_will_be_told(self, working_as, as_worker, pair, francoise):
        merge = merged(working_as, as_worker, pair)
        with working_as("vigilance"):
            notices = IdentityNotice.objects.filter(merge=merge)
            assert {one.organisation.short_name for one in notices} == {"CH Rochebrune", "Clinique des Dunes"}
            assert {(one.kind, one.state) for one in notices} == {(NoticeKind.A40, NoticeState.WAITING)}
            content = notices[0].content
            assert content["kept"]["id"] == str(francoise.pk)
            assert [one["value"] for one in content["kept"]["ipps"]] == ["R-1"]
            assert [one["value"] for one in content["lost"]["ipps"]] == ["D-7"]
            assert "ABHERVE" not in str(content)

    def test_both_files_say_what_was_done_by_whom_and_why(self, working_as, as_worker, pair, francoise):
        merged(working_as, as_worker, pair)
        with working_as("alice"):
            said = AuditEvent.objects.filter(patient_id=francoise.pk, object_id=str(pair.pk)).order_by("recorded_at")
            assert [one.event for one in said] == [PatientEvent.MERGE_ORDERED.value, PatientEvent.MERGED.value]
            assert said[0].details["why"] == WHY
            assert said[0].actor == "Vera Hamon"

    def test_what_lands_late_on_the_lost_identity_follows(self, working_as, as_worker, pair, francoise):
        merge = merged(working_as, as_worker, pair)
        with as_worker(1):
            Document.objects.create(
                region_id=1, patient_id=merge.lost_id, kind="received", title="Arrivé trop tard", data={},
                data_hash=b"x" * 32, source_id=merge.pk, issued_by="un flux",
            )  # fmt: skip
            assert follow_late_rows() == 1
            assert follow_late_rows() == 0
            assert Document.objects.get(title="Arrivé trop tard").patient_id == francoise.pk
        undone(working_as, as_worker, pair)
        with as_worker(1):
            assert Document.objects.get(title="Arrivé trop tard").patient_id == merge.lost_id

    def test_done_twice_it_is_done_once(self, working_as, as_worker, pair):
        merge = merged(working_as, as_worker, pair)
        with as_worker(1):
            assert carry_out_one(pair.pk) is None
            assert Merge.objects.get(pk=merge.pk).done_at == merge.done_at

    def test_what_waited_about_the_lost_identity_is_about_the_one_that_stays(
        self, working_as, as_worker, pair, francoise
    ):
        later = pair.second_id if pair.first_id == francoise.pk else pair.first_id
        with working_as("alice") as alice:
            third = created(alice, "Abherve", "Françoise", "11041963", reason="Homonyme connu")
        other = paired(as_worker, Patient(pk=later), third)
        merged(working_as, as_worker, pair)
        with working_as("vigilance"):
            other.refresh_from_db()
            assert other.status == DoubleStatus.CLEARED
            moved = Double.objects.about(francoise.pk).exclude(pk=pair.pk).get()
            assert {moved.first_id, moved.second_id} == {francoise.pk, third.pk}
            assert moved.status == DoubleStatus.TO_EXAMINE


class TestRefused:
    def test_while_a_board_hears_one_of_them(self, working_as, as_worker, pair):
        with working_as("alice") as alice:
            open_meeting(meeting_id=meeting_of("SEI").pk, by=alice)
        with pytest.raises(Stopped) as stopped:
            ordered(working_as, pair)
        assert "la séance est en cours" in stopped.value.reasons[0]

    def test_when_the_meeting_opens_between_the_order_and_the_worker(self, working_as, as_worker, pair):
        before = photograph(as_worker, pair)
        merge = ordered(working_as, pair)
        with working_as("alice") as alice:
            open_meeting(meeting_id=meeting_of("SEI").pk, by=alice)
        stopped = carried(as_worker, pair)
        assert stopped.pk == merge.pk
        assert pair.status == DoubleStatus.TO_EXAMINE
        assert stopped.closed_at is not None
        assert "la séance est en cours" in stopped.obstacles[0]
        assert photograph(as_worker, pair) == before

    def test_when_both_are_on_the_list_of_one_meeting(self, working_as, as_worker, pair, francoise):
        with working_as("alice") as alice:
            case = registered(alice, francoise)
        with pytest.raises(Stopped) as stopped:
            ordered(working_as, pair)
        assert "inscrites à la même séance" in stopped.value.reasons[0]
        with working_as("alice") as alice:
            cancel_case(case=case, reason="Doublon", by=alice)
        assert merged(working_as, as_worker, pair).in_force

    def test_two_qualified_identities_with_two_matricules(self, working_as, as_worker, pair):
        qualify(as_worker, pair.first_id, b"1")
        qualify(as_worker, pair.second_id, b"2")
        with pytest.raises(Stopped) as stopped:
            ordered(working_as, pair)
        assert "collision" in stopped.value.reasons[0]

    def test_an_identity_that_is_merged_already(self, working_as, as_worker, pair, francoise):
        merge = merged(working_as, as_worker, pair)
        with working_as("alice") as alice:
            third = created(alice, "Abherve", "Françoise", "11041963", reason="Homonyme connu")
        again = paired(as_worker, Patient(pk=merge.lost_id), third)
        with pytest.raises(Stopped) as stopped:
            ordered(working_as, again)
        assert "déjà réunie" in stopped.value.reasons[0]

    def test_the_page_showed_another_survivor(self, working_as, pair):
        with working_as("vigilance") as vera:
            first, second = Patient.objects.get(pk=pair.first_id), Patient.objects.get(pk=pair.second_id)
            lost = survivor_of(first, second).lost.pk
            with pytest.raises(Stopped) as stopped:
                actions.ask_merge(double_id=pair.pk, kept_id=lost, reason=WHY, by=vera)
        assert "Relisez la page" in stopped.value.reasons[0]


class TestSecondPerson:
    def test_a_qualified_identity_survives_and_two_people_decide(self, working_as, as_worker, pair, francoise):
        later = pair.second_id if pair.first_id == francoise.pk else pair.first_id
        qualify(as_worker, later, b"1")
        merge = ordered(working_as, pair)
        with working_as("vigilance"):
            pair.refresh_from_db()
        assert pair.status == DoubleStatus.ASKED
        assert merge.kept_id == later
        assert merge.rule == "le meilleur statut\u00a0: qualifiée, l’autre est provisoire"
        with as_worker(1):
            assert carry_out_one(pair.pk) is None, "nothing moves before the second person"
        with working_as("vigilance") as vera, pytest.raises(actions.SamePerson):
            actions.confirm_merge(double_id=pair.pk, by=vera)
        with working_as("alice") as somebody_else:
            actions.confirm_merge(double_id=pair.pk, by=somebody_else)
        assert carried(as_worker, pair).in_force

    def test_the_second_person_may_disagree(self, working_as, as_worker, pair):
        qualify(as_worker, pair.first_id, b"1")
        merge = ordered(working_as, pair)
        with working_as("alice") as alice:
            actions.decline_merge(double_id=pair.pk, reason="Deux sœurs", by=alice)
            merge.refresh_from_db()
            pair.refresh_from_db()
        assert merge.closed_at is not None
        assert pair.status == DoubleStatus.TO_EXAMINE

    def test_qualified_meanwhile_it_waits_for_the_second_person(self, working_as, as_worker, pair, francoise):
        ordered(working_as, pair)
        qualify(as_worker, francoise.pk, b"1")
        merge = carried(as_worker, pair)
        assert "seconde personne" in merge.obstacles[0]
        assert pair.status == DoubleStatus.TO_EXAMINE


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


def test_a_merge_is_never_rewritten(working_as, as_worker, pair):
    from django.db import DatabaseError, transaction

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


def test_every_transition_is_for_the_cell_alone():
    from patients.doubles.lifecycle import BY_WORKER, DOUBLE_LIFECYCLE
    from patients.permissions import PatientPermission

    assert {one.permission for one in DOUBLE_LIFECYCLE} == {PatientPermission.IDENTITY_VIGILANCE}
    assert {one.name for one in DOUBLE_LIFECYCLE} == set(DoubleTransition)
    assert {one.target for one in DOUBLE_LIFECYCLE} == set(DoubleStatus)
    assert DoubleTransition.MERGE not in BY_WORKER


def qualify(as_worker: Any, patient_id: Any, ins: bytes) -> None:
    """As the INSi interface would leave it."""
    with as_worker(1):
        Patient.objects.filter(pk=patient_id).update(
            status="QUAL", ins_sealed=b"sealed", ins_hash=ins * 32, ins_oid="1.2.250.1.213.1.4.10"
        )


def test_oppositions_that_differ_stop_a_merge(working_as, as_worker, pair, francoise):
    """In one file the latest word speaks: what one file refuses must not be silenced by the other (D3)."""
    with working_as("alice") as alice:
        record_opposition(patient=francoise, given_on=date(2026, 11, 2), given_by="Dr Bob Kerjean", by=alice)
    before = photograph(as_worker, pair)
    merge = merged(working_as, as_worker, pair)
    assert "oppositions du patient" in merge.obstacles[0]
    assert pair.status == DoubleStatus.TO_EXAMINE
    assert photograph(as_worker, pair) == before


def test_whoever_looks_for_the_lost_identity_finds_the_one_kept(working_as, as_worker, pair):
    """Or a third identity would be created for the same person."""
    merge = merged(working_as, as_worker, pair)
    with working_as("alice"):
        lost = Patient.objects.get(pk=merge.lost_id)
        assert [one.patient.pk for one in find_by_traits(traits_of(lost))] == [merge.kept_id]
        assert [
            one.patient.pk for one in find_by_ipp("D-7", organisations=[organisation("Clinique des Dunes").pk])
        ] == [merge.kept_id]
