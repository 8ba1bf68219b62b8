"""« Mode séance »: half an hour later the room's screen is hidden, and a PIN gives it back where it was (D14)."""

import re
import time
from collections.abc import Callable

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from playwright.sync_api import Page, expect

from dcc.accounts.session import LAST_ACT
from tests.browser.desk import Desk
from tests.browser.stage import Backstage, known, meeting_at, registered

pytestmark = pytest.mark.browser

OpenDesk = Callable[..., Desk]
PIN = "7391"


def test_the_room_is_hidden_and_a_pin_gives_it_back(desk_of: OpenDesk, backstage: Backstage) -> None:
    meeting_at(backstage, timezone.now())
    registered(backstage, known(backstage, "Abhervé", "Françoise", "11031963"))
    bob = desk_of("bob")
    page = bob.page
    page.get_by_role("link", name=re.compile("^Liste")).first.click()
    page.get_by_role("button", name="Ouvrir la réunion").click()
    bob.follow(page.get_by_role("link", name="Mode séance"))
    bob.audit()
    for label in ("Code de séance", "Le même, une seconde fois"):
        page.get_by_label(label).fill("1234")
    page.get_by_role("button", name=re.compile("Activer")).click()
    expect(page.get_by_role("link", name=re.compile("Ce code se devine"))).to_be_visible()
    bob.audit()
    for label in ("Code de séance", "Le même, une seconde fois"):
        page.get_by_label(label).fill(PIN)
    page.get_by_role("button", name=re.compile("Activer")).click()
    expect(page.locator("#messages")).to_contain_text("Mode séance activé")
    bob.audit()
    page.get_by_role("link", name="Projeter").first.click()
    page.wait_for_url(re.compile("/projection/"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("ABHERVE")
    bob.ready()
    _half_an_hour_passes(bob, backstage)
    _locked(page)
    bob.audit()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    _locked(page)
    code = page.get_by_label("Code de séance, ou celui de votre application")
    code.fill("0000")
    code.press("Enter")
    expect(page.get_by_text("Ce code ne convient pas. Il reste 4 essais")).to_be_visible()
    bob.audit()
    _locked(page)
    with page.expect_response(re.compile("/etat/"), timeout=20_000) as polled:  # the screen follows again
        code.fill(PIN)
        code.press("Enter")
    assert polled.value.status == 200
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("heading", level=1)).to_contain_text("ABHERVE")
    bob.audit()


def _half_an_hour_passes(desk: Desk, backstage: Backstage) -> None:
    name = f"dcc-{desk.product.ports.web}"
    cookie = next(one["value"] for one in desk.context.cookies() if one["name"] == name)
    with backstage("bob"):
        row = Session.objects.get(pk=cookie)
        store = {**row.get_decoded(), LAST_ACT: time.time() - 1801}
        Session.objects.filter(pk=cookie).update(session_data=Session.objects.encode(store))


def _locked(page: Page) -> None:
    expect(page.get_by_role("dialog", name="Séance verrouillée")).to_be_visible()
    expect(page.locator("h1")).to_be_hidden()
    expect(page.locator(".rm-main")).to_be_hidden()
