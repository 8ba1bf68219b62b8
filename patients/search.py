"""Identities found by their traits, by IPP or by INS: strictly, at most ten, through indexes only (PAT-02, PAT-04).

Under row-level security a predicate is index-usable when its operator is leakproof: equality, IN, ranges, `^@`. So
every tolerance is turned into values (patients.identity.candidates), each way in becomes one arm of a UNION ALL that
PostgreSQL plans by itself, and Python judges the few rows that come back (patients.identity.matching).
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any
from uuid import UUID

from django.db.models import CharField, Lookup, Q

from patients.identity.candidates import Condition, blocking
from patients.identity.matching import Comparison, best_matches
from patients.identity.outcome import Outcome
from patients.identity.traits import TraitSet
from patients.models import Patient, PatientIdentifier

MOST = 10  # rows ever shown for one search (architecture §4)
_PER_ARM = 200
_SHOWN_FROM = 3.0  # the date and the beginning of a name agree
_TRAITS = (
    "birth_name", "first_given_name", "given_names", "used_name", "used_given_name", "birth_date",
    "birth_date_interpreted", "sex", "birth_insee", "birth_postcode",
)  # fmt: skip


@CharField.register_lookup
class BeginsWith(Lookup):
    """`name__begins="LEG"`: the operator `^@`, which keeps its index under row-level security, as LIKE does not."""

    lookup_name = "begins"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return f"{left} ^@ {right}", [*left_params, *right_params]


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One identity found, with the evidence when it was compared."""

    patient: Patient
    comparison: Comparison | None = None


def traits_of(patient: Patient) -> TraitSet:
    """The traits of a stored identity, as the rules compare them."""
    return TraitSet(**{name: getattr(patient, name) for name in _TRAITS})


def find_by_traits(traits: TraitSet) -> list[Match]:
    """Find the identities like `traits`, best first, at most MOST; a mere neighbour of calendar is not one."""
    ranked = best_matches(traits, _candidates(traits), limit=5 * MOST)
    kept = [(pk, comparison) for pk, comparison in ranked if _alike(comparison)][:MOST]
    found = Patient.objects.in_bulk([pk for pk, _ in kept])
    return [Match(patient=found[pk], comparison=comparison) for pk, comparison in kept if pk in found]


def find_by_ipp(value: str, *, organisations: Collection[UUID]) -> list[Match]:
    """Find who bears this IPP in one of these establishments."""
    patients = PatientIdentifier.objects.filter(
        organisation_id__in=organisations, value=value, ended_at__isnull=True
    ).values_list("patient_id", flat=True)
    found = Patient.objects.living_records().filter(pk__in=list(patients[:MOST]))
    return [Match(patient=patient) for patient in found]


def find_by_ins(hashes: Collection[bytes]) -> list[Match]:
    """Find who bears a matricule, given the keyed hashes it may be stored under (one for each OID)."""
    found = Patient.objects.living_records().filter(ins_hash__in=hashes)[:MOST]
    return [Match(patient=patient) for patient in found]


def _candidates(traits: TraitSet) -> list[tuple[UUID, TraitSet]]:
    """One query: the union of every way in, each capped."""
    arms = [
        Patient.objects.living_records().filter(arm).values_list("pk", *_TRAITS)[:_PER_ARM]
        for condition in blocking(traits).conditions
        for arm in _arms(condition)
    ]
    if not arms:
        return []
    first, *others = arms
    rows = {row[0]: row for row in (first.union(*others, all=True) if others else first)}
    return [(pk, TraitSet(**dict(zip(_TRAITS, values, strict=True)))) for pk, *values in rows.values()]


def _arms(condition: Condition) -> Iterator[Q]:
    """Split a condition into conjunctions that an index serves: birth or used name, first or used given name."""
    always = Q(birth_date__in=sorted(condition.birth_dates)) if condition.birth_dates else Q()
    names: list[Q] = [Q()]
    if condition.name_sounds:
        sounds = sorted(condition.name_sounds)
        names = [Q(birth_name_sound__in=sounds), Q(used_name_sound__in=sounds)]
    elif condition.name_prefix:
        prefix = condition.name_prefix
        names = [Q(birth_name_key__begins=prefix), Q(used_name_key__begins=prefix)]
    givens: list[Q] = [Q()]
    if condition.given_sounds:
        sounds = sorted(condition.given_sounds)
        givens = [Q(given_name_sound__in=sounds), Q(used_given_name_sound__in=sounds)]
    for name, given in product(names, givens):
        yield always & name & given


def _alike(comparison: Comparison) -> bool:
    """Worth showing: someone born on another day is not, nor one who shares only the birthday."""
    outcomes = {trait.trait: trait.outcome for trait in comparison.traits}
    if outcomes.get("ins") is Outcome.EQUAL or comparison.twins:
        return True
    return comparison.score >= _SHOWN_FROM and outcomes.get("birth_date") is not Outcome.DIFFERENT
