"""A document reaches the room: dropped on the file, described, attached, read by the physician (PAT-12, MTG-11)."""

import re
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from patients.models import ReceivedDocument
from tests.browser.desk import Desk
from tests.browser.stage import Backstage, in_ten_days, known, meeting_at, registered
from tests.documents import samples_received as samples

pytestmark = pytest.mark.browser

OpenDesk = Callable[..., Desk]
DROP = """([name, type, data]) => {
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  const carried = new DataTransfer();
  carried.items.add(new File([bytes], name, { type }));
  const zone = document.querySelector("[data-drop]");
  zone.dispatchEvent(new DragEvent("dragover", { dataTransfer: carried, bubbles: true, cancelable: true }));
  zone.dispatchEvent(new DragEvent("drop", { dataTransfer: carried, bubbles: true, cancelable: true }));
}"""


def drop(page: Page, name: str, data: bytes, media_type: str = "application/pdf") -> None:
    """What a hand does with a file from its desktop."""
    page.evaluate(DROP, [name, media_type, b64encode(data).decode()])


def describe(page: Page, name: str, **typed: str) -> None:
    card = page.get_by_role("region", name=name)
    card.get_by_label("Type").select_option(label=typed["kind"])
    for label in ("Date du document", "Auteur", "Origine", "Intitulé"):
        card.get_by_label(label).fill(typed[label])


def test_a_document_is_added_read_and_attached(desk_of: OpenDesk, backstage: Backstage) -> None:
    meeting_at(backstage, in_ten_days())
    patient = known(backstage, "Abhervé", "Françoise", "11031963")
    registered(backstage, patient)
    desk = desk_of("alice")
    page = desk.page
    desk.go(f"/patients/{patient.pk}/?rubrique=documents")
    expect(page.get_by_text("Aucun document")).to_be_visible()
    desk.ready()
    drop(page, "CR anapath.pdf", samples.pdf())
    drop(page, "lettre.docx", samples.docx(), "application/octet-stream")
    expect(page.locator("[data-drop-list] li")).to_have_count(2)
    desk.audit()
    page.get_by_role("button", name="Ajouter au dossier").click()
    expect(page.get_by_text("C’est un document Word")).to_be_visible()
    desk.audit()
    page.get_by_role("link", name="Décrire les fichiers reçus").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Décrire le document")
    desk.audit()
    page.get_by_role("button", name=re.compile("Classer le document")).click()
    expect(page.get_by_role("link", name="Choisissez le type")).to_be_visible()
    desk.audit()
    typed = {"Date du document": "02/11/2026", "Auteur": "Dr Anne Morvan", "Origine": "Labo ACP Estuaire"}
    describe(page, "CR anapath.pdf", kind="anatomopathologie", Intitulé="Pièce opératoire", **typed)
    page.get_by_role("button", name=re.compile("Classer le document")).click()
    row = page.get_by_role("row", name=re.compile("Pièce opératoire"))
    expect(row).to_contain_text("Labo ACP Estuaire")
    desk.audit()
    row.get_by_role("button", name=re.compile("Joindre")).click()
    expect(page.locator("#annonces")).to_contain_text("Document joint au dossier")
    expect(row.get_by_role("button")).to_have_count(0)
    page.get_by_role("link", name="Pièce opératoire").first.click()
    expect(page.locator("iframe")).to_be_visible()
    desk.audit()
    page.get_by_role("link", name="Accueil", exact=True).first.focus()
    page.keyboard.press("Escape")
    page.wait_for_url(re.compile("rubrique=documents"))
    read_by_the_physician(desk_of("bob"), patient.pk)


def read_by_the_physician(desk: Desk, patient_id: object) -> None:
    """From the sheet, in one click."""
    page = desk.page
    desk.go(f"/patients/{patient_id}/")
    expect(page.get_by_text("Compte rendu d’anatomopathologie")).to_be_visible()
    desk.audit()
    page.get_by_role("link", name=re.compile("passage")).first.click()
    expect(page.get_by_role("heading", name="Documents joints")).to_be_visible()
    desk.audit()
    page.get_by_role("link", name="Pièce opératoire").click()
    expect(page.get_by_role("heading", name="Qui l’a lu")).to_be_visible()
    expect(page.get_by_text("Alice Le Bihan").first).to_be_visible()
    desk.audit()


def test_a_cda_of_somebody_else_is_stopped(desk_of: OpenDesk, backstage: Backstage, tmp_path: Path) -> None:
    patient = known(backstage, "Abhervé", "Françoise", "11031963")
    desk = desk_of("alice")
    page = desk.page
    desk.go(f"/patients/{patient.pk}/documents/ajouter/")
    desk.audit()
    wrong = tmp_path / "CR.xml"
    wrong.write_bytes(samples.cda(birth_name="TANGUY", given="MAEL", sex="M"))
    page.get_by_label(re.compile("Fichiers à ajouter")).set_input_files([wrong])
    page.get_by_role("button", name="Ajouter au dossier").click()
    expect(page.get_by_text("ne concorde pas avec ce dossier")).to_be_visible()
    expect(page.get_by_label("Auteur")).to_have_value("Dr Anne Morvan")
    desk.audit()
    page.get_by_label("Ne pas garder ce fichier").check()
    page.get_by_role("button", name=re.compile("Classer")).click()
    expect(page.locator("#annonces")).to_contain_text("Aucun fichier gardé")
    good = tmp_path / "CR2.xml"
    good.write_bytes(samples.cda(body=samples.section("Conclusion", TABLE)))
    page.get_by_label(re.compile("Fichiers à ajouter")).set_input_files([good])
    page.get_by_role("button", name="Ajouter au dossier").click()
    page.get_by_role("button", name=re.compile("Classer")).click()
    page.get_by_role("link", name="Compte rendu d’anatomopathologie").first.click()
    expect(page.get_by_role("cell", name="90 %")).to_be_visible()
    desk.audit()
    page.get_by_role("link", name="Retirer").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Retirer")
    desk.audit()
    page.get_by_label("Motif du retrait").fill("Ajouté deux fois par erreur")
    page.get_by_role("button", name="Retirer du dossier").click()
    expect(page.locator("#annonces")).to_contain_text("Document retiré du dossier")
    page.get_by_role("link", name=re.compile("Retirés")).click()
    expect(page.get_by_role("row", name=re.compile("anatomopathologie"))).to_be_visible()
    desk.audit()
    with backstage("alice"):
        assert ReceivedDocument.objects.filter(status="withdrawn").count() == 2


def test_a_connection_lost_while_sending_takes_nothing_from_the_rest(
    desk_of: OpenDesk, backstage: Backstage, tmp_path: Path
) -> None:
    """Three files: the second one is cut, the first is kept, and the same button goes on with what is left."""
    patient = known(backstage, "Abhervé", "Françoise", "11031963")
    desk = desk_of("alice")
    page = desk.page
    paths = []
    for number in range(3):
        paths.append(tmp_path / f"IRM {number}.pdf")
        paths[-1].write_bytes(samples.pdf(mark=b"%d" % number))
    desk.go(f"/patients/{patient.pk}/documents/ajouter/")
    desk.ready()
    page.get_by_label(re.compile("Fichiers à ajouter")).set_input_files(paths)
    sent = []

    def cut(route: Route) -> None:
        sent.append(route.request)
        route.continue_() if len(sent) == 1 else route.abort("connectionreset")

    page.route("**/documents/ajouter/", cut)
    page.get_by_role("button", name="Ajouter au dossier").click()
    lines = page.locator("[data-drop-list] li")
    expect(lines.nth(0)).to_contain_text("reçu")
    expect(lines.nth(1)).to_contain_text("connexion perdue")
    expect(lines.nth(2)).to_contain_text("en attente")
    desk.audit()
    with backstage("alice"):
        assert ReceivedDocument.objects.filter(patient=patient).count() == 1
    page.unroute("**/documents/ajouter/")
    page.get_by_role("button", name="Reprendre l’envoi").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Décrire 3 documents")


def test_without_javascript_the_same_form_does_it(desk_of: OpenDesk, backstage: Backstage, tmp_path: Path) -> None:
    patient = known(backstage, "Abhervé", "Françoise", "11031963")
    desk = desk_of("alice")
    state = desk.context.storage_state()
    plain = desk.context.browser.new_context(java_script_enabled=False, storage_state=state)  # type: ignore[union-attr]
    page = plain.new_page()
    page.goto(f"{desk.product.address}/patients/{patient.pk}/?rubrique=documents")
    path = tmp_path / "scanner.tif"
    path.write_bytes(samples.picture("TIFF", pages=2))
    page.get_by_label(re.compile("Fichiers à ajouter")).set_input_files([path])
    page.get_by_role("button", name="Ajouter au dossier").click()
    typed = {"Date du document": "02/11/2026", "Auteur": "Dr Le Roux", "Origine": "Imagerie Sainte-Odile"}
    describe(page, "scanner.tif", kind="imagerie", Intitulé="IRM mammaire", **typed)
    page.get_by_role("button", name=re.compile("Classer")).click()
    page.get_by_role("link", name="IRM mammaire").first.click()
    first = page.get_by_role("img", name="Page 1 sur 2")
    expect(first).to_be_visible()
    assert first.evaluate("picture => picture.decode().then(() => picture.naturalWidth)") == 120
    plain.close()


TABLE = """<table><caption>Récepteurs</caption><thead><tr><th>Marqueur</th><th>Résultat</th></tr></thead>
<tbody><tr><td>RE</td><td>90 %</td></tr><tr><td>RP</td><td>70 %</td></tr></tbody></table>"""
