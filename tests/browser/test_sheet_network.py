"""The connection is lost and comes back: all that is typed is counted, kept encrypted, sent once, wiped at sign-out."""

import re
from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Route, expect

from dcc.embedded.processes import wait_until
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
    assert len(rows) == 3  # « gardées sur cet ordinateur » is said once they are on the disk
    assert not [one for one in rows if "Pénicilline" in one or "nicilline" in one or "tronc" in one]
    late = _lost_on_the_way_back(bob)
    bob.context.set_offline(False)
    assert wait_until(lambda: page.evaluate("true") and late, 15, every=0.05)
    expect(state).to_have_attribute("data-state", "saving")  # two are saved, one is on its way
    late.pop().continue_()
    expect(state).to_have_attribute("data-state", "saved")
    nothing_kept(bob)
    bob.audit()
    with backstage("bob"):
        values = {row.path.rpartition("/")[2]: row.value for row in Answer.objects.all()}
        assert (values["tronc.taille"], values["tronc.poids"]) == (165, 61)
        assert values["tronc.allergies"] == "Pénicilline"
        operations = AnswerEvent.objects.values_list("op_id", flat=True)
        assert len(operations) == len(set(operations)) == 3


def test_without_the_network_the_page_is_not_left(desk_of: Callable[..., Desk], backstage: Backstage) -> None:
    """No link, no key leads to an error page of the browser; the way opens when the network is back."""
    meeting_at(backstage, timezone.now())
    case = registered(backstage, known(backstage, "Abhervé", "Françoise", "11031963"))
    bob = desk_of("bob")
    page = bob.page
    bob.go(f"/dossiers/{case.pk}/")
    bob.ready()
    address = page.url
    bob.context.set_offline(True)
    way = page.get_by_role("link", name=re.compile("^Proposition et validation"))
    expect(way).to_have_attribute("aria-disabled", "true")
    said = page.locator("#avis [data-refusal]")
    page.get_by_label("Taille", exact=True).fill("165")
    for leave in (
        lambda: page.keyboard.press("Control+Enter"),
        lambda: way.click(force=True),
        lambda: page.get_by_role("link", name="Voir projetée").click(force=True),
        lambda: (page.keyboard.press("Escape"), page.keyboard.press("Escape")),
    ):
        page.evaluate("document.querySelectorAll('#avis [data-refusal]').forEach((one) => one.remove())")
        leave()
        expect(said).to_contain_text("Pas de connexion : la page reste ouverte")
        assert page.url == address
    expect(said).to_contain_text("1 réponse gardée sur cet ordinateur")
    bob.audit()
    bob.context.set_offline(False)
    expect(page.locator("#etat-enregistrement")).to_have_attribute("data-state", "saved")
    expect(said).to_have_count(0)
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile("/conclusion/"))


def nothing_kept(desk: Desk) -> None:
    """Wait until the computer keeps nothing. Asked again from here: a page does not wait for an async function."""
    assert wait_until(lambda: desk.page.evaluate(KEPT) == [], 15, every=0.1)


def _lost_on_the_way_back(bob: Desk) -> list[Route]:
    """The first answer of the server is lost, and counts once; the last request is held up, and returned here."""
    lost: list[str] = []
    late: list[Route] = []

    def swallow(route: Route) -> None:
        if "allergies" in (route.request.post_data or ""):
            late.append(route)
        elif lost:
            route.continue_()
        else:
            lost.append(route.request.url)
            route.fetch()
            route.abort()

    bob.page.route(re.compile("/champ/"), swallow)
    return late


def test_reloaded_before_the_answer_it_counts_once(desk_of: Callable[..., Desk], backstage: Backstage) -> None:
    """The server applied it, its answer is lost, the page is closed on it; a second tab looks on."""
    meeting_at(backstage, timezone.now())
    case = registered(backstage, known(backstage, "Abhervé", "Françoise", "11031963"))
    bob = desk_of("bob")
    page = bob.page
    page.on("dialog", lambda dialog: dialog.accept())
    bob.go(f"/dossiers/{case.pk}/")
    bob.ready()

    def swallow(route: Route) -> None:
        if "taille" in (route.request.post_data or ""):
            route.fetch()
        route.abort()

    page.route(re.compile("/champ/"), swallow)
    for label, typed in (("Taille", "165"), ("Allergies / intolérances", "Iode")):
        page.get_by_label(label, exact=True).fill(typed)
        page.get_by_label(label, exact=True).press("Tab")
    state = page.locator("#etat-enregistrement")
    expect(state).to_have_text("2 réponses gardées sur cet ordinateur")
    other = bob.context.new_page()
    other.goto(page.url)
    expect(other.get_by_label("Taille", exact=True)).to_have_value("165")
    other.close()
    page.reload()
    allergies = page.get_by_label("Allergies / intolérances", exact=True)
    expect(allergies).to_have_value("Iode")  # what waits is seen where it was typed
    expect(state).to_have_text("2 réponses gardées sur cet ordinateur")
    page.unroute(re.compile("/champ/"))
    page.evaluate("dispatchEvent(new Event('focus'))")
    expect(state).to_have_attribute("data-state", "saved")
    nothing_kept(bob)
    with backstage("bob"):
        assert sorted(AnswerEvent.objects.values_list("value", flat=True), key=str) == [165, "Iode"]


def test_a_session_that_ends_loses_no_word(desk_of: Callable[..., Desk], backstage: Backstage) -> None:
    meeting_at(backstage, timezone.now())
    case = registered(backstage, known(backstage, "Abhervé", "Françoise", "11031963"))
    bob = desk_of("bob")
    page = bob.page
    bob.go(f"/dossiers/{case.pk}/")
    bob.ready()
    session = bob.context.cookies()
    bob.context.clear_cookies()
    page.get_by_label("Allergies / intolérances", exact=True).fill("Iode")
    page.get_by_label("Allergies / intolérances", exact=True).press("Tab")
    expect(page.locator("#session-close")).to_be_visible()
    expect(page.locator("#etat-enregistrement")).to_have_text("1 réponse gardée sur cet ordinateur")
    bob.context.add_cookies(session)  # type: ignore[arg-type]  # signed in again, in another tab
    page.evaluate("dispatchEvent(new Event('focus'))")
    expect(page.locator("#etat-enregistrement")).to_have_attribute("data-state", "saved")
    with backstage("bob"):
        assert Answer.objects.get().value == "Iode"


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
    assert (
        page.evaluate("Object.keys({ ...sessionStorage, ...localStorage }).filter((one) => /^dcc-desk/.test(one))")
        == []
    )


def test_a_tab_that_was_closed_loses_no_word(desk_of: Callable[..., Desk], backstage: Backstage) -> None:
    """Closed with words on the computer; opened again by the same person, who sees them leave."""
    meeting_at(backstage, timezone.now())
    case = registered(backstage, known(backstage, "Abhervé", "Françoise", "11031963"))
    bob = desk_of("bob")
    page = bob.page
    bob.go(f"/dossiers/{case.pk}/")
    bob.ready()
    page.route(re.compile("/champ/"), lambda route: route.abort())
    page.get_by_label("Allergies / intolérances", exact=True).fill("Iode")
    page.get_by_label("Allergies / intolérances", exact=True).press("Tab")
    expect(page.locator("#etat-enregistrement")).to_have_text("1 réponse gardée sur cet ordinateur")
    kept = "JSON.stringify([{ ...sessionStorage }, { ...localStorage }, document.documentElement.outerHTML])"
    assert "desk-key" not in page.evaluate(kept)
    address = page.url
    page.close()
    bob.page = bob.context.new_page()
    bob.page.goto(address)
    expect(bob.page.locator("#etat-enregistrement")).to_have_attribute("data-state", "saved")
    expect(bob.page.get_by_label("Allergies / intolérances", exact=True)).to_have_value("Iode")
    nothing_kept(bob)
    with backstage("bob"):
        assert AnswerEvent.objects.get().value == "Iode"
