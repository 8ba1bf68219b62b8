"""Facts of the national header that a report does not print: who is who, with their numbers, frozen at validation.

`header_facts` gives the JSON that stands beside the report in Document.data. It holds no INS (D21). Numbers that were
missing on that day are completed from the directory when the document is rendered, so that filling them repairs it.
"""

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from dcc.accounts.models import User
from dcc.organisations.kinds import OrganisationKind
from dcc.organisations.models import Organisation
from interop.terminologies.identifiers import oid_of_uuid
from patients.models import PatientIdentifier
from rcp.models import Attendance, Case, Correspondent, CorrespondentRole, Presence

TITLES = {"dr": "Dr", "docteur": "Dr", "pr": "Pr", "professeur": "Pr", "m.": "M.", "m": "M.", "mme": "Mme"}
_PARTICLES = frozenset({"le", "la", "de", "du", "des", "d’", "d'", "van", "von", "ben", "el", "al", "da", "di"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """An organisation as the header names it; `id` finds it again to complete a missing FINESS."""

    id: str
    name: str
    finess: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""
    phone: str = ""
    practice: bool = False  # a practice, not an establishment


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A professional; `user_id` (0: not a user) finds them again to complete a missing RPPS."""

    family: str
    given: str = ""
    civility: str = ""
    rpps: str = ""
    profession: str = ""
    specialty: str = ""
    user_id: int = 0
    mssante_address: str = ""
    structure: Structure | None = None

    @property
    def display_name(self) -> str:
        title = self.civility if self.civility in {"Dr", "Pr"} else ""
        return " ".join(part for part in (title, self.given, self.family) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalNumber:
    """An IPP with the OID of who gave it."""

    value: str
    oid: str
    authority: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """Everything the national header adds to the report."""

    structure: Structure
    author: Person
    authenticator: Person
    started_at: datetime
    meeting: str  # OID of the meeting
    board_number: str = ""
    requester: Person | None = None
    referring: Person | None = None
    treating: Person | None = None
    correspondents: tuple[Person, ...] = ()
    attendees: tuple[tuple[str, Person], ...] = ()  # (name printed in the report, who)
    numbers: tuple[LocalNumber, ...] = ()


def header_facts(case: Case, *, by: User, countersigned_by: User | None = None) -> dict[str, Any]:
    """Gather the header of a case as it stands, as JSON; seven queries at most, whatever the number of people."""
    signatory = countersigned_by or by
    structure = _structure_of_record(case, signatory)
    people = list(case.correspondents.select_related("user").order_by("role", "name"))
    by_role = {one.role: _correspondent(one) for one in reversed(people)}
    requester = by_role.get(CorrespondentRole.REQUESTER) or _requester(case)
    header = Header(
        structure=structure,
        author=_user(by, structure),
        authenticator=_user(signatory, structure),
        started_at=case.meeting.starts_at,
        meeting=oid_of_uuid(case.meeting_id),
        board_number=case.meeting.board.national_number,
        requester=replace(requester, structure=_plain(case.requester_organisation)),
        referring=by_role.get(CorrespondentRole.REFERRING),
        treating=by_role.get(CorrespondentRole.GP),
        correspondents=tuple(_correspondent(one) for one in people if one.role == CorrespondentRole.OTHER),
        attendees=tuple((row.name, _attendee(row)) for row in _present(case)),
        numbers=tuple(_numbers(case)),
    )
    return {**asdict(header), "started_at": header.started_at.isoformat()}


def read_header(facts: dict[str, Any]) -> Header:
    """Read what header_facts wrote; raises KeyError or TypeError on anything else."""
    return Header(
        structure=Structure(**facts["structure"]),
        author=_person(facts["author"]),
        authenticator=_person(facts["authenticator"]),
        started_at=datetime.fromisoformat(facts["started_at"]),
        meeting=facts["meeting"],
        board_number=facts["board_number"],
        requester=_optional(facts["requester"]),
        referring=_optional(facts["referring"]),
        treating=_optional(facts["treating"]),
        correspondents=tuple(map(_person, facts["correspondents"])),
        attendees=tuple((name, _person(one)) for name, one in facts["attendees"]),
        numbers=tuple(LocalNumber(**one) for one in facts["numbers"]),
    )


def completed(header: Header) -> Header:
    """The header with the RPPS and FINESS that the directory has gained since; reads it only when some are missing."""
    people = [header.author, header.authenticator]
    missing = {one.user_id for one in people if one.user_id and not one.rpps}
    known = dict(User.objects.filter(pk__in=missing).values_list("pk", "rpps")) if missing else {}
    structure = header.structure
    if not structure.finess:
        found = Organisation.objects.filter(pk=structure.id).values_list("finess", flat=True).first()
        structure = replace(structure, finess=found or "")

    def complete(person: Person) -> Person:
        own = person.structure if person.structure and person.structure.finess else structure
        return replace(person, rpps=person.rpps or known.get(person.user_id, ""), structure=own)

    return replace(
        header, structure=structure, author=complete(header.author), authenticator=complete(header.authenticator)
    )


def split_name(display: str) -> tuple[str, str, str]:
    """(civility, given, family) of a name written in one: « Dr Paul MAZURIER », « Mme Anne Le Goff ».

    Capitals tell the family name; without any, it begins at the particle or is the last word.
    """
    words = display.split()
    civility = TITLES.get(words[0].lower(), "") if words else ""
    words = words[1:] if civility else words
    if len(words) < 2:
        return civility, "", " ".join(words)
    capitals = next((rank for rank, word in enumerate(words) if rank and _is_capital(word)), None)
    particle = next((rank for rank, word in enumerate(words) if rank and word.lower() in _PARTICLES), None)
    cut = capitals or particle or len(words) - 1
    return civility, " ".join(words[:cut]), " ".join(words[cut:])


def _is_capital(word: str) -> bool:
    return len(re.sub(r"[^A-Za-zÀ-ÿŒœ]", "", word)) > 1 and word == word.upper()


def _structure_of_record(case: Case, signatory: User) -> Structure:
    """Who keeps the report: the first with a FINESS among the board's 3C, the signatory's and the requester's."""
    acting = getattr(signatory, "acting_as", None)
    for start in (case.meeting.board.organisation, acting, case.requester_organisation):
        for organisation in start.lineage if start is not None else ():
            if organisation.finess:
                return _plain(organisation)
    return _plain(case.requester_organisation)


def _plain(organisation: Organisation) -> Structure:
    return Structure(
        id=str(organisation.pk),
        name=organisation.name,
        finess=organisation.finess,
        street=organisation.address_line,
        postcode=organisation.postcode,
        city=organisation.city,
        phone=organisation.phone,
        practice=organisation.kind == OrganisationKind.PRACTICE,
    )


def _user(user: User, structure: Structure | None = None) -> Person:
    acting = getattr(user, "acting_as", None)
    return Person(
        family=user.last_name,
        given=user.first_name,
        civility=user.civility,
        rpps=user.rpps,
        profession=user.profession,
        specialty=user.specialty,
        user_id=user.pk,
        structure=_plain(acting) if acting is not None and acting.finess else structure,
    )


def _requester(case: Case) -> Person:
    if case.requester is not None:
        return _user(case.requester)
    civility, given, family = split_name(case.requester_name)
    return Person(family=family, given=given, civility=civility)


def _correspondent(one: Correspondent) -> Person:
    if one.user is not None:
        return replace(_user(one.user), mssante_address=one.mssante_address)
    civility, given, family = split_name(one.name)
    return Person(family=family, given=given, civility=civility, rpps=one.rpps, mssante_address=one.mssante_address)


def _present(case: Case) -> Iterable[Attendance]:
    return (
        case.meeting.attendances.filter(presence__in=[Presence.PRESENT, Presence.WRITTEN])
        .select_related("user")
        .order_by("name")
    )


def _attendee(row: Attendance) -> Person:
    if row.user is not None:
        return replace(_user(row.user), profession=row.profession, specialty=row.specialty)
    civility, given, family = split_name(row.name)
    return Person(family=family, given=given, civility=civility, profession=row.profession, specialty=row.specialty)


def _numbers(case: Case) -> Iterable[LocalNumber]:
    rows = PatientIdentifier.objects.filter(patient_id=case.patient_id, ended_at__isnull=True)
    for row in rows.select_related("organisation").order_by("since"):
        organisation = row.organisation
        yield LocalNumber(
            value=row.value, oid=organisation.oid or oid_of_uuid(organisation.pk), authority=organisation.short_name
        )


def _person(facts: dict[str, Any]) -> Person:
    structure = facts["structure"]
    return Person(**{**facts, "structure": Structure(**structure) if structure else None})


def _optional(facts: dict[str, Any] | None) -> Person | None:
    return _person(facts) if facts else None
