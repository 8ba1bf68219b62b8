"""The cockpit: what must be done before which hour, and whom to call (guide §7)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from rcp.meetings import actions
from rcp.meetings.cockpit import Cockpit
from rcp.models import Case, Correspondent, Meeting
from tests.meetings.room import case_of, meeting_today


def of(person: Any) -> Cockpit:
    return Cockpit(user=person, sends=True)


def lines(cockpit: Cockpit) -> dict[str, str]:
    return {todo.detail.split(",")[0]: todo.what for todo in cockpit.todos}


def test_each_line_says_what_is_missing_and_whom_to_call(working_as: Callable[..., Any]) -> None:
    with working_as("alice") as alice:
        meeting = meeting_today(by=alice)
        helias = case_of(meeting, "ABHERVE").requester
        helias.phone = "0261912002"
        helias.save(update_fields=["phone"])
        Case.objects.filter(pk=case_of(meeting, "ABHERVE").pk).update(question="")
        Case.objects.filter(pk=case_of(meeting, "BODENES").pk).update(status="prepared")
        Case.objects.filter(pk=case_of(meeting, "COATMEUR").pk).update(status="prepared")
        gp = Correspondent.objects.filter(case=case_of(meeting, "COATMEUR"), role="gp")
        gp.update(mssante_address="", postal_address="")
        found = of(alice)
        assert lines(found) == {
            "née ABHERVE": "Question posée à la RCP\u202f; Fiche à compléter",
            "née COATMEUR": "Adresse de Dr Paul Mazurier",
        }
        first = next(todo for todo in found.todos if "ABHERVE" in todo.detail)
        assert (first.call, first.phone.replace("\u00a0", " ")) == ("Dr Hélias, demandeur", "02 61 91 20 02")


def test_what_many_lines_share_is_made_once(working_as: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Hundreds may wait: one meeting and one requester for all, and an address for the lines that are shown."""
    with working_as("alice") as alice:
        meeting = meeting_today(by=alice)
        made: list[str] = []
        monkeypatch.setattr("rcp.meetings.todo.reverse", lambda name, args: made.append(name) or f"/{name}/{args[0]}/")
        found = of(alice)
        here = [case for case in found._cases() if case.meeting_id == meeting.pk]
        assert len(here) > 2
        assert len({id(case.meeting) for case in here}) == 1
        assert len({id(case.requester) for case in here}) == len({case.requester_id for case in here})
        assert len(found.todos) > 2
        assert made == []
        assert found.todos[0].url
        assert len(made) == 1


def test_lines_stand_under_the_hour_when_it_is_too_late(working_as: Callable[..., Any]) -> None:
    with working_as("alice") as alice:
        meeting = meeting_today(by=alice, cases=2)
        soon = timezone.now() + timedelta(minutes=20)
        Meeting.objects.filter(pk=meeting.pk).update(closes_at=soon)
        Case.objects.filter(pk=case_of(meeting, "ABHERVE").pk).update(question="")
        groups = of(alice).groups()
        closing, held = groups[0], groups[1]
        assert closing.before == f"avant {timezone.localtime(soon):%H:%M}"
        assert "clôture des inscriptions, RCP Sein" in closing.what
        assert "ABHERVE" in closing.rows[0].detail
        assert held.before == f"avant {timezone.localtime(meeting.starts_at):%H:%M}"
        assert "BODENES" in held.rows[0].detail


def test_what_was_not_concluded_comes_first_and_what_is_discussed_waits_for_who_presides(
    working_as: Callable[..., Any],
) -> None:
    with working_as("alice") as alice:
        meeting = meeting_today(by=alice, cases=2)
        actions.open_meeting(meeting_id=meeting.pk, by=alice)
        past = timezone.now() - timedelta(hours=4)
        Meeting.objects.filter(pk=meeting.pk).update(starts_at=past, ends_at=past + timedelta(hours=1))
        Case.objects.filter(pk=case_of(meeting, "ABHERVE").pk).update(status="prepared")
        Case.objects.filter(pk=case_of(meeting, "BODENES").pk).update(status="discussed", discussed_at=past)
        late, day = of(alice).groups()
        assert (late.before, late.rows[0].what) == ("en retard", "Réunion passée\u00a0: conclure ou reporter")
        assert day.before == "dans la journée"
        assert (day.rows[0].what, day.rows[0].call) == ("Discuté, à valider", "Dr Kerjean, préside")
    with working_as("bob") as bob:
        assert [todo.action for todo in of(bob).todos] == ["Valider"]
    with working_as("oumarou") as oumarou:
        assert of(oumarou).todos == []  # neither hers to fill nor hers to validate


def test_a_physician_sees_their_meetings_and_their_requests(working_as: Callable[..., Any]) -> None:
    with working_as("alice") as alice:
        meeting = meeting_today(by=alice, cases=2)
    with working_as("helias") as helias:
        found = of(helias)
        assert [card.meeting.pk for card in found.cards] == [meeting.pk]
        assert found.cards[0].announced == "room"
        assert len(found.todos) == 2
    with working_as("denis") as denis:
        assert (of(denis).cards, of(denis).todos) == ([], [])
    with working_as("metro") as mona:
        assert (of(mona).cards, of(mona).todos) == ([], [])


def test_the_card_counts_what_is_ready(working_as: Callable[..., Any]) -> None:
    with working_as("alice") as alice:
        meeting = meeting_today(by=alice, cases=4)
        Case.objects.filter(pk=case_of(meeting, "ABHERVE").pk).update(status="prepared")
        Case.objects.filter(pk=case_of(meeting, "BODENES").pk).update(level="registered")
        Case.objects.filter(pk=case_of(meeting, "DREVILLON").pk).update(status="cancelled")
        card = of(alice).cards[0]
        assert (card.total, [(part.value, part.label) for part in card.parts]) == (
            3,
            [(1, "prêt"), (1, "enregistré"), (1, "à compléter")],
        )
        assert card.light.title == "Quorum prévu"


def test_a_participant_announces_their_coming_from_the_cockpit(
    signed_in: Callable[..., Client], working_as: Callable[..., Any]
) -> None:
    with working_as("alice") as alice:
        meeting = meeting_today(by=alice, cases=1)
    client = signed_in("helias")
    assert client.post(reverse("rcp:my_presence", args=[meeting.pk]), {"way": "remote"}).status_code == 302
    page = client.get(reverse("rcp:cockpit")).content.decode()
    assert '<button type="submit" name="way" value="remote" aria-pressed="true">En visio</button>' in page
    assert signed_in("denis").post(reverse("rcp:my_presence", args=[meeting.pk]), {}).status_code == 404


def test_baskets_are_in_the_address(signed_in: Callable[..., Client], working_as: Callable[..., Any]) -> None:
    with working_as("alice") as alice:
        meeting = meeting_today(by=alice, cases=2)
        past = timezone.now() - timedelta(hours=4)
        case = case_of(meeting, "BODENES")
        Case.objects.filter(pk=case.pk).update(status="discussed", discussed_at=past)
    page = signed_in("alice").get(reverse("rcp:cockpit"), {"corbeille": "valider"}).content.decode()
    assert "Discuté, à valider" in page
    assert "Fiche à compléter" not in page
    assert signed_in("alice").get(reverse("rcp:cockpit"), {"corbeille": "x"}).status_code == 200


@pytest.mark.parametrize("who", ["alice", "helias"])
def test_the_cockpit_costs_the_same_for_one_case_or_five(
    signed_in: Callable[..., Client], working_as: Callable[..., Any], who: str
) -> None:
    client = signed_in(who)
    with working_as("alice") as alice:
        meeting = meeting_today(by=alice, cases=5)
    client.get(reverse("rcp:cockpit"))
    with CaptureQueriesContext(connection) as many:
        client.get(reverse("rcp:cockpit"))
    with working_as("alice"):
        for name in ("BODENES", "COATMEUR", "DREVILLON", "ELEGOET"):
            Case.objects.filter(pk=case_of(meeting, name).pk).update(status="cancelled")
    with CaptureQueriesContext(connection) as few:
        client.get(reverse("rcp:cockpit"))
    assert len(many) == len(few)


@pytest.mark.parametrize(("who", "code"), [("alice", 200), ("carol", 200), ("pharma", 200), ("network", 403)])
def test_who_has_a_cockpit(signed_in: Callable[..., Client], who: str, code: int) -> None:
    assert signed_in(who).get(reverse("rcp:cockpit")).status_code == code
