"""The national document of a report: its frozen facts written as the header of a level-1 CDA (spec/cda.md §2, §5.1)."""

from dataclasses import dataclass, field
from datetime import date
from uuid import NAMESPACE_URL, UUID, uuid5

from interop.cda.builder import DocumentRefused, build_n1
from interop.cda.model import (
    Author,
    ClinicalDocumentN1,
    Encounter,
    Participant,
    ParticipantRole,
    rcp_identifiers,
    rcp_services,
)
from interop.cda.parties import Address, LocalId, Organisation, Patient, Professional, Sex, Telecom, TelecomUse
from interop.terminologies import oncology
from interop.terminologies.identifiers import Code, Identifier, oid_of_uuid
from interop.terminologies.value_sets import ValueSet, concept, concepts
from rcp.reports.data import Level, ReportData
from rcp.reports.header import Header, Person, Structure

SEXES = {"F": Sex.FEMALE, "M": Sex.MALE}
CIVILITIES = {"M.": "M", "Mme": "MME"}  # J245
TITLES = {"Dr": "DR", "Pr": "PR"}  # J246
# The directory does not tell a public from a private establishment: the neutral code of J02.
FACILITY, PRACTICE = "SA30", "SA07"


class NationalDocumentRefused(Exception):
    """The document cannot be written as it stands; the message, in French, says what to complete."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The strict traits and numbers the header names a patient by; the INS only when it may leave."""

    patient_id: UUID
    region: str  # code of the founding region
    birth_name: str
    given_names: str
    first_given_name: str
    birth_date: date
    sex: str
    birth_place_code: str
    birth_place: str
    used_name: str = ""
    used_given_name: str = ""
    validated: bool = False
    ins_matricule: str = field(default="", repr=False)
    ins_oid: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions:
    """Which document this is, what it succeeds; `replaces` only when that one left the platform's renderer."""

    document_id: UUID
    set_id: UUID
    number: int
    replaces: UUID | None = None


def authority_of(region: str) -> str:
    """OID under which the DCC itself numbers the patients of a founding region: drawn from its code, for ever."""
    return oid_of_uuid(uuid5(NAMESPACE_URL, f"urn:dcc:region:{region}:patients"))


def write_cda(*, report: ReportData, header: Header, identity: Identity, versions: Versions, pdf: bytes) -> bytes:
    """The CDA that carries `pdf`, checked against the national rules. Raises NationalDocumentRefused."""
    _check(header)
    try:
        return build_n1(national_document(report, header, identity, versions, pdf))
    except DocumentRefused as error:
        raise NationalDocumentRefused(
            f"Le document national est incomplet\u00a0: {', '.join(error.problems)}. Complétez, puis relancez."
        ) from error


def national_document(
    report: ReportData, header: Header, identity: Identity, versions: Versions, pdf: bytes
) -> ClinicalDocumentN1:
    """The facts of the header; nothing is checked here."""
    title = " / ".join(part for part in (report.network, report.centre, report.board) if part)
    structure = _organisation(header.structure)
    author, authenticator = _professional(header.author), _professional(header.authenticator)
    signed_at = report.validation.effective_at
    coordinator = "Coordonnateur de la RCP" if report.level == Level.DISCUSSED else "Médecin demandeur"
    return ClinicalDocumentN1(
        document_id=Identifier(root=oid_of_uuid(versions.document_id)),
        set_id=Identifier(root=oid_of_uuid(versions.set_id)),
        version=versions.number,
        code=oncology.RCP_REPORT.code,
        title=title,
        created_at=signed_at,
        patient=_patient(identity, header),
        authors=(Author(person=author, written_at=report.validation.at, function_words=coordinator),),
        custodian=structure,
        legal_authenticator=authenticator,
        signed_at=signed_at,
        services=rcp_services(title=title, started_at=header.started_at, coordinator=authenticator),
        encounter=Encounter(
            facility=structure,
            facility_type=concept(ValueSet.FACILITY_TYPE, PRACTICE if header.structure.practice else FACILITY),
            started_at=header.started_at,
            identifiers=rcp_identifiers(board=header.board_number, local=(Identifier(root=header.meeting),)),
            kind=oncology.ENCOUNTER_WITHOUT_PATIENT,
        ),
        pdf=pdf,
        recipients=tuple(_professional(one) for one in _addressees(header)),
        participants=tuple(_participants(report, header, authenticator)),
        fulfils=Identifier(root=oid_of_uuid(versions.set_id)),
        fulfils_comment=f"Inscription à la séance du {report.meeting.held_on:%d/%m/%Y}",
        replaces=Identifier(root=oid_of_uuid(versions.replaces)) if versions.replaces else None,
    )


def _check(header: Header) -> None:
    who = header.authenticator
    if not who.rpps:
        raise NationalDocumentRefused(
            f"Le numéro RPPS de {who.display_name}, qui a validé, manque. "
            "Complétez son compte, puis relancez la production."
        )
    if not header.structure.finess:
        raise NationalDocumentRefused(
            f"{header.structure.name} n’a pas de numéro FINESS. Complétez l’organisation, puis relancez la production."
        )


def _patient(identity: Identity, header: Header) -> Patient:
    own = LocalId(
        value=str(identity.patient_id),
        authority_oid=authority_of(identity.region),
        authority_name=f"DCC-{identity.region}".upper(),
    )
    numbers = (LocalId(value=one.value, authority_oid=one.oid, authority_name=one.authority) for one in header.numbers)
    ins = Identifier(root=identity.ins_oid, extension=identity.ins_matricule) if identity.ins_matricule else None
    return Patient(
        birth_name=identity.birth_name,
        birth_given_names=identity.given_names,
        first_birth_given_name=identity.first_given_name,
        birth_date=identity.birth_date,
        sex=SEXES.get(identity.sex, Sex.UNKNOWN),
        birth_place_code=identity.birth_place_code,
        birth_place_name=identity.birth_place,
        used_name=identity.used_name,
        used_given_name=identity.used_given_name,
        ins=ins,
        local_ids=(*numbers, own),
        identity_statuses=("VALI",) if identity.validated else ("PROV",),
    )


def _participants(report: ReportData, header: Header, authenticator: Professional) -> list[Participant]:
    """Everyone the model names, in its order; the anonymous report names nobody who knows the patient (D3)."""
    role = ParticipantRole
    found = [Participant(role=role.COORDINATOR, person=authenticator)]
    if header.requester is not None and not report.is_anonymous:
        found.append(Participant(role=role.REQUESTER, person=_professional(header.requester)))
    treating = header.treating if not report.is_anonymous else None
    found.append(Participant(role=role.TREATING_PHYSICIAN, person=_professional(treating) if treating else None))
    if header.referring is not None and not report.is_anonymous:
        found.append(Participant(role=role.REFERRING_PHYSICIAN, person=_professional(header.referring)))
    counted = {one.name for one in report.quorum.attendees if one.counts} if report.quorum else set()
    for name, person in header.attendees:
        kind = role.QUORUM_MEMBER if name in counted else role.OTHER_ATTENDEE
        found.append(Participant(role=kind, person=_professional(person)))
    if not report.is_anonymous:
        found += [Participant(role=role.CORRESPONDENT, person=_professional(one)) for one in header.correspondents]
    return found


def _addressees(header: Header) -> list[Person]:
    people = (header.requester, header.referring, header.treating, *header.correspondents)
    return [one for one in people if one is not None and one.family]


def _professional(person: Person) -> Professional:
    return Professional(
        family=person.family,
        given=person.given,
        rpps=person.rpps,
        civility=CIVILITIES.get(person.civility, ""),
        title=TITLES.get(person.civility, ""),
        specialty=_specialty(person),
        organisation=_organisation(person.structure) if person.structure else None,
        telecoms=(Telecom(value=f"mailto:{person.mssante_address}"),) if person.mssante_address else (),
    )


def _specialty(person: Person) -> Code | None:
    """The code of J01 for a profession and a specialty; the profession alone when J01 has not the pair."""
    known = concepts(ValueSet.SPECIALTY)
    return known.get(f"G15_{person.profession}/{person.specialty}") or known.get(f"G15_{person.profession}")


def _organisation(structure: Structure) -> Organisation:
    return Organisation(
        name=structure.name,
        finess=structure.finess,
        address=Address(street=structure.street, postal_code=structure.postcode, city=structure.city),
        telecoms=(Telecom(value=f"tel:{structure.phone.replace(' ', '')}", use=TelecomUse.PUBLIC),)
        if structure.phone
        else (),
        practice_setting=concept(ValueSet.PRACTICE_SETTING, "AMBULATOIRE" if structure.practice else "ETABLISSEMENT"),
    )
