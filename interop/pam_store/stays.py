"""Visits over PostgreSQL: their movements one by one, and what they add up to for whoever opens the file."""

from dataclasses import dataclass
from uuid import UUID

from interop.pam.record import LocalId, Stamp
from interop.pam.visits import VisitRecord
from interop.pam_store.wire import clean, movement_from_json, movement_to_json
from patients.models import FeedMessage, FeedNumber, Movement, Visit

_UNIT, _CLASS = 60, 20  # characters kept


@dataclass(slots=True, kw_only=True)
class Stay:
    """A visit as it is in the database."""

    row: Visit
    record: VisitRecord


def load_stay(region_id: int, number: LocalId) -> Stay | None:
    """Read a visit and its movements."""
    row = Visit.objects.filter(region_id=region_id, authority=number.authority, value=number.value).first()
    if row is None:
        return None
    columns = ("said", "recorded_at", "sent_at", "control_id")
    movements = [
        movement_from_json(said, Stamp(recorded, sent, len(control), control))
        for said, recorded, sent, control in Movement.objects.filter(visit=row).values_list(*columns)
    ]
    record = VisitRecord(number=number, movements=tuple(sorted(movements, key=lambda movement: movement.stamp)))
    return Stay(row=row, record=record)


def write_visit(record: VisitRecord, *, stay: Stay | None, number: FeedNumber, message: FeedMessage) -> bool:
    """Insert what is new of a visit and write what it adds up to; True when its patient is to be written (`follow`).

    `number` is that of its patient, by its newest movement.
    """
    visit = record.visit
    row = (
        stay.row
        if stay
        else Visit(region_id=number.region_id, authority=record.number.authority, value=record.number.value)
    )
    astray = row.number_id != number.pk
    if astray:
        row.number_id, row.patient_id, row.patient_region_id = number.pk, None, None
    row.status = visit.status
    row.patient_class = clean(visit.patient_class)[:_CLASS]
    row.medical_unit = clean(visit.medical_unit)[:_UNIT]
    row.admitted_at, row.discharged_at = visit.admitted_at, visit.discharged_at
    row.attending = [
        {"name": clean(f"{one.family} {one.given}".strip()), "id": clean(one.identifier), "type": clean(one.id_type)}
        for one in visit.attending
    ]
    row.save()
    known = {movement.stamp for movement in stay.record.movements} if stay else set()
    Movement.objects.bulk_create(
        Movement(
            region_id=row.region_id,
            visit=row,
            message=message,
            recorded_at=movement.stamp.recorded_at,
            sent_at=movement.stamp.sent_at,
            control_id=movement.stamp.control_id,
            said=movement_to_json(movement),
        )
        for movement in record.movements
        if movement.stamp not in known
    )
    return astray


def follow(numbers: list[UUID], *, patient_id: UUID | None, patient_region_id: int | None) -> None:
    """Write whose the visits of these numbers are; nobody's until an identity is complete."""
    stays = Visit.objects.filter(number_id__in=numbers)
    others = stays.exclude(patient_id=patient_id) if patient_id is not None else stays.filter(patient_id__isnull=False)
    others.update(patient_id=patient_id, patient_region_id=patient_region_id)
