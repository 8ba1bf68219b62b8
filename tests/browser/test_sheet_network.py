"""The connection is lost and comes back: all that is typed is counted, kept encrypted, sent once, wiped at sign-out."""

import re
from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from rcp.models import Answer, AnswerEvent
from tests.browser.desk import Desk
from tests.browser.stage import Backstage, known, meeting_at, registered

pytestmark = pytest.mark.browser

KEPT = """() => new Promise((resolve) => {
  const asked = indexedDB.open("dcc-desk");
  asked.onsuccess = () => {
    const base = asked.result;
    if (!base.objectStoreNames.contains("operations")) { base.close(); return resolve([]); }
    const rows = base.transaction("operations").objectStore("operations").getAll();
    const text = (one) => new TextDecoder("latin1").decode(one.data);
    rows.onsuccess = () => { base.close(); resolve(rows.result.map(text)); };
  };
})"""


def test_connection_lost_and_back(desk_of: Callable[..., Desk], backstage: Backstage) -> None:
    meeting_at(backstage, timezone.now())
    case = registered(backstage, known(backstage, "Abhervé", "Françoise", "11031963"))
    bob = desk_of("bob")
    page = bob.page
    bob.go(f"/dossiers/{case.pk}/")
    bob.ready()
    bob.context.set_offline(True)
    for label, typed in (("Taille", "165"), ("Poids", "61"), ("Allergies / intolérances", "Pénicilline")):
        page.get_by_label(label, exact=True).fill(typed)
        page.get_by_label(label, exact=True).press("Tab")
    state = page.locator("#etat-enregistrement")
    expect(state).to_have_text(re.compile("3 réponses gardées sur cet ordinateur"))
    expect(page.get_by_text("Connexion perdue").first).to_be_visible()
    bar = page.locator(".savebar").bounding_box()
    assert bar is not None
    assert bar["height"] < 70  # one line: nothing wraps at 1366
    bob.audit()
    rows = page.evaluate(KEPT)
    assert len(rows) == 3
    assert not [one for one in rows if "Pénicilline" in one or "nicilline" in one or "tronc" in one]
    _lost_on_the_way_back(bob)
    bob.context.set_offline(False)
    expect(state).to_have_attribute("data-state", "saved")
    page.wait_for_function(f"async () => (await ({KEPT})()).length === 0")
    bob.audit()
    with backstage("bob"):
        values = {row.path.rpartition("/")[2]: row.value for row in Answer.objects.all()}
        assert (values["tronc.taille"], values["tronc.poids"]) == (165, 61)
        assert values["tronc.allergies"] == "Pénicilline"
        operations = AnswerEvent.objects.values_list("op_id", flat=True)
        assert len(operations) == len(set(operations)) == 3


def _lost_on_the_way_back(bob: Desk) -> None:
    """The first answer of the server is lost: the operation is sent again under its number, and counts once."""
    lost: list[str] = []

    def swallow(route):  # type: ignore[no-untyped-def]
        if lost:
            return route.continue_()
        lost.append(route.request.url)
        route.fetch()
        return route.abort()

    bob.page.route(re.compile("/champ/"), swallow)


def test_signing_out_wipes_what_was_not_sent(desk_of: Callable[..., Desk], backstage: Backstage) -> None:
    meeting_at(backstage, timezone.now())
    case = registered(backstage, known(backstage, "Abhervé", "Françoise", "11031963"))
    bob = desk_of("bob")
    page = bob.page
    page.on("dialog", lambda dialog: dialog.accept())
    bob.go(f"/dossiers/{case.pk}/")
    bob.ready()
    page.route(re.compile("/champ/"), lambda route: route.abort())
    page.get_by_label("Taille", exact=True).fill("165")
    page.get_by_label("Taille", exact=True).press("Tab")
    expect(page.locator("#etat-enregistrement")).to_have_attribute("data-state", "local")
    assert len(page.evaluate(KEPT)) == 1
    bob.go("/")  # from another page, where no script of the sheet runs
    page.locator("summary", has_text="Kerjean").click()
    page.get_by_role("button", name="Se déconnecter").click()
    page.wait_for_url(re.compile("/compte/|/$"))
    assert page.evaluate(KEPT) == []
    assert page.evaluate("sessionStorage.getItem('dcc-desk-key')") is None
