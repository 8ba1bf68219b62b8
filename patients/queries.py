"""Reads about patients: rows of a search, the file of one of them, who it is open to."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.utils import timezone

from dcc.accounts.models import User
from dcc.lib.clock import ends
from dcc.lib.prepared import Prepared
from dcc.organisations.kinds import OrganisationKind
from dcc.organisations.models import Organisation
from patients.care import Around, Passage, care
from patients.identity.matching import Comparison
from patients.models import Access, AccessReason, Contact, Document, Information, Patient, PatientIdentifier
from patients.search import Match

_DOCUMENTS_SHOWN = 100
_OF_3C: Prepared[Organisation] = Prepared(
    lambda three_c_id: (
        Organisation.objects.active()
        .of_kind(OrganisationKind.ESTABLISHMENT, OrganisationKind.PRACTICE)
        .filter(parent_id=three_c_id)
        .order_by("short_name")
    ),
    three_c_id=UUID,
)
_AROUND = """
SELECT patient_id, organisation_id, value FROM patients_patientidentifier
WHERE patient_id = ANY (%s) AND organisation_id = ANY (%s) AND ended_at IS NULL ORDER BY since;
SELECT DISTINCT patient_id FROM patients_access WHERE patient_id = ANY (%s) AND expires_at > %s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One row of a search: what the network may know, and the last passage for those the file is open to."""

    patient: Patient
    comparison: Comparison | None
    ipps: tuple[tuple[str, str], ...]
    visible: bool
    last_passage: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessLine:
    """One current or past access to a file."""

    principal_id: int
    label: str
    kind: str
    reason: str
    granted_at: datetime
    expires_at: datetime | None
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientFile:
    """Everything of the page of one patient whose file is open to the reader."""

    patient: Patient
    ipps: tuple[tuple[str, str], ...]
    passages: tuple[Passage, ...]
    documents: tuple[Document, ...]
    around: tuple[Around, ...]
    contact: Contact | None
    informations: tuple[Information, ...]
    accesses: tuple[AccessLine, ...]

    @property
    def next_passage(self) -> Passage | None:
        """The next meeting, the soonest of those to come."""
        return next((one for one in reversed(self.passages) if one.kind == "next"), None)

    @property
    def information(self) -> Information | None:
        """The latest act of informing the patient: it speaks (D3)."""
        return self.informations[0] if self.informations else None


def own_establishments(organisation: Organisation) -> list[Organisation]:
    """The establishments one gives numbers for: one's own, or those of one's 3C."""
    if organisation.kind == OrganisationKind.THREE_C:
        return _OF_3C.all(three_c_id=organisation.pk)
    own_kinds = {OrganisationKind.ESTABLISHMENT, OrganisationKind.PRACTICE}
    return [organisation] if organisation.kind in own_kinds else []


def found_rows(
    matches: Collection[Match], *, establishments: Collection[Organisation], passages: bool = True
) -> list[Found]:
    """Dress the identities of a search: two messages to the database whatever their number, none for nobody.

    Without `passages`, for who has no business with the clinical file, nothing is said of the boards.
    """
    if not matches:
        return []
    names = {one.pk: one.short_name for one in establishments}
    ipps: dict[UUID, list[tuple[str, str]]] = {}
    numbers, visible = _around([match.patient.pk for match in matches], list(names))
    for patient_id, organisation_id, value in numbers:
        ipps.setdefault(patient_id, []).append((names[organisation_id], value))
    last = care().last_passages(visible) if passages and visible else {}
    return [
        Found(
            patient=match.patient,
            comparison=match.comparison,
            ipps=tuple(ipps.get(match.patient.pk, ())),
            visible=match.patient.pk in visible,
            last_passage=last.get(match.patient.pk, ""),
        )
        for match in matches
    ]


def _around(patients: list[UUID], establishments: list[UUID]) -> tuple[list[tuple[UUID, UUID, str]], set[UUID]]:
    """Their numbers in these establishments; which files are open to the current scope, as it sees its own accesses.

    In SQL and in one message: the ORM takes longer to write both than PostgreSQL to answer them.
    """
    with connection.cursor() as cursor:
        cursor.execute(_AROUND, [patients, establishments, patients, timezone.now()])
        numbers = cursor.fetchall()
        cursor.nextset()
        return numbers, {patient_id for (patient_id,) in cursor.fetchall()}


def glass_open_until(patient: Patient, by: User) -> datetime | None:
    """The end of an exceptional access, if that is the only way this person sees the file."""
    current = Access.objects.filter(patient=patient, expires_at__gt=timezone.now())
    rows = list(current.values_list("reason", "expires_at"))
    if not rows or any(reason != AccessReason.BREAK_GLASS for reason, _ in rows):
        return None
    return max(expires for _, expires in rows)


def ipps_of(patient: Patient) -> tuple[tuple[str, str], ...]:
    """Every number this patient has, with its establishment."""
    held = PatientIdentifier.objects.filter(patient=patient, ended_at__isnull=True).select_related("organisation")
    return tuple((one.organisation.short_name, one.value) for one in held.order_by("since"))


def main_ipp(ipps: Collection[tuple[str, str]], organisation: Organisation) -> tuple[str, str] | None:
    """The number of the acting establishment, otherwise the first one."""
    own = next((one for one in ipps if one[0] == organisation.short_name), None)
    return own or next(iter(ipps), None)


def patient_file(patient: Patient) -> PatientFile:
    """Read the file of one patient, whatever it holds, in a constant number of queries."""
    documents = Document.objects.filter(patient=patient).defer("data").order_by("-issued_at")[:_DOCUMENTS_SHOWN]
    informations = Information.objects.filter(patient=patient).select_related("recorded_by").order_by("-recorded_at")
    return PatientFile(
        patient=patient,
        ipps=ipps_of(patient),
        passages=care().passages(patient),
        documents=tuple(documents),
        around=care().around(patient),
        contact=Contact.objects.filter(patient=patient).first(),
        informations=tuple(informations),
        accesses=access_list(patient),
    )


def access_list(patient: Patient) -> tuple[AccessLine, ...]:
    """Who the file is or was open to; nothing for whoever it is closed to."""
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT principal_id, label, kind, reason, granted_at, expires_at FROM dcc_access_list(%s)", [patient.pk]
        )
        rows = cursor.fetchall()
    return tuple(
        AccessLine(
            principal_id=principal,
            label=label,
            kind=kind,
            reason=AccessReason(reason).label,
            granted_at=granted,
            expires_at=ends(expires),
            current=expires > now,
        )
        for principal, label, kind, reason, granted, expires in rows
    )
