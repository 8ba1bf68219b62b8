"""The page of a meeting: what it shows and to whom, live (MTG-07, INS-10, INS-11, D3, D9)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dcc.audit.models import AuditEvent
from rcp.meetings import actions
from rcp.models import Attendance, Case, Meeting
from tests.meetings.room import case_of, meeting_today


@pytest.fixture
def meeting(working_as: Callable[..., Any]) -> Meeting:
    with working_as("alice") as alice:
        return meeting_today(by=alice)


def text(page: Any) -> str:
    return str(page.content.decode().replace("\u00a0", " ").replace("\u202f", " "))


def test_the_list_says_who_what_and_whether_the_requester_is_there(
    signed_in: Callable[..., Client], meeting: Meeting, working_as: Callable[..., Any]
) -> None:
    page = text(signed_in("alice").get(reverse("rcp:meeting", args=[meeting.pk])))
    assert "LE GUILLOU Françoise" in page
    assert "née ABHERVE" in page
    assert "Dr Hélias" in page
    assert "à venir" in page
    assert "Quorum prévu" in page
    assert "coordination Dr Kerjean" in page
    assert "À compléter" in page


def test_an_anonymous_case_has_no_trait_in_the_list(
    signed_in: Callable[..., Client], meeting: Meeting, working_as: Callable[..., Any]
) -> None:
    with working_as("alice"):
        Case.objects.filter(pk=case_of(meeting, "BODENES").pk).update(anonymous=True)
    client = signed_in("alice")
    for address in (reverse("rcp:meeting", args=[meeting.pk]), reverse("rcp:meeting_live", args=[meeting.pk])):
        page = text(client.get(address))
        assert "Dossier anonyme n° 2" in page
        assert "BODENES" not in page
    named = text(client.get(reverse("rcp:meeting_list", args=[meeting.pk]), {"noms": "1"}))
    assert "BODENES" not in named
    assert "ABHERVE" in named


def test_the_list_on_paper_is_anonymous_unless_names_are_asked_for(
    signed_in: Callable[..., Client], meeting: Meeting, working_as: Callable[..., Any]
) -> None:
    address = reverse("rcp:meeting_list", args=[meeting.pk])
    anonymous = text(signed_in("alice").get(address))
    assert "Dossier n° 1" in anonymous
    for trait in ("GUILLOU", "ABHERVE", "11/03/1963", "62 ans", "67 ans"):
        assert trait not in anonymous
    assert "11/03/1963" in text(signed_in("alice").get(address, {"noms": "1"}))
    with working_as("alice"):
        kinds = AuditEvent.objects.filter(event="rcp.meeting_list_printed").order_by("recorded_at")
        assert [event.details["kind"] for event in kinds] == ["anonyme", "nominative"]


def test_who_only_sees_some_cases_is_told_so(
    signed_in: Callable[..., Client], meeting: Meeting, working_as: Callable[..., Any]
) -> None:
    """Denis is neither of the board, nor of its 3C, nor invited: the page exists, the cases do not."""
    page = text(signed_in("denis").get(reverse("rcp:meeting", args=[meeting.pk])))
    assert "Vous voyez les dossiers qui vous sont ouverts" in page
    assert "GUILLOU" not in page
    assert "Vous voyez les dossiers" not in text(signed_in("helias").get(reverse("rcp:meeting", args=[meeting.pk])))


@pytest.mark.parametrize(
    ("who", "code"),
    [("alice", 200), ("bob", 200), ("helias", 200), ("metro", 200), ("network", 403), ("stats", 403), ("oscar", 404)],
)
def test_who_opens_the_page(signed_in: Callable[..., Client], meeting: Meeting, who: str, code: int) -> None:
    for name in ("meeting", "meeting_live", "meeting_list"):
        assert signed_in(who).get(reverse(f"rcp:{name}", args=[meeting.pk])).status_code == code


@pytest.mark.parametrize(
    ("who", "code"), [("alice", 302), ("bob", 302), ("helias", 403), ("metro", 403), ("carol", 403), ("oscar", 404)]
)
def test_who_runs_the_meeting(signed_in: Callable[..., Client], meeting: Meeting, who: str, code: int) -> None:
    assert signed_in(who).post(reverse("rcp:meeting_open", args=[meeting.pk])).status_code == code


def test_the_one_who_presides_runs_it_too(
    signed_in: Callable[..., Client], meeting: Meeting, working_as: Callable[..., Any]
) -> None:
    with working_as("alice") as alice:
        row = meeting.attendances.get(user__email="helias@dcc.example")
        actions.choose_chair(meeting_id=meeting.pk, attendance_id=row.pk, by=alice)
    assert signed_in("helias").post(reverse("rcp:meeting_open", args=[meeting.pk])).status_code == 302


def test_a_tick_answers_the_card_of_the_attendance(
    signed_in: Callable[..., Client], meeting: Meeting, working_as: Callable[..., Any]
) -> None:
    with working_as("alice") as alice:
        actions.open_meeting(meeting_id=meeting.pk, by=alice)
        rows = {row.name: row.pk for row in meeting.attendances.all()}
    client, script = signed_in("alice"), {"HX-Request": "true"}
    for name in ("Dr Bob Kerjean", "Dr Yann Hélias"):
        client.post(reverse("rcp:presence", args=[meeting.pk, rows[name]]), {"present": "1"}, headers=script)
    address = reverse("rcp:presence", args=[meeting.pk, rows["Dr Awa Oumarou"]])
    card = text(client.post(address, {"way": "remote"}, headers=script))
    assert "Quorum atteint : 3 médecins, 3 spécialités" in card
    assert 'data-announce="Dr Awa Oumarou, présence enregistrée. Quorum atteint' in card
    without = client.post(address, {}, headers=script)  # the box is unticked
    assert "Il manque un radiothérapeute" in text(without)
    assert client.post(address, {"way": "flying"}, headers=script).status_code == 422


def test_a_guest_is_found_by_name_or_said_freely(
    signed_in: Callable[..., Client], meeting: Meeting, working_as: Callable[..., Any]
) -> None:
    client, script = signed_in("alice"), {"HX-Request": "true"}
    address = reverse("rcp:guest_add", args=[meeting.pk])
    assert "Denis Weiss" in text(client.get(reverse("rcp:people"), {"q": "weiss"}))
    assert client.post(address, {"person": "Weiss", "way": "room"}, headers=script).status_code == 200
    wrong = client.post(address, {"person": "Dr Inconnu", "way": "room"}, headers=script)
    assert wrong.status_code == 422
    assert "Indiquez sa profession" in text(wrong)
    typed = {"person": "Dr Inconnu", "profession": "10", "specialty": "SM44", "way": "remote"}
    assert client.post(address, typed, headers=script).status_code == 200
    with working_as("alice"):
        guests = Attendance.objects.filter(meeting=meeting, is_guest=True).order_by("name")
        assert [(row.name, row.user_id is None, row.remote) for row in guests] == [
            ("Dr Denis Weiss", False, False),
            ("Dr Inconnu", True, True),
        ]


def test_polling_answers_only_what_changed_and_does_not_prolong_the_session(
    signed_in: Callable[..., Client], meeting: Meeting, working_as: Callable[..., Any]
) -> None:
    client, poll = signed_in("alice"), {"X-DCC-Poll": "1"}
    page = text(client.get(reverse("rcp:meeting", args=[meeting.pk])))
    token = page.split('data-live-token="')[1].split('"')[0]
    address = reverse("rcp:meeting_live", args=[meeting.pk])
    assert client.get(address, {"v": token}, headers=poll).status_code == 204
    ended = client.get(address, {"v": token}, headers=poll)["X-Session-Ends"]
    with working_as("alice") as alice:
        case = case_of(meeting, "COATMEUR")
        actions.place_case(meeting_id=meeting.pk, case_id=case.pk, place=1, by=alice)
    changed = client.get(address, {"v": token}, headers=poll)
    assert changed.status_code == 200
    assert changed["X-Session-Ends"] == ended
    assert text(changed).index("COATMEUR") < text(changed).index("ABHERVE")


def test_the_page_costs_the_same_for_three_cases_or_five(
    signed_in: Callable[..., Client], working_as: Callable[..., Any]
) -> None:
    client = signed_in("alice")
    with working_as("alice") as alice:
        meeting = meeting_today(by=alice, cases=5)
        gone = case_of(meeting, "ELEGOET"), case_of(meeting, "DREVILLON")
    address = reverse("rcp:meeting", args=[meeting.pk])
    client.get(address)
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    with working_as("alice"):
        Case.objects.filter(pk__in=[case.pk for case in gone]).update(status="cancelled")
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    assert len(many) == len(few)
