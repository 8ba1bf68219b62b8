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

from django.db import connection

from patients.identity.candidates import Condition, blocking
from patients.identity.matching import Comparison, best_matches
from patients.identity.outcome import Outcome
from patients.identity.traits import TraitSet
from patients.models import FormerIns, Patient, PatientIdentifier

MOST = 10  # rows ever shown for one search (architecture §4)
_PER_ARM = 200
_SHOWN_FROM = 3.0  # the date and the beginning of a name agree
_TRAITS = (
    "birth_name", "first_given_name", "given_names", "used_name", "used_given_name", "birth_date",
    "birth_date_interpreted", "sex", "birth_insee", "birth_postcode",
)  # fmt: skip


_ARM = (
    f"(SELECT id, {', '.join(_TRAITS)} FROM patients_patient"  # noqa: S608 - names of columns, no value
    f" WHERE merged_into_id IS NULL AND {{where}} LIMIT {_PER_ARM})"
)


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
    """Find who bears a matricule or bore it, given the keyed hashes it may be stored under (one for each OID)."""
    living = Patient.objects.living_records()
    found = list(living.filter(ins_hash__in=hashes)[:MOST])
    former = FormerIns.objects.filter(hash__in=hashes).values_list("patient_id", flat=True)[:MOST]
    found += living.filter(pk__in=list(former)).exclude(pk__in=[patient.pk for patient in found])
    return [Match(patient=patient) for patient in found[:MOST]]


def _candidates(traits: TraitSet) -> list[tuple[UUID, TraitSet]]:
    """One query: the union of every way in, each capped. Written in SQL: the ORM takes five times its duration."""
    arms = [arm for condition in blocking(traits).conditions for arm in _arms(condition)]
    if not arms:
        return []
    sql = " UNION ALL ".join(_ARM.format(where=" AND ".join(clauses)) for clauses, _ in arms)
    with connection.cursor() as cursor:
        cursor.execute(sql, [value for _, values in arms for value in values])
        rows = {row[0]: row for row in cursor.fetchall()}
    return [(pk, TraitSet(**dict(zip(_TRAITS, values, strict=True)))) for pk, *values in rows.values()]


def _arms(condition: Condition) -> Iterator[tuple[list[str], list[Any]]]:
    """Split a condition into conjunctions that an index serves: birth or used name, first or used given name."""
    dates = [("birth_date = ANY (%s)", sorted(condition.birth_dates))] if condition.birth_dates else []
    names: list[list[tuple[str, Any]]] = [[]]
    if condition.name_sounds:
        sounds = sorted(condition.name_sounds)
        names = [[("birth_name_sound = ANY (%s)", sounds)], [("used_name_sound = ANY (%s)", sounds)]]
    elif condition.name_prefix:
        names = [[("birth_name_key ^@ %s", condition.name_prefix)], [("used_name_key ^@ %s", condition.name_prefix)]]
    givens: list[list[tuple[str, Any]]] = [[]]
    if condition.given_sounds:
        sounds = sorted(condition.given_sounds)
        givens = [[("given_name_sound = ANY (%s)", sounds)], [("used_given_name_sound = ANY (%s)", sounds)]]
    for name, given in product(names, givens):
        clauses = [*dates, *name, *given]
        yield [sql for sql, _ in clauses], [value for _, value in clauses]


def _alike(comparison: Comparison) -> bool:
    """Worth showing: someone born on another day is not, nor one who shares only the birthday."""
    outcomes = {trait.trait: trait.outcome for trait in comparison.traits}
    if outcomes.get("ins") is Outcome.EQUAL or comparison.twins:
        return True
    return comparison.score >= _SHOWN_FROM and outcomes.get("birth_date") is not Outcome.DIFFERENT
