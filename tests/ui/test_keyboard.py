"""What the keys do: moves, rows, the sheet, menus and dialogs, and all of it without JavaScript (guide §11, §12)."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.ui.conftest import focused

pytestmark = pytest.mark.browser


# ---- keys -----------------------------------------------------------------------------------------------------------


def test_keys_of_the_guide(desk: Page) -> None:
    desk.keyboard.press("Control+k")
    assert focused(desk) == "recherche"
    desk.keyboard.type("jik?/")
    assert desk.locator("#recherche").input_value() == "jik?/", "letters in a field are letters"
    desk.locator("h1").click()
    desk.keyboard.press("/")
    assert focused(desk) == "page-find"
    desk.locator("h1").click()
    desk.keyboard.press("?")
    expect(desk.locator("#touches")).to_be_visible()
    expect(desk.locator("#touches dd").first).to_have_text("Rechercher un patient, une RCP, une réunion")
    desk.keyboard.press("Escape")
    expect(desk.locator("#touches")).to_be_hidden()
    desk.keyboard.press("g")
    desk.keyboard.press("p")
    desk.wait_for_url(re.compile("#patients$"))


def test_the_dialog_names_the_places_this_person_has(desk: Page) -> None:
    line = desk.locator("#touches dt", has_text="puis")
    desk.keyboard.press("?")
    expect(line).to_have_text("G puis A C P R E")
    expect(line.locator("xpath=following-sibling::dd[1]")).to_have_text(
        "Aller à Accueil, Calendrier, Patients, RCP, Envois"
    )
    desk.keyboard.press("Escape")
    desk.evaluate("document.querySelectorAll('[data-go=p], [data-go=e]').forEach((one) => one.closest('li').remove())")
    desk.keyboard.press("?")
    expect(line).to_have_text("G puis A C R")
    desk.keyboard.press("Escape")
    desk.evaluate("document.querySelectorAll('[data-go]').forEach((one) => one.removeAttribute('data-go'))")
    desk.keyboard.press("?")
    expect(line).to_have_count(0)


def test_escape_goes_back_to_the_meeting(desk: Page) -> None:
    desk.keyboard.press("Escape")
    desk.wait_for_url(re.compile(r"\?retour$"))


def test_rows_by_keyboard(desk: Page) -> None:
    desk.keyboard.press("j")
    assert focused(desk) == "PRIGENT"
    desk.keyboard.press("j")
    desk.keyboard.press("ArrowDown")
    assert focused(desk) == "KERVELLA"
    desk.keyboard.press("j")
    assert focused(desk) == "KERVELLA", "the last row stays"
    desk.keyboard.press("k")
    desk.keyboard.press("x")
    expect(desk.get_by_label("Choisir ROZEC")).to_be_checked()
    desk.evaluate("document.addEventListener('click', e => { window.moved = e.target.dataset.moved })")
    desk.keyboard.press("Alt+ArrowDown")
    assert desk.evaluate("window.moved") == "ROZEC"
    desk.keyboard.press("Enter")
    desk.wait_for_url(re.compile(r"\?ROZEC$"))


def test_single_keys_can_be_switched_off(desk: Page) -> None:
    """WCAG 2.1.4: neither letters nor « ? », but Ctrl K stays."""
    desk.evaluate("document.documentElement.dataset.keys = 'off'")
    for key in ("?", "j", "/", "g"):
        desk.keyboard.press(key)
    expect(desk.locator("#touches")).to_be_hidden()
    assert desk.evaluate("document.activeElement === document.body")
    desk.keyboard.press("Control+k")
    assert focused(desk) == "recherche"


def test_the_sheet_by_keyboard(page: Page) -> None:
    page.goto("/")
    page.locator("h1").click()
    page.keyboard.press("c")
    assert focused(page) == "re"
    page.evaluate("document.querySelector('[data-toconfirm] button').onclick = () => { window.confirmed = 1 }")
    page.keyboard.press("Enter")
    assert page.evaluate("window.confirmed") == 1
    page.locator("h1").click()
    page.keyboard.press("Alt+ArrowDown")
    page.wait_for_url(re.compile("#c11$"))


# ---- menus, dialogs -------------------------------------------------------------------------------------------------


def test_menus_by_keyboard(desk: Page) -> None:
    summary = desk.locator(".bar-who summary").last
    summary.focus()
    desk.keyboard.press("Enter")
    desk.keyboard.press("ArrowDown")
    assert focused(desk) == "Mon compte"
    desk.keyboard.press("Escape")
    assert desk.evaluate("document.activeElement.tagName") == "SUMMARY"
    expect(desk.locator("details[open]")).to_have_count(0)


def test_a_dialog_gives_the_focus_back_to_its_opener(page: Page) -> None:
    page.goto("/")
    opener = page.get_by_text("Ouvrir un dialogue")
    opener.click()
    expect(page.locator("#dialogue")).to_be_visible()
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()


def test_what_cannot_be_undone_is_asked_once(desk: Page) -> None:
    desk.locator("#valider").click()
    expect(desk.locator("#question")).to_be_visible()
    desk.get_by_role("button", name="Figer").click()
    expect(desk.locator("#recu")).to_have_text("figer")


def test_colours_change_at_once(desk: Page) -> None:
    desk.locator(".bar-who summary").last.click()
    desk.locator('.bar-who [name="theme"][value="dark"]').click()
    assert desk.evaluate("document.documentElement.dataset.theme") == "dark"
    expect(desk.locator('.bar-who [name="theme"][value="dark"]')).to_have_attribute("aria-pressed", "true")
    assert desk.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(13, 24, 29)"


# ---- without JavaScript ---------------------------------------------------------------------------------------------


def test_everything_is_reachable_without_javascript(chromium: Browser, site: str) -> None:
    """Menus open, the form comes back with its summary, « Chercher » finds the town (guide §12)."""
    context = chromium.new_context(base_url=site, java_script_enabled=False, viewport={"width": 1366, "height": 768})
    page = context.new_page()
    page.goto("/")
    page.locator(".bar-who summary").last.click()
    expect(page.get_by_text("Mon compte").first).to_be_visible()
    page.locator("#id_birth_place").first.fill("Ro")
    page.get_by_role("button", name="Chercher").first.click()
    expect(page.locator('[name="birth_place_pick"]').first).to_be_attached()
    expect(page.locator("[data-summary]").first).to_contain_text("réponses à corriger")
    expect(page.locator("#id_birth_place").first).to_have_value("Ro")
    context.close()
