"""A page of contacts opened before a feed wrote: what the person did not change is not put back (PAT-10, ADR 10)."""

import html
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from patients.actions import update_contact
from patients.models import Contact, Patient

GP = {"gp_name": "Dr Claire Mazurier", "gp_address": "3, rue du Port\n44000 Port-Navailles"}


@pytest.fixture
def known(working_as, francoise) -> Patient:
    with working_as("alice") as alice:
        update_contact(patient=francoise, values={"city": "Nantes", "phone": "0240000000", **GP}, by=alice)
    return francoise


def page_of(patient: Patient) -> str:
    return f"/patients/{patient.pk}/coordonnees/"


def opened(client: Client, patient: Patient) -> dict[str, str]:
    """What a browser sends back of the page as it stands."""
    page = client.get(page_of(patient)).content.decode()
    sent = {}
    for tag in re.findall(r"<input [^>]*>", page):
        said = {name: html.unescape(value) for name, value in re.findall(r'([a-z-]+)="([^"]*)"', tag)}
        if said.get("name"):
            sent[said["name"]] = said.get("value", "")
    area = re.search(r'<textarea[^>]*name="gp_address"[^>]*>(.*?)</textarea>', page, re.S)
    assert area is not None
    return {**sent, "gp_address": html.unescape(area[1]).lstrip("\n")}


def test_an_unchanged_phone_is_not_put_back(known, signed_in, working_as):
    client = signed_in("alice")
    sent = opened(client, known)
    assert client.get(page_of(known)).content.decode().count('name="initial-phone"') == 1
    with working_as("alice"):
        Contact.objects.filter(patient=known).update(phone="0299999999", gp_name="Dr Paul Roy", gp_address="Rennes")
    assert client.post(page_of(known), {**sent, "city": "Rezé"}).status_code == 302
    with working_as("alice"):
        now = Contact.objects.get(patient=known)
        assert (now.city, now.phone, now.gp_name, now.gp_address) == ("Rezé", "0299999999", "Dr Paul Roy", "Rennes")


def test_one_doctor_never_has_the_address_of_another(known, signed_in, working_as):
    """Changed in part on an old page, the doctor is written as that page shows them."""
    client = signed_in("alice")
    sent = opened(client, known)
    with working_as("alice"):
        Contact.objects.filter(patient=known).update(gp_name="Dr Paul Roy", gp_address="Rennes")
    client.post(page_of(known), {**sent, "gp_mssante_address": "c.mazurier@cabinet.mssante.fr"})
    with working_as("alice"):
        now = Contact.objects.get(patient=known)
        assert now.gp_name == "Dr Claire Mazurier"
        assert now.gp_address.splitlines() == GP["gp_address"].splitlines()


def test_a_field_is_emptied(known, signed_in, working_as):
    client = signed_in("alice")
    assert client.post(page_of(known), {**opened(client, known), "phone": ""}).status_code == 302
    with working_as("alice"):
        assert Contact.objects.get(patient=known).phone == ""


def test_a_first_contact_holds_the_identity_as_a_feed_does(francoise, working_as):
    """Two first writes at the same moment would otherwise both insert, and one would fail."""
    with (
        working_as("alice") as alice,
        CaptureQueriesContext(
            connection,
        ) as queries,
    ):
        update_contact(patient=francoise, values={"city": "Nantes"}, by=alice)
    said = [one["sql"] for one in queries]
    held = next(rank for rank, sql in enumerate(said) if "patients_patient" in sql and "FOR NO KEY UPDATE" in sql)
    read = next(rank for rank, sql in enumerate(said) if 'FROM "patients_contact"' in sql)
    assert held < read
