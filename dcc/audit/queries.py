"""Reads of the audit by those who may: pages of events without counting, most recent first."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from dcc.audit.catalogue import sentence
from dcc.audit.models import AuditEvent

PER_PAGE = 50
LAST = "\U0010ffff"  # after every name in the order of code points, which is the database's


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One event as it is read: never a name or an identifier of a patient."""

    id: UUID
    at: datetime
    actor: str
    organisation: str
    code: str
    text: str
    about_patient: bool
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EventPage:
    lines: tuple[Line, ...]
    older_than: str  # what to ask for the next page; empty at the end


def read_events(
    *,
    clinical: bool = False,
    since: date | None = None,
    until: date | None = None,
    actor: str = "",
    code: str = "",
    cursor: str = "",
) -> EventPage:
    """Events the reader's scope shows, latest first; `actor` is a name as it was at the time, exact or its beginning.

    Without clinical rights events about patients are left out, as the wall would.
    Pages follow an event, not a number: the audit is never counted, and grows while it is read.
    """
    found = _between(AuditEvent.objects.all(), since, until)
    if not clinical:  # the wall would hide them one by one, after reading them all
        found = found.filter(patient_id__isnull=True)
    if actor:
        found = found.filter(actor__gte=actor, actor__lt=actor + LAST)  # a range: `^@` has no index here
    if code:
        found = found.filter(event=code)
    if last := _read_cursor(cursor):
        at, event_id = last
        found = found.filter(Q(recorded_at__lt=at) | Q(recorded_at=at, id__lt=event_id), recorded_at__lte=at)
    rows = list(found.order_by("-recorded_at", "-id")[: PER_PAGE + 1])
    lines = tuple(_line(row) for row in rows[:PER_PAGE])
    more = len(rows) > PER_PAGE
    return EventPage(lines=lines, older_than=f"{lines[-1].at.isoformat()}_{lines[-1].id}" if more else "")


def _between(found: QuerySet[AuditEvent], since: date | None, until: date | None) -> QuerySet[AuditEvent]:
    if since:
        found = found.filter(recorded_at__gte=_midnight(since))
    if until:
        found = found.filter(recorded_at__lt=_midnight(until + timedelta(days=1)))
    return found


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def _read_cursor(text: str) -> tuple[datetime, UUID] | None:
    """Instant and id of the last event shown; None for the first page and for whatever is typed by hand."""
    at, _, event_id = text.partition("_")
    try:
        moment, last = datetime.fromisoformat(at), UUID(event_id)
    except ValueError:
        return None
    return (moment, last) if timezone.is_aware(moment) else None


def _line(row: AuditEvent) -> Line:
    return Line(
        id=row.pk,
        at=row.recorded_at,
        actor=row.actor,
        organisation=row.organisation,
        code=row.event,
        text=sentence(row.event, row.details),
        about_patient=row.patient_id is not None,
        reference=row.reference,
    )
