"""Everything a report of an RCP prints, frozen at validation and independent of the database.

``ReportData`` is stored as JSON (``to_json`` / ``from_json``, ``schema`` 1) beside the case it froze;
``rcp.reports.render`` needs nothing else, so the same data always gives the same pages. Constructors refuse what must
never be printed: an INS that is not qualified, and a decision taken without quorum that is not to be presented again
(D7). A named and an anonymous patient (D3) are two types, so traits cannot be left by mistake on an anonymous case.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import date, datetime, time
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

SCHEMA = 1
LATER = {"later": True}  # a field younger than reports already frozen: written when it says something, "" when absent


class Level(StrEnum):
    """How a case passed: discussed by the board, or registered as conforming to a guideline (D4)."""

    DISCUSSED = "discussed"
    REGISTERED = "registered"


class IdentityStatus(StrEnum):
    """National statuses of an identity; only QUAL carries the INS out (spec/identity §1.5)."""

    PROVISIONAL = "PROV"
    RETRIEVED = "RECUP"
    VALIDATED = "VALI"
    QUALIFIED = "QUAL"


class AttendanceMode(StrEnum):
    """How a person took part."""

    ROOM = "room"
    REMOTE = "remote"
    WRITTEN = "written"


@dataclass(frozen=True, slots=True, kw_only=True)
class Establishment:
    """Who sends the letter: its name, FINESS, address lines, and its logo as an opaque PNG (see flatten_logo)."""

    name: str
    finess: str = ""
    address: tuple[str, ...] = ()
    phone: str = ""
    logo: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalIdentifier:
    """An IPP with the establishment that gave it."""

    establishment: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """The traits of a named patient; names as the identity holds them, in capitals without accents (RNIV).

    ``*_received`` are given names as they were typed, for sentences only; ``given_names`` is "" when the list of the
    birth certificate is not known.
    """

    birth_name: str
    first_given_name: str
    given_names: str
    birth_date: date
    sex: str  # M, F or I
    birth_place_code: str
    birth_place_label: str
    identity_status: IdentityStatus
    used_name: str = ""
    used_given_name: str = ""
    ipps: tuple[LocalIdentifier, ...] = ()
    ins_matricule: str = field(default="", repr=False)
    ins_oid: str = ""
    first_given_name_received: str = field(default="", metadata=LATER)
    used_given_name_received: str = field(default="", metadata=LATER)

    def __post_init__(self) -> None:
        if bool(self.ins_matricule) != bool(self.ins_oid):
            raise ValueError("a matricule INS never goes without its OID")
        if self.ins_matricule and self.identity_status != IdentityStatus.QUALIFIED:
            raise ValueError("only a qualified identity carries its INS")


@dataclass(frozen=True, slots=True, kw_only=True)
class AnonymousPatient:
    """What remains of a patient who refused to be named: nothing, or what the board judged needed to read the case."""

    age_years: int | None = None
    sex: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Professional:
    """Somebody the report names: name as signed ("Dr Nolwenn KERJEAN"), specialty, place, and RPPS when known."""

    name: str
    specialty: str = ""
    role: str = ""
    place: str = ""
    rpps: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """The meeting where the case passed; ``mode`` is the word printed ("visioconférence")."""

    held_on: date
    starts_at: time
    place: str = ""
    mode: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replaced:
    """The version this report cancels and replaces, and why (D6)."""

    version: int
    validated_at: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendee:
    """A person present, remote or giving a written opinion; ``counts`` when the quorum counts her."""

    name: str
    specialty: str
    mode: AttendanceMode = AttendanceMode.ROOM
    counts: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Quorum:
    """Whether the quorum was reached (None: not known), by which rule, what lacked, and who was there."""

    reached: bool | None
    rule: str = ""
    missing: str = ""
    attendees: tuple[Attendee, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """A chapter of the sheet turned into sentences (SND-01); paragraphs are separated by line feeds."""

    title: str
    text: str
    hand_edited: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A named piece of the decision that is not a treatment: support care, disagreement, announcement…"""

    label: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalLine:
    """One step of the proposal, in order (PLN-01): what, how, when, where and by whom.

    ``planned`` is printed as it is ("semaine du 15/12/2025", "après la radiothérapie"). ``alternative`` groups the
    lines of a second intention, printed under their own head.
    """

    rank: int
    label: str
    details: str = ""
    planned: str = ""
    place: str = ""
    person: str = ""
    alternative: bool = False
    hand_edited: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Guideline:
    """The guideline the decision refers to, and whether it conforms, in the words to print."""

    name: str
    version: str = ""
    conformity: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What the board proposes: ``outcome`` in the words of the sheet, then ranked lines and free text.

    ``postponed`` and ``to_represent`` repeat what the outcome means for the rule on the quorum (D7).
    """

    outcome: str
    lines: tuple[ProposalLine, ...] = ()
    intent: str = ""
    conclusion: str = ""
    conclusion_hand_edited: bool = False
    facts: tuple[Fact, ...] = ()
    guideline: Guideline | None = None
    trial: str = ""
    postponed: bool = False
    to_represent: bool = False
    to_represent_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation:
    """Who validated and when; ``countersigned_by`` for a registered case (D5). Moments carry their time zone."""

    by: Professional
    at: datetime
    countersigned_by: Professional | None = None
    countersigned_at: datetime | None = None

    def __post_init__(self) -> None:
        for moment in (self.at, self.countersigned_at):
            if moment is not None and moment.tzinfo is None:
                raise ValueError("the moment of a validation carries its time zone")

    @property
    def effective_at(self) -> datetime:
        """When the report began to exist: its countersignature, or its validation."""
        return self.countersigned_at or self.at


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Who receives the report, why ("médecin traitant") and how ("messagerie sécurisée", "courrier")."""

    name: str
    quality: str = ""
    channel: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportData:
    """A report of an RCP, whole: see the module. ``order_number`` is printed as given ("SEI-2025-0413")."""

    network: str
    board: str
    order_number: str
    establishment: Establishment
    meeting: Meeting
    patient: Patient | AnonymousPatient
    question: str
    proposal: Proposal
    validation: Validation
    content_hash: str
    level: Level = Level.DISCUSSED
    version: int = 1
    replaces: Replaced | None = None
    centre: str = ""
    motive: str = ""
    requester: Professional | None = None
    referring_doctor: Professional | None = None
    general_practitioner: Professional | None = None
    correspondents: tuple[Professional, ...] = ()
    quorum: Quorum | None = None
    summary: str = ""
    summary_hand_edited: bool = False
    chapters: tuple[Chapter, ...] = ()
    recipients: tuple[Recipient, ...] = ()
    informed_on: date | None = None
    informed_by: str = ""
    disclaimers: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.replaces is not None and self.replaces.version >= self.version:
            raise ValueError("a report replaces an earlier version")
        if self.level == Level.DISCUSSED:
            if self.quorum is None:
                raise ValueError("a discussed case traces its quorum (MTG-07)")
            if self.quorum.reached is False and not (self.proposal.postponed or self.proposal.to_represent):
                raise ValueError("without quorum the case is postponed or presented again (D7)")

    @property
    def is_anonymous(self) -> bool:
        """Whether the patient refused to be named (D3)."""
        return isinstance(self.patient, AnonymousPatient)

    def anonymised(self) -> "ReportData":
        """Give the version for the room of a case whose patient refused to be named: no trait, no one who knows her.

        Free texts are kept: who wrote them answers for the names in them.
        """
        return replace(
            self,
            patient=AnonymousPatient(),
            general_practitioner=None,
            correspondents=(),
            recipients=(),
            informed_by="",
        )

    def to_json(self) -> str:
        """Write the data as stable JSON: same data, same text."""
        return json.dumps({"schema": SCHEMA, **_plain(self)}, ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "ReportData":
        """Read what to_json wrote; raises ValueError on another schema, on a missing or an unknown field."""
        content = json.loads(text)
        if not isinstance(content, dict) or content.pop("schema", None) != SCHEMA:
            raise ValueError(f"not the data of a report of schema {SCHEMA}")
        return _read(cls, content)


def _plain(value: Any) -> Any:
    """Turn data into plain JSON; the two kinds of patients are told apart by their fields."""
    if is_dataclass(value):
        said = ((item, getattr(value, item.name)) for item in fields(value))
        return {item.name: _plain(one) for item, one in said if one or not item.metadata.get("later")}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, date | time):
        return value.isoformat()
    return value


def _read(kind: Any, value: Any) -> Any:
    """Build a value of a declared type from plain JSON."""
    if get_origin(kind) is UnionType:
        return _read_union(kind, value)
    if get_origin(kind) is tuple:
        return tuple(_read(get_args(kind)[0], item) for item in value)
    if is_dataclass(kind):
        return _read_dataclass(kind, value)
    if kind is bytes:
        return base64.b64decode(value, validate=True)
    if kind in (date, time, datetime):
        return kind.fromisoformat(value)
    if issubclass(kind, StrEnum):
        return kind(value)
    if type(value) is not kind:
        raise ValueError(f"{value!r} is not of type {kind.__name__}")
    return value


def _read_union(kind: Any, value: Any) -> Any:
    if value is None and NoneType in get_args(kind):
        return None
    candidates = [item for item in get_args(kind) if item is not NoneType]
    for candidate in candidates[:-1]:
        if isinstance(value, Mapping) and _names_fit(candidate, value):
            return _read(candidate, value)
    return _read(candidates[-1], value)


def _read_dataclass(kind: Any, value: Any) -> Any:
    if not isinstance(value, Mapping) or not _names_fit(kind, value):
        raise ValueError(f"not the fields of {kind.__name__}")
    hints = get_type_hints(kind)
    return kind(**{name: _read(hints[name], one) for name, one in value.items()})


def _names_fit(kind: Any, value: Mapping[str, Any]) -> bool:
    """Whether every field is there and no other; a later field may be absent."""
    names = {item.name for item in fields(kind)}
    return names >= set(value) >= {item.name for item in fields(kind) if not item.metadata.get("later")}
