"""The auditor's desk: an exceptional access is read without the patient's name, reviewed, and leaves the list (D2)."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from patients.actions import break_glass
from tests.browser.desk import Desk
from tests.browser.stage import Backstage, known

pytestmark = pytest.mark.browser

OpenDesk = Callable[..., Desk]
WHY = "Patiente inconsciente aux urgences, traitement en cours inconnu"


def test_an_exceptional_access_is_reviewed(desk_of: OpenDesk, backstage: Backstage) -> None:
    patient = known(backstage, "Abhervé", "Françoise", "11031963", ipp="80061742")
    with backstage("denis") as denis:
        break_glass(patient=patient, reason=WHY, by=denis)
    desk = desk_of("auditor")
    page = desk.page
    page.get_by_role("link", name=re.compile("Accès exceptionnels")).first.click()
    expect(page.get_by_role("row", name=re.compile("Dr Denis Weiss"))).to_contain_text("80061742")
    expect(page.locator("body")).not_to_contain_text("ABHERVE")
    desk.audit()
    page.get_by_role("link", name="Dr Denis Weiss").click()
    expect(page.get_by_text(WHY)).to_be_visible()
    desk.audit()
    page.get_by_role("button", name="Enregistrer la relecture").click()
    expect(page.get_by_role("link", name=re.compile("Dites si cet accès est justifié"))).to_be_visible()
    desk.audit()
    page.get_by_role("radio", name="à suivre").check()
    page.get_by_label("Commentaire").fill("Le chef de service des urgences confirmera vendredi")
    page.get_by_role("button", name="Enregistrer la relecture").click()
    expect(page.get_by_text("Rien à relire")).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("Dr Denis Weiss"))).to_contain_text("à suivre")
    desk.audit()
    desk.follow(page.get_by_role("link", name="Traces", exact=True).first)
    desk.audit()
