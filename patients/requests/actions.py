"""What patients ask for: registered with the day an answer is due, answered or refused with words, all of it traced."""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from dcc.accounts.models import User
from dcc.audit.record import record
from dcc.lib import french
from dcc.tenancy.tasks import after_commit
from patients.events import PatientEvent
from patients.models import Export, ExportState, Means, Patient, Request, RequestKind, RequestStatus
from patients.requests.tasks import make_exports
from patients.sharing.queries import access_page

SOONER = timedelta(days=8)  # L.1111-7: a copy of the file; two months for what is older than five years


class AlreadyClosed(Exception):
    """Somebody answered this request a moment ago."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request as it came: what, when, by whom (the patient, or who acts for them), how, about what."""

    kind: RequestKind
    asked_on: date
    asked_by: str
    means: Means
    about: str = ""


def month_after(day: date) -> date:
    """The same day of the next month, or its last one (GDPR art. 12.3)."""
    year, month = divmod(day.month, 12)
    year, month = day.year + year, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def register_request(*, patient: Patient, asked: Asked, by: User) -> Request:
    """Write down a request; an answer is due a month later."""
    with transaction.atomic():
        made = Request.objects.create(
            region_id=patient.region_id,
            patient=patient,
            kind=asked.kind,
            asked_on=asked.asked_on,
            asked_by=asked.asked_by,
            means=asked.means,
            about=asked.about,
            due_on=month_after(asked.asked_on),
            recorded_by=by,
        )
        due = french.date_short(made.due_on)
        record(PatientEvent.REQUEST_RECORDED, on=made, by=by, kind=str(made.get_kind_display()), due_on=due)
        return made


def close_request(*, request_id: UUID, patient: Patient, status: RequestStatus, answer: str, by: User) -> Request:
    """Answer or refuse a request, once; the answer says what was corrected, handed over, or why not.

    Raises Request.DoesNotExist, AlreadyClosed.
    """
    with transaction.atomic():
        found = Request.objects.select_for_update(of=("self",)).get(pk=request_id, patient=patient)
        if found.status != RequestStatus.OPEN:
            raise AlreadyClosed
        found.status, found.answer, found.closed_by, found.closed_at = status, answer, by, timezone.now()
        found.save(update_fields=["status", "answer", "closed_by", "closed_at"])
        kind, words = str(found.get_kind_display()), str(found.get_status_display())
        record(PatientEvent.REQUEST_CLOSED, on=found, by=by, kind=kind, status=words)
        return found


def ask_export(*, patient: Patient, by: User) -> Export:
    """Ask for a complete copy of the file: a row first, that a worker then makes. One at a time for a patient."""
    with transaction.atomic():
        Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)
        waiting = Export.objects.filter(patient=patient, state=ExportState.PRODUCING).defer("ciphertext").first()
        if waiting is not None:
            return waiting
        readers = [
            {
                "who": one.actor,
                "where": one.organisation,
                "times": one.times,
                "last": one.last.isoformat(),
                "mark": one.mark,
            }
            for one in access_page(patient).openings
        ]
        made = Export.objects.create(region_id=patient.region_id, patient=patient, asked_by=by, readers=readers)
        record(PatientEvent.EXPORT_ASKED, on=made, by=by)
        after_commit(make_exports, regions=[patient.region_id])
        return made
