"""What patients may expect: an emergency told, a sharing that ends, a sheet they can read; each step audited by axe."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from patients.models import Access, Patient, RetentionList
from patients.requests.eliminating import draw_next
from patients.requests.retention import ask_list
from tests.browser.desk import Desk, focus_of
from tests.browser.stage import Backstage, in_ten_days, known, meeting_at, registered
from tests.walls.reading import as_worker

pytestmark = pytest.mark.browser

OpenDesk = Callable[..., Desk]
WHY = "Patiente inconsciente aux urgences, traitement en cours inconnu"


def _followed(backstage: Backstage) -> str:
    meeting_at(backstage, in_ten_days())
    patient = known(backstage, "Abhervé", "Françoise", "11031963", used_name="Le Guillou")
    registered(backstage, patient)
    return f"/patients/{patient.pk}/"


def test_the_glass_is_broken_knowing_that_she_opposes(desk_of: OpenDesk, backstage: Backstage) -> None:
    file = _followed(backstage)
    alice = desk_of("alice")
    page = alice.page
    alice.go(f"{file}?rubrique=information")
    alice.audit()
    alice.follow(page.get_by_role("link", name="Tracer une décision"))
    alice.audit()
    page.get_by_role("button", name="Tracer cette décision").click()
    expect(page.get_by_role("link", name=re.compile("Indiquez ce que la personne a décidé"))).to_be_visible()
    alice.audit()
    page.get_by_role("radio", name="Opposition au partage avec une organisation").check()
    page.get_by_label(re.compile("^Organisation")).select_option(label="Clinique des Dunes")
    page.get_by_role("radio", name="De vive voix").check()
    page.get_by_role("button", name="Tracer cette décision").click()
    expect(page.get_by_text(re.compile("Clinique des Dunes, depuis le"))).to_be_visible()
    alice.audit()

    denis = desk_of("denis")
    denis.go(file)
    expect(
        denis.page.get_by_text(re.compile("s’oppose au partage de ses données avec votre organisation"))
    ).to_be_visible()
    denis.audit()
    denis.page.get_by_label("Motif de l’accès exceptionnel").fill(WHY)
    denis.page.get_by_role("button", name="Ouvrir le dossier pour quatre heures").click()
    expect(denis.page.locator(".breakglass")).to_be_visible()
    denis.audit()

    alice.go(f"{file}?rubrique=acces")
    expect(page.get_by_role("region", name="Ouvert en urgence")).to_contain_text("Denis Weiss")
    alice.audit()


def test_a_file_is_shared_read_and_closed_again(desk_of: OpenDesk, backstage: Backstage) -> None:
    file = _followed(backstage)
    bob, denis = desk_of("bob"), desk_of("denis")
    page = bob.page
    bob.go(f"{file}?rubrique=acces")
    bob.follow(page.get_by_role("link", name="Partager"))
    bob.audit()
    page.get_by_label("Pourquoi").fill("Second avis chirurgical demandé par la patiente")
    page.get_by_role("button", name="Partager").click()
    expect(page.get_by_role("link", name=re.compile("Indiquez le professionnel ou l’organisation"))).to_be_visible()
    bob.audit()
    page.get_by_label("Avec qui").press_sequentially("weis")
    page.get_by_role("option", name=re.compile("Dr Denis Weiss")).click()
    page.get_by_role("button", name="Partager").click()
    shared = page.get_by_role("region", name="À qui le dossier est montré pour un temps")
    expect(shared).to_contain_text("Denis Weiss")
    bob.audit()

    denis.go(file)
    expect(denis.page.get_by_role("heading", level=1)).to_contain_text("Parcours")
    denis.audit()

    page.reload()
    expect(page.get_by_role("region", name="Qui a ouvert le dossier")).to_contain_text("Dr Denis Weiss")
    page.get_by_role("button", name="Terminer le partage avec Denis Weiss").click()
    expect(shared).not_to_contain_text("Denis Weiss")
    bob.audit()
    assert denis.status_of(file) == 403


def test_the_information_sheet_and_the_access_list_are_printed(desk_of: OpenDesk, backstage: Backstage) -> None:
    file = _followed(backstage)
    alice = desk_of("alice")
    page = alice.page
    page.add_init_script("window.print = () => { window.printed = (window.printed || 0) + 1; }")
    alice.go(f"{file}?rubrique=information")
    page.get_by_role("link", name="Fiche d’information").click()
    expect(page.get_by_role("heading", name="Vos droits")).to_be_visible()
    alice.audit()
    page.get_by_role("button", name="Imprimer").click()
    assert page.evaluate("window.printed") == 1
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Imprimer")).to_be_hidden()
    expect(page.get_by_role("heading", name="Vos droits")).to_be_visible()
    page.emulate_media(media="screen")

    alice.go(f"{file}information/")
    page.get_by_role("radio", name="Document remis en main propre").check()
    page.get_by_role("radio", name="Elle ne s’oppose pas").check()
    page.get_by_role("button", name="Tracer cette information").click()
    expect(page.get_by_role("region", name="Information donnée")).to_contain_text("version 2026-11")
    alice.audit()

    alice.go(f"{file}?rubrique=acces")
    page.get_by_role("link", name="Liste pour le patient").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Qui peut lire votre dossier")
    alice.audit()

    alice.go(f"{file}demandes/")
    alice.audit()
    page.get_by_role("radio", name="Accès au dossier").check()
    page.get_by_label("Présentée par").fill("Elle-même")
    page.get_by_role("radio", name="De vive voix").check()
    page.get_by_role("button", name="Enregistrer la demande").click()
    expect(page.get_by_role("region", name=re.compile("Demande du"))).to_contain_text("à traiter")
    page.get_by_text(re.compile("^Répondre")).click()
    alice.audit()
    alice.go("/patients/demandes/")
    alice.audit()


def test_an_elimination_is_asked_again_before_it_is_signed(desk_of: OpenDesk, backstage: Backstage) -> None:
    patient = known(backstage, "Le Du", "Corentin", "05051944", sex="M")
    long_ago = timezone.now() - timedelta(days=365 * 25)
    with backstage("admin3c") as administrator:
        ask_list(organisation=administrator.acting_as, by=administrator)
    with as_worker({1}):
        Patient.objects.filter(pk=patient.pk).update(created_at=long_ago)
        Access.objects.filter(patient=patient).update(granted_at=long_ago)
        assert draw_next()
    desk = desk_of("admin3c")
    page, keys = desk.page, desk.keys
    desk.go("/patients/conservation/")
    desk.audit()
    sign = page.get_by_role("button", name="Signer l’élimination de 1 dossier")
    question = page.get_by_role("dialog", name=re.compile("^Signer cette élimination"))
    keys.tab_to(sign)
    keys.press("Enter")
    expect(question).to_contain_text("tant qu’une autre personne n’a pas signé aussi")
    desk.audit()
    keys.press("Escape")
    expect(question).to_be_hidden()
    assert "Signer l’élimination" in focus_of(page)
    with backstage("admin3c"):
        assert RetentionList.objects.get().first_by is None
    keys.press("Enter")
    keys.tab_to(question.get_by_role("button", name="Signer", exact=True))
    keys.press("Enter")
    expect(page.get_by_text("Vous avez signé. Une autre personne doit signer aussi.")).to_be_visible()
    expect(sign).to_have_count(0)
    desk.audit()
