"""The network administrator's desk: an account is opened on a signed paper, its owner comes in (ADM-03, ADM-05)."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import DESK
from tests.browser.desk import Desk, Keyboard
from tests.browser.product import CODE, LINK

pytestmark = pytest.mark.browser

OpenDesk = Callable[..., Desk]
WRONG_RPPS, RIGHT_RPPS = "10000000001", "10000000009"
NEWCOMER = "solene.legoff@dcc.example"
CHOSEN = "Trois-goélands-sur-le-quai"


def test_administrator_with_the_mouse(desk_of: OpenDesk) -> None:
    desk = desk_of("network")
    page = desk.page
    desk.follow(page.get_by_role("link", name="Utilisateurs").first)
    desk.audit()
    desk.follow(page.get_by_role("link", name="Ajouter une personne"))
    desk.audit()
    _describe(desk)
    page.get_by_label("Rôle").select_option(label="administrateur de 3C – formulaire signé")
    page.get_by_label("Structure").select_option(label="3C Estuaire (3C)")
    send = page.get_by_role("button", name="Ouvrir le compte et inviter")
    send.click()
    for refusal in ("La clé de ce RPPS ne correspond pas", "indiquez le signataire", "indiquez la date de signature"):
        expect(page.get_by_role("link", name=re.compile(refusal))).to_be_visible()
    expect(page.get_by_label("Nom", exact=True)).to_have_value("Le Goff")
    expect(page.get_by_label("Rôle")).to_have_value("admin_3c")
    desk.audit()
    assert desk.product.mails_to(NEWCOMER) == []
    _field(desk, "RPPS").fill(RIGHT_RPPS)
    _field(desk, "Signataire").fill("Mme la directrice du CH de Rochebrune")
    _field(desk, "Signé le").fill("-3")
    _field(desk, "Référence du formulaire").fill("HAB-2026-114")
    send.dblclick()
    expect(page.locator("#messages").get_by_text("son invitation est partie")).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("3C Estuaire"))).to_contain_text("HAB-2026-114")
    desk.audit()
    page.get_by_role("link", name="Utilisateurs").last.click()
    expect(page.get_by_role("link", name="Le Goff Solène")).to_have_count(1)
    desk.audit()
    _newcomer_comes_in(desk_of(), None)


def test_administrator_by_keyboard(desk_of: OpenDesk) -> None:
    """The same at 1920×1080 in dark colours, without touching the mouse."""
    desk = desk_of(size=DESK, dark=True)
    page = desk.page
    keys = desk.keys
    desk.sign_in("network", keyboard=keys)
    keys.press("g", "u")
    page.wait_for_url(re.compile("/utilisateurs/$"))
    desk.audit()
    keys.press("n")
    page.wait_for_url(re.compile("/utilisateurs/nouveau/"))
    desk.audit()
    for label, typed in PERSON.items():
        keys.fill(_field(desk, label), typed)
    keys.fill(_field(desk, "RPPS"), WRONG_RPPS)
    keys.fill(_field(desk, "Structure"), "3C E")
    keys.fill(_field(desk, "Rôle"), "administrateur de 3")
    keys.press("Tab", "Tab", "Enter")
    summary = page.get_by_role("link", name=re.compile("La clé de ce RPPS"))
    expect(summary).to_be_visible()
    desk.audit()
    keys.tab_to(summary)
    keys.press("Enter")
    expect(_field(desk, "RPPS")).to_be_focused()
    keys.press("Control+a")
    keys.type(RIGHT_RPPS)
    keys.fill(_field(desk, "Signataire"), "Mme la directrice")
    keys.fill(_field(desk, "Signé le"), "auj")
    keys.fill(_field(desk, "Référence du formulaire"), "HAB-115")
    keys.press("Enter")
    expect(page.locator("#messages").get_by_text("son invitation est partie")).to_be_visible()
    desk.audit()
    desk.report("administrator", keys)
    newcomer = desk_of(size=DESK, dark=True)
    _newcomer_comes_in(newcomer, newcomer.keys)


PERSON = {"Nom": "Le Goff", "Prénom": "Solène", "Adresse électronique professionnelle": NEWCOMER, "Profession": "Admin"}


def _field(desk: Desk, label: str) -> Locator:
    return desk.page.get_by_label(re.compile(rf"^{label}( facultatif)?$"))


def _describe(desk: Desk) -> None:
    for label, typed in PERSON.items():
        field = _field(desk, label)
        if label == "Profession":
            field.select_option(value="admin")
        else:
            field.fill(typed)
    _field(desk, "RPPS").fill(WRONG_RPPS)


def _newcomer_comes_in(desk: Desk, keys: Keyboard | None) -> None:
    """The invitation, a password refused then chosen, the code, the terms, the recovery codes, one's own page."""
    page = desk.page
    desk.short = "newcomer"
    found = LINK.search(desk.product.mail_after(set(), NEWCOMER))
    assert found
    page.goto(found.group(0))
    expect(page.get_by_role("heading", level=1)).to_have_text("Choisir votre mot de passe")
    desk.audit()
    first, again = page.locator("#id_password1"), page.locator("#id_password2")
    _type(keys, first, "123456789012")
    _type(keys, again, "123456789012")
    _press(keys, page.get_by_role("button", name="Enregistrer ce mot de passe"))
    expect(page.get_by_role("link", name=re.compile("numérique"))).to_be_visible()
    desk.audit()
    _type(keys, first, CHOSEN)
    _type(keys, again, CHOSEN)
    _press(keys, page.get_by_role("button", name="Enregistrer ce mot de passe"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Mot de passe enregistré")
    desk.audit()
    known = {mail.key for mail in desk.product.mails_to(NEWCOMER)}
    _press(keys, page.get_by_role("link", name="Se connecter"))
    _type(keys, page.get_by_label("Adresse électronique"), NEWCOMER)
    _type(keys, page.get_by_label("Mot de passe", exact=True), CHOSEN)
    _press(keys, page.get_by_role("button", name="Continuer"))
    field = page.get_by_role("textbox", name="Code reçu")
    expect(field).to_be_visible()
    desk.audit()
    code = CODE.search(desk.product.mail_after(known, NEWCOMER, about="code"))
    assert code
    _type(keys, field, code.group(1))
    _press(keys, page.get_by_role("button", name="Se connecter"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Conditions d’utilisation")
    desk.audit()
    _press(keys, page.get_by_role("button", name="Accepter et continuer"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Protéger mon compte")
    expect(page.get_by_role("list", name="Codes de secours").get_by_role("listitem")).to_have_count(10)
    desk.audit()
    _press(keys, page.get_by_role("button", name="J’ai gardé mes codes, continuer"))
    page.wait_for_url(lambda url: "/compte/" not in url)
    expect(page.get_by_text("Solène Le Goff").first).to_be_attached()
    desk.audit()
    if keys:
        desk.report("newcomer", keys)


def _type(keys: Keyboard | None, field: Locator, text: str) -> None:
    if keys is None:
        field.fill(text)
    else:
        keys.tab_to(field)
        if field.input_value():
            keys.press("Control+a")
        keys.type(text)


def _press(keys: Keyboard | None, target: Locator) -> None:
    if keys is None:
        target.click()
    else:
        keys.tab_to(target)
        keys.press("Enter")
