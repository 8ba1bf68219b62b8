"""The calendar (AGD-03…09): a week, a month, side by side, and no patient data (D13)."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from rcp.meetings.actions import announce_coming, cancel_meeting
from rcp.meetings.attendance import Light
from rcp.meetings.calendar import Entry, placed, slots_of
from rcp.meetings.planning import add_meeting, plan_meetings
from rcp.models import Board, BoardKind, Meeting
from tests.meetings.room import meeting_today

NO_LIGHT = Light(reached=True, title="", detail="", present=3, expected=0, missing=0, at_risk=0)


def entry(hour: int, minute: int, minutes: int) -> Entry:
    start = datetime(2026, 11, 24, hour, minute, tzinfo=UTC)  # an hour later in Paris
    meeting = Meeting(board=Board(name="X"), starts_at=start, ends_at=start + timedelta(minutes=minutes))
    return Entry(meeting=meeting, light=NO_LIGHT, load=0)


def test_meetings_at_the_same_time_stand_side_by_side() -> None:
    lanes = [(one.lane, one.lanes) for one in placed([entry(13, 0, 90), entry(13, 30, 60), entry(17, 0, 60)])]
    assert lanes == [(1, 2), (2, 2), (1, 1)]


def test_a_lane_is_used_again_once_it_is_free() -> None:
    """13:00 to 15:00 beside 13:00 to 13:30 then 14:00 to 14:30: two lanes are enough."""
    laid = placed([entry(12, 0, 120), entry(12, 0, 30), entry(13, 0, 30)])
    assert [(one.lane, one.lanes) for one in laid] == [(1, 2), (2, 2), (1, 2)]


@pytest.mark.parametrize("count", [2, 3, 4, 5, 6])
def test_nothing_ever_overlaps(count: int) -> None:
    entries = [entry(8 + (turn % 3), 30 * (turn % 2), 60 + 30 * (turn % 4)) for turn in range(count * 3)]
    taken: set[tuple[int, int, int]] = set()
    cluster = 0
    until = 0
    for one in placed(entries):
        first, span = slots_of(one.entry.meeting)
        cluster += first >= until
        until = max(until, first + span)
        cells = {(cluster, one.lane, slot) for slot in range(first, first + span)}
        assert not taken & cells
        assert one.lane <= one.lanes
        taken |= cells


@pytest.mark.parametrize(
    ("start", "minutes", "slots"),
    [
        (entry(7, 0, 90), 90, (0, 3)),
        (entry(13, 10, 50), 50, (12, 2)),
        (entry(5, 0, 60), 60, (0, 2)),  # before 08:00: at the top of the picture
        (entry(19, 30, 120), 120, (21, 1)),  # after 18:30: at its bottom
    ],
)
def test_every_meeting_stays_in_the_picture(start: Entry, minutes: int, slots: tuple[int, int]) -> None:
    assert slots_of(start.meeting) == slots


def text(page: Any) -> str:
    return str(page.content.decode().replace("\u00a0", " ").replace("\u202f", " "))


def test_the_calendar_holds_no_patient_data(signed_in: Callable[..., Client], working_as: Callable[..., Any]) -> None:
    with working_as("alice") as alice:
        day = meeting_today(by=alice).held_on
    for view in ("semaine", "mois"):
        page = text(signed_in("alice").get(reverse("rcp:calendar"), {"vue": view, "jour": day.isoformat()}))
        for trait in ("GUILLOU", "ABHERVE", "Françoise", "11/03/1963", "tumorectomie", "Hélias"):
            assert trait not in page
        assert "Aucune donnée de patient sur cette page" in page


def test_how_full_a_meeting_is_does_not_depend_on_who_looks(
    signed_in: Callable[..., Client], working_as: Callable[..., Any]
) -> None:
    """Under wall 2 most readers see none of these cases; the calendar says 3/20 to all of them."""
    start = datetime(2026, 12, 8, 9, 0, tzinfo=UTC)  # a Tuesday: working days alone have a column
    with working_as("alice") as alice:
        meeting = meeting_today(by=alice)
        Meeting.objects.filter(pk=meeting.pk).update(
            starts_at=start, ends_at=start + timedelta(hours=1), closes_at=start
        )
    asked = {"jour": "2026-12-08", "c": "tous"}
    for who in ("alice", "metro", "denis", "stats", "network"):
        assert "10:00 · 3/20" in text(signed_in(who).get(reverse("rcp:calendar"), asked))


def test_a_quorum_at_risk_is_flagged_with_what_lacks(
    signed_in: Callable[..., Client], working_as: Callable[..., Any]
) -> None:
    asked = {"jour": "2030-11-26"}
    assert "à risque" not in text(signed_in("alice").get(reverse("rcp:calendar"), asked)).split('class="cal"')[1]
    with working_as("oumarou") as oumarou:
        meeting = Meeting.objects.get(board__code="SEI", region_id=1)
        announce_coming(meeting_id=meeting.pk, coming=False, remote=False, by=oumarou)
    page = text(signed_in("alice").get(reverse("rcp:calendar"), asked))
    assert "1 réunion du 3C Estuaire et des recours de la région, 1 à risque" in page
    assert "Il manque un radiothérapeute" in page


def test_recourse_boards_of_the_others_are_shown_to_every_3c(
    signed_in: Callable[..., Client], working_as: Callable[..., Any]
) -> None:
    asked = {"jour": "2030-11-26"}
    assert "Digestif" not in text(signed_in("alice").get(reverse("rcp:calendar"), asked))
    with working_as("metro"):
        Board.objects.filter(code="DIG").update(kind=BoardKind.RECOURSE)
    assert "Digestif" in text(signed_in("alice").get(reverse("rcp:calendar"), asked))
    assert "Digestif" not in text(signed_in("alice").get(reverse("rcp:calendar"), asked | {"recours": "0"}))
    assert "Digestif" in text(signed_in("alice").get(reverse("rcp:calendar"), asked | {"c": "tous"}))


def test_the_address_holds_the_state_and_the_way_to_the_weeks_around(signed_in: Callable[..., Client]) -> None:
    page = signed_in("alice").get(reverse("rcp:calendar"), {"jour": "2026-11-24", "c": "tous"}).content.decode()
    assert "Semaine 48" in page
    assert "23 au 27\u00a0novembre 2026" in page
    assert "?vue=semaine&amp;jour=2026-11-16&amp;c=tous&amp;recours=1" in page
    assert "?vue=semaine&amp;jour=2026-11-30&amp;c=tous&amp;recours=1" in page
    assert "?vue=mois&amp;jour=2026-11-24&amp;c=tous&amp;recours=1" in page
    assert signed_in("alice").get(reverse("rcp:calendar"), {"jour": "demain", "c": "x"}).status_code == 200


def test_a_month_shows_holidays_cancelled_meetings_and_those_of_the_week_end(
    signed_in: Callable[..., Client], working_as: Callable[..., Any]
) -> None:
    with working_as("alice") as alice:
        board = Board.objects.get(code="SEI", region_id=1)
        planned = plan_meetings(board_id=board.pk, since=date(2027, 11, 1), until=date(2027, 11, 30), by=alice)
        cancel_meeting(meeting_id=planned.created[0].pk, why="travaux", by=alice)
        add_meeting(board_id=board.pk, starts_at=datetime(2027, 11, 13, 9, 0, tzinfo=UTC), by=alice)
    page = text(signed_in("alice").get(reverse("rcp:calendar"), {"vue": "mois", "jour": "2027-11-02"}))
    assert "Novembre 2027" in page
    assert "férié – Toussaint" in page
    assert "férié – Armistice" in page
    assert 'aria-label="annulée"' in page
    assert "Le week-end" in page
    assert "samedi 13" in page


def test_the_calendar_costs_the_same_whatever_is_planned(
    signed_in: Callable[..., Client], working_as: Callable[..., Any]
) -> None:
    client, asked = signed_in("alice"), {"vue": "mois", "jour": "2027-03-01"}
    with working_as("alice") as alice:
        board = Board.objects.get(code="SEI", region_id=1)
        plan_meetings(board_id=board.pk, since=date(2027, 3, 1), until=date(2027, 3, 7), by=alice)
    client.get(reverse("rcp:calendar"), asked)
    with CaptureQueriesContext(connection) as one:
        client.get(reverse("rcp:calendar"), asked)
    with working_as("alice") as alice:
        plan_meetings(board_id=board.pk, since=date(2027, 3, 1), until=date(2027, 3, 31), by=alice)
    with CaptureQueriesContext(connection) as five:
        client.get(reverse("rcp:calendar"), asked)
    assert len(five) == len(one)


@pytest.mark.parametrize(
    ("who", "code"), [("alice", 200), ("helias", 200), ("pharma", 200), ("network", 200), ("stats", 200), ("it", 403)]
)
def test_who_reads_the_calendar(signed_in: Callable[..., Client], who: str, code: int) -> None:
    assert signed_in(who).get(reverse("rcp:calendar")).status_code == code
