"""Typing: dates completed on leaving, chips, proposals, and the fields themselves (guide §11)."""

from datetime import date

import pytest
from playwright.sync_api import Page, expect

from tests.ui.test_dates import READ, REFUSED, TODAY

pytestmark = pytest.mark.browser


# ---- dates ----------------------------------------------------------------------------------------------------------


def test_dates_js_reads_what_the_server_reads(desk: Page) -> None:
    """Both tables in one go: a date completed on screen never means another day on arrival."""
    asked = [{"typed": typed, "prefer": prefer} for typed, prefer, _ in READ] + [
        {"typed": t, "prefer": ""} for t in REFUSED
    ]
    answers = desk.evaluate(
        """async ([asked, [year, month, day]]) => {
          const { parseDate } = await import("/static/dcc/js/dates.js");
          const today = new Date(year, month - 1, day, 15, 30);
          return asked.map(({ typed, prefer }) => {
            const found = parseDate(typed, { today, prefer });
            return found && [found.getFullYear(), found.getMonth() + 1, found.getDate()];
          });
        }""",
        [asked, [TODAY.year, TODAY.month, TODAY.day]],
    )
    assert [date(*answer) if answer else None for answer in answers] == [read for *_, read in READ] + [None] * len(
        REFUSED
    )


def test_a_date_is_completed_on_leaving_and_said_in_full(page: Page) -> None:
    page.goto("/")
    field = page.locator("#id_birth_date").first
    field.fill("110363")
    expect(page.locator("[data-date-full]").first).to_have_text("lundi 11 mars 1963")
    field.press("Tab")
    expect(field).to_have_value("11/03/1963")


# ---- chips and proposals --------------------------------------------------------------------------------------------


def test_a_second_space_clears_a_chip(page: Page) -> None:
    page.goto("/")
    chip = page.locator('input[name="sbr"][value="2"]')
    chip.focus()
    page.keyboard.press("Space")
    expect(chip).not_to_be_checked()
    page.keyboard.press("Space")
    expect(chip).to_be_checked()
    page.keyboard.press("ArrowRight")
    expect(page.locator('input[name="sbr"][value="3"]')).to_be_checked()


def test_a_double_click_never_clears_what_it_ticked(page: Page) -> None:
    page.goto("/")
    chip = page.locator('input[name="sbr"][value="1"]')
    chip.dblclick()
    expect(chip).to_be_checked()
    page.wait_for_timeout(700)
    chip.click()
    expect(chip).not_to_be_checked()


def test_proposals_by_keyboard(page: Page) -> None:
    page.goto("/")
    field = page.locator("#id_birth_place").first
    field.press_sequentially("Ro")
    options = page.locator("[role=option]")
    expect(options).to_have_count(2)
    expect(page.locator("#annonces")).to_have_text("2 réponses")
    expect(field).to_have_attribute("aria-expanded", "true")
    field.press("ArrowDown")
    field.press("ArrowDown")
    assert field.get_attribute("aria-activedescendant") == options.nth(1).get_attribute("id")
    field.press("Enter")
    expect(field).to_have_value("Roscavel")
    assert page.locator('[name="birth_place_code"]').first.input_value() == "99903"
    field.press("Backspace")
    assert page.locator('[name="birth_place_code"]').first.input_value() == "", "another text is another place"


def test_a_free_name_is_kept_as_it_is_written_and_the_list_says_so(page: Page) -> None:
    page.goto("/")
    page.evaluate("document.querySelector('[data-combo]').dataset.free = ''")
    field = page.locator("#id_birth_place").first
    field.press_sequentially("Quelqu’un")
    expect(page.locator(".combo-list")).to_contain_text("le nom est gardé tel qu’il est écrit")
    expect(page.locator("#annonces")).to_have_text("Pas dans l’annuaire, le nom est gardé tel qu’il est écrit")
    expect(page.locator(".combo-list")).not_to_contain_text("Aucun résultat")
    assert field.input_value() == "Quelqu’un"


def test_enter_in_a_field_sends_the_form_and_looks_nothing_up(page: Page) -> None:
    """« Chercher » is for browsers without script: it must not be what Enter presses in the field before."""
    page.goto("/")
    form = page.locator("form", has=page.locator("[data-combo]")).first
    name = form.locator('input[name="birth_name"]')
    name.fill("LE GOFF")
    with page.expect_request(lambda request: request.method == "POST") as sent:
        name.press("Enter")
    assert "birth_name=LE" in (sent.value.post_data or "")
    assert "_chercher" not in (sent.value.post_data or "")


# ---- the bar and the fields -----------------------------------------------------------------------------------------


def test_who_is_at_work_stays_on_the_right_without_a_search(desk: Page) -> None:
    desk.evaluate("document.querySelector('.bar-search').remove()")
    bar, who = desk.locator(".bar").bounding_box(), desk.locator(".bar-who").bounding_box()
    assert bar is not None
    assert who is not None
    assert bar["x"] + bar["width"] - (who["x"] + who["width"]) < 40


def test_a_list_to_correct_has_the_border_of_a_field_to_correct(page: Page) -> None:
    page.goto("/")
    borders = page.evaluate(
        """() => ["select.form-select", "input.form-control"].map((one) => {
             const node = document.querySelector(one);
             node.setAttribute("aria-invalid", "true");
             const { borderTopColor, borderTopWidth } = getComputedStyle(node);
             return `${borderTopColor} ${borderTopWidth}`;
           })"""
    )
    assert borders[0] == borders[1]
