"""The datamatrix INS on the page of a qualified identity: scanned from the screen, it opens the same person's file."""

import logging
import re

import pytest

from dcc.audit.models import AuditEvent
from patients.models import Patient
from tests.identity import reading_symbols
from tests.patients.identities import MATRICULE, again, doubted, pat_trois, retrieved, validated
from tests.patients.test_creation_page import after_a_search
from tests.patients.test_creation_scan import PAYLOAD, scanned, value_of


@pytest.fixture
def qualified(working_as) -> Patient:
    with working_as("alice") as alice:
        patient = pat_trois(alice)
        validated(retrieved(patient, alice), alice)
        return again(patient)


def page_of(client, patient):
    return client.get(f"/patients/{patient.pk}/identite/")


def symbol_on(answer) -> str:
    """What a scanner reads on the page; "" when nothing is drawn."""
    drawn = re.search(r'viewBox="0 0 (\d+) \d+"[^>]*aria-label="Datamatrix INS.*?#000" d="([^"]+)"', text_of(answer))
    return reading_symbols.read_path(drawn[2], int(drawn[1])) if drawn else ""


def text_of(answer) -> str:
    return answer.content.decode()


def test_what_the_page_draws_the_scanner_field_reads(signed_in, qualified):
    """From the screen of one desk to the scanner of another: the same person, never a second file."""
    client = signed_in("alice")
    read = symbol_on(page_of(client, qualified))
    assert read == PAYLOAD
    answer = scanned(client, after_a_search(client, name="Pat-Trois", birth_date="28031979"), payload=read)
    assert value_of(answer, "given_names") == "DOMINIQUE MARIE-LOUISE"
    assert "Cette INS est déjà connue" in text_of(answer)
    assert f'href="/patients/{qualified.pk}/"' in text_of(answer)


def test_only_a_qualified_identity_is_scanned(signed_in, working_as):
    client = signed_in("alice")
    with working_as("alice") as alice:
        patient = pat_trois(alice)
    assert symbol_on(page_of(client, patient)) == ""
    with working_as("alice") as alice:
        retrieved(patient, alice)
    answer = page_of(client, patient)
    assert "Matricule INS" in text_of(answer)
    assert symbol_on(answer) == ""  # the INS is known, no document was checked: it goes nowhere
    with working_as("alice") as alice:
        validated(again(patient), alice)
    assert symbol_on(page_of(client, patient)) == PAYLOAD
    with working_as("alice") as alice:
        doubted(again(patient), alice)
    assert symbol_on(page_of(client, patient)) == ""


def test_without_its_list_of_given_names_an_identity_is_not_scanned(signed_in, working_as, qualified):
    """A feed may qualify without the list: the first name alone would be another content than that of INSi."""
    with working_as("alice"):
        Patient.objects.filter(pk=qualified.pk).update(given_names="", given_names_key="")
    answer = page_of(signed_in("alice"), qualified)
    assert symbol_on(answer) == ""
    assert "la liste manque" in text_of(answer)


def test_whoever_does_not_see_the_file_sees_no_symbol(signed_in, qualified):
    for stranger in ("metro", "denis", "oscar"):
        answer = signed_in(stranger).get(f"/patients/{qualified.pk}/identite/", follow=True)
        assert "Datamatrix INS" not in text_of(answer)
        assert MATRICULE not in text_of(answer)


def test_the_matricule_is_neither_in_an_address_nor_in_a_trace(signed_in, working_as, qualified, caplog):
    caplog.set_level(logging.DEBUG)
    answer = page_of(signed_in("alice"), qualified)
    assert symbol_on(answer)
    assert "no-store" in answer.headers["Cache-Control"]
    addresses = re.findall(r'(?:href|src|action)="([^"]*)"', text_of(answer))
    assert not [one for one in addresses if MATRICULE in one or "data:" in one]
    assert MATRICULE not in caplog.text
    with working_as("alice"):
        assert MATRICULE not in str(list(AuditEvent.objects.values()))


def test_it_is_printed_beside_the_traits_without_what_only_a_screen_needs(signed_in, qualified):
    text = text_of(page_of(signed_in("alice"), qualified))
    assert "INS à scanner" in text
    assert re.search(r"<button[^>]*data-print[^>]*hidden", text)
    assert re.search(r'<section class="card no-print" id="insi"', text)
