"""Two people on one sheet: who is where, what the other answers, and two answers to one question (FRM-07)."""

import re
import time
from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, expect

from rcp.models import Answer, AnswerEvent, Outcome
from tests.browser.desk import Desk
from tests.browser.stage import Backstage, known, meeting_at, registered

pytestmark = pytest.mark.browser

POLL_SECONDS = 5
MARGIN_SECONDS = 3  # two browsers, one machine


def weight(desk: Desk) -> Locator:
    return desk.page.get_by_label("Poids", exact=True)


def test_two_people_on_one_sheet(desk_of: Callable[..., Desk], backstage: Backstage) -> None:
    meeting_at(backstage, timezone.now())
    case = registered(backstage, known(backstage, "Abhervé", "Françoise", "11031963"))
    bob, helias = desk_of("bob"), desk_of("helias", dark=True)
    for desk in (bob, helias):
        desk.go(f"/dossiers/{case.pk}/")
        desk.ready()
    _seen_in_a_chapter(bob, helias)
    _arrives_without_touching_the_focus(bob, helias)
    _both_boxes_stay(bob, helias)
    _both_texts_are_kept(bob, helias)
    with backstage("bob"):
        path = "tronc.ch.terrain/tronc.allergies"
        assert Answer.objects.get(path=path).value == "Iode\u202f; Pénicilline"
        assert AnswerEvent.objects.filter(path=path, outcome=Outcome.CONFLICT).count() == 1


def _seen_in_a_chapter(bob: Desk, helias: Desk) -> None:
    helias.page.get_by_role("link", name=re.compile("Anatomopathologie")).click()
    expect(bob.page.locator("#presents")).to_contain_text(re.compile("Dr Hélias est dans .*Anatomopathologie"))
    bob.audit()
    helias.audit()


def _arrives_without_touching_the_focus(bob: Desk, helias: Desk) -> None:
    """Bob is typing a height; Hélias answers HER2 and the weight: both come, and the height stays under the hand."""
    size = bob.page.get_by_label("Taille", exact=True)
    size.click()
    bob.page.keyboard.type("16")
    began = time.monotonic()
    with helias.page.expect_response(re.compile("/champ/")):
        weight(helias).fill("64")
        weight(helias).press("Tab")
    with helias.page.expect_response(re.compile("/champ/")):
        helias.page.get_by_role("group", name="HER2 IHC").get_by_role("radio", name="2+", exact=True).check()
    expect(weight(bob)).to_have_value("64")
    expect(bob.page.get_by_role("group", name=re.compile("HER2 HIS"))).to_be_visible()
    assert time.monotonic() - began < POLL_SECONDS + MARGIN_SECONDS
    expect(size).to_be_focused()
    expect(size).to_have_value("16")
    bob.page.keyboard.type("5")
    bob.page.keyboard.press("Tab")
    expect(size).to_have_value("165")
    bob.audit()


def _both_boxes_stay(bob: Desk, helias: Desk) -> None:
    """Two boxes of one list, ticked by two hands, are no conflict."""
    for desk, words in ((bob, "Diabète"), (helias, "Respiratoire")):
        with desk.page.expect_response(re.compile("/champ/")) as answer:
            desk.page.get_by_role("group", name="Comorbidités notables").get_by_role("checkbox", name=words).check()
        assert answer.value.status == 200
    for desk, words in ((bob, "Respiratoire"), (helias, "Diabète")):
        desk.page.locator("h1").click()  # out of the list, which is not drawn again under a focus
        desk.page.evaluate("document.activeElement.blur()")
        box = desk.page.get_by_role("group", name="Comorbidités notables").get_by_role("checkbox", name=words)
        expect(box).to_be_checked()


def _both_texts_are_kept(bob: Desk, helias: Desk) -> None:
    """Each writes what they know before they see the other's: shown together, kept together."""
    theirs, mine = (desk.page.get_by_label(re.compile("Allergies")) for desk in (helias, bob))
    bob.context.set_offline(True)
    mine.fill("Pénicilline")
    with helias.page.expect_response(re.compile("/champ/")):
        theirs.fill("Iode")
        theirs.press("Tab")
    mine.press("Tab")
    bob.context.set_offline(False)
    conflict = bob.page.locator("[data-conflict]")
    for words in ("Iode", "Pénicilline", "Dr Hélias", "Dr Kerjean", "Garder les deux textes"):
        expect(conflict).to_contain_text(words)
    expect(conflict).to_contain_text(re.compile(r"\d\d:\d\d"))
    expect(bob.page.locator("#avant")).to_contain_text("conflit à trancher")
    bob.audit()
    expect(helias.page.locator("[data-conflict]")).to_be_visible()
    helias.audit()
    conflict.get_by_role("button", name="Garder les deux textes").click()
    expect(conflict).to_have_count(0)
    expect(helias.page.locator("[data-conflict]")).to_have_count(0)
    expect(bob.page.get_by_label(re.compile("Allergies"))).to_have_value("Iode\u202f; Pénicilline")


def test_what_is_calculated_is_fresh_under_the_focus(desk_of: Callable[..., Desk], backstage: Backstage) -> None:
    """Tab from the weight lands on the « pourquoi ? » of the body mass index: it says the new value, focus kept."""
    meeting_at(backstage, timezone.now())
    case = registered(backstage, known(backstage, "Abhervé", "Françoise", "11031963"))
    bob = desk_of("bob")
    bob.go(f"/dossiers/{case.pk}/")
    bob.ready()
    page, bmi = bob.page, bob.page.locator("[data-path$='tronc.imc']")
    page.get_by_label("Taille", exact=True).fill("165")
    page.get_by_label("Taille", exact=True).press("Tab")
    for typed, known_as in (("61,7", "22,7"), ("61,5", "22,6"), ("64", "23,5")):
        weight(bob).fill(typed)
        weight(bob).press("Tab")
        expect(bmi.locator("output")).to_have_text(re.compile(known_as))
        expect(page.locator("#etat-enregistrement")).to_have_attribute("data-state", "saved")
    expect(bmi.locator("summary")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Shift+Tab")
    page.keyboard.type("66")
    page.keyboard.press("Tab")
    expect(bmi.locator("output")).to_have_text(re.compile("24,2"))
    expect(bmi.locator("details")).to_have_attribute("open", "")
