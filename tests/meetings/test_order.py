"""The order of the day (INS-10): moved by place, double clicks harmless, two hands at once."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from dcc.audit.models import AuditEvent
from rcp.meetings import actions
from rcp.models import Case, Presence
from tests.meetings.room import NAMES, case_of, meeting_today, order_of
from tests.sheets.schedules import working


def test_a_case_takes_the_place_it_is_given_and_the_others_close_ranks(working_as: Callable[..., Any]) -> None:
    with working_as("alice") as alice:
        meeting = meeting_today(by=alice, cases=5)
        last = case_of(meeting, "ELEGOET")
        for _ in range(2):  # a double click says the same place
            actions.place_case(meeting_id=meeting.pk, case_id=last.pk, place=2, by=alice)
        assert order_of(meeting) == ["ABHERVE", "ELEGOET", "BODENES", "COATMEUR", "DREVILLON"]
        assert AuditEvent.objects.filter(event="rcp.case_order_changed").count() == 1
        actions.place_case(meeting_id=meeting.pk, case_id=last.pk, place=99, by=alice)
        assert order_of(meeting)[-1] == "ELEGOET"


def test_cases_that_left_the_list_keep_out_of_the_order(working_as: Callable[..., Any]) -> None:
    with working_as("alice") as alice:
        meeting = meeting_today(by=alice)
        gone = case_of(meeting, "ABHERVE")
        Case.objects.filter(pk=gone.pk).update(status="cancelled")
        with pytest.raises(Case.DoesNotExist):
            actions.place_case(meeting_id=meeting.pk, case_id=gone.pk, place=2, by=alice)
        moved = case_of(meeting, "COATMEUR")
        actions.place_case(meeting_id=meeting.pk, case_id=moved.pk, place=1, by=alice)
        assert Case.objects.get(pk=moved.pk).position == 1


def test_the_order_of_a_meeting_that_is_over_says_what_happened(working_as: Callable[..., Any]) -> None:
    with working_as("alice") as alice:
        meeting = meeting_today(by=alice)
        actions.open_meeting(meeting_id=meeting.pk, by=alice)
        actions.close_meeting(meeting_id=meeting.pk, by=alice)
        with pytest.raises(actions.MeetingNotEditable):
            actions.place_case(meeting_id=meeting.pk, case_id=case_of(meeting, "COATMEUR").pk, place=1, by=alice)


def test_the_page_moves_a_case_with_and_without_a_script(
    working_as: Callable[..., Any], signed_in: Callable[..., Any]
) -> None:
    with working_as("alice") as alice:
        meeting = meeting_today(by=alice)
        case = case_of(meeting, "COATMEUR")
    address = reverse("rcp:case_place", args=[meeting.pk, case.pk])
    plain = signed_in("alice").post(address, {"place": "1"})
    assert (plain.status_code, plain["Location"]) == (302, reverse("rcp:meeting", args=[meeting.pk]))
    swapped = signed_in("alice").post(address, {"place": "2"}, headers={"HX-Request": "true"})
    assert swapped.status_code == 200
    assert swapped.content.decode().lstrip().startswith('<section class="card" id="dossiers"')
    with working_as("alice"):
        assert order_of(meeting) == ["ABHERVE", "COATMEUR", "BODENES"]


def test_two_hands_on_the_same_list_leave_an_order_without_holes(committed: None) -> None:
    """Two connections move cases and tick people at once: the meeting's row makes them take turns."""
    with working("alice") as alice:
        meeting = meeting_today(by=alice, cases=5)
        cases = [case_of(meeting, name).pk for name in NAMES]
        rows = list(meeting.attendances.values_list("pk", flat=True))
    failures: list[BaseException] = []

    def shuffle(turn: int) -> None:
        try:
            for step in range(6):
                with working("alice") as me:
                    case, place = cases[(turn * 2 + step) % 5], (turn + step) % 5 + 1
                    actions.place_case(meeting_id=meeting.pk, case_id=case, place=place, by=me)
                with working("bob") as me:
                    actions.set_presence(
                        meeting_id=meeting.pk,
                        attendance_id=rows[step % len(rows)],
                        presence=Presence.PRESENT,
                        remote=bool(turn),
                        by=me,
                    )
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    hands = [threading.Thread(target=shuffle, args=(turn,)) for turn in range(2)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert failures == []
    with working("alice"):
        assert sorted(Case.objects.filter(meeting=meeting).values_list("position", flat=True)) == [1, 2, 3, 4, 5]
