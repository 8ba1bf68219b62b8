"""The page of an identity, at the desk: a document, INSi, a correction, a doubt; refusals say what to do."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from dcc.audit.models import AuditEvent
from dcc.organisations.models import Organisation
from patients.events import PatientEvent
from patients.lifecycle import asking
from patients.lifecycle.history import note, state_of
from patients.lifecycle.regimes import change_regime
from patients.lifecycle.states import Channel, Regime
from patients.lifecycle.transitions import IdentityAct
from patients.models import FormerIns, IdentityRegime, InsiCall, Patient, Relative
from tests.patients.conftest import created

MATRICULE = "279035121518989"
SPACED = "2\u00a079\u00a003\u00a051\u00a0215\u00a0189\u00a089"


@pytest.fixture
def dominique(working_as):
    with working_as("alice") as alice:
        return created(alice, "Pat-Trois", "Dominique", "28031979", insee="51215")


@pytest.fixture
def alice(signed_in):
    return signed_in("alice")


def url(patient, rest=""):
    return f"/patients/{patient.pk}/identite/{rest}"


def text_of(answer):
    return answer.content.decode()


def seen_in(page):
    found = re.search(r'name="seen" value="([^"]*)"', text_of(page))
    assert found
    return found.group(1)


def send(client, patient, rest, **typed):
    """Open the form, then send it with what it knew of the identity."""
    page = client.get(url(patient, rest))
    return client.post(url(patient, rest), {"seen": seen_in(page)} | typed, follow=True)


def state(working_as, patient):
    with working_as("alice"):
        found = Patient.objects.get(pk=patient.pk)
        return found.status


def ask(client, patient, **more):
    return client.post(url(patient, "insi/"), {"do": "ask", "given_name": "DOMINIQUE"} | more, follow=True)


def call_in(page):
    return re.search(r'name="call" value="([^"]+)"', text_of(page)).group(1)


def accept(client, patient, page):
    return client.post(url(patient, "insi/"), {"do": "accept", "call": call_in(page)}, follow=True)


def test_from_creation_to_a_qualified_identity(alice, working_as, dominique):
    page = text_of(alice.get(f"/patients/{dominique.pk}/"))
    assert url(dominique) in page
    first = text_of(alice.get(url(dominique)))
    assert "Ni pièce d’identité contrôlée, ni INS." in first
    assert "Identité créée" in first
    done = send(alice, dominique, "piece/", document="CN", agrees="on")
    assert "Identité validée" in text_of(done)
    assert "Carte nationale d’identité" in text_of(done)
    found = ask(alice, dominique)
    assert "Comparez-la ci-dessous" in text_of(found)
    assert "DOMINIQUE MARIE-LOUISE" in text_of(found)
    assert SPACED not in text_of(found)  # not before a person has accepted
    last = text_of(accept(alice, dominique, found))
    assert "L’identité est qualifiée" in last
    assert SPACED in last
    assert state(working_as, dominique) == "QUAL"


def test_the_matricule_is_in_no_address_and_in_no_trace(alice, working_as, dominique, caplog):
    accepted = accept(alice, dominique, ask(alice, dominique))
    assert not [to for to, _ in accepted.redirect_chain if MATRICULE in to]
    assert MATRICULE not in caplog.text
    with working_as("alice"):
        assert MATRICULE not in str(list(AuditEvent.objects.values()))


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({}, "Indiquez le document que la personne a présenté"),
        ({"document": "CN"}, "Comparez les traits au document"),
        ({"document": "CV", "agrees": "on"}, "Demandez une carte nationale d’identité"),
        ({"document": "LF", "agrees": "on"}, "ne vaut que pour un mineur"),
    ],
)
def test_a_refused_document_says_what_to_ask_for(alice, working_as, dominique, typed, sentence):
    page = send(alice, dominique, "piece/", **typed)
    assert page.status_code == 422
    assert sentence in text_of(page)
    assert state(working_as, dominique) == "PROV"


def test_nobody_found_offers_another_given_name(alice, dominique, working_as):
    with working_as("alice") as by:
        other = created(by, "Abhervé", "Marie Noëlle", given_names="Marie Noëlle Anne")
    page = text_of(ask(alice, other))
    assert "aucune identité trouvée" in page
    for name in ("MARIE NOELLE", "MARIE", "ANNE"):
        assert f"<option>{name}</option>" in page


def test_leaving_an_answer_aside_keeps_the_file_as_it_was(alice, working_as, dominique):
    page = ask(alice, dominique)
    done = alice.post(url(dominique, "insi/"), {"do": "dismiss", "call": call_in(page)}, follow=True)
    assert "L’identité n’a pas changé" in text_of(done)
    with working_as("alice"):
        assert InsiCall.objects.get().answer_sealed is None
        assert AuditEvent.objects.filter(event=PatientEvent.INSI_DISMISSED.value).count() == 1


def test_an_answer_about_somebody_else_is_not_accepted_here(alice, working_as, dominique):
    with working_as("alice") as by:
        other = created(by, "Nessi", "Ruth", "14071977", insee="63220")
    call = call_in(ask(alice, dominique))
    answer = alice.post(url(other, "insi/"), {"do": "accept", "call": call})
    assert answer.status_code == 404
    assert alice.post(url(other, "insi/"), {"do": "accept", "call": "x"}).status_code == 404


def test_the_same_ins_in_two_files_names_the_other(alice, working_as, dominique):
    accept(alice, dominique, ask(alice, dominique))
    with working_as("alice") as by:
        twin = created(by, "Pat-Trois", "Dominique", "28031979", insee="51215", reason="Homonyme connu")
    page = text_of(accept(alice, twin, ask(alice, twin)))
    assert "cellule d’identitovigilance" in page
    assert f'href="/patients/{dominique.pk}/"' in page
    assert state(working_as, twin) == "PROV"


def test_correcting_a_trait_makes_the_identity_provisional_again(alice, working_as, dominique):
    accept(alice, dominique, ask(alice, dominique))
    form = alice.get(url(dominique, "traits/"))
    assert 'value="Pat-Trois"' in text_of(form)
    assert "rend l’identité provisoire" in text_of(form)
    assert 'name="birth_place" value="Dompremy (51)"' in text_of(form)
    typed = {
        "seen": seen_in(form), "birth_name": "Pat-Trois", "first_given_name": "Dominique", "birth_date": "29031979",
        "sex": "F", "birth_place": "51215", "given_names": "Dominique Marie-Louise", "reason": "Passeport vu",
    }  # fmt: skip
    done = text_of(alice.post(url(dominique, "traits/"), typed, follow=True))
    assert "Modifié\u00a0: date de naissance" in done
    assert "28/03/1979 → 29/03/1979" in done
    assert "Passeport vu" in done
    assert "•••• 18989" in done
    assert "traits corrigés" in done
    with working_as("alice"):
        assert FormerIns.objects.count() == 1
    assert state(working_as, dominique) == "PROV"


def test_who_typed_on_an_older_page_is_shown_the_new_one(alice, dominique):
    page = alice.get(url(dominique, "acte/doubt/"))
    send(alice, dominique, "piece/", document="PA", agrees="on")
    late = alice.post(url(dominique, "acte/doubt/"), {"seen": seen_in(page), "reason": "Deux cartes"})
    assert late.status_code == 422
    assert "vient d’être modifiée" in text_of(late)


def test_doubt_is_seen_in_the_banner_and_lifted_by_the_cell_only(alice, signed_in, dominique):
    assert "Indiquez le motif" in text_of(send(alice, dominique, "acte/doubt/"))
    done = text_of(send(alice, dominique, "acte/doubt/", reason="Deux cartes différentes"))
    assert "Identité douteuse" in done
    assert "vérifiez qui est cette personne" in done
    assert "levez d’abord le doute" in done
    assert "Lever le doute" not in done
    assert alice.get(url(dominique, "acte/no_doubt/")).status_code == 403
    cell = signed_in("vigilance")
    assert "Lever le doute" in text_of(cell.get(url(dominique)))
    assert "Doute levé" in text_of(send(cell, dominique, "acte/no_doubt/", reason="Vérifié au téléphone"))


def test_a_minor_without_representative_is_pointed_at(alice, working_as):
    with working_as("alice") as by:
        child = created(by, "Ecetinsi", "Pierre-Alain", f"1407{timezone.localdate().year - 9}", sex="M", insee="63220")
    assert "Mineur sans représentant légal noté" in text_of(alice.get(url(child)))
    typed = {"relation": "mother", "name": "ECETINSI Anne", "phone": "0199001234"}
    done = text_of(alice.post(url(child, "proches/"), typed, follow=True))
    assert "Mère, représentante légale" in done
    assert "Mineur sans représentant" not in done
    with working_as("alice"):
        end = Relative.objects.get().pk
    assert "ne figure plus" in text_of(alice.post(url(child, "proches/"), {"end": end}, follow=True))


def test_a_death_is_in_the_banner_and_can_be_taken_back(alice, dominique):
    assert "précède la naissance" in text_of(alice.post(url(dominique, "deces/"), {"died_on": "01011950"}))
    done = text_of(alice.post(url(dominique, "deces/"), {"died_on": "01012026"}, follow=True))
    assert "Décédée le 01/01/2026" in done
    back = text_of(alice.post(url(dominique, "deces/"), {"alive": "1"}, follow=True))
    assert "Décédée le" not in back


def _searched(client):
    found = client.post("/patients/", {"name": "Inconnue", "birth_date": "28031979"}, follow=True)
    return found.context["create_url"].split("r=")[1]


def test_a_follower_establishment_shows_traits_read_only(alice, signed_in, working_as, dominique):
    with working_as("network") as nadia:
        three_c = Organisation.objects.get(short_name="3C Estuaire")
        change_regime(organisation=three_c, regime=Regime.FOLLOWER, by=nadia)
    page = text_of(alice.get(url(dominique)))
    assert "Traits en lecture seule" in page
    assert "Modifier les traits" not in page
    assert "Chercher l’INS" not in page
    assert "viennent de son logiciel" in text_of(send(alice, dominique, "piece/", document="CN", agrees="on"))
    assert "viennent de son logiciel" in text_of(ask(alice, dominique))
    creation = alice.get("/patients/nouveau/", {"r": _searched(alice)}, follow=True)
    assert creation.redirect_chain == [("/patients/", 302)]
    assert "viennent de son logiciel" in text_of(creation)
    form = send(
        alice, dominique, "traits/", birth_name="Autre", first_given_name="Dominique", birth_date="28031979", sex="F",
        birth_place="51215",
    )  # fmt: skip
    assert "viennent de son logiciel" in text_of(form)


def test_the_network_says_which_establishments_send_their_identities(signed_in, working_as):
    nadia = signed_in("network")
    page = nadia.get("/patients/identites/regimes/")
    with working_as("network"):
        roche = Organisation.objects.get(short_name="CH Rochebrune")
    assert roche.name in text_of(page)
    done = nadia.post(
        "/patients/identites/regimes/", {"organisation": str(roche.pk), "regime": "follower"}, follow=True
    )
    assert "Réglage enregistré pour CH Rochebrune" in text_of(done)
    with working_as("network"):
        assert IdentityRegime.objects.get().regime == Regime.FOLLOWER
        told = AuditEvent.objects.get(event=PatientEvent.REGIME_CHANGED.value).details
        assert told["organisation_name"] == "CH Rochebrune"
    mine = text_of(signed_in("it").get("/patients/identites/regimes/"))
    assert roche.name in mine
    assert "Clinique des Dunes" not in mine


def test_the_page_costs_the_same_however_long_the_history(alice, working_as, dominique, django_assert_max_num_queries):
    alice.get(url(dominique))
    with django_assert_max_num_queries(25) as few:
        alice.get(url(dominique))
    count = len(few)
    for number in range(4):
        send(alice, dominique, "acte/homonym/", reason=f"Une autre {number}")
        accept(alice, dominique, ask(alice, dominique)) if number == 0 else None
    with django_assert_max_num_queries(count + 1):
        alice.get(url(dominique))


def test_a_closed_file_leads_to_what_can_be_done(signed_in, dominique):
    answer = signed_in("metro").get(url(dominique))
    assert (answer.status_code, answer.url) == (302, f"/patients/{dominique.pk}/")
    assert signed_in("oscar").get(url(dominique)).status_code == 404


def test_an_uncertain_date_is_lifted_with_the_box_that_says_it_is_on_the_document(alice, working_as):
    with working_as("alice") as by:
        eve = created(by, "Durif", "Eve", "1960")
        sure = created(by, "Durif", "Maël", "02021971", sex="M")
    box = "Cette date figure telle quelle sur la pièce"
    assert box not in text_of(alice.get(url(sure, "traits/")))
    assert box in text_of(alice.get(url(eve, "traits/")))
    typed = {
        "birth_name": "Durif", "first_given_name": "Eve", "sex": "F", "birth_place": "Nantes (44)",
        "birth_place_code": "44109", "birth_date": "31/12/1960",
    }  # fmt: skip
    wrong = send(alice, eve, "traits/", **typed | {"birth_date": "1960", "date_as_written": "on"})
    assert wrong.status_code == 422
    assert "Tapez le jour, le mois et l’année qui figurent sur la pièce" in text_of(wrong)
    done = text_of(send(alice, eve, "traits/", **typed, date_as_written="on", reason="Passeport vu"))
    assert "Modifié\u00a0: date incertaine." in done
    assert "Date incertaine\u00a0: oui → non" in done
    assert "complétée par la règle nationale" not in done
    assert box not in text_of(alice.get(url(eve, "traits/")))


def test_what_a_feed_wrote_is_read_in_the_same_words(alice, working_as, dominique):
    with working_as("alice") as by:
        before = state_of(dominique)
        told = {"birth_date": ("1979-03-28", "1979-03-29"), "birth_date_interpreted": ("True", "False")}
        note(
            patient=dominique, act=IdentityAct.FEED, by=by, channel=Channel.FEED, before=before,
            traits=told | {"used_name": ("", "LE GUILLOU")},
        )  # fmt: skip
    page = text_of(alice.get(url(dominique)))
    assert "Identité reçue du flux" in page
    assert "Date de naissance\u00a0: 28/03/1979 → 29/03/1979" in page
    assert "Date incertaine\u00a0: oui → non" in page
    assert "Nom utilisé\u00a0: – → LE GUILLOU" in page


def test_an_answer_nobody_decided_upon_says_it_is_gone(alice, dominique, as_worker):
    ask(alice, dominique)
    with as_worker(1):
        InsiCall.objects.update(asked_at=timezone.now() - timedelta(hours=25))
        asking.forget_answers()
    page = text_of(alice.get(url(dominique)))
    assert "elle est effacée" in page
    assert "Chercher l’INS" in page
    assert "reprendre l’INS et les traits" not in page


class TestCardDate:
    """The « date lunaire » of a Vitale card: kept beside, as text, never the birth date (EXI ID 12)."""

    def typed(self, page):
        names = ("birth_name", "first_given_name", "given_names", "birth_date", "birth_place", "birth_place_code")
        found = {name: re.search(rf'name="{name}" value="([^"]*)"', text_of(page)) for name in names}
        return {name: one.group(1) for name, one in found.items() if one} | {"sex": "F"}

    @pytest.mark.parametrize(("typed", "kept"), [("00/00/1948", "00/00/1948"), ("15131948", "15/13/1948"), ("", "")])
    def test_it_is_kept_as_on_the_card_and_the_status_stays(self, alice, dominique, working_as, typed, kept):
        page = alice.get(url(dominique, "traits/"))
        send(alice, dominique, "traits/", **self.typed(page), billing_birth_date=typed)
        with working_as("alice"):
            patient = Patient.objects.get(pk=dominique.pk)
            assert (patient.billing_birth_date, f"{patient.birth_date}", patient.status) == (kept, "1979-03-28", "PROV")
        shown = text_of(alice.get(url(dominique)))
        assert ("pour la facturation seulement" in shown) is bool(kept)
        assert ("Date de naissance de la carte Vitale" in shown) is bool(kept)  # the line of the history

    @pytest.mark.parametrize("typed", ["28/03/1979", "1948", "00/00/48", "xx/xx/1948"])
    def test_a_date_of_the_calendar_or_half_a_date_is_not_one(self, alice, dominique, typed):
        page = alice.get(url(dominique, "traits/"))
        answer = send(alice, dominique, "traits/", **self.typed(page), billing_birth_date=typed)
        assert answer.status_code == 422
        assert "calendrier" in text_of(answer) or "comme sur la carte" in text_of(answer)
