"""An identity at the desk: scanned, created, validated with a document, given its INS; or doubted, then cleared.

The datamatrix is that of a published test person; INSi is the local one of a platform of test identities.
"""

import re
from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import expect

from patients.identity.datamatrix import HEADER, read_datamatrix
from patients.identity.ins import Platform
from patients.models import IdentityChange, Patient
from tests.browser.desk import Desk
from tests.browser.stage import Backstage
from tests.identity import reading_symbols

pytestmark = pytest.mark.browser

MATRICULE = "279035121518989"
# As a scanner that emulates a keyboard types it: the separators do not come through.
TYPED = f"{HEADER}S1{MATRICULE}S21.2.250.1.213.1.4.10S3DOMINIQUE MARIE-LOUISES4PAT-TROISS5FS628-03-1979S751215"
OpenDesk = Callable[..., Desk]


def test_from_the_datamatrix_to_a_qualified_identity(desk_of: OpenDesk, backstage: Backstage) -> None:
    desk = desk_of("alice")
    page = desk.page
    _scan(desk)
    _create(desk)
    _validate(desk)
    _ask_insi(desk)
    desk.audit()
    with backstage("alice"):
        patient = Patient.objects.get(birth_name="PAT-TROIS")
        assert (patient.status, patient.document_kind) == ("QUAL", "CN")
        acts = IdentityChange.objects.filter(patient=patient).order_by("at").values_list("act", "channel")
        assert list(acts) == [("create", "CB"), ("validate", "SM"), ("retrieve", "INSI")]
    assert MATRICULE not in page.url
    _read_from_the_screen(desk)


def test_a_doubt_is_seen_by_all_and_lifted_by_the_cell(desk_of: OpenDesk, backstage: Backstage) -> None:
    desk = desk_of("alice")
    page = desk.page
    _scan(desk)
    _create(desk)
    desk.follow(page.get_by_role("link", name="Marquer douteuse"))
    desk.audit()
    page.get_by_role("button", name="Marquer douteuse").click()
    expect(page.get_by_role("link", name=re.compile("Indiquez le motif"))).to_be_visible()
    desk.audit()
    page.get_by_role("textbox", name="Motif").fill("Deux cartes d’identité différentes")
    page.get_by_role("button", name="Marquer douteuse").click()
    expect(page.get_by_text("vérifiez qui est cette personne").first).to_be_visible()
    expect(page.get_by_role("link", name="Lever le doute")).to_have_count(0)
    desk.audit()

    cell = desk_of("vigilance")
    cell.go(page.url.removeprefix(desk.product.address))
    cell.page.get_by_role("link", name="Lever le doute").click()
    cell.page.get_by_role("textbox", name="Motif").fill("Les deux cartes ont été comparées")
    cell.page.get_by_role("button", name="Lever le doute").click()
    expect(cell.page.get_by_role("heading", level=1)).to_have_text("Identité")
    expect(cell.page.get_by_text("vérifiez qui est cette personne")).to_have_count(0)
    cell.audit()


def _read_from_the_screen(desk: Desk) -> None:
    """The symbol as Chromium draws it, pixel by pixel, is that of the format; on paper it stands beside the traits."""
    page = desk.page
    drawn = page.get_by_role("img", name="Datamatrix INS de ce patient")
    expect(drawn).to_be_visible()
    side = int(str(drawn.get_attribute("viewBox")).split()[2])
    with Image.open(BytesIO(drawn.screenshot())) as picture:
        grey = picture.convert("L")
    step = grey.width / side
    dark = [
        [grey.getpixel((int((x + 0.5) * step), int((y + 0.5) * step))) < 128 for x in range(1, side - 1)]  # type: ignore[operator]
        for y in range(1, side - 1)
    ]
    read = read_datamatrix(reading_symbols.read(dark), platform=Platform.TEST)
    assert (read.ins.matricule, read.given_names) == (MATRICULE, "DOMINIQUE MARIE-LOUISE")
    page.emulate_media(media="print")
    expect(drawn).to_be_visible()
    expect(page.get_by_role("heading", name="Téléservice INSi")).to_be_hidden()
    page.emulate_media(media="screen")


def _scan(desk: Desk) -> None:
    """Search in vain, then scan: Enter, which a scanner sends by itself, reads and does not create."""
    page = desk.page
    desk.go("/patients/")
    page.get_by_label("Nom de naissance ou utilisé").fill("Pat")
    page.get_by_label("Date de naissance").fill("28031979")
    page.get_by_role("button", name="Rechercher").click()
    page.get_by_role("link", name="Créer avec ces traits").click()
    code = page.get_by_label("Datamatrix INS")
    code.fill("3401234567890")
    code.press("Enter")
    expect(page.get_by_role("link", name=re.compile("n’est pas un datamatrix INS"))).to_be_visible()
    desk.audit()
    code.press_sequentially(TYPED)
    code.press("Enter")
    expect(page.get_by_label("Nom de naissance", exact=True)).to_have_value("PAT-TROIS")
    expect(page.get_by_label("Lieu de naissance")).to_have_value(re.compile("Dompremy"))
    assert MATRICULE not in page.url + page.content()
    desk.audit()


def _create(desk: Desk) -> None:
    page = desk.page
    page.get_by_role("button", name="Créer seulement").click()
    page.get_by_role("link", name="Identité", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Identité")
    expect(page.get_by_text("Ni pièce d’identité contrôlée, ni INS.")).to_be_visible()
    desk.audit()


def _validate(desk: Desk) -> None:
    page = desk.page
    desk.follow(page.get_by_role("link", name="Valider avec une pièce d’identité"))
    desk.audit()
    page.locator(".choice", has_text="Permis de conduire").click()
    page.get_by_label("Les traits du dossier sont ceux du document").check()
    page.get_by_role("button", name="Valider l’identité").click()
    expect(page.get_by_text("Ce document (permis de conduire) ne prouve pas").first).to_be_visible()
    desk.audit()
    page.locator(".choice", has_text="Carte nationale d’identité").click()
    page.get_by_role("button", name="Valider l’identité").click()
    expect(page.get_by_text("Une pièce a été contrôlée ; il manque l’INS.")).to_be_visible()


def _ask_insi(desk: Desk) -> None:
    page = desk.page
    page.get_by_role("button", name="Chercher l’INS").click()
    expect(page.get_by_text("DOMINIQUE MARIE-LOUISE").first).to_be_visible()
    desk.audit()
    page.get_by_role("button", name=re.compile("C’est cette personne")).click()
    expect(page.get_by_text("L’INS part avec les documents.")).to_be_visible()
    expect(page.get_by_role("cell", name=re.compile("INS récupérée"))).to_be_visible()
