"""The screen of the room (MTG-01…03, MTG-11, MTG-13, D3): what it shows, hides, and who follows whom."""

import html
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from dcc.audit.models import AuditEvent
from rcp.meetings import actions
from rcp.meetings.current import current_case
from rcp.models import Case, Meeting
from rcp.sheets.code_lists import find
from rcp.sheets.definitions import compiled
from tests.meetings.room import case_of, meeting_today
from tests.sheets.casework import answer, choose

TRAITS = ("GUILLOU", "ABHERVE", "Françoise", "FRANCOISE", "11/03/1963", "1963", "Nantes", "Hélias", "Mazurier")


@pytest.fixture
def meeting(working_as: Callable[..., Any]) -> Meeting:
    cache.clear()
    with working_as("alice") as alice:
        found = meeting_today(by=alice)
        case = case_of(found, "ABHERVE")
        sheet = case.sheets.get()
        choose(sheet, "tronc.oms", "1", by=alice)
        answer(sheet, "sein.re", 90, by=alice)
        answer(sheet, "tronc.souhait", "continuer à travailler", by=alice)
        return actions.open_meeting(meeting_id=found.pk, by=alice)


def address(meeting: Meeting, name: str = "ABHERVE") -> str:
    return reverse("rcp:projection_case", args=[meeting.pk, case_of(meeting, name).pk])


def text(page: Any) -> str:
    return str(page.content.decode().replace("\u00a0", " ").replace("\u202f", " "))


def test_the_screen_shows_identity_question_wishes_and_answers_only(
    signed_in: Callable[..., Client], meeting: Meeting, working_as: Callable[..., Any]
) -> None:
    with working_as("alice"):
        where = address(meeting)
    page = text(signed_in("alice").get(where))
    assert "LE GUILLOU Françoise" in page
    assert "née ABHERVE" in page
    assert "Question du Dr Hélias, pas encore en réunion" in page
    assert "indication d’une chimiothérapie adjuvante" in page
    assert "continuer à travailler" in page
    assert '<span class="lab whole">RE</span> <span>90' in page
    assert '<span class="lab whole">OMS</span>' in page
    assert "Ki-67" not in page  # empty: not on the screen, but reachable
    assert "1 / 3" in page


def test_the_room_reads_few_words(
    signed_in: Callable[..., Client], meeting: Meeting, working_as: Callable[..., Any]
) -> None:
    with working_as("alice") as alice:
        sheet = case_of(meeting, "ABHERVE").sheets.get()
        choices = (("tnm_type", "p"), ("tnm_t", "T1c"), ("tnm_n", "N1mi"), ("tnm_m", "M0"))
        for name, code in choices:
            choose(sheet, f"tronc.{name}", code, by=alice)
        value_set = compiled(sheet.form_id).items["tronc.morpho"].value_set or ""
        answer(sheet, "tronc.morpho", find(value_set, "8500/3"), by=alice)
        where = address(meeting)
    page = html.unescape(text(signed_in("alice").get(where)))
    assert "pT1c pN1mi M0" in page  # as in the letter
    assert "> 10 à 20" not in page
    assert "UICC 8e" not in page
    assert "8500/3" not in page
    assert "SAI" not in page


def test_empty_questions_are_one_key_away(
    signed_in: Callable[..., Client], meeting: Meeting, working_as: Callable[..., Any]
) -> None:
    with working_as("alice"):
        where = address(meeting)
    page = text(signed_in("alice").get(where, {"vides": "1"}))
    assert "Ki-67</a>" in page
    assert "#q-sein-ch-anapath-sein-ki67" in page  # its own place on the sheet
    assert ">RE</a>" not in page


def test_an_anonymous_case_shows_no_trait_and_nobody_who_knows_her(
    signed_in: Callable[..., Client], meeting: Meeting, working_as: Callable[..., Any]
) -> None:
    with working_as("alice"):
        Case.objects.filter(pk=case_of(meeting, "ABHERVE").pk).update(anonymous=True)
        where = address(meeting)
    for panel in ({}, {"vides": "1"}, {"documents": "1"}, {"masque": "0"}):
        page = text(signed_in("alice").get(where, panel))
        assert "Dossier anonyme n° 1" in page
        body = page.split("<main")[1].split("</footer>")[0] + page.split("<header")[1].split("</header>")[0]
        for trait in TRAITS:
            assert trait not in body, trait


def test_the_identity_is_masked_on_the_server(
    signed_in: Callable[..., Client], meeting: Meeting, working_as: Callable[..., Any]
) -> None:
    with working_as("alice"):
        where = address(meeting)
    page = text(signed_in("alice").get(where, {"masque": "1"}))
    assert "Identité masquée" in page
    body = page.split("<header")[1].split("</footer>")[0]
    for trait in TRAITS:
        assert trait not in body, trait
    assert "masque=1" in page.split('data-key="arrowright"')[0].rsplit("<a", 1)[1]  # stays from case to case


def test_second_screens_follow_who_runs_the_meeting(
    signed_in: Callable[..., Client], meeting: Meeting, working_as: Callable[..., Any]
) -> None:
    with working_as("alice"):
        first, second = address(meeting), address(meeting, "BODENES")
    presenter, follower = signed_in("alice"), signed_in("helias")
    presenter.get(first)
    started = follower.get(reverse("rcp:projection", args=[meeting.pk]), {"suivre": "1"})
    assert started["Location"] == f"{first}?suivre=1"
    state = follower.get(f"{first}etat/", {"suivre": "1"}, headers={"X-DCC-Poll": "1"}).json()
    assert state["url"] == f"{first}?suivre=1"
    presenter.get(second)
    assert follower.get(f"{first}etat/", {"suivre": "1"}).json()["url"] == f"{second}?suivre=1"
    follower.get(f"{first}?suivre=1")  # looking elsewhere moves nobody
    signed_in("helias").get(first)  # nor does someone who does not run the meeting
    with working_as("alice"):
        assert current_case(meeting.pk).case_id == case_of(meeting, "BODENES").pk


def test_a_screen_is_drawn_again_when_an_answer_or_the_quorum_changes(
    signed_in: Callable[..., Client], meeting: Meeting, working_as: Callable[..., Any]
) -> None:
    client = signed_in("alice")
    with working_as("alice"):
        where = address(meeting)
    token = client.get(f"{where}etat/").json()["token"]
    assert client.get(f"{where}etat/").json()["token"] == token
    with working_as("alice") as alice:
        answer(case_of(meeting, "ABHERVE").sheets.get(), "sein.rp", 70, by=alice)
    changed = client.get(f"{where}etat/").json()["token"]
    assert changed != token
    with working_as("alice") as alice:
        row = meeting.attendances.get(user__email="bob@dcc.example")
        actions.set_presence(
            meeting_id=meeting.pk,
            attendance_id=row.pk,
            presence=actions.Presence.PRESENT,
            remote=False,
            by=alice,
        )
    assert client.get(f"{where}etat/").json()["token"] != changed


def test_without_the_shared_cache_the_room_works_alone(
    signed_in: Callable[..., Client], meeting: Meeting, working_as: Callable[..., Any], monkeypatch: Any
) -> None:
    from redis.exceptions import ConnectionError as Down

    from rcp.meetings import current

    def down(*args: object, **kwargs: object) -> None:
        raise Down("no cache")

    monkeypatch.setattr(current.cache, "get", down)
    monkeypatch.setattr(current.cache, "set", down)
    with working_as("alice"):
        where = address(meeting)
    assert signed_in("alice").get(where).status_code == 200
    assert signed_in("alice").get(f"{where}etat/", {"suivre": "1"}).json()["url"] == f"{where}?suivre=1"
    assert signed_in("alice").get(reverse("rcp:meeting", args=[meeting.pk])).status_code == 200


def test_each_case_shown_is_an_event_and_a_redraw_is_not(
    signed_in: Callable[..., Client], meeting: Meeting, working_as: Callable[..., Any]
) -> None:
    with working_as("alice"):
        where = address(meeting)
    client = signed_in("alice")
    client.get(where)
    client.get(where, {"relu": "1"})
    with working_as("alice"):
        events = AuditEvent.objects.filter(event="rcp.projection_opened")
        assert [event.patient_id for event in events] == [case_of(meeting, "ABHERVE").patient_id]


@pytest.mark.parametrize(
    ("who", "code"), [("alice", 200), ("helias", 200), ("denis", 404), ("network", 403), ("oscar", 404)]
)
def test_who_sees_the_screen(
    signed_in: Callable[..., Client], meeting: Meeting, working_as: Callable[..., Any], who: str, code: int
) -> None:
    with working_as("alice"):
        where = address(meeting)
    assert signed_in(who).get(where).status_code == code
    assert signed_in(who).get(f"{where}etat/").status_code == code


def test_a_meeting_without_cases_says_so(signed_in: Callable[..., Client], working_as: Callable[..., Any]) -> None:
    with working_as("alice") as alice:
        empty = meeting_today(by=alice, cases=0)
    page = signed_in("alice").get(reverse("rcp:projection", args=[empty.pk]))
    assert "Aucun dossier à projeter" in page.content.decode()


def test_the_words_about_who_asks_agree_with_everybody(
    signed_in: Callable[..., Client], meeting: Meeting, working_as: Callable[..., Any]
) -> None:
    """No « absent » for a woman, and « d’Hélias »."""
    with working_as("alice"):
        case = case_of(meeting, "ABHERVE")
        Case.objects.filter(pk=case.pk).update(requester=None, requester_name="Hélias Mona")
        where = address(meeting)
    page = text(signed_in("alice").get(where))
    assert "Question d’Hélias Mona, hors réunion" in page


def test_the_summary_and_the_stage_come_first_and_negatives_last(
    signed_in: Callable[..., Client], meeting: Meeting, working_as: Callable[..., Any]
) -> None:
    with working_as("alice") as alice:
        sheet = case_of(meeting, "ABHERVE").sheets.get()
        choose(sheet, "tronc.anticoag", "aucun", by=alice)
        choose(sheet, "tronc.alcool", "non", by=alice)
        answer(sheet, "tronc.synthese", 'Découverte fortuite : "boule" du sein ?', by=alice)
        choose(sheet, "tronc.tnm_t", "T2", by=alice)
        where = address(meeting)
    drawn = html.unescape(signed_in("alice").get(where).content.decode())
    assert 'Découverte fortuite\u00a0: "boule" du sein\u202f?' in drawn  # typed with plain spaces, stored as typed
    page = drawn.replace("\u00a0", " ").replace("\u202f", " ").split('class="rm-cols"')[1]
    labels = [one.split(">")[1].split("<")[0] for one in page.split("<dt")[1:]]
    assert labels[:2] == ["Synthèse", "Stade"]
    terrain = page.split("Terrain</dt>")[1].split("</dd>")[0]
    assert terrain.count("Non") == 1
    assert terrain.rstrip().endswith('<span class="lab whole">Non</span> <span>anticoagulant, alcool</span>')


def test_escape_closes_a_panel_before_the_projection(
    signed_in: Callable[..., Client], meeting: Meeting, working_as: Callable[..., Any]
) -> None:
    with working_as("alice"):
        where = address(meeting)
    client = signed_in("alice")
    for panel, back in (({}, "liste"), ({"vides": "1"}, "fiche"), ({"documents": "1"}, "fiche")):
        foot = text(client.get(where, panel)).split('class="rm-foot"')[1].split("</footer>")[0]
        escapes = [link for link in foot.split("<a ")[1:] if "data-escape" in link]
        assert len(escapes) == 1
        assert f": {back}</a>" in escapes[0]
        if panel:
            assert f'href="{where}"' in escapes[0]
