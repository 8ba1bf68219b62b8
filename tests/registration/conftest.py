"""A patient to register, a meeting to register her to, and the form as a secretary fills it."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from dcc.accounts.models import Membership, User
from dcc.lib.ids import uuid7
from dcc.tenancy.models import Principal, PrincipalKind
from patients.models import Patient
from rcp.models import Case, Meeting, Motive
from rcp.registration.actions import Demand, InformationGiven, Requester, register_case
from rcp.registration.passages import connect_boards
from tests.patients.conftest import created

QUESTION = "Indication d’une chimiothérapie adjuvante ?"


@pytest.fixture(autouse=True)
def in_ten_days(working_as: Callable[..., Any]) -> None:
    """The meetings of the world are years away, and participants read a file for 400 days at most."""
    cache.clear()
    connect_boards()
    starts = timezone.now().replace(hour=13, minute=0, second=0, microsecond=0) + timedelta(days=10)
    with working_as("alice"):
        Meeting.objects.update(
            starts_at=starts, ends_at=starts + timedelta(minutes=90), closes_at=starts - timedelta(days=1)
        )


@pytest.fixture
def francoise(working_as: Callable[..., Any]) -> Patient:
    """Known of the 3C Estuaire only."""
    with working_as("alice") as alice:
        return created(alice, used_name="Le Guillou")


@pytest.fixture
def answers(working_as: Callable[..., Any]) -> dict[str, str]:
    """What Alice types for Françoise: the page's own token is added when it is sent."""
    with working_as("alice"):
        meeting, requester = meeting_of("SEI"), membership_of("bob")
    return {
        "meeting": str(meeting.pk),
        "opposition": "yes",
        "given_on": timezone.localdate().strftime("%d%m%Y"),
        "given_by": "Dr Bob Kerjean",
        "level": "discussed",
        "question": QUESTION,
        "motive": "initial",
        "requester": "Dr Bob Kerjean",
        "requester_code": str(requester.pk),
        "urgency": "standard",
        "mode": "room",
        "others-TOTAL_FORMS": "1",
        "others-INITIAL_FORMS": "0",
    }


def meeting_of(code: str, *, region: int = 1) -> Meeting:
    return Meeting.objects.select_related("board__organisation").get(board__code=code, region_id=region)


def another_meeting(meeting: Meeting, *, days: int = 7, **changes: object) -> Meeting:
    """The next meeting of the same board."""
    shift = timedelta(days=days)
    values = {
        "region_id": meeting.region_id,
        "board": meeting.board,
        "starts_at": meeting.starts_at + shift,
        "ends_at": meeting.ends_at + shift,
        "closes_at": meeting.closes_at + shift,
        "mode": meeting.mode,
        "capacity": meeting.capacity,
        "principal": Principal.objects.create(kind=PrincipalKind.MEETING, label="Réunion suivante"),
    }
    return Meeting.objects.create(**values | changes)


def membership_of(short: str) -> Membership:
    return Membership.objects.select_related("user", "organisation").get(user__email=f"{short}@dcc.example")


def asked_by(short: str) -> Requester:
    found = membership_of(short)
    return Requester(user=found.user, organisation=found.organisation)


def informed(**changes: Any) -> InformationGiven:
    return InformationGiven(**{"given_on": date(2026, 11, 20), "given_by": "Dr Bob Kerjean"} | changes)


def registered(by: User, patient: Patient, **changes: Any) -> Case:
    """Register in the current scope, for Bob, to the board Sein unless said otherwise."""
    values = {
        "case_id": uuid7(),
        "patient": patient,
        "meeting": changes.pop("meeting", None) or meeting_of("SEI"),
        "demand": Demand(motive=Motive.INITIAL, question=QUESTION),
        "requester": changes.pop("requester", None) or asked_by("bob"),
        "information": informed(),
        "by": by,
    }
    return register_case(**values | changes)
