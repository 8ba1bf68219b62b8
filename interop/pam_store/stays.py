"""Visits over PostgreSQL: their movements one by one, and what they add up to for whoever opens the file."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from uuid import UUID

from interop.pam.record import LocalId, Stamp
from interop.pam.visits import VisitRecord
from interop.pam_store.cluster import load_numbers
from interop.pam_store.wire import clean, movement_from_json, movement_to_json
from patients.models import FeedMessage, FeedNumber, Movement, Visit

Aside = Callable[[LocalId], frozenset[Stamp]]
_UNIT, _CLASS = 60, 20  # characters kept
ASIDE = "aside"  # a visit said of somebody else than its number was: nobody's until somebody looks


@dataclass(slots=True, kw_only=True)
class Stay:
    """A visit as it is in the database."""

    row: Visit
    record: VisitRecord


def load_stay(region_id: int, number: LocalId, *, aside: Aside | None = None) -> Stay | None:
    """Read a visit and its movements; `aside` gives the events of a patient's number that said somebody else."""
    row = Visit.objects.filter(region_id=region_id, authority=number.authority, value=number.value).first()
    if row is None:
        return None
    columns = ("said", "recorded_at", "sent_at", "control_id")
    movements = [
        movement_from_json(said, Stamp(recorded, sent, len(control), control))
        for said, recorded, sent, control in Movement.objects.filter(visit=row).values_list(*columns)
    ]
    events = {patient: (aside or collisions_of)(patient) for patient in {one.patient for one in movements}}
    told = (replace(one, aside=True) if one.stamp in events[one.patient] else one for one in movements)
    record = VisitRecord(number=number, movements=tuple(sorted(told, key=lambda movement: movement.stamp)))
    return Stay(row=row, record=record)


def collisions_of(patient: LocalId) -> frozenset[Stamp]:
    """Give the events that said somebody else than a number was."""
    row = FeedNumber.objects.filter(authority=patient.authority, value=patient.value).first()
    if row is None:
        return frozenset()
    numbers = load_numbers([row.identity_id])[row.identity_id]
    return next((known.record.collisions for known in numbers if known.pk == row.pk), frozenset())


def stays_said(region_id: int, patient: LocalId, stamps: Collection[Stamp]) -> set[LocalId]:
    """Find the visits of a number of which one of these events is a movement."""
    moments = Movement.objects.filter(region_id=region_id, visit__number__value=patient.value)
    moments = moments.filter(visit__number__authority=patient.authority, recorded_at__in={one[0] for one in stamps})
    rows = moments.values_list("visit__authority", "visit__value")
    return {LocalId(authority=authority, value=value) for authority, value in rows}


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
    astray = row.number_id != number.pk or (row.status == ASIDE) == bool(record.standing)
    if astray:
        row.number_id, row.patient_id, row.patient_region_id = number.pk, None, None
    row.status = visit.status if record.standing else ASIDE
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
    Visit.objects.filter(number_id__in=numbers, status=ASIDE, patient_id__isnull=False).update(
        patient_id=None, patient_region_id=None
    )
    stays = Visit.objects.filter(number_id__in=numbers).exclude(status=ASIDE)
    others = stays.exclude(patient_id=patient_id) if patient_id is not None else stays.filter(patient_id__isnull=False)
    others.update(patient_id=patient_id, patient_region_id=patient_region_id)
