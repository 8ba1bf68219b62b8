"""« Mode séance » (D14): in a meeting an idle session is locked, and a PIN opens it again instead of a sign-in."""

import time
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret, hotp_value
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dcc.accounts.models import User
from dcc.audit.models import AuditEvent
from dcc.tenancy.scope import user_scope
from rcp.models import Meeting, MeetingStatus

pytestmark = pytest.mark.django_db
PAGE = "/compte/profil/"
PIN = "7391"
UNLOCK = "/compte/seance/"


@pytest.fixture
def meeting(working_as: Any) -> Meeting:
    with working_as("alice"):
        found = Meeting.objects.get(board__code="SEI")
        start = timezone.now() - timedelta(minutes=10)
        Meeting.objects.update(status=MeetingStatus.OPEN, starts_at=start, ends_at=start + timedelta(hours=2))
    return found


def address(meeting: Meeting) -> str:
    return reverse("rcp:room_mode", args=[meeting.pk])


@pytest.fixture
def room(signed_in: Any, meeting: Meeting) -> Client:
    """Alice's session in the meeting, its PIN chosen."""
    client: Client = signed_in("alice")
    assert client.post(address(meeting), {"pin": PIN, "again": PIN}).status_code == 302
    return client


def idle(client: Client, seconds: int = 1801) -> None:
    session = client.session
    session["last_act_at"] = time.time() - seconds
    session.save()


def events(people: Any, short: str = "alice") -> list[str]:
    user: User = people(short)
    with user_scope(user_id=user.pk, membership_id=None):
        found = AuditEvent.objects.filter(actor_id=user.pk, event__startswith="signin.")
        return list(found.order_by("recorded_at").values_list("event", flat=True))


def test_idle_it_is_locked_and_the_pin_opens_it(room: Client, people: Any) -> None:
    assert room.get(PAGE).status_code == 200
    idle(room)
    assert room.get(PAGE)["Location"] == f"{UNLOCK}?next=%2Fcompte%2Fprofil%2F"
    page = room.get(f"{UNLOCK}?next={PAGE}")
    assert page.status_code == 200
    assert "Séance verrouillée" in page.content.decode()
    assert "data-session-ends" not in page.content.decode()
    assert room.post(UNLOCK, {"code": PIN, "next": PAGE})["Location"] == PAGE
    assert room.get(PAGE).status_code == 200
    assert events(people) == ["signin.room_started", "signin.room_locked", "signin.room_unlocked"]


def test_locked_nothing_is_served_and_a_form_is_given_back(room: Client, meeting: Meeting) -> None:
    idle(room)
    for headers in ({"HX-Request": "true"}, {"X-DCC-Poll": "1"}):
        answer = room.get(reverse("rcp:meeting", args=[meeting.pk]), headers=headers)
        assert (answer.status_code, answer["X-Session-Closed"], answer.content) == (401, "1", b"")
    late = room.post(PAGE, {"phone": "0199000000", "pin": "1234"})
    assert late.status_code == 401
    text = late.content.decode()
    assert "0199000000" in text
    assert f'href="{UNLOCK}"' in text
    assert "1234" not in text
    assert room.get(PAGE).status_code == 302, "still locked"


def test_a_script_is_answered_in_one_word(room: Client) -> None:
    idle(room)
    script = {"Sec-Fetch-Mode": "cors"}
    wrong = room.post(UNLOCK, {"code": "0000"}, headers=script)
    assert wrong.status_code == 422
    assert wrong.content.decode() == "Ce code ne convient pas. Il reste 4 essais avant de devoir vous reconnecter"
    right = room.post(UNLOCK, {"code": PIN}, headers=script)
    assert right.status_code == 204
    assert right["X-Session-Ends"] > timezone.now().isoformat(), "half an hour more"


def test_five_wrong_codes_close_the_session(room: Client, people: Any) -> None:
    idle(room)
    for _ in range(4):
        assert room.post(UNLOCK, {"code": "0000"}).status_code == 422
    assert room.post(UNLOCK, {"code": "0000"})["Location"] == reverse("account_login")
    assert room.post(UNLOCK, {"code": PIN}).status_code in {302, 401}
    assert room.get(PAGE)["Location"].startswith(reverse("account_login"))
    found = events(people)
    assert found.count("signin.room_refused") == 5
    assert found[-1] == "signin.out"


def test_the_code_of_the_application_opens_it_too(room: Client, people: Any) -> None:
    secret = generate_totp_secret()
    TOTP.activate(people("alice"), secret)
    idle(room)
    code = f"{hotp_value(secret, int(time.time()) // 30):06d}"
    assert room.post(UNLOCK, {"code": code, "next": PAGE})["Location"] == PAGE


def test_twelve_hours_still_close_it(room: Client) -> None:
    session = room.session
    session["started_at"] = time.time() - 12 * 3600 - 1
    session.save()
    assert room.get(PAGE)["Location"].startswith(reverse("account_login"))


def test_after_the_meeting_an_idle_session_closes_as_any_other(room: Client) -> None:
    session = room.session
    session["room_mode"] = {**session["room_mode"], "until": time.time() - 1}
    session.save()
    idle(room)
    assert room.get(PAGE)["Location"].startswith(reverse("account_login"))


def test_leaving_the_mode_gives_the_usual_rule_back(room: Client, meeting: Meeting, people: Any) -> None:
    assert room.post(address(meeting), {"stop": "1"}).status_code == 302
    idle(room)
    assert room.get(PAGE)["Location"].startswith(reverse("account_login"))
    assert "signin.room_stopped" in events(people)


def test_the_pin_is_kept_as_a_hash(room: Client) -> None:
    assert PIN not in str(dict(room.session))


@pytest.mark.parametrize(
    ("pin", "again", "sentence"),
    [
        ("123", "123", "de 4 à 8 chiffres"),
        ("1234", "1234", "se devine"),
        ("8765", "8765", "se devine"),
        ("2222", "2222", "se devine"),
        ("abcd", "abcd", "de 4 à 8 chiffres"),
        ("7391", "7392", "diffèrent"),
    ],
)
def test_a_pin_that_is_guessed_is_refused(
    signed_in: Any, meeting: Meeting, pin: str, again: str, sentence: str
) -> None:
    answer = signed_in("alice").post(address(meeting), {"pin": pin, "again": again})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def test_it_is_for_who_runs_a_meeting_that_is_open(signed_in: Any, meeting: Meeting, working_as: Any) -> None:
    for short in ("carol", "metro", "network"):
        assert signed_in(short).post(address(meeting), {"pin": PIN, "again": PIN}).status_code == 403
    assert signed_in("oscar").post(address(meeting), {"pin": PIN, "again": PIN}).status_code == 404
    with working_as("alice"):
        Meeting.objects.update(status=MeetingStatus.PLANNED)
    client = signed_in("alice")
    client.post(address(meeting), {"pin": PIN, "again": PIN})
    idle(client)
    assert client.get(PAGE)["Location"].startswith(reverse("account_login"))
