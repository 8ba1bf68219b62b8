"""The physician's desk in the meeting: quorum, projection, sheet with two hands, validation, replacement (AGD, VAL)."""

import re
from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, expect

from rcp.models import Case, Sheet
from tests.browser.conftest import DESK
from tests.browser.desk import Desk, until
from tests.browser.stage import Backstage, known, meeting_at, registered
from tests.sheets.casework import complete, sit

pytestmark = pytest.mark.browser

SIZE = "parseFloat(getComputedStyle(document.querySelector('.rm-main')).fontSize)"

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
    size = page.evaluate(SIZE)
    page.keyboard.press("+")
    until(page, f"{SIZE} > {size}")
    page.keyboard.press("-")
    until(page, f"{SIZE} === {size}")
    page.keyboard.press("Escape")  # closes the panel first
    page.wait_for_url(lambda url: "vides" not in url)
    page.keyboard.press("Escape")
    page.wait_for_url(re.compile("/reunions/[^/]+/$"))


def test_two_hands_on_one_sheet_then_validation(desk_of: OpenDesk, backstage: Backstage) -> None:
    """Autosave, the same answer given twice, a network that goes away, a freeze, a replacement."""
    first, second = _ready_to_conclude(backstage)
    bob, helias = desk_of("bob"), desk_of("helias")
    bob.go(f"/dossiers/{first}/")
    _autosaves(bob)
    helias.go(f"/dossiers/{first}/")
    _conflict(bob, helias)
    _network_away(bob)
    _validates(bob, second)
    _replaces(bob, first)


def _ready_to_conclude(backstage: Backstage) -> tuple[str, str]:
    """Two cases whose sheets lack nothing, in an open meeting whose quorum is reached."""
    _three_cases(backstage)
    with backstage("bob") as bob:
        cases = list(Case.objects.select_related("meeting").order_by("position")[:2])
        sit(cases[0].meeting, "bob", "helias", "oumarou")
        for case in cases:
            complete(Sheet.objects.get(case=case), by=bob)
    return str(cases[0].pk), str(cases[1].pk)


def _question(desk: Desk, words: str) -> Locator:
    return desk.page.locator(".q", has=desk.page.get_by_text(words, exact=False)).first


def _saved(desk: Desk) -> None:
    expect(desk.page.locator(".savebar")).to_contain_text(re.compile("Enregistré|gardé", re.I))


def _autosaves(bob: Desk) -> None:
    page = bob.page
    bob.audit()
    weight = page.get_by_label(re.compile("Poids")).first
    with page.expect_response(re.compile("/champ/")) as answer:
        weight.fill("64")
        weight.press("Tab")
    assert answer.value.status == 200
    page.reload()
    expect(page.get_by_label(re.compile("Poids")).first).to_have_value("64")


def _conflict(bob: Desk, helias: Desk) -> None:
    """Both saw 64; each gives another weight: both are kept until somebody chooses."""
    helias.ready()
    weight = helias.page.get_by_label(re.compile("Poids")).first
    bob.context.set_offline(True)
    with helias.page.expect_response(re.compile("/champ/")):
        weight.fill("65")
        weight.press("Tab")
    mine = bob.page.get_by_label(re.compile("Poids")).first
    mine.fill("66")
    mine.press("Tab")
    bob.context.set_offline(False)
    conflict = bob.page.locator("[data-conflict]")
    expect(conflict).to_be_visible()
    expect(conflict).to_contain_text("65")
    expect(conflict).to_contain_text("66")
    bob.audit()
    conflict.get_by_role("button", name=re.compile("66")).click()
    expect(conflict).to_have_count(0)
    expect(bob.page.get_by_label(re.compile("Poids")).first).to_have_value(re.compile("66"))


def _network_away(bob: Desk) -> None:
    page = bob.page
    size = page.get_by_label(re.compile("Taille")).first
    bob.context.set_offline(True)
    size.fill("161")
    size.press("Tab")
    expect(page.get_by_text("Connexion perdue").first).to_be_visible()
    bob.audit()
    with page.expect_response(re.compile("/champ/")):
        bob.context.set_offline(False)
    page.reload()
    expect(page.get_by_label(re.compile("Taille")).first).to_have_value("161")


def _validates(bob: Desk, next_case: str) -> None:
    page = bob.page
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile("/conclusion/$"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Proposition et validation")
    bob.audit()
    page.keyboard.press("Control+Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    bob.audit()
    dialog.get_by_role("button", name="Figer et envoyer").dblclick()
    page.wait_for_url(re.compile(next_case))
    expect(page.locator("#messages")).to_contain_text("Fiche validée, n°")
    # Else the bar that stays hides half a way to a question.
    page.locator("#avant").evaluate("node => node.scrollIntoView({ block: 'center' })")
    bob.audit()


def _replaces(bob: Desk, case: str) -> None:
    page = bob.page
    bob.go(f"/dossiers/{case}/")
    expect(page.get_by_text(re.compile("figée|validée")).first).to_be_visible()
    bob.audit()
    bob.follow(page.get_by_role("link", name="Annuler et remplacer"))
    bob.audit()
    page.get_by_label(re.compile("Motif|Pourquoi")).fill("Poids erroné")
    page.get_by_role("button", name="Ouvrir la version qui remplace").click()
    expect(page.get_by_text("Cette version annulera et remplacera la précédente").first).to_be_visible()
    bob.audit()


def test_physician_by_keyboard(desk_of: OpenDesk, backstage: Backstage) -> None:
    """Attendance, projection, an answer, the freeze: at 1920×1080 in dark colours, without touching the mouse."""
    _three_cases(backstage)
    with backstage("bob") as user:
        complete(Sheet.objects.get(case__position=1), by=user)
    desk = desk_of(size=DESK, dark=True)
    page, keys = desk.page, desk.keys
    desk.sign_in("bob", keyboard=keys)
    keys.tab_to(page.get_by_role("link", name=re.compile("^Liste")).first)
    keys.press("Enter")
    page.wait_for_url(re.compile("/reunions/"))
    desk.ready()
    keys.tab_to(page.get_by_role("button", name="Ouvrir la réunion"))
    keys.press("Enter")
    expect(page.get_by_role("button", name="Terminer la réunion")).to_be_visible()
    desk.ready()
    for name in ("Dr Hélias", "Dr Kerjean", "Dr Oumarou"):
        keys.tab_to(page.get_by_role("checkbox", name=re.compile(name)))
        keys.press("Space")
    expect(page.locator("#quorum")).to_contain_text("Atteint")
    desk.audit()
    keys.press("p")
    page.wait_for_url(re.compile("/projection/"))
    desk.ready()
    keys.press("ArrowRight")
    expect(page.get_by_role("heading", level=1)).to_contain_text("QUINTIN")
    keys.press("ArrowLeft")
    expect(page.get_by_role("heading", level=1)).to_contain_text("ABHERVE")
    desk.audit()
    keys.press("c")
    page.wait_for_url(re.compile("/conclusion/$"))
    desk.ready()
    desk.audit()
    keys.press("Control+Enter")
    go_on = page.get_by_role("button", name="Figer et envoyer")
    expect(go_on).to_be_visible()
    desk.audit()
    keys.tab_to(go_on)
    keys.press("Enter")
    expect(page.locator("#messages")).to_contain_text("Fiche validée, n°")
    desk.audit()
    desk.report("physician", keys)
