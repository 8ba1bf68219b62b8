"""Pairs found by themselves: each identity that appeared or whose traits changed is looked up once (PAT-05).

The same ways in and the same score as at the desk (patients.search, patients.identity.matching), with what the desk
does not compare: INS, postcode and phone. Nothing is ever merged by a score, even at an equal matricule.
"""

from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from typing import Any
from uuid import UUID

from django.utils import timezone

from dcc.audit.record import System, record
from dcc.organisations.models import Organisation
from patients.doubles.lifecycle import DOUBLE_LIFECYCLE, DoubleTransition
from patients.events import PatientEvent
from patients.identity.matching import Comparison, Level, compare
from patients.identity.traits import TraitSet
from patients.models import (
    Access,
    AccessReason,
    Contact,
    Double,
    DoubleSearch,
    DoubleStatus,
    Patient,
    PatientIdentifier,
)
from patients.search import find_by_ins, find_by_traits, traits_of

BATCH = 50
WORKER = System("recherche de doublons")
FED = "feed"  # the evidence of a pair that the software of a hospital asked to merge: no score clears it


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A pair worth a look, with the comparison that says so."""

    first: Patient
    second: Patient
    comparison: Comparison


def propose_some() -> int:
    """Look up the next identities that wait; how many there were. Taken and judged in one transaction."""
    taken = list(DoubleSearch.objects.select_for_update(skip_locked=True, of=("self",)).order_by("pk")[:BATCH])
    patients = Patient.objects.living_records().in_bulk([one.identity_id for one in taken])
    for one in taken:
        patient = patients.get(one.identity_id)
        if patient is not None:
            propose_for(patient)
    DoubleSearch.objects.filter(pk__in=[one.pk for one in taken]).delete()
    return len(taken)


def propose_for(patient: Patient) -> list[Double]:
    """Compare one identity with those like it: new pairs, pairs judged anew, pairs that are none any more."""
    found = {one.second.pk: one for one in _like(patient)}
    pairs = {_other(double, patient.pk): double for double in Double.objects.about(patient.pk)}
    for other, double in pairs.items():
        if other in found:
            _judge_again(double, found[other])
        elif double.status == DoubleStatus.TO_EXAMINE and not asked_by_feed(double):
            _move(double, DoubleTransition.CLEAR, PatientEvent.DOUBLE_CLEARED)
    return [_propose(one) for other, one in found.items() if other not in pairs]


def asked_by_feed(double: Double) -> list[dict[str, Any]]:
    """The lines of evidence that are the demand of a hospital, the decision of a person there."""
    return [one for one in double.evidence if one["trait"] == FED]


def full_traits(patients: Collection[Patient]) -> dict[UUID, TraitSet]:
    """The traits of stored identities with what the desk does not compare; one query whatever their number."""
    contacts = {one.patient_id: one for one in Contact.objects.filter(patient_id__in=[p.pk for p in patients])}
    found = {}
    for patient in patients:
        contact = contacts.get(patient.pk)
        token = f"{patient.ins_oid}|{bytes(patient.ins_hash).hex()}" if patient.ins_hash else ""
        found[patient.pk] = replace(
            traits_of(patient),
            ins_token=token,
            postcode=contact.postcode if contact else "",
            phone=contact.phone if contact else "",
        )
    return found


def _like(patient: Patient) -> list[Found]:
    matches = find_by_traits(traits_of(patient))
    if patient.ins_hash:
        matches += find_by_ins([bytes(patient.ins_hash)])
    others = {match.patient.pk: match.patient for match in matches if match.patient.pk != patient.pk}
    same_region = [other for other in others.values() if other.region_id == patient.region_id]
    traits = full_traits([patient, *same_region])
    compared = [
        Found(first=patient, second=other, comparison=compare(traits[patient.pk], traits[other.pk]))
        for other in same_region
    ]
    return [one for one in compared if one.comparison.level is not Level.WEAK or one.comparison.collision]


def _propose(found: Found) -> Double:
    first, second = sorted((found.first, found.second), key=lambda patient: patient.pk)
    comparison = found.comparison if first.pk == found.first.pk else _turned(found)
    later = max(found.first, found.second, key=lambda patient: patient.created_at)
    double = Double.objects.create(
        region_id=first.region_id,
        first=first,
        second=second,
        organisation=_made_in(later),
        **_judgement(comparison),
    )
    record(PatientEvent.DOUBLE_FOUND, on=double, patient_id=later.pk, by=WORKER)
    return double


def _turned(found: Found) -> Comparison:
    """The same comparison with the evidence the other way round."""
    traits = tuple(replace(one, left=one.right, right=one.left) for one in found.comparison.traits)
    return replace(found.comparison, traits=traits)


def _judge_again(double: Double, found: Found) -> None:
    if double.status not in (DoubleStatus.TO_EXAMINE, DoubleStatus.UNSURE, DoubleStatus.CLEARED):
        return  # decided by a person
    comparison = found.comparison if double.first_id == found.first.pk else _turned(found)
    asked = asked_by_feed(double)
    for name, value in _judgement(comparison).items():
        setattr(double, name, value)
    double.evidence, double.probable = [*asked, *double.evidence], double.probable or bool(asked)
    if double.status == DoubleStatus.CLEARED:
        double.found_at = timezone.now()
        _move(double, DoubleTransition.FOUND_AGAIN, PatientEvent.DOUBLE_FOUND)
    double.save()


def _judgement(comparison: Comparison) -> dict[str, Any]:
    return {
        "score": comparison.score,
        "probable": comparison.level is Level.PROBABLE,
        "collision": comparison.collision,
        "evidence": [asdict(one) for one in comparison.traits],
    }


def _move(double: Double, transition: DoubleTransition, event: PatientEvent) -> None:
    DOUBLE_LIFECYCLE.move(double, transition)
    double.save(update_fields=["status"])
    record(event, on=double, patient_id=double.second_id, by=WORKER)


def _other(double: Double, patient_id: UUID) -> UUID:
    return double.second_id if double.first_id == patient_id else double.first_id


def _made_in(patient: Patient) -> Organisation | None:
    """Where this identity was created: the organisation its creation opened it to, else the first that numbered it."""
    opened = Access.objects.filter(patient=patient, reason=AccessReason.CREATION).values("principal_id")[:1]
    made = Organisation.objects.filter(principal_id__in=opened).first()
    if made is None:
        numbered = PatientIdentifier.objects.filter(patient=patient).select_related("organisation").order_by("since")
        made = next((one.organisation for one in numbered[:1]), None)
    return made
