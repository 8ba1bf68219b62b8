"""After the validation: the report leaves, the secretary sees it gone and prints what goes by post (SND-03, SND-06)."""

import re
from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, expect

from rcp.models import Case, Sheet
from tests.browser.desk import Desk
from tests.browser.product import Product
from tests.browser.stage import GP, Backstage, known, meeting_at, registered
from tests.conftest import owner_connection
from tests.sheets.casework import complete, sit

pytestmark = pytest.mark.browser

OpenDesk = Callable[..., Desk]
ARRIVES_MS = 60_000  # a PDF is made and a mail sent, on a machine that has other things to do


def test_a_validated_sheet_is_delivered_and_posted(desk_of: OpenDesk, backstage: Backstage, product: Product) -> None:
    case = _concluded(backstage, product.database)
    bob, alice = desk_of("bob"), desk_of("alice")
    bob.product.start_senders()
    bob.go(f"/dossiers/{case}/conclusion/")
    bob.ready()
    bob.page.keyboard.press("Control+Enter")
    bob.page.get_by_role("button", name="Figer et envoyer").click()
    expect(bob.page.locator("#messages")).to_contain_text("Fiche validée, n°")
    page = alice.page
    alice.go("/envois/")
    _until(alice, page.get_by_role("row", name=re.compile("Kerjean")).filter(has_text="Parti"))
    alice.audit()
    page.get_by_role("row", name=re.compile("Kerjean")).get_by_role("link", name=re.compile("ABHERVE")).click()
    expect(page.get_by_role("heading", name=re.compile("ABHERVE.*Kerjean"))).to_be_visible()
    alice.audit()
    with page.expect_download() as mail:
        page.get_by_role("link", name="courriel envoyé").click()
    assert mail.value.suggested_filename.endswith(".eml")
    assert len(alice.product.mssante.kept()) == 1
    _posts(alice)


def _concluded(backstage: Backstage, database: str) -> str:
    meeting_at(backstage, timezone.now())
    with owner_connection(database) as owner:  # the national header names who validated by their RPPS
        owner.execute("UPDATE accounts_user SET rpps = '10000000009' WHERE email = 'bob@dcc.example'")
    case = registered(backstage, known(backstage))
    with backstage("bob") as bob:
        case = Case.objects.select_related("meeting").get(pk=case.pk)
        sit(case.meeting, "bob", "helias", "oumarou")
        complete(Sheet.objects.get(case=case), by=bob)
    return str(case.pk)


def _until(desk: Desk, shown: Locator) -> None:
    """The page as the person who comes back to it now and then would see it."""
    for _ in range(ARRIVES_MS // 2000):
        try:
            expect(shown).to_be_visible(timeout=2000)
        except AssertionError:
            desk.page.reload()
        else:
            return
    raise AssertionError(desk.product.tail("worker"))


def _posts(alice: Desk) -> None:
    """The GP has no secure address: one PDF, printed, confirmed, gone from the list."""
    page = alice.page
    page.get_by_role("link", name=re.compile("Imprimer la liste postale")).click()
    row = page.get_by_role("row", name=re.compile(GP))
    expect(row).to_be_visible()
    alice.audit()
    row.get_by_role("checkbox").check()
    with alice.context.expect_page() as opened:
        page.get_by_role("button", name=re.compile("Préparer le PDF")).click()
    opened.value.close()
    page.get_by_role("button", name="Confirmer l’impression").click()
    expect(page.locator("#messages")).to_contain_text("1 courrier imprimé")
    alice.audit()
    expect(page.get_by_role("row", name=re.compile(GP))).to_contain_text("Imprimé")
