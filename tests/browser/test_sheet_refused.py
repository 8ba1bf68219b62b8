"""What the server does not take stays in sight with its words, the reason and what to do; nothing is dropped unsaid."""

import json
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Dialog, Locator, Page, Route, expect

from dcc.embedded.processes import wait_until
from rcp.models import Answer, Case
from tests.browser.desk import Desk
from tests.browser.stage import Backstage, known, meeting_at, registered
from tests.sheets.casework import answer, choose

pytestmark = pytest.mark.browser

FIELD = re.compile("/champ/")
OURS = {"X-Session-Ends": (timezone.now() + timedelta(minutes=25)).isoformat(timespec="seconds")}
ALLERGIES = "tronc.ch.terrain/tronc.allergies"
OMS = "tronc.ch.terrain/tronc.oms"


@pytest.fixture
def bob(desk_of: Callable[..., Desk], case: Case) -> Desk:
    desk = desk_of("bob")
    desk.page.on("dialog", lambda dialog: dialog.accept())
    desk.go(f"/dossiers/{case.pk}/")
    desk.ready()
    return desk


@pytest.fixture
def case(backstage: Backstage) -> Case:
    meeting_at(backstage, timezone.now())
    return registered(backstage, known(backstage, "Abhervé", "Françoise", "11031963"))


def fill(page: Page, label: str, words: str) -> None:
    page.get_by_label(label, exact=True).fill(words)
    page.get_by_label(label, exact=True).press("Tab")


def state(page: Page) -> Locator:
    return page.locator("#etat-enregistrement")


def held(page: Page) -> Locator:
    return page.locator("[data-held]")


def allergies_of(backstage: Backstage) -> object:
    with backstage("bob"):
        found = Answer.objects.filter(path=ALLERGIES).first()
        return found.value if found else None


def test_a_refused_answer_stays_until_it_is_taken(bob: Desk, backstage: Backstage) -> None:
    page = bob.page
    page.route(FIELD, lambda route: route.fulfill(status=403, headers=OURS))
    fill(page, "Allergies / intolérances", "Pénicilline")
    expect(held(page)).to_contain_text("Allergies / intolérances : Pénicilline")
    expect(held(page)).to_contain_text("pas ouverte à votre rôle")
    expect(state(page)).to_have_text("Une réponse n’est pas enregistrée")
    bob.audit()
    page.reload()
    expect(held(page)).to_contain_text("Allergies / intolérances : Pénicilline")
    page.unroute(FIELD)
    fill(page, "Taille", "165")  # another answer is saved: this one is not forgotten
    expect(state(page)).to_have_text("Une réponse n’est pas enregistrée")
    held(page).get_by_role("button", name="Réessayer").click()
    expect(held(page)).to_have_count(0)
    expect(state(page)).to_have_attribute("data-state", "saved")
    expect(page.get_by_label("Allergies / intolérances", exact=True)).to_have_value("Pénicilline")
    assert allergies_of(backstage) == "Pénicilline"


def test_what_cannot_be_an_answer_comes_back_to_be_corrected(bob: Desk) -> None:
    page = bob.page
    fill(page, "Taille", "900")
    expect(page.locator("p.error")).to_contain_text("230")
    expect(held(page)).to_have_count(0)  # it is said under its question
    fill(page, "Poids", "61")
    expect(state(page)).to_have_text("Une réponse n’est pas enregistrée")
    page.reload()
    expect(held(page)).to_contain_text("Taille : 900")
    held(page).get_by_role("button", name="Corriger").click()
    expect(page.get_by_label("Taille", exact=True)).to_be_focused()
    expect(page.get_by_label("Taille", exact=True)).to_have_value("900")
    bob.audit()
    fill(page, "Taille", "165")
    expect(state(page)).to_have_attribute("data-state", "saved")
    expect(held(page)).to_have_count(0)


def test_signing_waits_for_what_was_refused(bob: Desk, case: Case) -> None:
    """Only its author gives it up."""
    page = bob.page
    page.route(FIELD, lambda route: route.fulfill(status=400, headers=OURS))
    fill(page, "Allergies / intolérances", "Pénicilline")
    page.unroute(FIELD)
    expect(held(page)).to_contain_text("plus dans ce formulaire")
    bob.go(f"/dossiers/{case.pk}/conclusion/")
    bob.ready()
    expect(held(page)).to_contain_text("Pénicilline")
    page.get_by_role("button", name=re.compile("^Valider et envoyer|^Valider, figer|^Figer|^Valider(?! plus)")).click()
    expect(page.locator("[data-refusal]")).to_contain_text("La validation attend")
    held(page).get_by_role("button", name="Écarter").click()
    expect(held(page)).to_have_count(0)


def test_frozen_under_the_hand_every_answer_is_shown(bob: Desk) -> None:
    """Validated while two answers waited: both are shown, and can be copied."""
    page = bob.page
    page.route(FIELD, lambda route: route.abort())
    fill(page, "Taille", "165")
    fill(page, "Allergies / intolérances", "Pénicilline")
    expect(state(page)).to_have_text("2 réponses gardées sur cet ordinateur")
    page.unroute(FIELD)
    frozen = {"outcome": "refused", "message": "La fiche a été validée à 15:12 par Dr Hélias."}
    page.route(FIELD, lambda route: route.fulfill(status=423, headers=OURS, body=json.dumps(frozen)))
    page.evaluate("dispatchEvent(new Event('focus'))")
    for words in ("Taille : 165", "Allergies / intolérances : Pénicilline", "validée à 15:12"):
        expect(held(page)).to_contain_text(words)
    expect(held(page).get_by_role("button", name="Copier")).to_have_count(2)
    expect(state(page)).to_have_attribute("data-state", "frozen")
    bob.audit()


def test_a_server_that_stumbles_on_one_answer_is_said(bob: Desk, backstage: Backstage) -> None:
    """The others leave; this one is tried again, with its words and the fault in sight."""
    page = bob.page

    def stumble(route: Route) -> None:
        if "allergies" in (route.request.post_data or ""):
            route.fulfill(status=404, body="<!doctype html><title>Proxy</title>")
        else:
            route.continue_()

    page.route(FIELD, stumble)
    fill(page, "Allergies / intolérances", "Pénicilline")
    fill(page, "Taille", "165")
    for _ in range(3):
        page.evaluate("dispatchEvent(new Event('focus'))")
        expect(state(page)).to_have_text("1 réponse gardée sur cet ordinateur")
    expect(held(page)).to_contain_text("Allergies / intolérances : Pénicilline")
    expect(held(page)).to_contain_text("erreur 404")
    page.unroute(FIELD)
    page.route(FIELD, lambda route: route.fulfill(status=200, body="<!doctype html><title>Réseau invité</title>"))
    page.evaluate("dispatchEvent(new Event('focus'))")
    expect(held(page)).to_contain_text("La réponse reçue n’est pas celle du serveur")
    page.unroute(FIELD)
    page.evaluate("dispatchEvent(new Event('focus'))")
    expect(state(page)).to_have_attribute("data-state", "saved")
    expect(held(page)).to_have_count(0)
    assert allergies_of(backstage) == "Pénicilline"


def test_an_answer_the_server_never_takes_is_given_back(bob: Desk, backstage: Backstage) -> None:
    """Five faults on the same answer while the page is otherwise served: its author retries, corrects or gives up."""
    page = bob.page
    page.route(FIELD, lambda route: route.fulfill(status=500, headers=OURS))
    fill(page, "Allergies / intolérances", "Pénicilline")

    def tried_enough() -> bool:
        page.evaluate("dispatchEvent(new Event('focus'))")
        return "malgré plusieurs essais" in held(page).inner_text() if held(page).count() else False

    assert wait_until(tried_enough, 30, every=0.2)
    expect(state(page)).to_have_text("Une réponse n’est pas enregistrée")
    expect(held(page)).to_contain_text("Allergies / intolérances : Pénicilline")
    for act in ("Réessayer", "Corriger", "Copier", "Écarter"):
        expect(held(page).get_by_role("button", name=act)).to_have_count(1)
    bob.audit()
    page.unroute(FIELD)
    held(page).get_by_role("button", name="Corriger").click()
    field = page.get_by_label("Allergies / intolérances", exact=True)
    expect(field).to_be_focused()
    field.fill("Pénicilline (urticaire)")
    field.press("Tab")
    expect(held(page)).to_have_count(0)
    expect(state(page)).to_have_attribute("data-state", "saved")
    assert allergies_of(backstage) == "Pénicilline (urticaire)"
    assert len(bob.complaints) == 5  # the faults of this story, and no other
    bob.complaints.clear()


def test_what_no_reader_sees_does_not_stop_the_queue(bob: Desk, backstage: Backstage) -> None:
    """Pasted with a NUL, which a database refuses: the words are kept without it."""
    page = bob.page
    field = page.get_by_label("Allergies / intolérances", exact=True)
    field.click()
    field.evaluate("node => { node.value = 'Pénicilline\\u0000\\u202e'; }")
    field.dispatch_event("input")
    field.press("Tab")
    expect(state(page)).to_have_attribute("data-state", "saved")
    assert allergies_of(backstage) == "Pénicilline"


def test_leaving_by_a_key_takes_the_word_along(bob: Desk, case: Case, backstage: Backstage) -> None:
    """Ctrl+Enter leaves the page without leaving the field."""
    page = bob.page
    page.get_by_label("Taille", exact=True).click()
    page.keyboard.type("165")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile("/conclusion/"))
    with backstage("bob"):
        assert Answer.objects.get().value == 165


def test_chosen_again_after_a_colleague_it_is_sent_again(bob: Desk, case: Case, backstage: Backstage) -> None:
    """OMS 1, then 2 by a colleague, then 1 again: the third is an answer, not a repetition."""
    page = bob.page
    group = page.get_by_role("group", name=re.compile("OMS"))
    mine, theirs = group.get_by_role("radio").nth(1), group.get_by_role("radio").nth(2)
    with page.expect_response(FIELD):
        mine.check()
    with backstage("bob"):
        first = Answer.objects.get(path=OMS).value
    page.evaluate("document.activeElement.blur()")
    with backstage("helias") as helias:
        choose(case.sheets.get(), "tronc.oms", str(theirs.get_attribute("value")), by=helias)
    expect(theirs).to_be_checked()
    with page.expect_response(FIELD) as told:
        mine.check()
    assert told.value.status == 200
    with backstage("bob"):
        assert Answer.objects.get(path=OMS).value == first


def test_what_waits_is_not_drawn_over(bob: Desk, case: Case, backstage: Backstage) -> None:
    """The server takes no answer for a while, and says a colleague's: the words typed here stay in their field."""
    page = bob.page
    page.route(FIELD, lambda route: route.fulfill(status=429, headers=OURS))
    fill(page, "Allergies / intolérances", "Pénicilline")
    expect(state(page)).to_have_text("1 réponse gardée sur cet ordinateur")
    with backstage("helias") as helias:
        answer(case.sheets.get(), "tronc.allergies", "Iode", by=helias)
        answer(case.sheets.get(), "tronc.taille", 170, by=helias)
    expect(page.get_by_label("Taille", exact=True)).to_have_value("170")
    expect(page.get_by_label("Allergies / intolérances", exact=True)).to_have_value("Pénicilline")
    page.unroute(FIELD)
    page.evaluate("dispatchEvent(new Event('focus'))")
    for words in ("Iode", "Pénicilline"):
        expect(page.locator("[data-conflict]")).to_contain_text(words)
    expect(state(page)).to_have_text("Deux réponses différentes : à trancher")


def test_words_typed_while_the_question_is_drawn_again_stay(bob: Desk, backstage: Backstage) -> None:
    """What a former page left comes back drawn by the server, under a hand that has gone on typing."""
    page = bob.page
    page.route(FIELD, lambda route: route.fulfill(status=429, headers=OURS))
    fill(page, "Allergies / intolérances", "Iode")
    expect(state(page)).to_have_text("1 réponse gardée sur cet ordinateur")
    page.reload()
    field = page.get_by_label("Allergies / intolérances", exact=True)
    expect(field).to_have_value("Iode")
    page.unroute(FIELD)
    late: list[Route] = []
    page.route(FIELD, lambda route: route.continue_() if late else late.append(route))
    page.evaluate("dispatchEvent(new Event('focus'))")
    assert wait_until(lambda: page.evaluate("true") and late, 15, every=0.05)
    field.press("End")
    page.keyboard.type(" et latex")
    with page.expect_response(FIELD):
        late[0].continue_()
    expect(field).to_have_value("Iode et latex")
    field.press("Tab")
    expect(state(page)).to_have_attribute("data-state", "saved")
    expect(field).to_have_value("Iode et latex")
    assert allergies_of(backstage) == "Iode et latex"


def test_signing_out_elsewhere_says_what_it_would_wipe(desk_of: Callable[..., Desk], case: Case) -> None:
    bob, said = desk_of("bob"), []
    page = bob.page

    def refuse(dialog: Dialog) -> None:
        said.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", refuse)
    bob.go(f"/dossiers/{case.pk}/")
    bob.ready()
    page.route(FIELD, lambda route: route.fulfill(status=403, headers=OURS))
    fill(page, "Allergies / intolérances", "Pénicilline")
    expect(held(page)).to_contain_text("Pénicilline")
    bob.go("/patients/")
    page.locator("summary", has_text="Kerjean").click()
    page.get_by_role("button", name="Se déconnecter").click()
    assert [one.split("\u00a0:")[0] for one in said] == ["1 réponse n’est pas enregistrée, gardée sur cet ordinateur"]
    expect(page).to_have_url(re.compile("/patients/$"))
    bob.go(f"/dossiers/{case.pk}/")
    held(page).get_by_role("button", name="Écarter").click()
    expect(held(page)).to_have_count(0)
