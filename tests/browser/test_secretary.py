"""The secretary's desk: from a patient nobody knows to a case on the list of the next meeting (PAT-02, INS-01…08)."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from patients.models import Patient
from rcp.models import Case
from tests.browser.conftest import DESK
from tests.browser.desk import Desk, Keyboard
from tests.browser.stage import Backstage, in_ten_days, known, meeting_at

pytestmark = pytest.mark.browser

QUESTION = "Après tumorectomie pT1c pN1mi, indication d’une chimiothérapie adjuvante ?"
CREATE = re.compile("^Créer( malgré la ressemblance, puis inscrire| et inscrire en RCP)$")
OTHER_PERSON = "Vérifié avec la pièce d’identité : autre personne"
OpenDesk = Callable[..., Desk]


def test_secretary_with_the_mouse(desk_of: OpenDesk, backstage: Backstage) -> None:
    meeting_at(backstage, in_ten_days())
    known(backstage, "Abhervé", "Francine", "11031963", insee="44109", ipp="00412887")
    desk = desk_of()
    page = desk.page

    desk.go("/compte/login/")
    desk.audit()
    desk.sign_in("alice")
    expect(page).to_have_title(re.compile("Accueil"))
    desk.audit()

    page.get_by_role("link", name="Inscrire en RCP").click()
    _search_in_vain(desk)
    _create(desk)
    _register(desk)
    _sees_the_case(desk, backstage)


def _search_in_vain(desk: Desk) -> None:
    page = desk.page
    desk.audit()
    page.get_by_label("Nom de naissance ou utilisé").fill("Abhervé")
    page.get_by_role("button", name="Rechercher").click()
    expect(page.get_by_text("Indiquez la date de naissance").first).to_be_visible()
    expect(page.get_by_label("Nom de naissance ou utilisé")).to_have_value("Abhervé")
    desk.audit()
    page.get_by_label("Prénom").fill("Solène")
    page.get_by_label("Date de naissance").fill("12031964")
    page.get_by_role("button", name="Rechercher").click()
    expect(page.get_by_role("heading", name="Aucune identité trouvée")).to_be_visible()
    desk.audit()
    page.get_by_role("link", name="Créer avec ces traits").click()


def _create(desk: Desk) -> None:
    """The date searched was wrong: once right, somebody very close shows up."""
    page = desk.page
    expect(page.get_by_role("heading", level=1)).to_have_text("Nouveau patient")
    desk.audit()
    given_name = page.get_by_label("Premier prénom de naissance")
    given_name.fill("Francine")
    page.get_by_label("Date de naissance").fill("11031963")
    expect(page.get_by_text("lundi 11 mars 1963").first).to_be_visible()
    expect(page.locator("#proches")).to_contain_text("ABHERVE Francine")
    page.get_by_role("button", name=CREATE).click()
    expect(page.get_by_role("link", name="Indiquez le sexe")).to_be_visible()
    expect(given_name).to_have_value("Francine")
    desk.audit()
    page.locator(".choice", has_text="Féminin").click()
    place = page.get_by_label("Lieu de naissance")
    place.press_sequentially("44000")
    page.get_by_role("option", name="Nantes").first.click()
    expect(place).to_have_value(re.compile("Nantes"))
    page.evaluate("scrollTo(0, 0)")  # else the bar that stays hides half a crumb
    desk.audit()
    page.get_by_role("button", name=CREATE).click()
    expect(page.get_by_role("link", name=re.compile("Une identité est très proche"))).to_be_visible()
    expect(given_name).to_have_value("Francine")
    expect(place).to_have_value(re.compile("Nantes"))
    desk.audit()
    given_name.fill("Françoise")
    page.get_by_label("Pourquoi créer quand même").select_option(label=OTHER_PERSON)
    page.get_by_role("button", name=CREATE).dblclick()
    page.wait_for_url(re.compile("/inscription/"))


def _register(desk: Desk) -> None:
    page = desk.page
    desk.audit()
    register = page.get_by_role("button", name=re.compile("^Inscrire (au|Ctrl)|^Inscrire$"))
    question = page.get_by_label("Question posée à la RCP")
    question.fill("Chimio ?")
    register.click()
    for missing in ("Choisissez la réunion", "Indiquez si la personne est informée", "Écrivez la question posée"):
        expect(page.get_by_role("link", name=re.compile(missing))).to_be_visible()
    expect(question).to_have_value("Chimio ?")
    desk.audit()
    page.get_by_role("row", name=re.compile("Sein")).get_by_role("radio").check()
    page.locator(".choice", has_text="Oui").first.click()
    page.get_by_label("Le", exact=True).fill("auj")
    question.fill(QUESTION)
    page.locator(".choice", has_text="Initial").first.click()
    requester = page.get_by_label("Médecin demandeur")
    requester.fill("")
    requester.press_sequentially("kerj")
    page.get_by_role("option", name=re.compile("Kerjean")).click()
    by = page.get_by_label("Par", exact=True)
    by.fill("Dr Bob Kerjean")
    page.get_by_role("textbox", name="Médecin adresseur").first.press_sequentially("heli")
    page.get_by_role("option", name=re.compile("Hélias")).click()
    page.get_by_role("textbox", name="Médecin traitant").first.fill("Dr Paul Mazurier")
    desk.audit()
    register.dblclick()
    page.wait_for_url(re.compile("/reunions/"))


def _sees_the_case(desk: Desk, backstage: Backstage) -> None:
    """On the list of the meeting, at the cockpit, once."""
    page = desk.page
    row = page.get_by_role("row", name=re.compile("ABHERV.* Françoise", re.I))
    expect(row).to_have_count(1)
    expect(row).to_contain_text("Après tumorectomie")
    desk.audit()
    page.get_by_role("link", name="Accueil", exact=True).click()
    expect(page.get_by_text("ABHERVE").first).to_be_visible()
    desk.audit()
    with backstage("alice"):
        assert Patient.objects.filter(first_given_name="FRANCOISE").count() == 1
        case = Case.objects.get()
        addresses = {one.role: one.mssante_address for one in case.correspondents.all()}
    assert case.question == QUESTION
    assert addresses == {
        "requester": "kerjean@ligea-essai.mssante.fr",
        "referring": "hélias@ligea-essai.mssante.fr",
        "gp": "",
    }


def test_secretary_by_keyboard(desk_of: OpenDesk, backstage: Backstage) -> None:
    """The same at 1920×1080 in dark colours, without touching the mouse."""
    meeting_at(backstage, in_ten_days())
    desk = desk_of(size=DESK, dark=True)
    page, keys = desk.page, desk.keys
    desk.sign_in("alice", keyboard=keys)
    desk.audit()
    keys.press("i")
    page.wait_for_url(re.compile("/patients/"))
    desk.ready()
    keys.fill(page.get_by_label("Nom de naissance ou utilisé"), "Abhervé")
    keys.fill(page.get_by_label("Prénom"), "Françoise")
    keys.fill(page.get_by_label("Date de naissance"), "11031963")
    keys.press("Enter")
    expect(page.get_by_role("heading", name="Aucune identité trouvée")).to_be_visible()
    desk.audit()
    keys.press("n")
    page.wait_for_url(re.compile("/patients/nouveau/"))
    desk.ready()
    keys.choose(page.get_by_role("radio", name="Féminin"))
    place = page.get_by_label("Lieu de naissance")
    keys.fill(place, "44000")
    expect(page.get_by_role("option", name="Nantes").first).to_be_visible()
    keys.press("ArrowDown", "Enter")
    expect(place).to_have_value(re.compile("Nantes"))
    desk.audit()
    keys.press("Enter")
    page.wait_for_url(re.compile("/inscription/"))
    desk.ready()
    _register_by_keyboard(desk, keys)
    row = page.get_by_role("row", name=re.compile("ABHERVE", re.I))
    expect(row).to_have_count(1)
    desk.audit()
    keys.press("g", "a")
    page.wait_for_url(re.compile("/accueil/"))
    desk.report("secretary", keys)


def _register_by_keyboard(desk: Desk, keys: Keyboard) -> None:
    page = desk.page
    keys.choose(page.get_by_role("row", name=re.compile("Sein")).get_by_role("radio"))
    keys.choose(page.get_by_role("radio", name="Oui", exact=True))
    keys.fill(page.get_by_label("Le", exact=True), "auj")
    keys.fill(page.get_by_label("Par", exact=True), "Dr Bob Kerjean")
    keys.fill(page.get_by_label("Question posée à la RCP"), QUESTION)
    keys.choose(page.get_by_role("radio", name="Proposition de traitement initial"))
    requester = page.get_by_label("Médecin demandeur")
    keys.fill(requester, "kerj")
    expect(page.get_by_role("option", name=re.compile("Kerjean"))).to_be_visible()
    keys.press("ArrowDown", "Enter")
    expect(requester).to_have_value(re.compile("Kerjean"))
    desk.audit()
    keys.press("Control+Enter")
    page.wait_for_url(re.compile("/reunions/"))
    desk.ready()
