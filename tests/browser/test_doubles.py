"""The identity-vigilance desk: a pair merged, then undone because it was a mistake; one seen at a desk (PAT-05)."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from dcc.audit.models import AuditEvent
from dcc.embedded.processes import wait_until
from patients.doubles.proposals import propose_some
from patients.doubles.tasks import carry_out_one
from patients.events import PatientEvent
from patients.models import Double, Patient
from tests.browser.desk import Desk
from tests.browser.stage import Backstage, in_ten_days, known, meeting_at, registered
from tests.walls.reading import as_worker

pytestmark = pytest.mark.browser

OpenDesk = Callable[..., Desk]
WHY = "Carte d’identité vue au guichet, même personne"


def at_work(act: Callable[[], Any]) -> None:
    """The worker's turn, on the product's database; its own process is another story's."""
    with as_worker({1}):
        act()


def settled(pair: Double, status: str) -> None:
    """The order is carried out, by this hand unless the product's own worker was quicker."""

    def done() -> bool:
        carry_out_one(pair.pk)
        return Double.objects.get(pk=pair.pk).status == status

    at_work(lambda: wait_until(done, 20))


def test_merged_then_undone(desk_of: OpenDesk, backstage: Backstage) -> None:
    meeting_at(backstage, in_ten_days())
    first = known(backstage, "Abhervé", "Françoise", "11031963", ipp="80061742", used_name="Le Guillou")
    second = known(backstage, "Abhervé", "Francoise", "11031963")
    registered(backstage, second)
    at_work(propose_some)
    with backstage("vigilance"):
        pair = Double.objects.get()
    desk = desk_of("vigilance")
    page = desk.page
    page.get_by_role("link", name=re.compile("Doublons")).first.click()
    expect(page.get_by_text("1 paire d’identités attend une décision")).to_be_visible()
    desk.audit()
    page.get_by_role("link", name="LE GUILLOU Françoise").click()
    expect(page.get_by_text("la plus ancienne, créée le")).to_be_visible()
    expect(page.get_by_text("80061742")).to_be_visible()
    expect(page.get_by_text("RCP Sein")).to_be_visible()
    desk.audit()
    page.get_by_role("radio", name="Fusionner").check()
    page.get_by_role("button", name="Enregistrer la décision").click()
    expect(page.get_by_role("link", name=re.compile("Dites pourquoi"))).to_be_visible()
    desk.audit()
    page.get_by_label("Motif").fill(WHY)
    page.get_by_role("button", name="Enregistrer la décision").click()
    settled(pair, "merged")
    desk.go(f"/patients/doublons/{pair.pk}/")
    expect(page.get_by_text("tables comptées avant et après")).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("Dossiers de RCP"))).to_be_visible()
    desk.audit()
    desk.go(f"/patients/{second.pk}/")
    expect(page).to_have_url(re.compile(str(first.pk)))
    expect(page.get_by_role("region", name="Messages")).to_contain_text("réunie à une autre")
    desk.go(f"/patients/doublons/{pair.pk}/")
    page.get_by_role("radio", name="Annuler la fusion").check()
    page.get_by_label("Motif").fill("Deux sœurs, erreur de notre part")
    page.get_by_role("button", name="Enregistrer la décision").click()
    settled(pair, "undone")
    desk.go(f"/patients/doublons/{pair.pk}/")
    expect(page.get_by_text("Fusion annulée", exact=False).first).to_be_visible()
    desk.audit()
    page.get_by_role("link", name="Doublons", exact=True).first.click()
    page.get_by_role("link", name="Indicateurs").click()
    expect(page.get_by_role("heading", name="Identités par statut")).to_be_visible()
    desk.audit()
    with backstage("alice"):
        assert Patient.objects.get(pk=second.pk).merged_into_id is None


SEEN = "La même dame est venue avec une carte Vitale au nom de jeune fille"


def test_reported_from_the_file_and_seen_by_the_cell(desk_of: OpenDesk, backstage: Backstage) -> None:
    """Nothing alike but the person: no score finds this pair, somebody at a desk does."""
    patient = known(backstage, "Abhervé", "Françoise", "11031963")
    known(backstage, "Kermorvan", "Soizic", "05071971", ipp="80061742")
    alice = desk_of("alice")
    page, keys = alice.page, alice.keys
    alice.go(f"/patients/{patient.pk}/")
    alice.ready()
    keys.tab_to(page.get_by_role("link", name="Signaler un doublon"))
    keys.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Signaler un doublon")
    alice.audit()
    keys.fill(page.get_by_label("Nom de naissance ou utilisé"), "kermorvan")
    keys.fill(page.get_by_label("Date de naissance"), "05071971")
    keys.press("Enter")
    other = page.get_by_role("radio", name=re.compile("KERMORVAN Soizic"))
    expect(other).to_be_visible()
    assert "ermorvan" not in page.url.lower(), "traits are never in an address"
    alice.audit()
    keys.tab_to(page.get_by_role("button", name="Signaler à la cellule"))
    keys.press("Enter")
    expect(page.get_by_role("link", name="Choisissez l’autre identité")).to_be_visible()
    alice.audit()
    keys.choose(other)
    keys.fill(page.get_by_label(re.compile("^Pourquoi")), SEEN)

    def twice() -> None:
        page.get_by_role("button", name="Signaler à la cellule").dblclick()
        expect(page.get_by_role("region", name="Messages")).to_contain_text("Doublon signalé à la cellule")

    assert alice.posts_during(twice, "/doublon/") == 1
    alice.report("A double reported", keys)
    with backstage("vigilance"):
        assert Double.objects.count() == 1
        told = AuditEvent.objects.filter(event=PatientEvent.DOUBLE_REPORTED.value)
        assert told.count() == 2, "once for each of the two files"

    cell = desk_of("vigilance")
    cell.page.get_by_role("link", name=re.compile("Doublons")).first.click()
    row = cell.page.get_by_role("row", name=re.compile("KERMORVAN"))
    expect(row).to_contain_text("par Alice Le Bihan")
    cell.audit()
    cell.follow(row.get_by_role("link"))
    expect(cell.page.get_by_role("region", name="Signalé par une personne")).to_contain_text(SEEN)
    cell.audit()
