"""What a request does to the page: sent once, refused in words, swapped without taking the focus (guide §12)."""

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser


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
    page.wait_for_selector("html[data-ready]", state="attached")
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
    page.wait_for_selector("html[data-ready]", state="attached")
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
    page.wait_for_selector("html[data-ready]", state="attached")
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
    page.wait_for_selector("html[data-ready]", state="attached")
    context.set_offline(True)
    expect(page.locator("#hors-ligne")).to_contain_text("Connexion perdue à")
    page.locator("#page-find").fill("toujours là")
    context.set_offline(False)
    expect(page.locator("#hors-ligne")).to_have_count(0)
    assert page.locator("#page-find").input_value() == "toujours là"
    context.close()
