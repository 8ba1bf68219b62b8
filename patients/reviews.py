"""The review of exceptional accesses within seven days and of unusual openings, by who audits the network (D2, ADM-10).

Everything comes from the audit: an access is an event, its review is another one. Auditors see no file; the functions
below give them the access, its reason and the reference of the patient, nothing else.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import TextChoices
from django.http import HttpRequest
from django.utils import timezone

from dcc.accounts.models import User
from dcc.audit.models import AuditEvent
from dcc.audit.queries import Line, audited_events
from dcc.audit.record import record
from patients.events import PatientEvent
from patients.models import Patient, PatientIdentifier
from patients.permissions import PatientPermission

DUE_AFTER = timedelta(days=7)
AT_MOST = 100
_AT_ONCE = 200  # as many as the database gives
_WATCHED = timedelta(hours=4, minutes=5)  # how long after the opening what was done is shown
_FIELDS = (
    *("id", "at", "actor_id", "actor", "organisation", "region_id", "patient_id", "why", "until"),
    *("reviewed_at", "reviewer", "verdict", "comment", "rule"),
)


class Watched(TextChoices):
    """What is reviewed; the value is the code of its event."""

    EXCEPTIONAL = PatientEvent.GLASS_BROKEN.value, "accès exceptionnels"
    UNUSUAL = PatientEvent.OPENED_UNUSUALLY.value, "ouvertures inhabituelles"


class Verdict(TextChoices):
    JUSTIFIED = "justified", "justifié"
    UNJUSTIFIED = "unjustified", "non justifié"
    FOLLOW_UP = "follow_up", "à suivre"


class AlreadyReviewed(Exception):
    """Somebody reviewed this access a moment ago."""


class OwnAccess(Exception):
    """Nobody reviews their own access."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GlassBreak:
    """One access to review and what was said of it; `numbers` are the patient's IPP with their establishments.

    `rule` is the code of the rule that found it unusual, `until` is empty then.
    """

    id: UUID
    at: datetime
    actor_id: int
    actor: str
    organisation: str
    region_id: int
    patient_id: UUID
    why: str
    until: str | None
    reviewed_at: datetime | None
    reviewer: str | None
    verdict: str | None
    comment: str | None
    rule: str | None = None
    numbers: tuple[tuple[str, str], ...] = ()

    @property
    def due_at(self) -> datetime:
        return self.at + DUE_AFTER

    @property
    def late(self) -> bool:
        return self.reviewed_at is None and self.due_at < timezone.now()

    @property
    def verdict_label(self) -> str:
        return Verdict(self.verdict).label if self.verdict in Verdict.values else self.verdict or ""


def glass_breaks(
    *,
    reviewed: bool | None = None,
    event_id: UUID | None = None,
    before: GlassBreak | None = None,
    limit: int = AT_MOST,
    what: Watched = Watched.EXCEPTIONAL,
) -> list[GlassBreak]:
    """Accesses to review in the network one audits, latest first; nothing for anybody else."""
    last = (before.at, before.id) if before else (None, None)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM dcc_glass_breaks(%s, %s, %s, %s, %s, %s)", [event_id, reviewed, *last, limit, what.value]
        )
        rows = [dict(zip(_FIELDS, row, strict=True)) for row in cursor.fetchall()]
    numbers = _numbers({row["patient_id"] for row in rows})
    return [GlassBreak(**row, numbers=numbers.get(row["patient_id"], ())) for row in rows]


def waiting(*, what: Watched = Watched.EXCEPTIONAL) -> tuple[list[GlassBreak], int]:
    """The hundred accesses that have waited longest for a review, the oldest first, and how many wait in all."""
    oldest: list[GlassBreak] = []
    count, before = 0, None
    while page := glass_breaks(reviewed=False, before=before, limit=_AT_ONCE, what=what):
        oldest, before, count = [*oldest, *page][-AT_MOST:], page[-1], count + len(page)
        if len(page) < _AT_ONCE:
            break
    return oldest[::-1], count


def pending_count(request: HttpRequest) -> int:
    """How many accesses wait for this person's review, as far as a badge counts."""
    if PatientPermission.GLASS_REVIEW not in getattr(request, "rights", ()):
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM unnest(%s::text[]) what, dcc_glass_breaks(NULL, false, NULL, NULL, %s, what)",
            [Watched.values, AT_MOST],
        )
        return int(cursor.fetchone()[0])


def access_to_review(event_id: UUID) -> GlassBreak:
    """One of them, whichever it is. Raises AuditEvent.DoesNotExist for an access of another network."""
    for what in Watched:
        if found := glass_breaks(event_id=event_id, what=what):
            return found[0]
    raise AuditEvent.DoesNotExist


def done_during(access: GlassBreak) -> list[Line]:
    """What this person did with this file while it was open to them, without the details; the earliest first."""
    opening = PatientEvent.GLASS_BROKEN.value, PatientEvent.ACCESS_GRANTED.value
    ends = access.at + _WATCHED
    first, last = timezone.localdate(access.at), timezone.localdate(ends)
    found = audited_events(since=first, until=last, actor=access.actor, patient_id=access.patient_id, limit=200)
    done = [line for line in reversed(found) if line.actor == access.actor and access.at <= line.at <= ends]
    return [line for line in done if line.code not in opening]


def review_glass(*, event_id: UUID, verdict: Verdict, comment: str, by: User) -> GlassBreak:
    """Write down what the review of an access says, once (D2).

    Raises AuditEvent.DoesNotExist for an access of another network, OwnAccess, AlreadyReviewed.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:  # two auditors at the same moment: the second finds the first's
            cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [0xDCC + 1, str(event_id)])
        access = access_to_review(event_id)
        if access.actor_id == by.pk:
            raise OwnAccess
        if access.reviewed_at is not None:
            raise AlreadyReviewed
        opening = AuditEvent(id=access.id, region_id=access.region_id, patient_id=access.patient_id)
        event = PatientEvent.UNUSUAL_REVIEWED if access.rule else PatientEvent.GLASS_REVIEWED
        record(event, on=opening, by=by, verdict=Verdict(verdict).value, comment=comment)
        return access


def _numbers(patients: Collection[UUID]) -> dict[UUID, tuple[tuple[str, str], ...]]:
    """The numbers establishments gave, which the whole network reads: the reference of a file without its name.

    Those of an identity that was merged are those of the one that was kept, to the end of the chain.
    """
    kept = {one: one for one in patients}
    while merged := _merged(kept.values()):
        kept = {one: merged.get(into, into) for one, into in kept.items()}
    held = PatientIdentifier.objects.filter(patient_id__in=set(kept.values()), ended_at__isnull=True)
    found: dict[UUID, tuple[tuple[str, str], ...]] = {}
    for one in held.select_related("organisation").order_by("since"):
        found[one.patient_id] = (*found.get(one.patient_id, ()), (one.value, one.organisation.short_name))
    return {one: found[into] for one, into in kept.items() if into in found}


def _merged(patients: Collection[UUID]) -> dict[UUID, UUID]:
    """Which of these were merged, and into which identity."""
    gone = Patient.objects.filter(pk__in=set(patients), merged_into__isnull=False)
    return dict(gone.values_list("pk", "merged_into_id"))
