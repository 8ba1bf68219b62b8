"""Visits over PostgreSQL: their movements one by one, and what they add up to for whoever opens the file."""

from uuid import UUID

from interop.pam.record import LocalId, Stamp
from interop.pam.visits import VisitRecord
from interop.pam_store.wire import clean, movement_from_json, movement_to_json
from patients.models import FeedMessage, FeedNumber, Movement, Visit

_UNIT, _CLASS = 60, 20  # characters kept


def load_visit(region_id: int, number: LocalId) -> VisitRecord | None:
    """Read a visit and its movements."""
    row = _row(region_id, number)
    if row is None:
        return None
    columns = ("said", "recorded_at", "sent_at", "control_id")
    movements = [
        movement_from_json(said, Stamp(recorded, sent, len(control), control))
        for said, recorded, sent, control in Movement.objects.filter(visit=row).values_list(*columns)
    ]
    return VisitRecord(number=number, movements=tuple(sorted(movements, key=lambda movement: movement.stamp)))


def write_visit(region_id: int, record: VisitRecord, message: FeedMessage) -> None:
    """Insert what is new of a visit and write what it adds up to; its patient is written apart (`follow`)."""
    visit, patient = record.visit, record.patient
    assert patient is not None
    row = _row(region_id, record.number) or Visit(
        region_id=region_id, authority=record.number.authority, value=record.number.value
    )
    number = FeedNumber.objects.get(region_id=region_id, authority=patient.authority, value=patient.value)
    if row.number_id != number.pk:
        row.number_id, row.patient_id, row.patient_region_id = number.pk, None, None
    row.status = visit.status
    row.patient_class = clean(visit.patient_class)[:_CLASS]
    row.medical_unit = clean(visit.medical_unit)[:_UNIT]
    row.admitted_at, row.discharged_at = visit.admitted_at, visit.discharged_at
    row.attending = [
        {"name": clean(f"{one.family} {one.given}".strip()), "id": clean(one.identifier), "type": clean(one.id_type)}
        for one in visit.attending
    ]
    new = row._state.adding
    row.save()
    known = (
        set() if new else set(Movement.objects.filter(visit=row).values_list("recorded_at", "sent_at", "control_id"))
    )
    Movement.objects.bulk_create(
        Movement(
            region_id=region_id,
            visit=row,
            message=message,
            recorded_at=movement.stamp.recorded_at,
            sent_at=movement.stamp.sent_at,
            control_id=movement.stamp.control_id,
            said=movement_to_json(movement),
        )
        for movement in record.movements
        if (movement.stamp.recorded_at, movement.stamp.sent_at, movement.stamp.control_id) not in known
    )


def follow(numbers: list[UUID], *, patient_id: UUID | None, patient_region_id: int | None) -> None:
    """Write whose the visits of these numbers are; nobody's until an identity is complete."""
    stays = Visit.objects.filter(number_id__in=numbers)
    others = stays.exclude(patient_id=patient_id) if patient_id is not None else stays.filter(patient_id__isnull=False)
    others.update(patient_id=patient_id, patient_region_id=patient_region_id)


def _row(region_id: int, number: LocalId) -> Visit | None:
    return Visit.objects.filter(region_id=region_id, authority=number.authority, value=number.value).first()
