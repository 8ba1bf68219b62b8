"""A second passage: prefilled from the first, what changed said first, confirmed, then shown to the room (VAL-04)."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from rcp.cases.actions import validate_case
from rcp.models import Case, CaseStatus
from rcp.sheets.actions import open_sheet
from rcp.sheets.draft import Draft
from tests.browser.conftest import DESK
from tests.browser.desk import Desk, until
from tests.browser.stage import Backstage
from tests.sheets.casework import answer, choose, complete, make_case, sein_meeting, sit
from tests.sheets.schedules import next_meeting

pytestmark = pytest.mark.browser

SIZE = "parseFloat(getComputedStyle(document.querySelector('.rm-main')).fontSize)"
APART = ("id", "order_number", "order_year", "order_label", "validated_at", "validated_by_id", "discussed_at")


def second_passage(backstage: Backstage) -> Case:
    """Validated once with its pathology and its stage, then registered again: the sheet is opened, prefilled."""
    with backstage("bob") as bob:
        first = make_case(by=bob)
        sheet = first.sheets.get()
        sit(first.meeting, "bob", "helias", "oumarou")
        complete(sheet, by=bob)
        for link_id, value in (("sein.re", 90), ("sein.rp", 60), ("sein.ki67", 15), ("tronc.taille", 165)):
            answer(sheet, link_id, value, by=bob)
        for link_id, code in (("sein.her2_ihc", "1plus"), ("tronc.tnm_type", "c"), ("tronc.tnm_t", "T1c")):
            choose(sheet, link_id, code, by=bob)
        for link_id, code in (("tronc.tnm_n", "N0"), ("tronc.tnm_m", "M0"), ("tronc.tnm_version", "uicc8")):
            choose(sheet, link_id, code, by=bob)
        validate_case(case_id=first.pk, by=bob)
        later = next_meeting(sein_meeting())
        kept = Case.objects.get(pk=first.pk)
        fields = {one.attname: getattr(kept, one.attname) for one in Case._meta.concrete_fields}
        fields = {name: value for name, value in fields.items() if name not in APART}
        fields |= {"meeting_id": later.pk, "status": CaseStatus.REGISTERED, "representation_due": False}
        case = Case.objects.create(**fields)
        case = Case.objects.select_related("meeting__board", "patient", "information").get(pk=case.pk)
        open_sheet(case=case, by=bob)
        return case


def test_prefill_with_differences(desk_of: Callable[..., Desk], backstage: Backstage) -> None:
    case = second_passage(backstage)
    desk = desk_of("bob", size=DESK, dark=True)
    desk.go(f"/dossiers/{case.pk}/")
    desk.ready()
    _waits_to_be_confirmed(desk)
    _says_what_it_was(desk)
    _one_gesture(desk)
    _first_of_all(desk)
    _in_the_room(desk, case)
    with backstage("bob"):
        draft = Draft(case=case, sheet=case.sheets.get())
        assert not [path for path in draft.to_confirm if path.startswith("sein.ch.anapath")]
        assert draft.to_confirm  # the other chapters still wait


def _waits_to_be_confirmed(desk: Desk) -> None:
    page = desk.page
    expect(page.locator("#avant")).to_contain_text(re.compile(r"réponses à confirmer"))
    expect(page.locator("#depuis-t")).to_have_count(0)  # nothing is said otherwise yet
    page.keyboard.press("c")
    expect(page.locator("[data-toconfirm]").filter(has=page.locator(":focus"))).to_have_count(1)
    desk.audit()


def _says_what_it_was(desk: Desk) -> None:
    """Ki-67 is typed over: the former value stays beside it, with its day."""
    page = desk.page
    ki67 = page.locator("[data-path$='sein.ki67']")
    expect(ki67).to_contain_text("repris de la fiche du")
    with page.expect_response(re.compile("/champ/")):
        ki67.locator("input.form-control").fill("18")
        ki67.locator("input.form-control").press("Tab")
    expect(page.locator("[data-path$='sein.ki67']")).to_contain_text(re.compile(r"le \d\d/\d\d/\d{4}.: 15.%"))


def _one_gesture(desk: Desk) -> None:
    page = desk.page
    chapter = page.get_by_role("region", name="Anatomopathologie")
    button = chapter.get_by_role("button", name=re.compile(r"Confirmer les \d+ réponses reprises"))
    button.scroll_into_view_if_needed()
    desk.audit()
    with page.expect_response(re.compile("/champ/")) as answer:
        button.click()
    assert answer.value.status == 200
    expect(button).to_have_count(0)
    expect(chapter.locator("[data-toconfirm]")).to_have_count(0)
    expect(chapter.get_by_role("heading", level=2)).to_be_focused()


def _first_of_all(desk: Desk) -> None:
    page = desk.page
    with page.expect_response(re.compile("/champ/")):
        page.get_by_role("group", name="T", exact=True).get_by_role("radio", name=re.compile("^T2")).check()
    page.reload()
    desk.ready()
    first = page.locator("#fiche > section").first
    expect(first).to_contain_text("Changé depuis la RCP du")
    expect(first).to_contain_text(re.compile(r"Ki-67.*15.%.*18.%", re.S))
    expect(first).to_contain_text(re.compile(r"T1c.*T2", re.S))
    expect(first).to_contain_text(re.compile(r"IA.*IIA", re.S))
    desk.audit()
    first.get_by_role("link", name="Ki-67").click()
    expect(page.locator("[data-path$='sein.ki67']")).to_be_in_viewport()


def _in_the_room(desk: Desk, case: Case) -> None:
    page = desk.page
    desk.go(f"/reunions/{case.meeting_id}/projection/{case.pk}/")
    desk.ready()
    lead = page.locator(".rm-lead dt").first
    expect(lead).to_contain_text("Depuis le")
    expect(page.locator(".rm-lead dd").first).to_contain_text(re.compile(r"T1c → T2"))
    expect(page.locator(".rm-cols")).to_contain_text("cT2 cN0 M0")
    desk.audit()
    size = page.evaluate(SIZE)
    page.get_by_role("button", name="Texte plus grand").click()
    until(page, f"{SIZE} > {size}")
    page.get_by_role("button", name="Clair ou sombre").click()
    expect(page.locator("body")).to_have_class(re.compile("light"))
    desk.audit()
