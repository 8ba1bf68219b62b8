"""Sharing a file for a time, with its reason, and ending that (PAT-13, D9)."""

from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from dcc.accounts.models import User
from dcc.tenancy.models import Principal
from patients.access import end, grant
from patients.models import AccessReason, Patient

USUAL = timedelta(days=91)  # three months
LONGEST = timedelta(days=366)


def share_file(*, patient: Patient, to: Principal, why: str, until: date, by: User) -> bool:
    """Open the file to a colleague or an organisation until the end of that day; False if it was for longer already.

    Raises AccessRefused: not of the care team, more than a year; PatientOpposes.
    """
    ends = timezone.make_aware(datetime.combine(until, time(23, 59, 59)))
    with transaction.atomic():
        return grant(patient_id=patient.pk, to=to, reason=AccessReason.SHARING, by=by, expires_at=ends, why=why)


def end_sharing(*, patient: Patient, principal_id: int, by: User) -> bool:
    """Close a sharing now; False if it was closed already. Raises AccessRefused for whoever is not of the care team."""
    with transaction.atomic():
        return end(patient_id=patient.pk, principal_id=principal_id, reason=AccessReason.SHARING, by=by)
