"""Who is there (MTG-07, D5, D8, D9): ticked in the room, announced before, invited from elsewhere."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from dcc.accounts.models import Membership, PrincipalMember, User
from dcc.audit.models import AuditEvent
from rcp.meetings import actions
from rcp.meetings.attendance import light_of, participants, quorum_of
from rcp.models import Attendance, Case, Meeting, MeetingStatus, Presence
from tests.meetings.room import meeting_today
from tests.sheets.casework import sein_meeting


def row_of(meeting: Meeting, short: str) -> Attendance:
    return meeting.attendances.get(user__email=f"{short}@dcc.example")


def come(meeting: Meeting, *shorts: str, by: User, remote: bool = False) -> None:
    for short in shorts:
        actions.set_presence(
            meeting_id=meeting.pk,
            attendance_id=row_of(meeting, short).pk,
            presence=Presence.PRESENT,
            remote=remote,
            by=by,
        )


def test_the_room_fills_and_the_quorum_follows(working_as: Callable[..., Any]) -> None:
    with working_as("alice") as alice:
        meeting = actions.open_meeting(meeting_id=sein_meeting().pk, by=alice)
        assert light_of(meeting, participants(meeting)).title == "Quorum non atteint"
        come(meeting, "bob", "helias", by=alice)
        assert quorum_of(meeting).missing_sentence == "Il manque un radiothérapeute"
        come(meeting, "oumarou", by=alice, remote=True)
        assert quorum_of(meeting).reached
        actions.set_presence(
            meeting_id=meeting.pk,
            attendance_id=row_of(meeting, "helias").pk,
            presence=Presence.ABSENT,
            remote=False,
            by=alice,
        )
        assert quorum_of(meeting).missing_sentence == "Il manque un chirurgien"
        left = row_of(meeting, "helias")
        assert left.arrived_at
        assert left.left_at


def test_before_the_meeting_the_light_says_what_is_at_risk(working_as: Callable[..., Any]) -> None:
    with working_as("alice") as alice:
        meeting = meeting_today(by=alice, cases=0)
        assert light_of(meeting, participants(meeting)).title == "Quorum prévu"
    with working_as("oumarou") as oumarou:
        actions.announce_coming(meeting_id=meeting.pk, coming=False, remote=False, by=oumarou)
    with working_as("alice"):
        light = light_of(meeting, participants(meeting))
    assert (light.title, light.detail, light.at_risk) == ("Quorum à risque", "Il manque un radiothérapeute", 1)


def test_once_the_meeting_is_open_the_room_says_who_is_there(working_as: Callable[..., Any]) -> None:
    with working_as("alice") as alice:
        meeting = actions.open_meeting(meeting_id=sein_meeting().pk, by=alice)
    with working_as("oumarou") as oumarou, pytest.raises(actions.MeetingNotEditable):
        actions.announce_coming(meeting_id=meeting.pk, coming=True, remote=True, by=oumarou)


def test_saying_the_same_thing_twice_is_recorded_once(working_as: Callable[..., Any]) -> None:
    with working_as("alice") as alice:
        meeting = sein_meeting()
        come(meeting, "bob", "bob", by=alice)
        arrived = row_of(meeting, "bob").arrived_at
        come(meeting, "bob", by=alice)
        assert row_of(meeting, "bob").arrived_at == arrived
        assert AuditEvent.objects.filter(event="rcp.attendance_changed").count() == 1


def test_opening_twice_opens_once_and_closing_marks_the_absent(working_as: Callable[..., Any]) -> None:
    with working_as("alice") as alice:
        meeting = actions.open_meeting(meeting_id=sein_meeting().pk, by=alice)
        assert actions.open_meeting(meeting_id=meeting.pk, by=alice).opened_at == meeting.opened_at
        assert meeting.chair
        assert meeting.chair.email == "bob@dcc.example"
        come(meeting, "bob", by=alice)
        assert actions.close_meeting(meeting_id=meeting.pk, by=alice).status == MeetingStatus.CLOSED
        assert row_of(meeting, "helias").presence == Presence.ABSENT
        with pytest.raises(actions.MeetingNotEditable):
            come(meeting, "helias", by=alice)
        actions.open_meeting(meeting_id=meeting.pk, by=alice)  # opened again to correct
        come(meeting, "helias", by=alice)
        assert AuditEvent.objects.filter(event="rcp.meeting_opened").count() == 1


def test_a_guest_from_another_hospital_reads_this_meeting_for_its_time_and_nothing_else(
    working_as: Callable[..., Any], people: Callable[[str], User]
) -> None:
    """Denis works for the clinique des Dunes: no case of Rochebrune is his, until he sits in the room (D9)."""
    denis = people("denis")
    with working_as("alice") as alice:
        meeting = meeting_today(by=alice)
    with working_as("denis"):
        assert not Case.objects.exists()
    with working_as("alice") as alice:
        membership = Membership.objects.select_related("user").get(user=denis)
        row = actions.add_guest(meeting_id=meeting.pk, membership=membership, by=alice)
        again = actions.add_guest(meeting_id=meeting.pk, membership=membership, by=alice)
        assert again.pk == row.pk
        assert (row.is_guest, row.organisation.short_name) == (True, "Clinique des Dunes")
        opened = PrincipalMember.objects.get(user=denis)
        assert opened.principal_id == meeting.principal_id
        assert opened.expires_at == meeting.ends_at + timedelta(days=30)
    with working_as("denis"):
        assert Case.objects.count() == 3
        assert set(Case.objects.values_list("meeting_id", flat=True)) == {meeting.pk}


def test_a_guest_added_by_mistake_is_removed_with_what_was_opened(
    working_as: Callable[..., Any], people: Callable[[str], User]
) -> None:
    denis = people("denis")
    with working_as("alice") as alice:
        meeting = meeting_today(by=alice, cases=1)
        membership = Membership.objects.select_related("user").get(user=denis)
        row = actions.add_guest(meeting_id=meeting.pk, membership=membership, by=alice)
        for _ in range(2):
            actions.remove_guest(meeting_id=meeting.pk, attendance_id=row.pk, by=alice)
        member = row_of(meeting, "helias")
        actions.remove_guest(meeting_id=meeting.pk, attendance_id=member.pk, by=alice)  # a usual member stays
        assert row_of(meeting, "helias")
    with working_as("denis"):
        assert not Case.objects.exists()


def test_a_name_without_an_account_counts_for_the_quorum_and_opens_nothing(working_as: Callable[..., Any]) -> None:
    with working_as("alice") as alice:
        meeting = actions.open_meeting(meeting_id=sein_meeting().pk, by=alice)
        come(meeting, "bob", "helias", by=alice)
        before = PrincipalMember.objects.count()
        values = {"name": "Dr Paul Mazurier", "profession": "10", "specialty": "SM37"}
        for _ in range(2):
            actions.add_guest(meeting_id=meeting.pk, by=alice, **values)
        assert meeting.attendances.filter(user=None).count() == 1
        assert PrincipalMember.objects.count() == before
        assert quorum_of(meeting).reached


def test_only_a_physician_with_an_account_presides(
    working_as: Callable[..., Any], people: Callable[[str], User]
) -> None:
    with working_as("alice") as alice:
        meeting = sein_meeting()
        chosen = actions.choose_chair(meeting_id=meeting.pk, attendance_id=row_of(meeting, "helias").pk, by=alice)
        assert chosen.chair == people("helias")
        nurse = Membership.objects.select_related("user").get(user__email="carol@dcc.example")
        row = actions.add_guest(meeting_id=meeting.pk, membership=nurse, by=alice)
        with pytest.raises(actions.NotAPhysicianHere):
            actions.choose_chair(meeting_id=meeting.pk, attendance_id=row.pk, by=alice)
