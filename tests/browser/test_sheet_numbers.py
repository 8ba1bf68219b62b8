"""The key of a digit chooses the answer that bears it: 2 for OMS 2, never for the second of the list (FRM-05)."""

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from rcp.models import Answer, Case
from tests.browser.desk import Desk, Keyboard
from tests.browser.stage import Backstage, known, meeting_at, registered

pytestmark = pytest.mark.browser

# Labels of the packaged forms, and the key of each.
LISTS = {
    "oms": (["0", "1", "2", "3", "4", "Non évalué"], ["0", "1", "2", "3", "4", ""]),
    "her2": (["0", "Ultra-low (0 avec marquage)", "1+", "2+", "3+"], ["0", "", "1", "2", "3"]),
    "birads": (["0", "1", "2", "3", "4A", "4B", "4C", "5", "6"], ["0", "1", "2", "3", "4", "4", "4", "5", "6"]),
    "dysphagie": (["0", "1 solides", "2 semi-liquides", "3 liquides"], ["0", "1", "2", "3"]),
    "bilsky": (["0", "1a", "1b", "1c", "2", "3"], ["0", "1", "1", "1", "2", "3"]),
    "nb_meta": (["1", "2 à 5 (oligométastatique)", "> 5", "Non précisé"], ["1", "2", "", ""]),
    "esperance": (["< 5 ans", "5-10 ans", "> 10 ans"], ["", "5", ""]),
    "pdl1": (["< 1", "1 à 4", "≥ 5", "≥ 10", "Non fait"], ["", "1", "", "", ""]),
    "residu": (["R0", "R1", "R2", "NE"], ["0", "1", "2", ""]),
    "tnm_version": (["UICC 8e", "UICC 7e", "UICC 9e"], ["8", "7", "9"]),
    "tnm_t": (["TX (non évaluable)", "T0", "Tis", "T1a (≤ 1 cm)", "T1b", "T2"], ["", "0", "", "1", "1", "2"]),
    "g8": (["Moins bonne (0)", "Ne sait pas (0,5)", "Aussi bonne (1)"], ["0", "", "1"]),
    "g8_imc": (["< 18,5 (0)", "18,5 à < 21 (1)", "21 à < 23 (2)", "≥ 23 (3)"], ["0", "1", "2", "3"]),
    "sbr": (["I", "II", "III"], ["1", "2", "3"]),
    "mutations": (["Non fait", "Sauvage", "BRCA1", "BRCA2", "ATM", "Autre"], ["1", "2", "3", "4", "5", "6"]),
}
ASK = """async (lists) => {
  const { keysOf } = await import("/static/rcp/js/desk-numbers.js");
  return lists.map(keysOf);
}"""


@pytest.fixture
def case(backstage: Backstage) -> Case:
    meeting_at(backstage, timezone.now())
    return registered(backstage, known(backstage, "Abhervé", "Françoise", "11031963"))


@pytest.fixture
def bob(desk_of: Callable[..., Desk], case: Case) -> Desk:
    desk = desk_of("bob")
    desk.go(f"/dossiers/{case.pk}/")
    desk.ready()
    return desk


def question(page: Page, link_id: str) -> Locator:
    return page.locator(f"[data-path$='/{link_id}']")


def enter(page: Page, link_id: str) -> None:
    question(page, link_id).locator("input[type=radio]").first.focus()


def chosen(page: Page, link_id: str) -> str:
    label = question(page, link_id).locator("label.choice", has=page.locator("input:checked"))
    return label.inner_text() if label.count() else ""


def code_of(backstage: Backstage, link_id: str) -> object:
    with backstage("bob"):
        row = Answer.objects.filter(path__endswith=f"/{link_id}").first()
        return row.value and row.value["code"] if row else None


def test_each_answer_has_the_key_of_its_number(bob: Desk) -> None:
    found = bob.page.evaluate(ASK, [labels for labels, _ in LISTS.values()])
    assert dict(zip(LISTS, found, strict=True)) == {name: keys for name, (_, keys) in LISTS.items()}


def test_the_number_that_is_pressed_is_the_one_that_is_stored(bob: Desk, backstage: Backstage) -> None:
    page = bob.page
    enter(page, "tronc.oms")
    badges = question(page, "tronc.oms").locator("[data-quick]")
    assert badges.evaluate_all("nodes => nodes.map((one) => one.dataset.quick)") == ["0", "1", "2", "3", "4"]
    for key in ("2", "0"):
        with page.expect_response(lambda answer: "/champ/" in answer.url):
            page.keyboard.press(key)
        assert chosen(page, "tronc.oms") == key
    page.keyboard.press("9")  # no OMS 9
    assert chosen(page, "tronc.oms") == "0"
    bob.audit()
    enter(page, "sein.her2_ihc")
    expect(badges).to_have_count(0)
    with page.expect_response(lambda answer: "/champ/" in answer.url):
        page.keyboard.press("3")
    assert chosen(page, "sein.her2_ihc") == "3+"
    expect(page.locator("#etat-enregistrement")).to_have_attribute("data-state", "saved")
    assert (code_of(backstage, "tronc.oms"), code_of(backstage, "sein.her2_ihc")) == ("0", "3plus")


def test_a_french_keyboard_needs_no_shift(bob: Desk) -> None:
    """Its key 2 types « é »: in a list of answers it is the 2."""
    page = bob.page
    enter(page, "tronc.oms")
    typed = "new KeyboardEvent('keydown', { key: 'é', code: 'Digit2', bubbles: true, cancelable: true })"
    page.evaluate(f"document.activeElement.dispatchEvent({typed})")
    assert chosen(page, "tronc.oms") == "2"


def test_a_number_that_several_answers_bear_chooses_none_by_itself(bob: Desk, backstage: Backstage) -> None:
    page, keys = bob.page, Keyboard(page=bob.page)
    enter(page, "tronc.tnm_t")
    keys.press("1")
    assert page.evaluate("document.activeElement.closest('label').innerText").startswith("T1mi")
    badge = "getComputedStyle(document.activeElement.closest('label'), '::after')"
    assert page.evaluate(f"[{badge}.content.includes('1'), parseFloat({badge}.width) < 30]") == [True, True]
    keys.press("1", "1")
    assert chosen(page, "tronc.tnm_t") == ""
    with page.expect_response(lambda answer: "/champ/" in answer.url):
        keys.press("Space")
    assert chosen(page, "tronc.tnm_t").startswith("T1b")
    assert code_of(backstage, "tronc.tnm_t") == "T1b"


@pytest.mark.parametrize("key", ["Delete", "Backspace"])
def test_a_key_empties_a_question_of_one_answer(bob: Desk, backstage: Backstage, key: str) -> None:
    page = bob.page
    enter(page, "tronc.oms")
    page.keyboard.press("1")
    expect(page.locator("#etat-enregistrement")).to_have_attribute("data-state", "saved")
    with page.expect_response(lambda answer: "/champ/" in answer.url):
        page.keyboard.press(key)
    assert chosen(page, "tronc.oms") == ""
    assert code_of(backstage, "tronc.oms") is None
