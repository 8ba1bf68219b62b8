"""What a message says of the document it carries, read in the CDA itself: they cannot contradict each other."""

from dataclasses import dataclass, field
from datetime import date, datetime

from interop.cda.parties import LocalId, Organisation, Patient, Professional, Sex
from interop.cda.reader import N1Metadata, NamedPerson, read_n1
from interop.terminologies import oids, oncology
from interop.terminologies.identifiers import Code, Identifier
from messaging.models import Delivery
from patients.documents import content
from patients.models import ContentKind, IdentityStatus

SHORT_LABELS = {kind.code.code: kind.short_label for kind in (oncology.RCP_REPORT, oncology.PPS, oncology.PPAC)}
SEXES = {"F": Sex.FEMALE, "M": Sex.MALE}
VALIDATED = (IdentityStatus.VALIDATED, IdentityStatus.QUALIFIED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """A produced document, ready to be put in a message."""

    cda: bytes = field(repr=False)
    pdf: bytes = field(repr=False)
    document_id: Identifier
    replaces: Identifier | None
    version: int
    code: Code
    title: str
    short_label: str
    act_at: datetime
    written_at: datetime
    patient: Patient
    signatory: Professional
    structure: Organisation

    @property
    def act_on(self) -> date:
        return self.act_at.date()


def carried(delivery: Delivery) -> Carried:
    """Open the CDA of a delivery's document. Raises Content.DoesNotExist, UnreadableDocument, or a CryptoError."""
    document = delivery.document
    cda = content.read(owner_id=document.pk, kind=ContentKind.CDA)
    said, pdf = read_n1(cda)
    assert said.legal_authenticator is not None, "a document of ours has its legal authenticator"
    return Carried(
        cda=cda,
        pdf=pdf,
        document_id=said.header.document_id,
        replaces=said.header.replaces,
        version=said.header.version or 1,
        code=said.header.code,
        title=said.header.title,
        short_label=SHORT_LABELS[said.header.code.code],
        act_at=datetime.strptime(said.service_start, "%Y%m%d%H%M%S%z"),
        written_at=datetime.strptime(said.header.effective_time, "%Y%m%d%H%M%S%z"),
        patient=_patient(said, validated=document.patient.status in VALIDATED),
        signatory=_professional(said.legal_authenticator),
        structure=_structure(said.legal_authenticator),
    )


def _patient(said: N1Metadata, *, validated: bool) -> Patient:
    local = [item for item in said.header.patient_ids if item.root not in oids.INS_ROOTS]
    return Patient(
        birth_name=said.birth_name,
        birth_given_names=said.birth_given_names,
        first_birth_given_name=said.first_birth_given_name,
        birth_date=datetime.strptime(said.birth_date, "%Y%m%d").date(),
        sex=SEXES.get(said.gender, Sex.UNKNOWN),
        birth_place_code=said.birth_place_code,
        used_name=said.used_name,
        ins=said.ins,
        local_ids=tuple(LocalId(value=one.extension, authority_oid=one.root, authority_name="") for one in local),
        identity_statuses=("VALI",) if said.ins or validated else ("PROV",),
    )


def _professional(person: NamedPerson) -> Professional:
    return Professional(
        family=person.family,
        given=person.given,
        rpps=person.identifier.extension[1:] if person.identifier else "",
        specialty=person.specialty,
    )


def _structure(person: NamedPerson) -> Organisation:
    number = person.organisation_id.extension if person.organisation_id else ""
    return Organisation(name=person.organisation, finess=number[1:] if number.startswith("1") else "")
