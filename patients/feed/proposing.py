"""Two files that a hospital made one: proposed to the cell as a pair, with the demand as evidence (PAT-05).

The hospital decided of its identities; what our boards filed under each is moved, counted and undone by the cell alone
(ADR 9). No score clears such a pair, and a pair the cell had called homonyms is examined again.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from dcc.audit.record import Actor, record
from dcc.lib import french
from patients.doubles.lifecycle import DOUBLE_LIFECYCLE, DoubleTransition
from patients.doubles.proposals import FED, asked_by_feed, full_traits
from patients.events import PatientEvent
from patients.identity.matching import Level, compare
from patients.models import Double, DoubleStatus, FeedMergeKind, Patient

_AGAIN = {
    DoubleStatus.CLEARED: DoubleTransition.FOUND_AGAIN,
    DoubleStatus.HOMONYM: DoubleTransition.REOPEN,
    DoubleStatus.UNDONE: DoubleTransition.REOPEN,
}
_SETTLED = frozenset({DoubleStatus.MERGING, DoubleStatus.MERGED, DoubleStatus.UNDO_ASKED, DoubleStatus.UNDOING})


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What a hospital said, and when it was received: number `gone` is now `kept`."""

    organisation_id: UUID
    source_name: str
    kind: FeedMergeKind
    gone: str
    kept: str
    at: datetime

    @property
    def line(self) -> dict[str, Any]:
        """The line of evidence that the pair shows above the traits."""
        on = french.date_short(timezone.localdate(self.at))
        return {
            "trait": FED,
            "label": f"Demandé par le DPI de {self.source_name}",
            "outcome": "equal",
            "points": 0,
            "detail": f"{FeedMergeKind(self.kind).label} reçu le {on}\u00a0: IPP {self.gone}, devenu {self.kept}",
            "left": "",
            "right": "",
        }


def propose_files(*, first: Patient, second: Patient, demand: Demand, by: Actor) -> bool:
    """Put the pair on the worklist, or add the demand to it; False for files of two regions, which are no pair."""
    if first.region_id != second.region_id:
        return False
    pairs = Double.objects.about(first.pk).filter(pk__in=Double.objects.about(second.pk).values("pk"))
    double = pairs.select_for_update(of=("self",), no_key=True).first()
    if double is None:
        double = _new(first, second, demand)
        record(PatientEvent.DOUBLE_FOUND, on=double, patient_id=second.pk, by=by)
        return True
    if double.status in _SETTLED:
        return True
    double.evidence, double.probable = [demand.line, *_without_demand(double)], True
    again = _AGAIN.get(DoubleStatus(double.status))
    if again is not None:
        event = DOUBLE_LIFECYCLE.move(double, again).event
        double.found_at = timezone.now()
        record(event, on=double, patient_id=second.pk, by=by, why=demand.line["label"])
    double.save(update_fields=["evidence", "probable", "status", "found_at"])
    return True


def withdraw_demand(*, first: Patient, second: Patient, by: Actor) -> None:
    """The merge of the hospital was taken back: the pair stands by its traits alone, or no more."""
    pairs = Double.objects.about(first.pk).filter(pk__in=Double.objects.about(second.pk).values("pk"))
    double = pairs.select_for_update(of=("self",), no_key=True).first()
    if double is None or not asked_by_feed(double):
        return
    comparison = _compared(first, second)
    double.evidence, double.probable = _without_demand(double), comparison.level is Level.PROBABLE
    if double.status == DoubleStatus.TO_EXAMINE and comparison.level is Level.WEAK and not comparison.collision:
        DOUBLE_LIFECYCLE.move(double, DoubleTransition.CLEAR)
        record(PatientEvent.DOUBLE_CLEARED, on=double, patient_id=double.second_id, by=by)
    double.save(update_fields=["evidence", "probable", "status"])


def _new(first: Patient, second: Patient, demand: Demand) -> Double:
    one, other = sorted((first, second), key=lambda patient: patient.pk)
    comparison = _compared(one, other)
    return Double.objects.create(
        region_id=one.region_id,
        first=one,
        second=other,
        organisation_id=demand.organisation_id,
        score=comparison.score,
        probable=True,
        collision=comparison.collision,
        evidence=[demand.line, *(asdict(trait) for trait in comparison.traits)],
    )


def _compared(one: Patient, other: Patient) -> Any:
    traits = full_traits([one, other])
    return compare(traits[one.pk], traits[other.pk])


def _without_demand(double: Double) -> list[dict[str, Any]]:
    return [line for line in double.evidence if line["trait"] != FED]
