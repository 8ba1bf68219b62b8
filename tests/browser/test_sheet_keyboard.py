"""The breast sheet filled with the keyboard alone (FRM-05, guide §11): how many keys, how many seconds."""

import re
from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from rcp.models import Answer, Case
from rcp.sheets.draft import Draft
from tests.browser.desk import Desk, Keyboard, focus_of
from tests.browser.stage import Backstage, known, meeting_at, registered

pytestmark = pytest.mark.browser

# What is looked for, then the keys: the number of an answer (its rank when it has none), or what is typed in the field.
TERRAIN = (("Taille", "165"), ("Poids", "61,5"), ("Indice de performance", "#1"), ("Comorbidités notables", "#3"))
TUMOUR = (("Taille tumorale", "18"), ("Statut ménopausique", "#3"), ("Foyers", "#1"))
PATHOLOGY = (("SBR", "#2"), ("RE", "90"), ("RP", "60"), ("HER2 IHC", "#2"), ("HER2 HIS", "#2"), ("Ki-67", "18"))
# Four T begin with 1, two N: the key goes from one to the next, Space chooses.
STAGE = (("Type", "#2"), ("T", "#1111 "), ("N", "#11 "), ("M", "#0"))
OPENED = ("HER2 HIS",)
SAID = {
    "tronc.taille": 165,
    "tronc.poids": "61.5",
    "sein.re": 90,
    "sein.rp": 60,
    "sein.ki67": 18,
}
CHOSEN = {"tronc.oms": "1", "sein.sbr": "2", "sein.her2_ihc": "2plus", "tronc.tnm_t": "T1c", "tronc.tnm_m": "M0"}


def test_the_breast_sheet_by_keyboard_only(desk_of: Callable[..., Desk], backstage: Backstage) -> None:
    meeting_at(backstage, timezone.now())
    case = registered(backstage, known(backstage, "Abhervé", "Françoise", "11031963"))
    desk = desk_of("bob")
    desk.go(f"/dossiers/{case.pk}/")
    desk.ready()
    page, keys = desk.page, desk.keys
    _says_its_keys(desk, keys)
    for group in (TERRAIN, TUMOUR, PATHOLOGY, STAGE):
        for question, answer in group:
            _answer(desk, keys, question, answer)
        desk.audit()
    expect(page.locator("#etat-enregistrement")).to_have_attribute("data-state", "saved")
    _closed_question_says_why(desk, keys)
    keys.press("Alt+ArrowDown")
    expect(page.locator(".chapters a[aria-current]")).to_have_count(1)
    desk.report(f"breast sheet, {len(TERRAIN + TUMOUR + PATHOLOGY + STAGE)} questions,", keys)
    expect(page.locator("[data-path$='tronc.stade']")).to_contain_text("T1c, N1mi, M0")
    page.wait_for_timeout(500)
    with backstage("bob"):
        _was_kept(Case.objects.get(pk=case.pk))


def _says_its_keys(desk: Desk, keys: Keyboard) -> None:
    keys.press("?")
    dialog = desk.page.locator("#touches")
    expect(dialog).to_contain_text("Choisir cette réponse")
    expect(dialog).to_contain_text("Trouver une question par son nom")
    desk.audit()
    keys.press("Escape")


def _answer(desk: Desk, keys: Keyboard, question: str, answer: str) -> None:
    if desk.page.evaluate("document.activeElement.matches('input.form-control')"):
        keys.press("Escape")
    if question in OPENED:  # a hand waits until it sees the question
        expect(desk.page.get_by_role("group", name=re.compile(question))).to_be_visible()
    keys.press("/")
    expect(desk.page.locator("#trouver")).to_be_focused()
    keys.type(question)
    keys.press("Enter")
    found = desk.page.evaluate("document.activeElement.closest('[data-path]')?.dataset.path ?? ''")
    assert found, f"{question}: {focus_of(desk.page)}"
    if answer.startswith("#"):
        keys.press(*("Space" if key == " " else key for key in answer[1:]))
    else:
        keys.press("Control+a")
        keys.type(answer)
        keys.press("Tab")


def _closed_question_says_why(desk: Desk, keys: Keyboard) -> None:
    keys.press("/")
    keys.type("Score G8")
    keys.press("Enter")
    expect(desk.page.locator("[data-find-said]")).to_contain_text(re.compile("75"))
    keys.press("Tab")


def _was_kept(case: Case) -> None:
    sheet = case.sheets.get()
    draft = Draft(case=case, sheet=sheet)
    rows = {row.path.rpartition("/")[2]: row.value for row in Answer.objects.filter(sheet=sheet)}
    assert {name: rows.get(name) for name in SAID} == SAID
    assert {name: rows[name]["code"] for name in CHOSEN} == CHOSEN
    stage = draft.evaluation.calculated[draft.form.path("tronc.stade")]
    assert stage["code"] == "IB"
