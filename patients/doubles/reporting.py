"""A double seen by somebody at a desk: reported to the identity-vigilance cell with a reason, judged by it (PAT-05)."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from dcc.accounts.models import User
from dcc.audit.record import record
from dcc.lib.lifecycle import TransitionRefused
from patients.doubles.lifecycle import DOUBLE_LIFECYCLE, DoubleTransition
from patients.events import PatientEvent
from patients.identity.matching import Level, compare
from patients.models import Double, DoubleStatus, Patient, PatientIdentifier
from patients.search import traits_of


class SamePatient(Exception):
    """The two are one identity already: the very same, or one merged into the other."""


class OtherRegion(Exception):
    """Identities of two founding regions stay two files: their rows never leave their region."""


class AlreadyReported(Exception):
    """The cell has this pair: reported by somebody, or decided and being carried out."""

    def __init__(self, double: Double) -> None:
        super().__init__(double.pk)
        self.double = double


def report_double(*, patient: Patient, other_id: UUID, why: str, by: User) -> Double:
    """Ask the cell to judge whether two identities are one person; what it said before is asked again.

    Raises Patient.DoesNotExist, SamePatient, OtherRegion, AlreadyReported.
    """
    with transaction.atomic():
        other = Patient.objects.get(pk=other_id)
        if patient.pk == other.pk or patient.pk == other.merged_into_id or patient.merged_into_id == other.pk:
            raise SamePatient
        if patient.region_id != other.region_id:
            raise OtherRegion
        first, second = sorted((patient, other), key=lambda one: one.pk)
        # Two desks at once, or a double click: the second waits here and finds the first one's report.
        Patient.objects.select_for_update(of=("self",), no_key=True).get(pk=first.pk)
        double = _known(first, second) or Double(
            region_id=first.region_id, first=first, second=second, **_seen(first, second)
        )
        try:
            DOUBLE_LIFECYCLE.move(double, DoubleTransition.REPORT)
        except TransitionRefused as refusal:
            raise AlreadyReported(double) from refusal
        double.reported_by, double.reported_at, double.reported_why = by, timezone.now(), why
        double.save()
        for one in (first, second):
            record(PatientEvent.DOUBLE_REPORTED, on=double, patient_id=one.pk, by=by, why=why)
        return double


def _known(first: Patient, second: Patient) -> Double | None:
    found = Double.objects.select_for_update(of=("self",), no_key=True).filter(first=first, second=second)
    return found.select_related("reported_by").first()


def _seen(first: Patient, second: Patient) -> dict[str, Any]:
    """How close their traits are: shown to the cell, never a reason to refuse what somebody saw."""
    comparison = compare(traits_of(first), traits_of(second))
    later = max(first, second, key=lambda one: one.created_at)
    number = PatientIdentifier.objects.filter(patient=later).order_by("since").first()
    return {
        "status": DoubleStatus.TO_EXAMINE,
        "score": comparison.score,
        "probable": comparison.level is Level.PROBABLE,
        "evidence": [asdict(one) for one in comparison.traits],
        "organisation_id": number.organisation_id if number else None,
    }
