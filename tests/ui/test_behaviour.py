"""What the hands do all day: keys, dates, chips, proposals, swaps, refusals, end of session (guide §11, §12)."""

import re
from datetime import date, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.ui.test_dates import READ, REFUSED, TODAY

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(page: Page) -> Page:
    page.goto("/essai/")
    page.wait_for_function("document.documentElement.dataset.ready")
    return page


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()"))


# ---- dates -----------------------------------------------------------------------------------------------------------


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


# ---- chips and proposals ---------------------------------------------------------------------------------------------


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


# ---- the bar and the fields ------------------------------------------------------------------------------------------


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


# ---- keys ------------------------------------------------------------------------------------------------------------


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


# ---- menus, dialogs --------------------------------------------------------------------------------------------------


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


# ---- requests --------------------------------------------------------------------------------------------------------


def test_a_form_is_sent_once(desk: Page) -> None:
    """A double click, and Enter held down, send one form."""
    sent: list[str] = []
    desk.on("request", lambda request: sent.append(request.url) if request.url.endswith("/essai/lent/") else None)
    desk.evaluate("for (let i = 0; i < 3; i++) document.getElementById('envoyer').click()")
    expect(desk.locator("#recu")).to_be_visible()
    assert len(sent) == 1


def test_errors_take_the_focus_to_their_summary(desk: Page) -> None:
    desk.locator("#refuser").click()
    expect(desk.locator("#resume")).to_be_focused()
    desk.locator("#refuser").click()
    expect(desk.locator("#resume")).to_be_focused()


@pytest.mark.parametrize(
    ("code", "said"),
    [(403, "Ce n’est pas ouvert à votre rôle"), (423, "Ce dossier est figé"), (429, "Trop de demandes"),
     (500, "Référence à donner à l’assistance"), (503, "Le service est arrêté un moment")],
)  # fmt: skip
def test_a_whole_error_page_becomes_a_sentence(chromium: Browser, site: str, code: int, said: str) -> None:
    context = chromium.new_context(viewport={"width": 1366, "height": 768}, base_url=site)
    page = context.new_page()
    page.goto("/essai/")
    page.wait_for_function("document.documentElement.dataset.ready")
    page.locator(f"#code-{code}").click()
    expect(page.locator("#avis .alert")).to_contain_text(said)
    expect(page.locator("#refus")).to_contain_text(said)
    expect(page.locator("#zone")).to_be_empty()
    page.get_by_role("button", name="Fermer", exact=True).first.click()
    expect(page.locator("#avis .alert")).to_have_count(0)
    context.close()


def test_a_conflict_is_swapped_like_an_answer(chromium: Browser, site: str) -> None:
    context = chromium.new_context(base_url=site)
    page = context.new_page()
    page.goto("/essai/")
    page.wait_for_function("document.documentElement.dataset.ready")
    page.locator("#code-409").click()
    expect(page.locator("#fragment")).to_be_visible()
    context.close()


def test_results_are_announced_and_a_new_region_is_entered_by_its_heading(desk: Page) -> None:
    desk.locator("#compter").click()
    expect(desk.locator("#annonces")).to_have_text("3 identités")
    expect(desk.locator("#compter")).to_be_focused()


def test_a_swap_never_takes_the_focus_from_a_field(desk: Page) -> None:
    desk.locator("#saisie").press_sequentially("abc", delay=30)
    expect(desk.locator("#zone h2")).to_be_visible()
    expect(desk.locator("#saisie")).to_be_focused()
    assert desk.locator("#saisie").input_value() == "abc"


def test_when_a_row_leaves_the_next_one_is_focused(desk: Page) -> None:
    desk.get_by_role("button", name="Retirer ROZEC").click()
    expect(desk.get_by_role("link", name="KERVELLA")).to_be_focused()
    desk.get_by_role("button", name="Retirer KERVELLA").click()
    expect(desk.get_by_role("link", name="PRIGENT")).to_be_focused()


def test_a_toast_leaves_but_not_under_the_pointer(page: Page) -> None:
    page.clock.install()
    page.goto("/essai/")
    page.wait_for_function("document.documentElement.dataset.ready")
    page.locator("#enregistrer").click()
    toast = page.locator("#messages .toast")
    expect(toast).to_be_visible()
    toast.hover()
    page.clock.fast_forward(8000)
    expect(toast).to_be_visible()
    page.mouse.move(10, 10)
    page.clock.fast_forward(2000)
    expect(toast).to_have_count(0)


def test_no_network_is_said_and_typing_goes_on(chromium: Browser, site: str) -> None:
    context = chromium.new_context(base_url=site)
    page = context.new_page()
    page.goto("/essai/")
    page.wait_for_function("document.documentElement.dataset.ready")
    context.set_offline(True)
    expect(page.locator("#hors-ligne")).to_contain_text("Connexion perdue à")
    page.locator("#page-find").fill("toujours là")
    context.set_offline(False)
    expect(page.locator("#hors-ligne")).to_have_count(0)
    assert page.locator("#page-find").input_value() == "toujours là"
    context.close()


# ---- session ---------------------------------------------------------------------------------------------------------


def test_the_end_of_the_session_is_announced_and_put_off(page: Page) -> None:
    page.clock.install()
    page.goto("/essai/?session=150")
    page.wait_for_function("document.documentElement.dataset.ready")
    page.locator("#page-find").fill("à moitié tapé")
    expect(page.locator("#session")).to_be_hidden()
    page.clock.fast_forward(31_000)
    expect(page.locator("#session")).to_be_visible()
    page.get_by_role("button", name="Rester connecté").click()
    expect(page.locator("#session")).to_be_hidden()
    page.clock.fast_forward(600_000)
    expect(page.locator("#session")).to_be_hidden()
    assert page.locator("#page-find").input_value() == "à moitié tapé"


def test_the_clock_of_the_workstation_may_be_wrong(page: Page) -> None:
    """Three hours fast: what is put off lasts half an hour all the same, and is announced when it ends."""
    page.clock.install(time=datetime.now() + timedelta(hours=3))
    page.goto("/essai/?session=150")
    page.wait_for_function("document.documentElement.dataset.ready")
    expect(page.locator("#session")).to_be_hidden()
    page.clock.fast_forward(31_000)
    expect(page.locator("#session")).to_be_visible()
    page.get_by_role("button", name="Rester connecté").click()
    expect(page.locator("#session")).to_be_hidden()
    page.clock.fast_forward(60_000)
    expect(page.locator("#session")).to_be_hidden()
    page.clock.fast_forward(28 * 60_000)
    expect(page.locator("#session")).to_be_visible()


def test_after_the_end_the_page_keeps_what_was_typed(page: Page) -> None:
    page.clock.install()
    page.goto("/essai/?session=130")
    page.wait_for_function("document.documentElement.dataset.ready")
    page.locator("#page-find").fill("à moitié tapé")
    page.clock.fast_forward(11_000)
    expect(page.locator("#session")).to_be_visible()
    page.clock.run_for(130_000)
    expect(page.locator("#session-close")).to_be_visible()
    assert page.locator("#page-find").input_value() == "à moitié tapé"


def test_a_401_opens_the_same_dialog(chromium: Browser, site: str) -> None:
    context = chromium.new_context(base_url=site)
    page = context.new_page()
    page.goto("/essai/?session=900")
    page.wait_for_function("document.documentElement.dataset.ready")
    page.locator("#code-401").click()
    expect(page.locator("#session-close")).to_be_visible()
    context.close()


# ---- the meeting room ----------------------------------------------------------------------------------------


def test_the_room_remembers_its_size_and_says_when_there_is_more(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto("/salle/")
    more = page.locator("[data-room-more]")
    expect(more).to_be_hidden()
    page.keyboard.press("+")
    page.keyboard.press("+")
    expect(more).to_be_visible()
    page.keyboard.press("PageDown")
    page.keyboard.press("PageDown")
    expect(more).to_be_hidden()
    page.keyboard.press("l")
    page.reload()
    expect(page.locator("body")).to_have_class(re.compile(r"\bz3\b.*\blight\b|\blight\b.*\bz3\b"))
    page.keyboard.press("-")
    expect(page.locator("body")).to_have_class(re.compile(r"\bz2\b"))


def test_the_room_is_readable_at_six_metres(page: Page) -> None:
    """Guide §4: 28, 32, 36 and 41 at 1280×720, and the same shares of the picture in 4K."""
    sizes = {".rm-cols dt": 28, ".rm-cols dd": 32, ".rm-id": 36, ".rm-q": 41}
    for width, height, times in ((1280, 720, 1), (3840, 2160, 3)):
        page.set_viewport_size({"width": width, "height": height})
        page.goto("/salle/")
        for part, size in sizes.items():
            shown = page.locator(part).first.evaluate("node => parseFloat(getComputedStyle(node).fontSize)")
            assert shown == pytest.approx(size * times, abs=0.5)


# ---- without JavaScript ----------------------------------------------------------------------------------------------


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
