"""« Avant de figer » by keyboard: Enter on what lacks, and the hand is on its question, unfolded and in sight."""

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from rcp.models import Case
from tests.browser.desk import Desk, until
from tests.browser.stage import Backstage, known, meeting_at, registered

pytestmark = pytest.mark.browser

IN_QUESTION = "document.activeElement.closest('[data-path]')?.dataset.path"


@pytest.fixture
def case(backstage: Backstage) -> Case:
    meeting_at(backstage, timezone.now())
    return registered(backstage, known(backstage, "Abhervé", "Françoise", "11031963"))


def focused(page: Page, link_id: str) -> None:
    until(page, f"({IN_QUESTION} ?? '').endsWith('/{link_id}')")
    box = page.evaluate("(({ top, bottom }) => [top, bottom])(document.activeElement.getBoundingClientRect())")
    assert 0 < box[0] < box[1] < page.viewport_size["height"]


@pytest.mark.parametrize("size", [{"width": 1366, "height": 768}, {"width": 1920, "height": 1080}])
def test_what_lacks_is_reached_by_keyboard(desk_of: Callable[..., Desk], case: Case, size: dict[str, int]) -> None:
    bob = desk_of("bob", size=size)
    page = bob.page
    bob.go(f"/dossiers/{case.pk}/conclusion/")
    bob.ready()
    before = page.locator("#avant")
    bob.audit()
    oms = before.get_by_role("link", name="OMS", exact=True)
    bob.keys.tab_to(oms)
    bob.keys.press("Enter")
    page.wait_for_url(f"**/dossiers/{case.pk}/#q-*")
    focused(page, "tronc.oms")
    bob.audit()
    # On the sheet: the same way, taken twice, leads there twice.
    way = page.locator("#avant").get_by_role("link", name="OMS", exact=True)
    for _ in range(2):
        way.focus()
        page.keyboard.press("Enter")
        focused(page, "tronc.oms")


def test_the_decision_is_on_the_page_one_reads(desk_of: Callable[..., Desk], case: Case) -> None:
    bob = desk_of("bob", size={"width": 1366, "height": 768})
    page = bob.page
    bob.go(f"/dossiers/{case.pk}/conclusion/")
    bob.ready()
    way = page.locator("#avant a[href^='#q-tronc-ch-decision-tronc-decision']").first
    way.focus()
    page.keyboard.press("Enter")
    focused(page, "tronc.decision")
    assert page.url.split("#")[0].endswith("/conclusion/")
