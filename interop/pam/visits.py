"""Visits: what the movements of one visit number add up to, whatever order they came in."""

from bisect import insort
from dataclasses import dataclass, field, replace
from datetime import datetime

from interop.pam.datatypes import Moment, Xcn
from interop.pam.hearing import Policy, authority_key, is_local_value, stamp_of
from interop.pam.message import AdtMessage
from interop.pam.record import LocalId, Stamp
from interop.pam.said import Said, Silence, value_of

# What an event without movement id cancels: the last of these before it.
CANCELS = {"A11": ("A01", "A04"), "A12": ("A02",), "A13": ("A03",), "A38": ("A05",)}
CORRECTION = "Z99"  # of a movement told before; the event it was is in ZBE-6
_OPENS = frozenset({"A01", "A04", "A05"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Doctor:
    """A doctor of the visit, by the identifier sent."""

    identifier: str
    id_type: str
    family: str
    given: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """One event of a visit; empty values say nothing."""

    stamp: Stamp
    patient: LocalId
    trigger: str
    movement_ids: tuple[str, ...] = ()
    action: str = ""
    original_event: str = ""
    patient_class: str = ""
    medical_unit: str = ""
    care_unit: str = ""
    starts_at: datetime | None = None
    admitted_at: datetime | None = None
    discharged_at: datetime | None = None
    attending: tuple[Doctor, ...] = ()
    aside: bool = False  # said with an identity that is not the one of its number

    @property
    def event(self) -> str:
        """What happened: a correction that arrives before what it corrects is that event."""
        return self.original_event if self.trigger == CORRECTION else self.trigger


_CORRECTED = (
    "patient_class", "medical_unit", "care_unit", "starts_at", "admitted_at", "discharged_at", "attending",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A visit as it stands."""

    status: str  # planned, open, closed, cancelled
    patient_class: str
    medical_unit: str
    care_unit: str
    admitted_at: datetime | None
    discharged_at: datetime | None
    attending: tuple[Doctor, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitRecord:
    """A visit number and its movements in the order of their events."""

    number: LocalId
    movements: tuple[Movement, ...] = field(default=())

    @property
    def standing(self) -> tuple[Movement, ...]:
        """The movements that count."""
        return tuple(movement for movement in self.movements if not movement.aside)

    @property
    def patient(self) -> LocalId | None:
        """Whose visit it is, by its newest movement; None when all were said of somebody else."""
        return next((movement.patient for movement in reversed(self.movements) if not movement.aside), None)

    def says(self, number: LocalId, stamps: frozenset[Stamp]) -> bool:
        """Tell whether one of these events about a number is a movement of this visit."""
        return any(movement.patient == number and movement.stamp in stamps for movement in self.movements)

    def setting_aside(self, number: LocalId, stamps: frozenset[Stamp], collisions: frozenset[Stamp]) -> "VisitRecord":
        """Give the visit with those of its movements that count no more, or count again."""
        movements = (
            replace(movement, aside=movement.stamp in collisions)
            if movement.patient == number and movement.stamp in stamps
            else movement
            for movement in self.movements
        )
        return replace(self, movements=tuple(movements))

    def hearing(self, movement: Movement) -> "VisitRecord":
        """Give the visit with one more movement at its place; the same event twice counts once."""
        if any(known.stamp == movement.stamp for known in self.movements):
            return self
        movements = list(self.movements)
        insort(movements, movement, key=lambda known: known.stamp)
        return replace(self, movements=tuple(movements))

    @property
    def visit(self) -> Visit:
        """Fold the movements; a cancelled one never was."""
        standing, cancelled = _standing(self.standing)
        opened = [movement for movement in standing if movement.event in _OPENS]
        admitted = [movement for movement in opened if movement.event != "A05"]
        left = [movement for movement in standing if movement.event == "A03"]
        if cancelled and not opened:
            status = "cancelled"
        else:
            status = "closed" if left else "planned" if opened and not admitted else "open"
        return Visit(
            status=status,
            patient_class=_last(standing, "patient_class") or "",
            medical_unit=_last(standing, "medical_unit") or "",
            care_unit=_last(standing, "care_unit") or "",
            admitted_at=_last(standing, "admitted_at") or (admitted[-1].starts_at if admitted else None),
            discharged_at=(left[-1].discharged_at or left[-1].starts_at) if left else None,
            attending=_last(standing, "attending") or (),
        )


def read_movement(adt: AdtMessage, patient: LocalId, policy: Policy) -> tuple[LocalId, Movement] | None:
    """Read the visit number and the movement of a message; None when it carries no visit (PV1-2 N, no PV1-19)."""
    pv1, zbe = adt.pv1, adt.zbe
    if pv1 is None or isinstance(pv1.visit_number, Silence) or not isinstance(pv1.visit_number.value, str):
        return None
    authority = authority_key(pv1.visit_number, policy)
    if not authority or not is_local_value(pv1.visit_number.value):
        return None
    ids = () if zbe is None else tuple(value_of(movement.value, "") for movement in value_of(zbe.movements, ()))
    unit = "" if zbe is None or isinstance(zbe.medical_unit, Silence) else value_of(zbe.medical_unit.number, "")
    care = "" if zbe is None or isinstance(zbe.care_unit, Silence) else value_of(zbe.care_unit.number, "")
    return LocalId(authority=authority, value=pv1.visit_number.value), Movement(
        stamp=stamp_of(adt),
        patient=patient,
        trigger=adt.trigger.code,
        movement_ids=tuple(item for item in ids if item),
        action=value_of(zbe.action, "") if zbe else "",
        original_event=value_of(zbe.original_event, "") if zbe else "",
        patient_class=value_of(pv1.patient_class, ""),
        medical_unit=unit,
        care_unit=care,
        starts_at=_at(zbe.starts_at) if zbe else None,
        admitted_at=_at(pv1.admitted_at),
        discharged_at=_at(pv1.discharged_at),
        attending=tuple(map(_doctor, value_of(pv1.attending, ()))),
    )


def _standing(movements: tuple[Movement, ...]) -> tuple[list[Movement], bool]:
    """Leave out the cancelling movements and those they cancel, by movement id or, without one, the last before; put
    each correction in the place of what it corrects, which keeps what the correction does not say.
    """
    standing: list[Movement] = []
    gone = {item for movement in movements if _cancels(movement) for item in movement.movement_ids}
    cancelled = False
    for movement in movements:
        if _cancels(movement):
            cancelled = True
            targets = CANCELS.get(movement.trigger, ())
            if not movement.movement_ids:
                last = next((known for known in reversed(standing) if known.event in targets), None)
                standing = [known for known in standing if known is not last]
        elif not gone.intersection(movement.movement_ids):
            place = _corrected(standing, movement)
            if place is None:
                standing.append(movement)
            else:
                standing[place] = _correct(standing[place], movement)
    return standing, cancelled


def _corrected(standing: list[Movement], movement: Movement) -> int | None:
    """The place of the movement that this one corrects; None when it corrects none that is known."""
    if movement.trigger != CORRECTION:
        return None
    ids = set(movement.movement_ids)
    return next((place for place, known in enumerate(standing) if ids.intersection(known.movement_ids)), None)


def _correct(known: Movement, by: Movement) -> Movement:
    said = {name: value for name in _CORRECTED if (value := getattr(by, name))}
    return replace(known, **said)


def _cancels(movement: Movement) -> bool:
    return movement.trigger in CANCELS or movement.action == "CANCEL"


def _last(movements: list[Movement], name: str):  # type: ignore[no-untyped-def]
    return next((value for movement in reversed(movements) if (value := getattr(movement, name))), None)


def _at(said: Said[Moment]) -> datetime | None:
    return None if isinstance(said, Silence) else said.at


def _doctor(person: Xcn) -> Doctor:
    return Doctor(
        identifier=value_of(person.value, ""),
        id_type=value_of(person.id_type, ""),
        family=value_of(person.family, ""),
        given=value_of(person.given, ""),
    )
