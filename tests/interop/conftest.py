"""Invented people, organisations and messages the interoperability tests share; golden files."""

import os
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from interop.cda.parties import Address, LocalId, Organisation, Patient, Professional, Sex, Telecom, TelecomUse
from interop.hl7v2.mdm import DocumentMessage, Endpoint
from interop.terminologies import oncology
from interop.terminologies.hl7v2 import DocumentEvent
from interop.terminologies.identifiers import Code
from interop.terminologies.value_sets import ValueSet, concept
from tests.interop.samples import DOCUMENT_ID, INS_TEST, PARIS, small_cda

GOLDEN = Path(__file__).parent / "golden"
SHARED = Path(__file__).resolve().parents[2] / "../shared"


@pytest.fixture
def shared() -> Path:
    """The reference material, absent outside the workshop."""
    if not SHARED.is_dir():
        pytest.skip("reference material ../shared is absent: official samples and schemas cannot be compared")
    return SHARED


@pytest.fixture
def golden() -> Callable[[str, bytes], None]:
    """Compare bytes with a golden file; UPDATE_GOLDEN=1 rewrites it, and the diff is then read by a human."""

    def compare(name: str, produced: bytes) -> None:
        path = GOLDEN / name
        if os.environ.get("UPDATE_GOLDEN"):
            path.write_bytes(produced)
        assert produced == path.read_bytes()

    return compare


@pytest.fixture
def centre() -> Organisation:
    return Organisation(
        name="Centre hospitalier d’Armorgne",
        finess="990000019",
        address=Address(street="1 rue des Tilleuls", postal_code="99100", city="ARMORGNE", country="FRANCE"),
        telecoms=(Telecom(value="tel:0199000000", use=TelecomUse.PUBLIC),),
        practice_setting=concept(ValueSet.PRACTICE_SETTING, "ETABLISSEMENT"),
    )


@pytest.fixture
def oncologist(centre: Organisation) -> Professional:
    return Professional(
        family="LAGARDE", given="Inès", rpps="10000000001", civility="MME", title="DR",
        specialty=concept(ValueSet.SPECIALTY, "G15_10/SM36"), organisation=centre,
        telecoms=(Telecom(value="tel:0199000001", use=TelecomUse.WORK),),
    )


@pytest.fixture
def patient() -> Patient:
    """A qualified identity (test INS) with a used name and a local number."""
    return Patient(
        birth_name="PAT-TROIS", birth_given_names="DOMINIQUE MARIE-LOUISE", first_birth_given_name="DOMINIQUE",
        birth_date=date(1979, 3, 28), sex=Sex.FEMALE, birth_place_code="51215", birth_place_name="DOMPREMY",
        used_name="D'EXEMPLE", used_given_name="MARIE", ins=INS_TEST,
        local_ids=(LocalId(value="000003", authority_oid="1.2.250.1.999.1.1", authority_name="CH-ARMORGNE"),),
        identity_statuses=("VALI",), identity_updated_on=date(2026, 9, 1),
        address=Address(street="28 avenue de l’Été", postal_code="99100", city="ARMORGNE"),
        telecoms=(Telecom(value="tel:0600000000", use=TelecomUse.MOBILE),),
    )


@pytest.fixture
def unqualified_patient() -> Patient:
    """A provisional identity: a local number only, no INS."""
    return Patient(
        birth_name="ESSAI", birth_given_names="JEAN", first_birth_given_name="JEAN", birth_date=date(1950, 1, 2),
        sex=Sex.MALE,
        local_ids=(LocalId(value="A42", authority_oid="1.2.250.1.999.1.1", authority_name="CH-ARMORGNE"),),
    )


@pytest.fixture
def report_code() -> Code:
    return oncology.RCP_REPORT.code


@pytest.fixture
def message(patient: Patient, oncologist: Professional, centre: Organisation, report_code: Code) -> DocumentMessage:
    """The first sending of a tumour-board report to a hospital."""
    return DocumentMessage(
        control_id="DCC00000000000000042",
        event=DocumentEvent.INITIAL,
        sending=Endpoint(application="DCC", facility="RESEAU-ARMORGNE"),
        receiving=Endpoint(application="PFI", facility="CH-ARMORGNE"),
        sent_at=datetime(2026, 11, 20, 18, 5, 9, tzinfo=PARIS),
        recorded_at=datetime(2026, 11, 20, 17, 58, 0, tzinfo=PARIS),
        activity_at=datetime(2026, 11, 20, 14, 0, 0, tzinfo=PARIS),
        patient=patient,
        document_code=report_code,
        document_id=DOCUMENT_ID,
        document=small_cda(*patient.identifiers),
        sender=oncologist,
        sender_organisation=centre,
        authenticator=oncologist,
    )


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 11, 20, 17, 6, 0, tzinfo=UTC)
