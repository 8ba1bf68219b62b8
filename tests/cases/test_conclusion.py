"""The conclusion through HTTP: who signs, what still stops it, one number for two clicks, countersigned, replaced."""

import html

import pytest

from dcc.audit.models import AuditEvent
from messaging.models import Delivery
from rcp.models import Case, CaseStatus, Level, OrderCounter, Sheet
from tests.sheets.casework import answer, choose, complete, make_case, make_patient, sit


@pytest.fixture
def ready(working_as):
    with working_as("bob") as bob:
        case = make_case(by=bob)
        sit(case.meeting, "bob", "helias", "oumarou")
        complete(case.sheets.get(), by=bob)
    return case


def page_of(client, case):
    return html.unescape(client.get(f"/dossiers/{case.pk}/conclusion/").content.decode())


def post(client, case, action, **data):
    return client.post(f"/dossiers/{case.pk}/{action}/", data)


def test_the_page_says_what_signing_will_do(ready, signed_in):
    text = page_of(signed_in("bob"), ready)
    for words in (
        "Quorum atteint, tracé",
        "Patiente informée le 20/11/2030",
        "SEI-2030-0001",
        "à 2 destinataires",
        "Dr Paul Mazurier par courrier",
        "a été discuté le 26",
        "La RCP propose une surveillance.",
        "Figer la fiche et l’envoyer",
    ):
        assert words in text, words


def test_who_may_not_sign_reads_whose_it_is(ready, signed_in):
    text = page_of(signed_in("helias"), ready)
    assert "Valider revient au coordonnateur de la RCP (Dr Kerjean) ou au médecin qui préside la séance." in text
    assert "Figer et envoyer" not in text
    assert post(signed_in("helias"), ready, "valider").status_code == 403


def test_the_physician_who_presides_signs(ready, signed_in, working_as):
    with working_as("bob"):
        sit(ready.meeting, chair="helias")
    assert post(signed_in("helias"), ready, "valider").status_code == 302


def test_signing_goes_on_to_the_next_case(ready, signed_in, working_as):
    with working_as("bob") as bob:
        following = make_case(by=bob, patient=make_patient("KERVRAN"), position=2)
    client = signed_in("bob")
    assert "Valider et passer au dossier 2" in page_of(client, ready)
    assert post(client, ready, "valider").url == f"/dossiers/{following.pk}/conclusion/"


def test_two_clicks_give_one_number(ready, signed_in, working_as):
    client = signed_in("bob")
    assert post(client, ready, "valider").status_code == 302
    again = post(client, ready, "valider")
    assert again.status_code == 423
    assert "rien n’a été fait une seconde fois" in html.unescape(again.content.decode())
    with working_as("bob"):
        assert OrderCounter.objects.get().last_number == 1


def test_what_stops_it_is_said_and_leaves_no_trace_of_having_been_done(ready, signed_in, working_as):
    with working_as("bob") as bob:
        answer(ready.sheets.get(), "tronc.oms", None, by=bob)
    refused = post(signed_in("bob"), ready, "valider")
    assert refused.status_code == 422
    assert "OMS\u00a0: une réponse est nécessaire" in html.unescape(refused.content.decode())
    with working_as("bob"):
        assert Case.objects.get(pk=ready.pk).status == CaseStatus.REGISTERED
        assert not AuditEvent.objects.filter(event="rcp.case_validated").exists()


def test_a_page_that_is_no_longer_the_sheet_is_read_again(ready, signed_in, working_as):
    with working_as("helias") as helias:
        seen = ready.sheets.get().rev
        answer(ready.sheets.get(), "tronc.allergies", "Iode", by=helias)
    stale = post(signed_in("bob"), ready, "valider", rev=seen)
    assert stale.status_code == 409
    assert "La fiche a changé depuis que vous l’avez relue" in html.unescape(stale.content.decode())
    assert post(signed_in("bob"), ready, "valider", rev=seen + 1).status_code == 302


def test_without_quorum_it_says_who_lacks_and_what_to_do(ready, signed_in, working_as):
    with working_as("bob"):
        ready.meeting.attendances.update(presence="absent")
    assert "Reportez le dossier, ou indiquez quand la proposition sera représentée" in page_of(signed_in("bob"), ready)
    assert post(signed_in("bob"), ready, "valider").status_code == 422


def test_concluded_now_signed_later(ready, signed_in, working_as):
    assert post(signed_in("helias"), ready, "plus-tard").status_code == 302
    with working_as("bob"):
        assert Case.objects.get(pk=ready.pk).status == CaseStatus.DISCUSSED
    assert post(signed_in("bob"), ready, "valider").status_code == 302


def test_frozen_it_shows_number_documents_and_deliveries(ready, signed_in):
    client = signed_in("bob")
    post(client, ready, "valider")
    text = page_of(client, ready)
    assert "Fiche figée le" in text
    assert "SEI-2030-0001" in text
    assert "Annuler et remplacer" in text
    assert "Dr Paul Mazurier" in text
    assert 'name="v:' not in text


def test_cancel_and_replace_asks_why_and_gives_a_prefilled_version(ready, signed_in, working_as):
    client = signed_in("bob")
    post(client, ready, "valider")
    short = post(client, ready, "remplacer", why="erreur")
    assert short.status_code == 422
    assert "dix caractères" in html.unescape(short.content.decode())
    assert post(signed_in("helias"), ready, "remplacer", why="Latéralité corrigée").status_code == 403
    assert post(client, ready, "remplacer", why="Latéralité corrigée").status_code == 302
    text = html.unescape(client.get(f"/dossiers/{ready.pk}/").content.decode())
    assert "Cette version annulera et remplacera la précédente" in text
    assert 'value="gauche"' in text
    old = html.unescape(client.get(f"/dossiers/{ready.pk}/?version=1").content.decode())
    assert "version 1" in old
    with working_as("bob") as bob:
        choose(Sheet.objects.get(case=ready, version=2), "tronc.lateralite", "gauche", by=bob)
    assert post(client, ready, "valider").status_code == 302
    with working_as("bob"):
        assert Delivery.objects.count() == 4  # both versions, to both


class TestRegisteredLevel:
    @pytest.fixture
    def registered(self, working_as):
        with working_as("helias") as helias:
            case = make_case(by=helias, level=Level.REGISTERED)
            complete(case.sheets.get(), by=helias)
        return case

    def test_requester_then_coordinator(self, registered, signed_in, working_as):
        helias, bob = signed_in("helias"), signed_in("bob")
        assert "Valider et demander la contresignature" in page_of(helias, registered)
        assert "validé par son demandeur" in page_of(bob, registered)
        assert post(bob, registered, "soumettre").status_code == 403
        assert post(helias, registered, "soumettre").status_code == 302
        assert "en attente de contresignature" in page_of(helias, registered)
        assert post(helias, registered, "contresigner").status_code == 403
        assert "Contresigner" in page_of(bob, registered)
        assert post(bob, registered, "contresigner").status_code == 302
        with working_as("bob"):
            assert Case.objects.get(pk=registered.pk).order_label == "SEI-2030-0001"

    def test_a_coordinator_does_not_countersign_their_own_demand(self, signed_in, working_as):
        """Two people sign what no meeting discusses (D4), even where the requester coordinates the board."""
        with working_as("bob") as bob:
            own = make_case(by=bob, level=Level.REGISTERED)
            Case.objects.filter(pk=own.pk).update(requester=bob)
            complete(own.sheets.get(), by=bob)
        client = signed_in("bob")
        assert post(client, own, "soumettre").status_code == 302
        page = page_of(client, own)
        assert "contresigné par une autre personne que son demandeur" in page
        assert "/contresigner/" not in page
        refused = post(client, own, "contresigner")
        assert refused.status_code == 422
        assert "contresigné par une autre personne que son demandeur" in html.unescape(refused.content.decode())
        with working_as("bob"):
            assert Case.objects.get(pk=own.pk).order_label == ""

    def test_sent_back_with_its_reason(self, registered, signed_in):
        helias, bob = signed_in("helias"), signed_in("bob")
        post(helias, registered, "soumettre")
        assert post(bob, registered, "renvoyer", why="Le grade manque encore").status_code == 302
        assert "Le grade manque encore" in page_of(helias, registered)
        assert post(bob, registered, "contresigner").status_code == 409


def test_ready_and_back(ready, signed_in, working_as):
    client = signed_in("alice")
    assert post(client, ready, "pret").status_code == 302
    assert "Remettre à compléter" in html.unescape(client.get(f"/dossiers/{ready.pk}/").content.decode())
    assert post(client, ready, "pret").status_code == 409
    assert post(client, ready, "a-completer").status_code == 302


@pytest.mark.parametrize(
    "action", ["valider", "soumettre", "contresigner", "renvoyer", "remplacer", "plus-tard", "pret"]
)
def test_strangers_find_nothing(ready, signed_in, action):
    assert post(signed_in("denis"), ready, action, why="Une raison assez longue").status_code == 404
    assert post(signed_in("both"), ready, action, why="Une raison assez longue").status_code == 404
