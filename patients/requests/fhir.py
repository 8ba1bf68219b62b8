"""A patient's copy as a FHIR R4 Bundle: plain JSON, no library, no Django; pure.

`bundle(...)` takes dataclasses of plain values and gives what `json.dumps` writes. Sources: FHIR R4 (4.0.1) Patient,
Encounter, DocumentReference, Consent, Bundle; FR Core 2.2 for the types and uses of identifiers (INS, IPP) and the
mark of an interpreted birth date.
"""

import base64
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

_GENDERS = {"F": "female", "M": "male", "I": "unknown"}
_CONSENT = "http://terminology.hl7.org/CodeSystem/consentscope"
_CATEGORY = "http://loinc.org"
_INTERPRETED = "https://hl7.fr/ig/fhir/core/StructureDefinition/fr-core-patient-birthdate-update-indicator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What a number is: a code in its system of codes."""

    system: str
    code: str


IPP = Kind(system="http://terminology.hl7.org/CodeSystem/v2-0203", code="PI")


def ins_kind(code: str) -> Kind:
    """The kind of an INS: INS-NIR, INS-NIA or one of those of test platforms."""
    return Kind(system="https://hl7.fr/ig/fhir/core/CodeSystem/fr-core-cs-v2-0203", code=code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identifier:
    """A number, what it is and who gave it.

    `system` is a URI (urn:oid:…), '' when the authority has none; `use` is usual, official, temp or old; `ended` the
    ISO day since which it is old.
    """

    value: str
    kind: Kind
    use: str
    system: str = ""
    authority: str = ""
    ended: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Traits as the identity holds them."""

    id: UUID
    birth_name: str
    given_names: tuple[str, ...]
    birth_date: date
    sex: str
    birth_date_interpreted: bool = False
    used_name: str = ""
    used_given_name: str = ""
    is_deceased: bool = False
    died_on: date | None = None
    identifiers: tuple[Identifier, ...] = ()
    address_line: str = ""
    postcode: str = ""
    city: str = ""
    phone: str = ""
    email: str = ""
    gp_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """One passage before a board."""

    title: str
    at: datetime
    text: str
    to_come: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A document of the file; `path` is its place in the archive, '' when its bytes could not be joined."""

    id: UUID
    title: str
    at: datetime
    replaced: bool = False
    path: str = ""
    content_type: str = ""
    sha1: bytes = field(default=b"", repr=False)
    size: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Something the patient agreed to or opposes, in words."""

    id: UUID
    at: datetime
    agreed: bool
    words: str


def bundle(
    *,
    made_at: datetime,
    person: Person,
    passages: tuple[Passage, ...] = (),
    papers: tuple[Paper, ...] = (),
    decisions: tuple[Decision, ...] = (),
) -> dict[str, Any]:
    """A collection Bundle whose resources refer to the patient's; times must be aware."""
    subject = {"reference": f"urn:uuid:{person.id}"}
    resources = [(str(person.id), _patient(person))]
    for rank, passage in enumerate(passages):
        resources.append((str(UUID(int=person.id.int ^ (rank + 1))), _encounter(passage, subject)))
    resources += [(str(paper.id), _document(paper, subject)) for paper in papers]
    resources += [(str(one.id), _consent(one, subject)) for one in decisions]
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": _instant(made_at),
        "entry": [{"fullUrl": f"urn:uuid:{key}", "resource": {**made, "id": key}} for key, made in resources],
    }


def known_birth(day: date, *, interpreted: bool) -> str:
    """A birth date as far as it is known: 1960-05-17, and of an interpreted one 1960-05 or 1960 (EXI ID 11).

    The rule puts 31/12 for a day and a month unknown, the 1st for a day, January for a month: what it filled is left
    out. A date interpreted otherwise has an uncertain year, which is the one that was retained.
    """
    if not interpreted:
        return day.isoformat()
    return f"{day:%Y-%m}" if day.day == 1 and day.month != 1 else f"{day:%Y}"


def _patient(person: Person) -> dict[str, Any]:
    names = [{"use": "official", "family": person.birth_name, "given": list(person.given_names)}]
    if person.used_name or person.used_given_name:
        given = [person.used_given_name] if person.used_given_name else list(person.given_names)
        names.append({"use": "usual", "family": person.used_name or person.birth_name, "given": given})
    address = _filled(
        line=[person.address_line] if person.address_line else None, postalCode=person.postcode, city=person.city
    )
    reached = [("phone", person.phone), ("email", person.email)]
    return _filled(
        resourceType="Patient",
        extension=[{"url": _INTERPRETED, "valueBoolean": True}] if person.birth_date_interpreted else None,
        identifier=[_identifier(one) for one in person.identifiers],
        name=names,
        telecom=[{"system": system, "value": value} for system, value in reached if value] or None,
        gender=_GENDERS[person.sex],
        birthDate=known_birth(person.birth_date, interpreted=person.birth_date_interpreted),
        deceasedDateTime=person.died_on.isoformat() if person.died_on else None,
        deceasedBoolean=True if person.is_deceased and not person.died_on else None,
        address=[address] if address else None,
        generalPractitioner=[{"display": person.gp_name}] if person.gp_name else None,
    )


def _identifier(one: Identifier) -> dict[str, Any]:
    return _filled(
        use=one.use,
        type={"coding": [{"system": one.kind.system, "code": one.kind.code}]},
        system=one.system,
        value=one.value,
        period={"end": one.ended} if one.ended else None,
        assigner={"display": one.authority} if one.authority else None,
    )


def _encounter(passage: Passage, subject: dict[str, str]) -> dict[str, Any]:
    act = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB", "display": "ambulatory"}
    return _filled(
        resourceType="Encounter",
        status="planned" if passage.to_come else "finished",
        **{"class": act},
        type=[{"text": passage.title}],
        subject=subject,
        period={"start": _instant(passage.at)},
        reasonCode=[{"text": passage.text}] if passage.text else None,
    )


def _document(paper: Paper, subject: dict[str, str]) -> dict[str, Any]:
    attachment = _filled(
        contentType=paper.content_type, url=paper.path, size=paper.size or None, title=paper.title,
        hash=_base64(paper.sha1),
    )  # fmt: skip
    return _filled(
        resourceType="DocumentReference",
        status="superseded" if paper.replaced else "current",
        type={"text": paper.title},
        subject=subject,
        date=_instant(paper.at),
        content=[{"attachment": attachment}],
    )


def _consent(one: Decision, subject: dict[str, str]) -> dict[str, Any]:
    return _filled(
        resourceType="Consent",
        status="active",
        scope={"coding": [{"system": _CONSENT, "code": "patient-privacy"}]},
        category=[{"coding": [{"system": _CATEGORY, "code": "59284-0"}], "text": one.words}],
        patient=subject,
        dateTime=_instant(one.at),
        policyRule={"text": one.words},
        provision={"type": "permit" if one.agreed else "deny"},
    )


def _filled(**values: Any) -> dict[str, Any]:
    """FHIR refuses empty values: they are left out."""
    return {key: value for key, value in values.items() if value not in (None, "", [], {})}


def _instant(at: datetime) -> str:
    assert at.tzinfo is not None, "an instant has a time zone"
    return at.isoformat(timespec="seconds")


def _base64(digest: bytes) -> str:
    return base64.b64encode(digest).decode()
