"""The physician's desk in the meeting: quorum, projection, sheet with two hands, validation, replacement (AGD, VAL)."""

import re
from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, expect

from tests.browser.desk import Desk
from tests.browser.stage import Backstage, known, meeting_at, registered

pytestmark = pytest.mark.browser

OpenDesk = Callable[..., Desk]


def _three_cases(backstage: Backstage) -> None:
    meeting_at(backstage, timezone.now())
    for name, given_name, born in (
        ("Abhervé", "Françoise", "11031963"),
        ("Quintin", "Maryvonne", "02021951"),
        ("Le Roux", "Gaïd", "23091970"),
    ):
        registered(backstage, known(backstage, name, given_name, born))


def test_physician_in_the_room_with_the_mouse(desk_of: OpenDesk, backstage: Backstage) -> None:
    _three_cases(backstage)
    bob, helias = desk_of("bob"), desk_of("helias")
    page = bob.page
    bob.audit()
    page.get_by_role("link", name=re.compile("^Liste")).first.click()
    page.wait_for_url(re.compile("/reunions/"))
    helias.page.goto(page.url)
    bob.audit()
    page.get_by_role("button", name="Ouvrir la réunion").click()
    expect(page.get_by_role("button", name="Terminer la réunion")).to_be_visible()
    quorum = page.locator("#quorum")
    expect(quorum).to_contain_text("Non atteint")
    for name in ("Dr Hélias", "Dr Kerjean", "Dr Oumarou"):
        page.get_by_role("checkbox", name=re.compile(name)).check()
    expect(quorum).to_contain_text("Atteint")
    expect(helias.page.locator("#quorum")).to_contain_text("Atteint")
    bob.audit()
    _project(bob)


def _project(bob: Desk) -> None:
    page = bob.page
    page.get_by_role("link", name="Projeter").first.click()
    page.wait_for_url(re.compile("/projection/"))
    name = page.get_by_role("heading", level=1)
    expect(name).to_contain_text("ABHERVE")
    bob.audit()
    page.get_by_role("link", name="Dossier suivant").click()
    expect(name).to_contain_text("QUINTIN")
    page.keyboard.press("ArrowLeft")
    expect(name).to_contain_text("ABHERVE")
    page.keyboard.press("s")
    expect(name).not_to_contain_text("ABHERVE")
    bob.audit()
    page.keyboard.press("s")
    expect(name).to_contain_text("ABHERVE")
    page.keyboard.press("v")
    expect(page.get_by_role("heading", name=re.compile("Questions vides"))).to_be_visible()
    bob.audit()
    size = _size(page.locator(".rm-main"))
    page.keyboard.press("+")
    bigger = _size(page.locator(".rm-main"))
    assert bigger > size
    page.keyboard.press("-")
    assert _size(page.locator(".rm-main")) == size
    page.keyboard.press("Escape")
    page.wait_for_url(re.compile("/reunions/[^/]+/$"))


def _size(node: Locator) -> float:
    return float(node.evaluate("node => parseFloat(getComputedStyle(node).fontSize)"))
