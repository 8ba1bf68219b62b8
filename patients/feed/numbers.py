"""Shows the numbers that feeds use as identifiers of patients: in force, or ended since another took their place."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from patients.models import Patient, PatientIdentifier


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownNumber:
    """A number of an establishment; `identifier` is the key of the row it is shown as, there already or not."""

    organisation_id: UUID
    value: str
    ended_at: datetime | None
    identifier: UUID


def typed_for(organisation_id: UUID, values: list[str]) -> dict[str, PatientIdentifier]:
    """Find the numbers of an establishment that desks typed, in force, with their patients."""
    held = PatientIdentifier.objects.filter(
        organisation_id=organisation_id, value__in=values, ended_at__isnull=True
    ).select_related("patient")
    return {row.value: row for row in held}


def show_numbers(patient: Patient, numbers: list[ShownNumber]) -> None:
    """Make rows of the numbers of a patient, wherever they were before."""
    known = PatientIdentifier.objects.in_bulk([one.identifier for one in numbers])
    # Those that end come first: a number in force is unique, and two of them may be changing places.
    for one in sorted(numbers, key=lambda one: one.ended_at is None):
        row = known.get(one.identifier)
        if row is None:
            row = PatientIdentifier(id=one.identifier, organisation_id=one.organisation_id, value=one.value)
        if row._state.adding or (row.patient_id, row.ended_at) != (patient.pk, one.ended_at):
            row.region_id, row.patient_id, row.ended_at = patient.region_id, patient.pk, one.ended_at
            row.save()


def hide_numbers(identifiers: list[UUID], *, at: datetime) -> None:
    """End numbers that were shown of a patient and are nobody's that is known yet."""
    PatientIdentifier.objects.filter(pk__in=identifiers, ended_at__isnull=True).update(ended_at=at)
