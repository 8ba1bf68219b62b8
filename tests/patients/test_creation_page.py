"""The creation page: after a search, with its traits, beside the identities close to what is typed (PAT-02, PAT-04)."""

import re
from typing import Any

import pytest
from django.test import Client

from dcc.audit.models import AuditEvent
from dcc.organisations.models import Organisation
from dcc.ui.forms import ChipsRadio
from patients import limits
from patients.actions import add_ipp
from patients.events import PatientEvent
from patients.models import Contact, Patient, PatientIdentifier
from tests.patients.conftest import STRICT, created

CLOSE = "/patients/nouveau/proches/"


def after_a_search(client: Client, **typed: str) -> Any:
    """Search, then follow « Créer avec ces traits »."""
    found = client.post("/patients/", {"name": "Tanguy", "birth_date": "02021971"} | typed, follow=True)
    return client.get(found.context["create_url"])


def token_of(page: Any) -> str:
    found = re.search(r'name="token" value="([^"]+)"', page.content.decode())
    assert found
    return found.group(1)


def sent(client: Client, page: Any, **typed: str) -> Any:
    return client.post(page.wsgi_request.get_full_path(), {"token": token_of(page)} | STRICT | typed)


def test_creation_without_a_search_goes_back_to_the_search(signed_in):
    answer = signed_in("alice").get("/patients/nouveau/", follow=True)
    assert answer.redirect_chain == [("/patients/", 302)]
    assert "Cherchez d’abord le patient" in answer.content.decode()


def test_the_traits_of_the_search_are_there_and_the_used_name_is_not(signed_in):
    text = after_a_search(signed_in("alice"), given_name="Maël").content.decode()
    for name, value in (("birth_name", "Tanguy"), ("first_given_name", "Maël"), ("birth_date", "02021971")):
        assert re.search(rf'name="{name}" value="{value}"', text)
    assert not re.search(r'name="used_name" value="', text)


def test_five_traits_make_a_patient_and_lead_to_the_file(signed_in, working_as):
    client = signed_in("alice")
    answer = sent(client, after_a_search(client), then="file")
    with working_as("alice"):
        patient = Patient.objects.get()
    assert answer.url == f"/patients/{patient.pk}/"
    assert (patient.birth_name, patient.birth_insee, patient.birth_postcode) == ("TANGUY", "44109", "44000")  # D10


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"birth_name": ""}, "birth_name", "Indiquez le nom de naissance"),
        ({"birth_name": "Tanguy2"}, "birth_name", "Un nom ne comporte pas de chiffre"),
        ({"birth_name": "Mme Tanguy"}, "birth_name", "est une civilité"),
        ({"birth_name": "Tanguy épouse Riou"}, "birth_name", "chacun dans son champ"),
        ({"birth_name": "T. Anguy"}, "birth_name", "Écriture possible"),
        ({"first_given_name": ""}, "first_given_name", "Indiquez le premier prénom"),
        ({"first_given_name": "Maël-"}, "first_given_name", "Un trait d’union ne peut ni commencer ni finir un nom"),
        ({"birth_date": ""}, "birth_date", "Indiquez la date de naissance"),
        ({"birth_date": "31021971"}, "birth_date", "n’existe pas au calendrier"),
        ({"birth_date": "02022071"}, "birth_date", "est dans le futur"),
        ({"birth_date": "110310"}, "birth_date", "Année ambiguë"),
        ({"birth_place": ""}, "birth_place", "Indiquez la commune de naissance"),
        ({"birth_place": "Saigon"}, "birth_place", "n’est ni une commune française ni un pays"),
        ({"birth_place": "Saint-Denis"}, "birth_place", "Plusieurs lieux répondent"),
        ({"sex": ""}, "sex", "Indiquez le sexe"),
        ({"ipp": "12 34 !"}, "ipp", "Un IPP compte au plus"),
        ({"ipp": "1234"}, "ipp_organisation", "Indiquez l’établissement qui a donné cet IPP"),
    ],
)
def test_each_refusal_is_said_at_the_field_and_in_the_summary_and_nothing_is_lost(
    signed_in, working_as, typed, field, sentence
):
    client = signed_in("alice")
    page = sent(client, after_a_search(client), used_name="Riou", **typed)
    text = page.content.decode()
    assert page.status_code == 422
    assert sentence in " ".join(page.context["form"].errors[field])
    assert text.count(sentence) == 2
    for name, value in (STRICT | {"used_name": "Riou"} | typed).items():
        if value and name != "sex":
            assert re.search(rf'name="{name}" value="{re.escape(value)}"', text), name
    if typed.get("sex", "M"):
        assert re.search(r'name="sex" value="M"[^>]* checked', text)
    with working_as("alice"):
        assert not Patient.objects.exists()


def test_a_place_is_picked_among_several_without_script(signed_in, working_as):
    client = signed_in("alice")
    page = after_a_search(client)
    several = sent(client, page, birth_place="Saint-Denis")
    assert 'name="birth_place_pick" value="97411"' in several.content.decode()
    assert sent(client, page, birth_place="Saint-Denis", birth_place_pick="97411").status_code == 302
    with working_as("alice"):
        assert Patient.objects.get().birth_insee == "97411"


def test_a_former_code_of_no_list_is_picked_and_kept_flagged(signed_in, working_as):
    """Born in Alger before 1962, code 91352 on the card: never refused, and never taken without being looked at."""
    client = signed_in("alice")
    page = after_a_search(client)
    asked = sent(client, page, birth_place="91352")
    assert asked.status_code == 422
    assert "Code 91352, inconnu de nos listes" in asked.content.decode()
    assert 'name="birth_place_pick" value="99999"' in asked.content.decode()
    assert sent(client, page, birth_place="91352", birth_place_pick="91352").status_code == 302
    with working_as("alice"):
        made = Patient.objects.get()
        assert (made.birth_insee, made.birth_place) == ("91352", "Code 91352, inconnu de nos listes")


@pytest.mark.parametrize(
    ("place", "insee"), [("Algérie", "99352"), ("69003", "69383"), ("inconnu", "99999"), ("Ajaccio", "2A004")]
)
def test_countries_districts_and_the_unknown_are_places(signed_in, working_as, place, insee):
    client = signed_in("alice")
    page = after_a_search(client)
    code = {"69003": "69383 69003"}.get(place, "")
    assert sent(client, page, birth_place=place, birth_place_pick=code).status_code == 302
    with working_as("alice"):
        assert Patient.objects.get().birth_insee == insee


def test_places_are_proposed_while_typing(signed_in):
    text = signed_in("alice").get("/patients/lieux/", {"q": "44000"}).content.decode()
    assert 'data-code="44109 44000"' in text
    assert "Nantes (44)" in text


def test_sent_twice_it_creates_once(signed_in, working_as):
    client = signed_in("alice")
    page = after_a_search(client)
    assert [sent(client, page).status_code for _ in range(2)] == [302, 302]
    with working_as("alice"):
        assert Patient.objects.count() == 1


def test_a_token_that_was_not_drawn_here_is_refused(signed_in):
    client = signed_in("alice")
    page = after_a_search(client)
    assert client.post(page.wsgi_request.get_full_path(), STRICT | {"token": "x"}).status_code == 400


def test_number_contact_and_gp_go_with_the_identity(signed_in, working_as):
    client = signed_in("alice")
    with working_as("alice"):
        roche = str(Organisation.objects.get(short_name="CH Rochebrune").pk)
    answer = sent(
        client,
        after_a_search(client),
        ipp="0048 217 306",
        ipp_organisation=roche,
        **{"contact-city": "Nantes", "contact-gp_name": "Dr Mazurier", "contact-gp_mssante_address": "x@gmail.example"},
    )
    assert answer.status_code == 422
    assert "n’est pas une adresse MSSanté" in answer.content.decode()
    answer = sent(
        client,
        after_a_search(client),
        ipp="0048 217 306",
        ipp_organisation=roche,
        **{"contact-city": "Nantes", "contact-gp_name": "Dr Mazurier"},
    )
    assert answer.status_code == 302
    with working_as("alice"):
        assert PatientIdentifier.objects.get().value == "0048217306"
        assert (Contact.objects.get().city, Contact.objects.get().gp_name) == ("Nantes", "Dr Mazurier")


def test_a_number_given_to_someone_else_names_them(signed_in, working_as, francoise):
    with working_as("alice") as alice:
        roche = Organisation.objects.get(short_name="CH Rochebrune")
        add_ipp(patient=francoise, value="0048217306", organisation=roche, by=alice)
    client = signed_in("alice")
    page = sent(client, after_a_search(client), ipp="0048217306", ipp_organisation=str(roche.pk))
    assert page.status_code == 422
    assert f'href="/patients/{francoise.pk}/">LE GUILLOU Françoise</a>, née ABHERVE' in page.content.decode()


class TestClose:
    """« C’est elle » is the easy way; creating in spite of a close identity asks why (PAT-02)."""

    HERS = {**STRICT, "birth_name": "Abhervé", "first_given_name": "Francoise", "birth_date": "11031963", "sex": "F"}

    def test_while_typing_the_close_identity_stands_beside(self, signed_in, francoise):
        text = signed_in("alice").post(CLOSE, self.HERS).content.decode()
        assert "identité proche" in text
        assert "C’est elle, ouvrir" in text
        assert f'href="/patients/{francoise.pk}/"' in text
        assert "Pourquoi créer quand même" in text
        assert "lundi 11" in text  # the date is read aloud in full

    def test_nothing_is_looked_up_before_a_date_and_three_letters(self, signed_in, working_as, francoise):
        client = signed_in("alice")
        client.post(CLOSE, {"birth_name": "Abhervé"})
        client.post(CLOSE, {"birth_name": "Ab", "birth_date": "11031963"})
        with working_as("alice"):
            assert not AuditEvent.objects.filter(event=PatientEvent.SEARCHED.value).exists()
        client.post(CLOSE, {"birth_name": "Abh", "birth_date": "11031963"})
        with working_as("alice"):
            event = AuditEvent.objects.get(event=PatientEvent.SEARCHED.value)
            assert event.details == {"criteria": "saisie d’une création : nom, date de naissance", "found": 1}

    def test_the_traits_of_the_search_are_looked_up_as_soon_as_the_page_is_shown(self, signed_in, francoise):
        page = after_a_search(signed_in("alice"), name="Abhervé", birth_date="11031963")
        assert 'hx-trigger="load, input' in page.content.decode()

    def test_what_was_looked_up_already_is_not_looked_up_again(self, signed_in, working_as, francoise):
        """A refused form comes back with its close identities: one search, one trace."""
        client = signed_in("alice")
        page = after_a_search(client)
        before = searches(working_as)
        refused = sent(client, page, birth_name="Abherve", birth_date="11031963", sex="")
        assert refused.status_code == 422
        assert len(searches(working_as)) == len(before) + 1
        assert 'hx-trigger="input' in refused.content.decode()

    def test_typing_is_limited_too(self, signed_in, monkeypatch, francoise):
        monkeypatch.setattr(limits, "LOOKUPS", 2)  # creating Françoise was one
        client = signed_in("alice")
        assert client.post(CLOSE, self.HERS).status_code == 200
        refused = client.post(CLOSE, self.HERS)
        assert refused.status_code == 429
        # dcc/js/requests.js shows the title and the first paragraph of a page that came instead of a fragment
        text = refused.content.decode()
        assert "<h1>2\u00a0recherches d’identités proches en une minute\u00a0: la limite</h1>" in text
        assert re.search(r'class="card lost.*?<p>Recommencez à \d\d:\d\d\. Ce qui est saisi', text, re.S)

    def test_creating_in_spite_asks_for_a_reason_then_takes_it(self, signed_in, working_as, francoise):
        client = signed_in("alice")
        page = after_a_search(client, name="Abhervé", birth_date="11031963")
        refused = sent(client, page, **self.HERS)
        assert refused.status_code == 422
        assert "indiquez pourquoi créer quand même" in refused.content.decode()
        assert "Créer malgré la ressemblance" in refused.content.decode()
        assert sent(client, page, **self.HERS, why="homonym").status_code == 302
        with working_as("alice"):
            assert Patient.objects.exclude(pk=francoise.pk).get().duplicate_reason == "Homonyme connu"

    def test_twins_stand_apart_and_ask_for_nothing(self, signed_in, francoise):
        text = signed_in("alice").post(CLOSE, {**self.HERS, "first_given_name": "Solenn"}).content.decode()
        assert "Jumeaux possibles" in text
        assert "Pourquoi créer quand même" not in text

    def test_a_list_of_given_names_that_begins_otherwise_is_pointed_at(self, signed_in):
        text = signed_in("alice").post(CLOSE, {**STRICT, "given_names": "Yann Maël"}).content.decode()
        assert "ne commence pas par le premier prénom" in text

    def test_a_partial_date_says_how_it_is_kept(self, signed_in):
        text = signed_in("alice").post(CLOSE, {**STRICT, "birth_date": "??/02/1971"}).content.decode()
        assert "date incomplète, retenue comme 01/02/1971" in text


@pytest.mark.parametrize("short", ["carol", "pharma", "vigilance", "network"])
def test_who_does_not_create_is_told(signed_in, short):
    client = signed_in(short)
    assert client.get("/patients/nouveau/").status_code == 403
    assert client.post(CLOSE, STRICT).status_code == 403


def test_the_search_costs_the_same_whatever_is_found(signed_in, working_as, django_assert_max_num_queries):
    client = signed_in("alice")
    typed = {"name": "Abhervé", "birth_date": "11031963"}
    with working_as("alice") as alice:
        created(alice)
    first = client.post("/patients/", typed).url
    with django_assert_max_num_queries(40) as few:
        client.get(first)
    count = len(few)
    with working_as("alice") as alice:
        for given in ("Anne", "Brieuc", "Cyril", "Denise", "Edgar"):
            created(alice, "Abhervé", given)
    second = client.post("/patients/", typed).url
    with django_assert_max_num_queries(count):
        assert len(client.get(second).context["rows"]) == 6


class TestFocus:
    """One control has the focus when the page opens, or a screen reader begins where the browser happens to."""

    @pytest.mark.parametrize(("typed", "where"), [({}, "sex"), ({"given_name": ""}, "first_given_name")])
    def test_the_first_trait_that_is_left_to_type(self, signed_in, typed, where):
        wanted = {"name": "Tanguy", "given_name": "Maël", "birth_date": "02021971"} | typed
        page = after_a_search(signed_in("alice"), **wanted).content.decode()
        focused = [tag for tag in re.findall(r"<(?:input|select|textarea)[^>]*>", page) if " autofocus" in tag]
        assert [re.search(r'name="([^"]*)"', tag)[1] for tag in focused] == [where]

    def test_the_answer_already_given_rather_than_the_first(self):
        widget = ChipsRadio(attrs={"autofocus": True}, choices=[("", "–"), ("F", "Féminin"), ("M", "Masculin")])
        for value, focused in (("M", "M"), (None, "F"), ("", "F")):
            (tag,) = [one for one in re.findall(r"<input[^>]*>", widget.render("sex", value)) if " autofocus" in one]
            assert f'value="{focused}"' in tag


class TestCounted:
    """Saving looks for close identities and shows them: a search like another (architecture §4)."""

    def test_the_close_identity_shown_is_traced(self, signed_in, working_as, francoise):
        client = signed_in("alice")
        page = after_a_search(client)
        before = searches(working_as)
        answer = sent(client, page, birth_name="Abherve", first_given_name="Françoise", birth_date="11031963")
        assert answer.status_code == 422
        assert searches(working_as) == [*before, ("saisie d’une création : identités proches, à l’enregistrement", 1)]

    def test_who_tries_name_after_name_waits_and_nothing_is_created(
        self, signed_in, working_as, francoise, monkeypatch
    ):
        client = signed_in("alice")
        page = after_a_search(client)
        monkeypatch.setattr(limits, "LOOKUPS", 0)
        answer = sent(client, page)
        assert answer.status_code == 429
        assert "0\u00a0recherche d’identités proches en une minute\u00a0: la limite" in answer.content.decode()
        assert 'value="Tanguy"' in answer.content.decode(), "what was typed stays"
        with working_as("alice"):
            assert Patient.objects.count() == 1
            assert AuditEvent.objects.filter(event=PatientEvent.SEARCH_REFUSED.value).exists()


def searches(working_as: Any) -> list[tuple[str, int]]:
    with working_as("alice"):
        made = AuditEvent.objects.filter(event=PatientEvent.SEARCHED.value).order_by("recorded_at", "pk")
        return [(one.details["criteria"], one.details["found"]) for one in made]
