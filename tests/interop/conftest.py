"""Invented people, organisations and messages the interoperability tests share; golden files."""

import os
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from interop.cda.builder import build_n1
from interop.cda.model import (
    Author,
    ClinicalDocumentN1,
    Contact,
    ContactKind,
    Encounter,
    Participant,
    ParticipantRole,
    rcp_identifiers,
    rcp_services,
)
from interop.cda.parties import Address, LocalId, Organisation, Patient, Professional, Sex, Telecom, TelecomUse
from interop.hl7v2.mdm import DocumentMessage, Endpoint
from interop.terminologies import oids, oncology
from interop.terminologies.hl7v2 import DocumentEvent
from interop.terminologies.identifiers import Code, Identifier
from interop.terminologies.value_sets import ValueSet, concept
from interop.xdm.mail import AttachedPdf, MssanteMail
from interop.xdm.metadata import Submission
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
        family="LAGARDE",
        given="Inès",
        rpps="10000000001",
        civility="MME",
        title="DR",
        specialty=concept(ValueSet.SPECIALTY, "G15_10/SM36"),
        organisation=centre,
        telecoms=(Telecom(value="tel:0199000001", use=TelecomUse.WORK),),
    )


@pytest.fixture
def patient() -> Patient:
    """A qualified identity (test INS) with a used name and a local number."""
    return Patient(
        birth_name="PAT-TROIS",
        birth_given_names="DOMINIQUE MARIE-LOUISE",
        first_birth_given_name="DOMINIQUE",
        birth_date=date(1979, 3, 28),
        sex=Sex.FEMALE,
        birth_place_code="51215",
        birth_place_name="DOMPREMY",
        used_name="D'EXEMPLE",
        used_given_name="MARIE",
        ins=INS_TEST,
        local_ids=(LocalId(value="000003", authority_oid="1.2.250.1.999.1.1", authority_name="CH-ARMORGNE"),),
        identity_statuses=("VALI",),
        identity_updated_on=date(2026, 9, 1),
        address=Address(street="28 avenue de l’Été", postal_code="99100", city="ARMORGNE"),
        telecoms=(Telecom(value="tel:0600000000", use=TelecomUse.MOBILE),),
    )


@pytest.fixture
def unqualified_patient() -> Patient:
    """A provisional identity: a local number only, no INS."""
    return Patient(
        birth_name="ESSAI",
        birth_given_names="JEAN",
        first_birth_given_name="JEAN",
        birth_date=date(1950, 1, 2),
        sex=Sex.MALE,
        local_ids=(LocalId(value="A42", authority_oid="1.2.250.1.999.1.1", authority_name="CH-ARMORGNE"),),
    )


@pytest.fixture
def report_code() -> Code:
    return oncology.RCP_REPORT.code


MEETING_AT = datetime(2026, 11, 20, 14, 0, 0, tzinfo=PARIS)
SIGNED_AT = datetime(2026, 11, 20, 17, 58, 0, tzinfo=PARIS)
BOARD = "RÉSEAU ARMORGNE / 3C Armorgne / Sein"


@pytest.fixture
def gp() -> Professional:
    return Professional(
        family="COLIN",
        given="Anne",
        rpps="10000000003",
        title="DR",
        specialty=concept(ValueSet.SPECIALTY, "G15_10/SM26"),
    )


@pytest.fixture
def participants(oncologist: Professional, gp: Professional, centre: Organisation) -> tuple[Participant, ...]:
    """Everyone the FRCP header names, in every role it knows."""
    radiotherapist = Professional(
        family="BERTHIER",
        given="Paul",
        rpps="10000000002",
        civility="M",
        title="PR",
        specialty=concept(ValueSet.SPECIALTY, "G15_10/SM45"),
        organisation=centre,
    )
    nurse = Professional(family="VALLET", given="Rose", civility="MME")
    people = (
        (ParticipantRole.COORDINATOR, oncologist),
        (ParticipantRole.REQUESTER, radiotherapist),
        (ParticipantRole.PRESENTER, radiotherapist),
        (ParticipantRole.TREATING_PHYSICIAN, gp),
        (ParticipantRole.REFERRING_PHYSICIAN, radiotherapist),
        (ParticipantRole.QUORUM_MEMBER, oncologist),
        (ParticipantRole.QUORUM_MEMBER, radiotherapist),
        (ParticipantRole.OTHER_ATTENDEE, nurse),
        (ParticipantRole.CORRESPONDENT, gp),
    )
    return tuple(Participant(role=role, person=person) for role, person in people)


@pytest.fixture
def encounter(centre: Organisation) -> Encounter:
    """The meeting, without the patient."""
    return Encounter(
        facility=centre,
        facility_type=concept(ValueSet.FACILITY_TYPE, "SA01"),
        started_at=MEETING_AT,
        kind=oncology.ENCOUNTER_WITHOUT_PATIENT,
        identifiers=rcp_identifiers(network="9901", manager="990114", board="99011113", session="S-2026-47"),
    )


@pytest.fixture
def trusted_person() -> Contact:
    return Contact(
        kind=ContactKind.TRUSTED_PERSON,
        family="NESSI",
        given="Sophie",
        relation=concept(ValueSet.RELATION_TO_PATIENT, "SIS"),
    )


@pytest.fixture
def report(
    patient: Patient,
    oncologist: Professional,
    centre: Organisation,
    gp: Professional,
    participants: tuple[Participant, ...],
    encounter: Encounter,
    trusted_person: Contact,
) -> ClinicalDocumentN1:
    """A tumour-board report with everyone the FRCP header names."""
    return ClinicalDocumentN1(
        document_id=DOCUMENT_ID,
        set_id=Identifier(root="2.25.100059749145936325402354257176981405600"),
        version=1,
        code=oncology.RCP_REPORT.code,
        title=BOARD,
        created_at=SIGNED_AT,
        patient=patient,
        authors=(Author(person=oncologist, written_at=MEETING_AT, function_words="Coordonnateur de la RCP"),),
        custodian=centre,
        legal_authenticator=oncologist,
        signed_at=SIGNED_AT,
        services=rcp_services(
            title=BOARD,
            started_at=MEETING_AT,
            coordinator=oncologist,
            topography=Code(code="C50.2", system=oids.CIM_10, label="Tumeur maligne du quadrant supéro-interne"),
        ),
        encounter=encounter,
        pdf=b"%PDF-1.4\n%invented\n%%EOF\n",
        contacts=(trusted_person,),
        recipients=(gp,),
        participants=participants,
        fulfils=Identifier(root="2CE71A5B-FD99-4958-ADE4-CA39E86625ED"),
        fulfils_comment="Inscription à la séance du 20/11/2026",
    )


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


@pytest.fixture
def submission(report: ClinicalDocumentN1, oncologist: Professional, centre: Organisation) -> Submission:
    """The archive that carries the report."""
    return Submission(
        unique_id="2.25.55059749145936325402354257176981405690",
        source_id="1.2.250.1.999.2",
        submitted_at=datetime(2026, 11, 20, 18, 5, 9, tzinfo=PARIS),
        title="Compte rendu de RCP",
        author=oncologist,
        organisation=centre,
        documents=(build_n1(report),),
        software="DCC 1.0",
    )


@pytest.fixture
def mail(patient: Patient, report: ClinicalDocumentN1) -> MssanteMail:
    """The mail to a general practitioner; the archive is a stand-in, so that the golden file does not hold a zip."""
    return MssanteMail(
        message_id="<0197-42@dcc.armorgne.mssante.fr>",
        sent_at=datetime(2026, 11, 20, 18, 5, 9, tzinfo=PARIS),
        sender="rcp@dcc.armorgne.mssante.fr",
        sender_label="RCP Sein – 3C Armorgne",
        recipients=("anne.colin@cabinet.mssante.fr",),
        subject_label="CR RCP",
        patient=patient,
        body="Cher confrère,\n\nVeuillez trouver ci-joint le compte rendu de la RCP du 20 novembre 2026.\n",
        archive=b"PK\x05\x06" + b"\0" * 18,
        pdfs=(AttachedPdf(content=report.pdf, act_on=date(2026, 11, 20), label="CR RCP", file_number="2026-17"),),
        document_codes=("34794-8",),
        software_reference="DCC-0001",
        reply_to="secretariat@3c.armorgne.mssante.fr",
        reading_receipt_to="rcp@dcc.armorgne.mssante.fr",
    )
