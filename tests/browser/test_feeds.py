"""The identity-vigilance desk and feeds: a matter that no feed decides, settled; the merge behind it, taken back.

The hospital called two persons one, then said the second of them under the number of the first (ADR 10).
"""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from dcc.embedded.processes import wait_until
from dcc.tenancy.scope import regions_scope
from interop.pam.outcome import ConflictKind
from interop.pam_store.tasks import take_back
from patients.models import FeedConflict, FeedMerge
from tests.browser.desk import Desk
from tests.browser.stage import Backstage, heard, worker_role
from tests.interop.pam_feed import Adt, ipp

pytestmark = pytest.mark.browser

OpenDesk = Callable[..., Desk]
FIRST = {"name": "BRIENT^CAROLE^CAROLE ANNE^^^^L", "birth": "19910514", "sex": "F", "addresses": "^^^^^^BDL^^35238"}
SECOND = {"name": "RIVOALLAN^MATTHIEU^MATTHIEU YVES^^^^L", "birth": "19660721", "sex": "M"}
MESSAGES = (
    Adt(event="A28", minute=0, ids=ipp("4711"), **FIRST),  # type: ignore[arg-type]
    Adt(event="A28", minute=5, ids=ipp("4712"), status="PROV", **SECOND),  # type: ignore[arg-type]
    Adt(event="A40", minute=30, ids=ipp("4711"), mrg=ipp("4712"), **FIRST),  # type: ignore[arg-type]
    Adt(event="A31", minute=60, ids=ipp("4711"), **SECOND),  # type: ignore[arg-type]
)
WHY = "Vu avec le bureau des entrées : deux personnes, fusion faite par erreur"


def taken_back(merge: FeedMerge) -> None:
    """The order is carried out, by this hand unless the product's own worker was quicker."""

    def done() -> bool:
        take_back(regions=[1, 2])
        with regions_scope((1, 2)):
            return FeedMerge.objects.get(pk=merge.pk).undone_at is not None

    with worker_role():
        assert wait_until(done, 20)


def test_settled_then_taken_back_by_keyboard(desk_of: OpenDesk, backstage: Backstage) -> None:
    *_, last = heard(backstage, *MESSAGES)
    assert [one.kind for one in last.conflicts] == [ConflictKind.COLLISION]
    desk = desk_of("vigilance")
    page, keys = desk.page, desk.keys
    desk.go("/patients/doublons/")
    desk.ready()
    keys.tab_to(page.get_by_role("link", name="Conflits des flux (1)"))
    keys.press("Enter")
    expect(page.get_by_text("1 conflit que les flux des établissements ne peuvent pas régler seuls")).to_be_visible()
    desk.audit()
    keys.press("j", "Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Collision probable")
    expect(page.get_by_text("L’identité connue en premier est gardée")).to_be_visible()
    born = page.get_by_role("row", name=re.compile("Date de naissance"))
    expect(born).to_contain_text("14/05/1991")
    expect(born.locator("mark")).to_have_text(["21", "07", "1966"])
    desk.audit()
    _settle(desk)
    _part(desk, backstage)
    desk.report("Feed: settled and taken back", keys)


def _settle(desk: Desk) -> None:
    """Nothing said: what is missing is said; then the verdict, its reason, and the list is empty."""
    page, keys = desk.page, desk.keys
    settle = page.get_by_role("button", name="Régler ce conflit")
    keys.tab_to(settle)
    keys.press("Enter")
    expect(page.get_by_role("link", name="Dites ce que vous avez trouvé")).to_be_visible()
    desk.audit()
    keys.choose(page.get_by_role("radio", name="Deux personnes différentes"))
    keys.fill(page.get_by_label("Motif"), WHY)
    keys.tab_to(settle)
    keys.press("Enter")
    decided = page.get_by_role("region", name="Réglé")
    expect(decided).to_contain_text(f"Deux personnes différentes : {WHY}")
    expect(decided).to_contain_text("Vera Hamon")
    expect(settle).to_have_count(0)
    desk.audit()


def _part(desk: Desk, backstage: Backstage) -> None:
    """From the same page, the merge that caused it: its two numbers are two persons again."""
    page, keys = desk.page, desk.keys
    keys.tab_to(page.get_by_role("link", name=re.compile("^Défaire")))
    keys.press("Enter")
    expect(page.get_by_text("Ce que l’établissement a décidé")).to_be_visible()
    desk.audit()
    keys.fill(page.get_by_label("Motif"), WHY)
    keys.tab_to(page.get_by_role("button", name="Séparer les deux"))
    keys.press("Enter")
    expect(page.get_by_role("region", name="Messages")).to_contain_text("Les deux identités sont séparées")
    with backstage("vigilance"):
        merge = FeedMerge.objects.get()
    taken_back(merge)
    page.reload()
    expect(page.get_by_role("region", name="Défaite")).to_contain_text(WHY)
    expect(page.get_by_role("link", name="RIVOALLAN Matthieu")).to_be_visible()
    desk.audit()
    keys.press("Escape")
    expect(page.get_by_role("heading", level=1)).to_have_text("Flux d’identités")
    expect(page.get_by_role("row", name=re.compile("RIVOALLAN"))).to_contain_text("défaite")
    desk.audit()
    with backstage("vigilance"):
        assert FeedConflict.objects.get().settled_by == "Vera Hamon"
