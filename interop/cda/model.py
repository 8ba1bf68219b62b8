"""What a level-1 document says: its identity, people, meeting and PDF. Facts only; builder.py writes them."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, StrEnum

from interop.cda.parties import Address, Organisation, Patient, Professional, Telecom
from interop.terminologies import oids, oncology
from interop.terminologies.identifiers import Code, Identifier


@dataclass(frozen=True, slots=True, kw_only=True)
class _RoleFacts:
    participation: str
    function: Code | None
    wording: str


class ParticipantRole(Enum):
    """Who took part and how: participation type, function code and words (CANCER-FRCP_2022.01, header)."""

    COORDINATOR = _RoleFacts(participation="RESP", function=None, wording="Coordonnateur de la RCP")
    REQUESTER = _RoleFacts(participation="REFB", function=None, wording="Médecin demandeur")
    PRESENTER = _RoleFacts(participation="PRF", function=None, wording="Médecin présentateur")
    TREATING_PHYSICIAN = _RoleFacts(
        participation="INF", function=oncology.TREATING_PHYSICIAN, wording="Médecin traitant"
    )
    REFERRING_PHYSICIAN = _RoleFacts(
        participation="CON", function=oncology.REFERRING_PHYSICIAN, wording="Médecin référent"
    )
    QUORUM_MEMBER = _RoleFacts(participation="PRF", function=oncology.TEAM_MEMBER, wording="Participant du quorum")
    OTHER_ATTENDEE = _RoleFacts(participation="PRF", function=oncology.CORRESPONDENT, wording="Participant hors quorum")
    CORRESPONDENT = _RoleFacts(participation="CON", function=oncology.CORRESPONDENT, wording="Médecin correspondant")


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """Someone who took part; `person` None says that there is none (a patient without treating physician)."""

    role: ParticipantRole
    person: Professional | None = None
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who wrote the document and when; `function_words` says in what capacity."""

    person: Professional
    written_at: datetime
    function_words: str = ""


class ContactKind(StrEnum):
    """Why a relative is named."""

    EMERGENCY = "ECON"
    TRUSTED_PERSON = "NOK"
    CAREGIVER = "CAREGIVER"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A relative of the patient; `relation` is a code of J11."""

    kind: ContactKind
    family: str
    given: str = ""
    relation: Code | None = None
    address: Address | None = None
    telecoms: tuple[Telecom, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceEvent:
    """An act the document reports; the first of a document is the main one and needs start, performer, structure."""

    code: Code | None = None
    wording: str = ""
    started_at: datetime | None = None
    ended_at: datetime | None = None
    performer: Professional | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Encounter:
    """Where and when the act took place; `facility_type` is a code of J02."""

    facility: Organisation
    facility_type: Code
    started_at: datetime | None
    identifiers: tuple[Identifier, ...] = ()
    kind: Code | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicalDocumentN1:
    """A PDF with its header. `document_id` is new for each version, `set_id` the same for all, `replaces` the last one.

    A tumour-board report is declared with oncology.RCP_REPORT: as level 1 it names the three N1 templates only, never
    the FRCP template (the kit refuses a volet template in an N1 document).
    """

    document_id: Identifier
    set_id: Identifier
    version: int
    code: Code
    title: str
    created_at: datetime
    patient: Patient
    authors: tuple[Author, ...]
    custodian: Organisation
    legal_authenticator: Professional
    signed_at: datetime
    services: tuple[ServiceEvent, ...]
    encounter: Encounter
    pdf: bytes
    confidentiality: str = "N"
    contacts: tuple[Contact, ...] = ()
    recipients: tuple[Professional, ...] = ()
    participants: tuple[Participant, ...] = ()
    fulfils: Identifier | None = None
    fulfils_comment: str = ""
    replaces: Identifier | None = None


def rcp_identifiers(
    *, network: str = "", manager: str = "", board: str = "", session: str = "", local: tuple[Identifier, ...] = ()
) -> tuple[Identifier, ...]:
    """Identify a tumour board by its national numbers, those known, in the order of the FRCP model."""
    numbers = (
        (oids.RCP_NETWORK, network),
        (oids.RCP_MANAGER, manager),
        (oids.RCP_BOARD, board),
        (oids.RCP_SESSION, session),
    )
    return (*(Identifier(root=root, extension=value) for root, value in numbers if value), *local)


def rcp_services(
    *,
    title: str,
    started_at: datetime,
    coordinator: Professional,
    topography: Code | None = None,
    topography_words: str = "",
) -> tuple[ServiceEvent, ...]:
    """The acts a tumour-board report documents: the meeting, then the site of the primary tumour when it is known."""
    meeting = ServiceEvent(code=oncology.RCP_ACT, wording=title, started_at=started_at, performer=coordinator)
    if topography:
        return (meeting, ServiceEvent(code=topography))
    if topography_words:
        return (meeting, ServiceEvent(code=oncology.TOPOGRAPHY_IN_WORDS, wording=topography_words))
    return (meeting,)
