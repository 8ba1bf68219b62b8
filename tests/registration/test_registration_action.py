"""Registering a case: who asked, what the patient was told, to whom the file opens (INS-01…12, D3, D9)."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from dcc.audit.models import AuditEvent
from dcc.lib.ids import uuid7
from dcc.lib.lifecycle import TransitionRefused
from patients.access import may_see
from patients.models import Contact, Information, Opposition, Patient
from rcp.events import RcpEvent
from rcp.models import Case, CaseStatus, CorrespondentRole, Level, Meeting, MeetingStatus, Motive, Sheet
from rcp.registration.actions import (
    Addressee,
    AlreadyRegistered,
    Demand,
    MeetingOver,
    MeetingRefuses,
    SharingOpposed,
)
from rcp.registration.load import meeting_load
from rcp.registration.moving import cancel_case, postpone_case
from tests.patients.conftest import created
from tests.registration.conftest import another_meeting, asked_by, informed, meeting_of, membership_of, registered


def roles(case: Case) -> dict[str, str]:
    return {one.role: one.name for one in case.correspondents.all()}


def test_a_case_says_who_asked_and_who_wrote_it_down(working_as, francoise):
    with working_as("alice") as alice:
        case = registered(alice, francoise)
        assert (case.status, case.level, case.position) == (CaseStatus.REGISTERED, Level.DISCUSSED, 1)
        assert (case.requester_name, case.requester_organisation.short_name) == ("Dr Bob Kerjean", "CH Rochebrune")
        assert (case.registered_by_id, case.registered_organisation.short_name) == (alice.pk, "3C Estuaire")
        assert (case.region_id, case.meeting_region_id) == (1, 1)
        assert Sheet.objects.get(case=case).status == "draft"
        event = AuditEvent.objects.get(object_id=str(case.pk), event=RcpEvent.CASE_REGISTERED.value)
        assert event.details == {"meeting": str(case.meeting), "requester": "Dr Bob Kerjean"}


def test_the_information_is_a_row_of_its_own(working_as, francoise):
    with working_as("alice") as alice:
        case = registered(alice, francoise)
        assert case.information == Information.objects.get(patient=francoise)
        assert (case.information.given_on, case.information.recorded_by_id) == (date(2026, 11, 20), alice.pk)


@pytest.mark.parametrize(
    ("short", "sees"),
    [
        ("alice", True),  # the 3C that holds the board
        ("bob", True),  # the requester, by his hospital
        ("helias", True),
        ("oumarou", True),  # member of the board, from another hospital
        ("carol", True),  # a nurse of the requester's hospital
        ("denis", False),  # another hospital of the same 3C
        ("metro", False),  # another 3C
        ("network", False),  # no clinical data
    ],
)
def test_the_file_opens_to_those_concerned_and_to_nobody_else(working_as, francoise, short, sees):
    with working_as("alice") as alice:
        registered(alice, francoise)
    with working_as(short):
        assert may_see(francoise.pk) is sees


def test_participants_read_the_file_until_thirty_days_after_the_meeting(working_as, francoise):
    with working_as("alice") as alice:
        registered(alice, francoise)
        meeting = meeting_of("SEI")
    with working_as("bob"):
        from patients.models import Access

        access = Access.objects.get(patient=francoise, principal=meeting.principal)
        assert access.expires_at == meeting.ends_at + timedelta(days=30)


def test_referring_doctor_and_gp_are_opened_in_person(working_as, francoise):
    with working_as("alice") as alice:
        denis, both = membership_of("denis").user, membership_of("both").user
        registered(
            alice,
            francoise,
            addressees=[
                Addressee(role=CorrespondentRole.REFERRING, name=denis.display_name, user=denis),
                Addressee(role=CorrespondentRole.OTHER, name=both.display_name, user=both),
            ],
        )
    with working_as("denis"):
        assert may_see(francoise.pk)
    with working_as("both", "CHU Valmer"):
        assert not may_see(francoise.pk)  # a mere correspondent receives the report, not the file


def test_correspondents_are_written_with_their_address_or_none(working_as, francoise):
    with working_as("alice") as alice:
        gp = Addressee(
            role=CorrespondentRole.GP, name="Dr Claire Mazurier", postal_address="3, rue du Port, 44000 Nantes"
        )
        case = registered(alice, francoise, addressees=[gp])
        assert roles(case) == {"requester": "Dr Bob Kerjean", "gp": "Dr Claire Mazurier"}
        requester = case.correspondents.get(role="requester")
        assert requester.mssante_address == membership_of("bob").user.mssante_address
        assert (
            requester.postal_address == "Centre hospitalier de Rochebrune, 1, quai des Épreuves, 44000 Port-Navailles"
        )
        contact = Contact.objects.get(patient=francoise)
        assert (contact.gp_name, contact.gp_address) == ("Dr Claire Mazurier", "3, rue du Port, 44000 Nantes")


def test_the_requesting_3c_is_added_when_it_is_not_the_boards(working_as):
    with working_as("metro") as mona:
        patient = created(mona, "Tanguy", "Maël", sex="M")
        case = registered(mona, patient, requester=asked_by("oumarou"))
        assert roles(case)["requesting_3c"] == "3C Métropole"
        assert case.correspondents.get(role="requesting_3c").mssante_address.startswith("secretariat.3cm@")
        assert (case.region_id, case.meeting_region_id) == (2, 1)
    with working_as("alice"):
        assert may_see(patient.pk)  # the board's 3C, in the other founding region


def test_an_opposition_to_sharing_blocks(working_as, francoise):
    with working_as("alice") as alice:
        with pytest.raises(SharingOpposed):
            registered(alice, francoise, information=informed(opposition=Opposition.SHARING))
        assert not Case.objects.exists()


def test_an_opposition_given_later_than_the_information_typed_stands(working_as, francoise):
    with working_as("alice") as alice:
        Information.objects.create(
            region_id=1,
            patient=francoise,
            given_on=date(2026, 11, 21),
            given_by="Dr Weiss",
            opposition=Opposition.SHARING,
            recorded_by=alice,
        )
        with pytest.raises(SharingOpposed):
            registered(alice, francoise)
        assert registered(alice, francoise, information=informed(given_on=date(2026, 11, 21))).pk


def test_a_refusal_of_the_nominative_presentation_makes_an_anonymous_case(working_as, francoise):
    with working_as("alice") as alice:
        assert registered(alice, francoise, information=informed(opposition=Opposition.NOMINATIVE)).anonymous


def test_positions_and_seats_count_cases_one_does_not_see(working_as, francoise):
    """Wall 2 hides the cases of others: the list is as long for everybody."""
    with working_as("alice") as alice:
        registered(alice, francoise)
    with working_as("denis") as denis:
        mael = created(denis, "Tanguy", "Maël", sex="M")
        assert Case.objects.count() == 0
        assert meeting_load(meeting_of("SEI").pk).cases == 1
        assert registered(denis, mael, requester=asked_by("denis")).position == 2


def test_the_same_patient_is_not_twice_on_one_list(working_as, francoise):
    with working_as("alice") as alice:
        case = registered(alice, francoise)
        with pytest.raises(AlreadyRegistered) as refusal:
            registered(alice, francoise)
        assert refusal.value.case == case


def test_the_same_form_sent_twice_registers_once(working_as, francoise):
    token = uuid7()
    with working_as("alice") as alice:
        first = registered(alice, francoise, case_id=token)
        assert registered(alice, francoise, case_id=token) == first
        assert Information.objects.count() == 1


def test_a_full_meeting_takes_one_more_only_from_its_own_3c(working_as, francoise):
    with working_as("alice") as alice:
        meeting = meeting_of("SEI")
        Meeting.objects.filter(pk=meeting.pk).update(capacity=0)
        with pytest.raises(MeetingRefuses) as refusal:
            registered(alice, francoise)
        assert refusal.value.choice.own
        assert registered(alice, francoise, exceed=True).position == 1
    with working_as("bob") as bob:
        mael = created(bob, "Tanguy", "Maël", sex="M")
        with pytest.raises(MeetingRefuses) as refusal:
            registered(bob, mael, exceed=True)
        assert "appelez le 3C Estuaire" in refusal.value.choice.advice


def test_a_closed_meeting_says_so_and_a_finished_one_takes_nothing(working_as, francoise):
    with working_as("alice") as alice:
        meeting = meeting_of("SEI")
        Meeting.objects.filter(pk=meeting.pk).update(closes_at=timezone.now())
        with pytest.raises(MeetingRefuses):
            registered(alice, francoise)
        Meeting.objects.filter(pk=meeting.pk).update(status=MeetingStatus.CANCELLED)
        with pytest.raises(MeetingOver):
            registered(alice, francoise, exceed=True)


def test_a_refusal_leaves_no_access_behind(working_as):
    with working_as("bob") as bob:
        mael = created(bob, "Tanguy", "Maël", sex="M")
        Meeting.objects.filter(pk=meeting_of("SEI").pk).update(capacity=0)
        with pytest.raises(MeetingRefuses):
            registered(bob, mael)
    with working_as("alice"):
        assert not may_see(mael.pk)


def test_a_patient_known_elsewhere_is_opened_by_the_registration(working_as, francoise):
    with working_as("denis") as denis:
        assert not may_see(francoise.pk)
        registered(denis, Patient.objects.get(pk=francoise.pk), requester=asked_by("denis"))
        assert may_see(francoise.pk)


def test_a_registered_case_needs_no_question(working_as, francoise):
    with working_as("alice") as alice:
        case = registered(alice, francoise, demand=Demand(motive=Motive.FOLLOW_UP, level=Level.REGISTERED))
        assert (case.level, case.question) == (Level.REGISTERED, "")


class TestMoving:
    def test_a_postponed_case_keeps_its_trace_and_takes_its_sheet_and_correspondents(self, working_as, francoise):
        with working_as("alice") as alice:
            case = registered(alice, francoise)
            sheet = Sheet.objects.get(case=case)
            old, new = meeting_of("SEI"), another_meeting(case.meeting)
            moved = postpone_case(case=case, to=new, reason="IRM en attente", by=alice)
            case.refresh_from_db()
            assert (case.status, case.status_reason, case.meeting_id) == ("postponed", "IRM en attente", old.pk)
            assert (moved.status, moved.previous_id, moved.moved_from_id) == ("registered", case.pk, old.pk)
            assert Sheet.objects.get(pk=sheet.pk).case_id == moved.pk
            assert roles(moved) == {"requester": "Dr Bob Kerjean"}
            assert meeting_load(old.pk).cases == 0
            event = AuditEvent.objects.get(object_id=str(case.pk), event=RcpEvent.CASE_POSTPONED.value)
            assert event.details["why"] == "IRM en attente"
        with working_as("oumarou"):
            assert may_see(francoise.pk)  # still a member of the board

    def test_it_cannot_be_postponed_twice_nor_to_a_full_meeting(self, working_as, francoise):
        with working_as("alice") as alice:
            case = registered(alice, francoise)
            full = another_meeting(case.meeting, capacity=0)
            with pytest.raises(MeetingRefuses):
                postpone_case(case=case, to=full, reason="IRM en attente", by=alice)
            postpone_case(case=case, to=full, reason="IRM en attente", exceed=True, by=alice)
            with pytest.raises(TransitionRefused):
                postpone_case(case=case, to=full, reason="IRM en attente", exceed=True, by=alice)

    def test_a_cancelled_case_leaves_the_list_with_its_reason_and_may_be_registered_again(self, working_as, francoise):
        with working_as("alice") as alice:
            case = cancel_case(case=registered(alice, francoise), reason="Décès", by=alice)
            assert (case.status, case.status_reason) == (CaseStatus.CANCELLED, "Décès")
            assert meeting_load(case.meeting_id).cases == 0
            assert registered(alice, francoise).position == 2
