"""Who a patient's copy says they are: every number, what is uncertain, a death; what it never hands out (PAT-08)."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.utils import timezone
from fhir.resources.R4B.bundle import Bundle

from dcc.lib.crypto import Keyring
from dcc.organisations.models import Organisation
from patients.actions import add_ipp
from patients.identity.ins import Ins, InsKind
from patients.lifecycle import asking
from patients.lifecycle.matricules import remember
from patients.lifecycle.states import InsEnd
from patients.models import FeedIdentity, FeedNumber, Patient, PatientIdentifier, Visit
from patients.requests.archive import Copy, bundle_of, copy_of, summary_of
from patients.requests.fhir import known_birth
from tests.patients.conftest import created
from tests.patients.identities import MATRICULE, OID, again, pat_trois, retrieved, validated

FORMER, DOUBTED = "277076322082910", "109076322083489"  # of the public test data


@pytest.fixture
def followed(working_as, francoise) -> Patient:
    """Françoise with the number of one establishment."""
    with working_as("alice") as alice:
        roche = Organisation.objects.get(short_name="CH Rochebrune")
        add_ipp(patient=francoise, value="80061742", organisation=roche, by=alice)
    return francoise


def copied(patient: Patient) -> Copy:
    return copy_of(Patient.objects.get(pk=patient.pk), readers=[], made_at=timezone.localtime())


def patient_of(said: Copy) -> Any:
    """The Patient of the Bundle, read by an independent library."""
    return Bundle.model_validate_json(json.dumps(bundle_of(said))).entry[0].resource


def test_each_number_says_what_it_is_and_since_when_it_is_no_more(working_as, as_worker, followed):
    with working_as("alice") as alice:
        dunes = Organisation.objects.get(short_name="Clinique des Dunes")
        gone = add_ipp(patient=followed, value="77012", organisation=dunes, by=alice)
    with as_worker(1):
        PatientIdentifier.objects.filter(pk=gone.pk).update(ended_at=datetime(2026, 3, 4, 12, tzinfo=UTC))
        said = copied(followed)
    usual, old = patient_of(said).identifier
    assert (usual.use, usual.value, usual.type.coding[0].code) == ("usual", "80061742", "PI")
    assert (old.use, old.value, old.period.end.isoformat()) == ("old", "77012", "2026-03-04")
    assert [one.given_by for one in said.numbers] == [
        "Centre hospitalier de Rochebrune",
        "Clinique des Dunes, jusqu’au 04/03/2026",
    ]


def test_a_qualified_identity_leaves_with_its_ins_and_the_one_before(working_as, as_worker):
    with working_as("alice") as alice:
        patient = again(validated(retrieved(pat_trois(alice), alice), alice))
        remember(patient, Ins(matricule=FORMER, kind=InsKind.NIR_TEST), InsEnd.DECLARED, ended_on=date(2019, 5, 2))
        remember(patient, Ins(matricule=DOUBTED, kind=InsKind.NIR_TEST), InsEnd.DOUBTED, ended_on=date(2020, 1, 7))
    with as_worker(1):
        said = copied(patient)
    now, former = patient_of(said).identifier
    assert (now.use, now.value, now.system) == ("official", MATRICULE, f"urn:oid:{OID}")
    assert [(one.code, one.system) for one in now.type.coding] == [
        ("INS-NIR-TEST", "https://hl7.fr/ig/fhir/core/CodeSystem/fr-core-cs-v2-0203")
    ]
    assert (former.use, former.value, former.period.end.isoformat()) == ("old", FORMER, "2019-05-02")
    assert said.rows["patients_patient"][0]["ins_matricule"] == MATRICULE
    assert {one["ins_matricule"] for one in said.rows["patients_formerins"]} == {FORMER, DOUBTED}
    shown = {given_by: number.replace("\xa0", "") for given_by, number in summary_of(said).numbers}
    assert shown == {
        "INS (identité qualifiée)": MATRICULE,
        "Ancien INS, jusqu’au 02/05/2019 (ancien matricule donné par INSi)": FORMER,
        "Ancien INS, jusqu’au 07/01/2020 (identité douteuse, fictive ou anonyme)": DOUBTED,
    }


def test_an_ins_that_is_not_qualified_is_told_to_the_patient_and_to_no_software(working_as, as_worker):
    with working_as("alice") as alice:
        patient = again(retrieved(pat_trois(alice), alice))
    with as_worker(1):
        said = copied(patient)
    assert not patient_of(said).identifier
    assert said.rows["patients_patient"][0]["ins_matricule"] == MATRICULE
    assert [given_by for given_by, _ in summary_of(said).numbers] == ["INS (identité récupérée)"]


def test_an_answer_nobody_decided_upon_is_not_handed_out(working_as, as_worker):
    with working_as("alice") as alice:
        patient = pat_trois(alice)
        asking.ask(patient=patient, given_name="DOMINIQUE", by=alice)
    with as_worker(1):
        (call,) = copied(patient).rows["patients_insicall"]
    assert not {"answer_sealed", "traits_hash"} & call.keys()


def test_an_ins_whose_key_is_gone_says_so(working_as, as_worker, settings):
    with working_as("alice") as alice:
        patient = again(validated(retrieved(pat_trois(alice), alice), alice))
    settings.MASTER_KEYS = Keyring.generate_text(current="k9")
    with as_worker(1):
        said = copied(patient)
    assert not patient_of(said).identifier
    assert "illisible" in said.rows["patients_patient"][0]["ins_matricule"]


@pytest.mark.parametrize(
    ("died_on", "expected", "words"),
    [(None, (True, None), "sans sa date"), (date(2026, 2, 1), (None, date(2026, 2, 1)), "01/02/2026")],
)
def test_who_died_does_not_read_as_alive(working_as, as_worker, followed, died_on, expected, words):
    with working_as("alice"):
        Patient.objects.filter(pk=followed.pk).update(is_deceased=True, died_on=died_on)
    with as_worker(1):
        said = copied(followed)
    read = patient_of(said)
    assert (read.deceasedBoolean, read.deceasedDateTime) == expected
    assert words in " ".join(summary_of(said).remarks)


@pytest.mark.parametrize(
    ("typed", "known", "words"),
    [
        ("1960", "1960", "l’année, 1960. Le 31/12/1960"),
        ("05/1960", "1960-05", "le mois et l’année, 05/1960. Le 01/05/1960"),
        ("17/00/1960", "1960", "l’année, 1960. Le 17/01/1960"),
    ],
)
def test_a_partial_birth_date_is_said_as_far_as_it_is_known(working_as, as_worker, typed, known, words):
    with working_as("alice") as alice:
        patient = created(alice, "Tanguy", "Maël", typed, sex="M")
    with as_worker(1):
        said = copied(patient)
    read = bundle_of(said)["entry"][0]["resource"]
    assert read["birthDate"] == known
    assert [one["valueBoolean"] for one in read["extension"]] == [True]
    assert patient_of(said).birthDate
    assert words in " ".join(summary_of(said).remarks)


def test_a_birth_date_that_is_known_is_whole():
    assert known_birth(date(1960, 12, 31), interpreted=False) == "1960-12-31"
    assert known_birth(date(1960, 1, 1), interpreted=True) == "1960"


def test_stays_an_establishment_told_are_in_the_copy(as_worker, followed):
    with as_worker(1):
        heard = FeedIdentity.objects.create(region_id=1, id=followed.pk)
        number = FeedNumber.objects.create(
            region_id=1, authority="roche", value="80061742", identity_region_id=1, identity=heard
        )
        Visit.objects.create(
            region_id=1, authority="roche", value="V77", number=number, patient_region_id=1, patient=followed,
            status="open", medical_unit="ONCO",
        )  # fmt: skip
        (stay,) = copied(followed).rows["patients_visit"]
    assert (stay["value"], stay["medical_unit"]) == ("V77", "ONCO")
