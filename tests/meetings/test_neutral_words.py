"""Presence is said by words that agree with nobody: no professional is taken for a man or for a woman."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from rcp.meetings.rows import REQUESTER_STATES
from rcp.models import Attendance, Meeting, MeetingStatus, Presence
from tests.meetings.room import meeting_today

GENDERED = re.compile(r"\b(présente?|absente?|attendue?|invitée?)\b|·e|\(e\)", re.I)


@pytest.fixture
def meeting(working_as: Callable[..., Any]) -> Meeting:
    with working_as("alice") as alice:
        return meeting_today(by=alice)


def said(page: str) -> str:
    """The words of the attendance and of the requesters, without what agrees with a noun that is said."""
    words = re.sub(r"<[^>]+>", " ", page)
    return re.sub(r"présence notée|[Pp]ersonnes? (invitée|attendues)|présence n’est encore attendue", "", words)


@pytest.mark.parametrize("status", [MeetingStatus.PLANNED, MeetingStatus.OPEN])
@pytest.mark.parametrize("presence", list(Presence))
def test_no_word_of_presence_agrees_with_anybody(
    signed_in: Callable[..., Client],
    meeting: Meeting,
    working_as: Callable[..., Any],
    status: MeetingStatus,
    presence: Presence,
) -> None:
    with working_as("alice"):
        Meeting.objects.filter(pk=meeting.pk).update(status=status)
        Attendance.objects.filter(meeting=meeting).update(presence=presence)
        Attendance.objects.filter(meeting=meeting, user__email="oumarou@dcc.example").update(is_guest=True)
    page = signed_in("alice").get(reverse("rcp:meeting", args=[meeting.pk])).content.decode()
    assert REQUESTER_STATES[presence][2] in page
    assert not GENDERED.search(said(page)), GENDERED.search(said(page))


def test_the_words_themselves_agree_with_nobody() -> None:
    assert [words for _, _, words in REQUESTER_STATES.values()] == [
        "présence notée", "avis écrit", "à venir", "absence",
    ]  # fmt: skip
