"""A datamatrix INS scanned on the creation page fills the traits; its matricule is only looked for, never kept."""

import re

import pytest

from dcc.audit.models import AuditEvent
from patients.identity.datamatrix import GS, HEADER
from patients.lifecycle import asking
from patients.models import IdentityChange, Patient
from tests.patients.conftest import created
from tests.patients.test_creation_page import after_a_search, token_of

MATRICULE = "279035121518989"
PAYLOAD = (
    f"{HEADER}S1{MATRICULE}S21.2.250.1.213.1.4.10S3DOMINIQUE MARIE-LOUISE{GS}S4PAT-TROIS{GS}S5FS628-03-1979S751215"
)


@pytest.fixture
def page(signed_in):
    client = signed_in("alice")
    return client, after_a_search(client, name="Pat-Trois", birth_date="28031979")


def scanned(client, page, payload=PAYLOAD):
    typed = {"token": token_of(page), "payload": payload, "scan": "1"}
    return client.post(page.wsgi_request.get_full_path(), typed)


def value_of(answer, name):
    found = re.search(rf'name="{name}" value="([^"]*)"', answer.content.decode())
    return found.group(1) if found else ""


def creating(answer):
    names = ("birth_name", "first_given_name", "given_names", "birth_date", "birth_place", "birth_place_code")
    names += ("scanned", "token")
    return {name: value_of(answer, name) for name in names} | {"sex": "F"}


@pytest.mark.parametrize("payload", [PAYLOAD, PAYLOAD.replace(GS, ""), PAYLOAD.replace(GS, "^]") + "\r\n"])
def test_the_traits_are_filled_whatever_the_scanner_makes_of_its_separators(page, payload):
    client, first = page
    answer = scanned(client, first, payload)
    assert value_of(answer, "birth_name") == "PAT-TROIS"
    assert value_of(answer, "first_given_name") == "DOMINIQUE"
    assert value_of(answer, "given_names") == "DOMINIQUE MARIE-LOUISE"
    assert value_of(answer, "birth_date") == "28/03/1979"
    assert "Dompremy" in value_of(answer, "birth_place")
    assert re.search(r'name="sex" value="F"[^>]* checked', answer.content.decode())
    assert MATRICULE not in answer.content.decode()


def test_created_as_read_the_history_says_so_and_the_identity_stays_provisional(page, working_as):
    client, first = page
    made = client.post(first.wsgi_request.get_full_path(), creating(scanned(client, first)))
    assert made.status_code == 302
    with working_as("alice"):
        patient = Patient.objects.get()
        assert (patient.status, patient.ins_hash) == ("PROV", None)  # D12: a form gives no INS
        assert IdentityChange.objects.get().channel == "CB"
        assert MATRICULE not in str(list(AuditEvent.objects.values()))


def test_created_otherwise_than_read_it_is_typed(page, working_as):
    client, first = page
    typed = creating(scanned(client, first)) | {"birth_date": "29/03/1979"}
    client.post(first.wsgi_request.get_full_path(), typed)
    with working_as("alice"):
        assert IdentityChange.objects.get().channel == "SM"


def test_who_bears_this_ins_already_is_named_before_anything_is_created(page, working_as):
    with working_as("alice") as alice:
        known = created(alice, "Pat-Trois", "Dominique", "28031979", insee="51215")
        asking.accept(call=asking.ask(patient=known, given_name="DOMINIQUE", by=alice), by=alice)
    text = scanned(*page).content.decode()
    assert "Cette INS est déjà connue" in text
    assert f'href="/patients/{known.pk}/"' in text
    assert "C’est elle, ouvrir" in text


@pytest.mark.parametrize(
    ("payload", "sentence"),
    [
        ("", "Scannez le code, ou saisissez les traits"),
        ("3401234567890", "n’est pas un datamatrix INS"),
        (PAYLOAD[:80], "Scannez"),
        (PAYLOAD.replace(MATRICULE, MATRICULE[:-1]), "Scannez"),
        (PAYLOAD.replace("1.2.250.1.213.1.4.10", "1.2.250.1.213.1.4.8" + GS), "personne réelle"),
        (PAYLOAD.replace(MATRICULE, "279035121518990"), "clé"),
    ],
)
def test_a_refused_code_says_what_to_do_and_the_search_is_not_lost(page, payload, sentence):
    client, first = page
    answer = scanned(client, first, payload)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in text
    assert value_of(answer, "birth_name") == "Pat-Trois"
    assert value_of(answer, "payload") == ""
    assert MATRICULE[:12] not in text


def test_a_form_that_was_not_drawn_here_is_refused(page):
    client, first = page
    answer = client.post(first.wsgi_request.get_full_path(), {"token": "x", "payload": PAYLOAD, "scan": "1"})
    assert answer.status_code == 400
