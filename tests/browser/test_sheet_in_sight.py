"""What one acts on is in sight (WCAG 2.4.11), on a laptop and at its zoom of 125 %; rules are said where they apply."""

import re
from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from rcp.models import Case
from tests.browser.desk import Desk, until
from tests.browser.stage import Backstage, known, meeting_at, registered

pytestmark = pytest.mark.browser

LAPTOP = {"width": 1366, "height": 768}
ZOOMED = {"width": 1093, "height": 614}  # 1366×768 at 125 %
# Whether what is under the middle of the focused element is itself, and not a bar that lies over it.
SEEN = """() => {
  const node = document.activeElement.closest("label") ?? document.activeElement;
  const { x, y, width, height } = node.getBoundingClientRect();
  const over = document.elementFromPoint(x + Math.min(width / 2, 40), y + height / 2);
  return node === over || node.contains(over);
}"""


@pytest.fixture
def case(backstage: Backstage) -> Case:
    meeting_at(backstage, timezone.now())
    return registered(backstage, known(backstage, "Abhervé", "Françoise", "11031963"))


def sheet(desk_of: Callable[..., Desk], case: Case, size: dict[str, int]) -> Desk:
    bob = desk_of("bob", size=size)
    bob.go(f"/dossiers/{case.pk}/")
    bob.ready()
    return bob


@pytest.mark.parametrize("size", [LAPTOP, ZOOMED], ids=["100 %", "125 %"])
def test_what_has_the_focus_is_seen(desk_of: Callable[..., Desk], case: Case, size: dict[str, int]) -> None:
    bob = sheet(desk_of, case, size)
    page = bob.page
    for depth in (0, 2500):
        page.evaluate("(y) => { document.activeElement.blur(); scrollTo(0, y); }", depth)
        page.keyboard.press("/")
        expect(page.locator("#trouver")).to_be_focused()
        until(page, f"({SEEN})()")
    page.keyboard.type("Taille")
    page.keyboard.press("Enter")
    for _ in range(25):
        page.keyboard.press("Tab")
        assert page.evaluate(SEEN), page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
    for essential in ("Proposition et validation", "Voir projetée"):
        expect(page.get_by_role("link", name=re.compile(f"^{essential}"))).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.get_by_role("link", name=re.compile("^Proposition et validation")).focus()
    assert page.evaluate(SEEN)
    last = page.locator(".chapters a").last
    last.focus()
    until(page, f"({SEEN})()")
    bob.audit()


def current(page: Page) -> str:
    return page.locator(".chapters a[aria-current]").inner_text()


def test_the_chapter_that_is_marked_is_the_one_of_the_focus(desk_of: Callable[..., Desk], case: Case) -> None:
    """The last question of a chapter, at the top of the screen with the next chapter below."""
    bob = sheet(desk_of, case, LAPTOP)
    page = bob.page
    field = page.locator("[data-path='tronc.ch.terrain/tronc.oms'] input").first
    field.focus()
    field.evaluate("node => scrollBy(0, node.closest('section').getBoundingClientRect().bottom - 250)")
    until(page, "document.querySelector('.chapters a[aria-current]') !== null")
    page.locator("#c-tronc-ch-terrain :is(input:not([type=hidden]), textarea)").last.focus()
    until(page, "document.querySelector('.chapters a[aria-current]')?.hash === '#c-tronc-ch-terrain'")
    assert "Terrain" in current(page)


def test_a_rule_that_is_not_kept_is_said_by_its_question(desk_of: Callable[..., Desk], case: Case) -> None:
    bob = sheet(desk_of, case, LAPTOP)
    page = bob.page
    page.get_by_label("Taille tumorale", exact=True).fill("35")
    page.get_by_label("Taille tumorale", exact=True).press("Tab")
    t = page.locator("[data-path$='/tronc.tnm_t']")
    with page.expect_response(lambda answer: "/champ/" in answer.url):
        t.get_by_role("radio", name=re.compile("^T1a")).check()
    way = page.locator("#avant").get_by_role("link", name=re.compile("La taille tumorale ne va pas avec le T"))
    expect(way).to_be_visible()
    expect(t.locator(".rule-note")).to_have_count(1)
    expect(t.locator(".rule-note")).to_contain_text("T1a va de plus de 1 à 5")
    way.click()
    until(page, f"location.hash === '#{t.get_attribute('id')}'")
    bob.audit()
    page.reload()
    expect(t.locator(".rule-note")).to_have_count(1)
    with page.expect_response(lambda answer: "/champ/" in answer.url):
        t.get_by_role("radio", name=re.compile("^T2 ")).check()
    expect(t.locator(".rule-note")).to_have_count(0)
    expect(way).to_have_count(0)


def test_text_below_is_not_covered_in_the_room(desk_of: Callable[..., Desk], case: Case, backstage: Backstage) -> None:
    """« suite ↓ » has its own line; Escape closes a panel, then the projection."""
    bob = desk_of("bob", size=LAPTOP)
    page = bob.page
    bob.go(f"/reunions/{case.meeting_id}/projection/{case.pk}/")
    bob.ready()
    for _ in range(3):
        page.keyboard.press("+")
    more = page.locator("[data-room-more]")
    page.keyboard.press("v")
    page.wait_for_url(re.compile("vides=1"))
    expect(more).to_be_visible()
    gap = "document.querySelector('[data-room-more]').getBoundingClientRect().top"
    until(page, f"document.querySelector('.rm-main').getBoundingClientRect().bottom <= {gap} + 1")
    bob.audit()
    page.keyboard.press("Escape")
    page.wait_for_url(lambda url: "vides" not in url and "/projection/" in url)
    page.keyboard.press("Escape")
    page.wait_for_url(re.compile(f"/reunions/{case.meeting_id}/$"))
