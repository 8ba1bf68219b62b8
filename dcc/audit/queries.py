"""Reads of the audit by those who may: pages of events without counting, most recent first."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import connection
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
    patient: str  # the reference of the file, for whoever audits the network; '' when no patient is concerned
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

    Without clinical rights those about patients come from a function, to who audits the network: who and what, without
    the details. Pages follow an event, not a number: the audit is never counted, and grows while it is read.
    """
    last = _read_cursor(cursor)
    found = _between(AuditEvent.objects.all(), since, until)
    audited: list[Line] = []
    if not clinical:  # the wall would hide them one by one, after reading them all
        found = found.filter(patient_id__isnull=True)
        audited = audited_events(since=since, until=until, actor=actor, code=code, before=last)
    if actor:
        found = found.filter(actor__gte=actor, actor__lt=actor + LAST)  # a range: `^@` has no index here
    if code:
        found = found.filter(event=code)
    if last:
        at, event_id = last
        found = found.filter(Q(recorded_at__lt=at) | Q(recorded_at=at, id__lt=event_id), recorded_at__lte=at)
    rows = [_line(row) for row in found.order_by("-recorded_at", "-id")[: PER_PAGE + 1]]
    merged = sorted([*rows, *audited], key=lambda line: (line.at, line.id), reverse=True)
    lines, more = tuple(merged[:PER_PAGE]), len(merged) > PER_PAGE
    return EventPage(lines=lines, older_than=f"{lines[-1].at.isoformat()}_{lines[-1].id}" if more else "")


def audited_events(
    *,
    since: date | None = None,
    until: date | None = None,
    actor: str = "",
    code: str = "",
    patient_id: UUID | None = None,
    before: tuple[datetime, UUID] | None = None,
    limit: int = PER_PAGE + 1,
) -> list[Line]:
    """Events about the patients of the network one audits, without their details; nothing for anybody else."""
    bounds = [_midnight(since) if since else None, _midnight(until + timedelta(days=1)) if until else None]
    at, event_id = before or (None, None)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, recorded_at, actor, organisation, event, patient_id, reference"
            " FROM dcc_audited_events(%s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [*bounds, actor, actor + LAST, code, patient_id, at, event_id, limit],
        )
        names = ("id", "recorded_at", "actor", "organisation", "event", "patient_id", "reference")
        return [_line(AuditEvent(**dict(zip(names, row, strict=True)), details={})) for row in cursor.fetchall()]


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
        patient=str(row.patient_id or ""),
        reference=row.reference,
    )
