"""Addresses one desk sees, tried from another 3C and from another network: nothing is there, or the file is closed."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.desk import Desk
from tests.browser.stage import Backstage, in_ten_days, known, meeting_at, registered

pytestmark = pytest.mark.browser


def test_strangers_at_the_addresses_of_a_secretary(desk_of: Callable[..., Desk], backstage: Backstage) -> None:
    meeting = meeting_at(backstage, in_ten_days())
    patient = known(backstage)
    case = registered(backstage, patient)
    file, sheet, room = f"/patients/{patient.pk}/", f"/dossiers/{case.pk}/", f"/reunions/{meeting.pk}/"
    alice, metro, oscar = desk_of("alice"), desk_of("metro"), desk_of("oscar")
    assert [alice.status_of(path) for path in (file, sheet, room)] == [200, 200, 200]
    assert [oscar.status_of(path) for path in (file, sheet, room)] == [404, 404, 404]
    oscar.go(file)
    expect(oscar.page.get_by_role("heading", name="Page introuvable")).to_be_visible()
    oscar.audit()
    assert metro.status_of(sheet) == 404, "another 3C of the network sees no case it has no part in"
    metro.go(file)
    expect(metro.page.locator("main")).to_contain_text(re.compile("équipe"))
    expect(metro.page.locator("main")).not_to_contain_text("Indication d’une chimiothérapie")
    metro.audit()
