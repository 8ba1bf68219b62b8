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


# The traits of an identity that was merged still lead to the one that was kept.
_ARM = (
    f"(SELECT coalesce(merged_into_id, id), {', '.join(_TRAITS)} FROM patients_patient"  # noqa: S608 - columns, no value
    f" WHERE {{where}} LIMIT {_PER_ARM})"
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
    best: dict[UUID, Comparison] = {}
    for pk, comparison in ranked:
        if _alike(comparison):
            best.setdefault(pk, comparison)
    found = _kept(list(best)[:MOST])
    return [Match(patient=found[pk], comparison=best[pk]) for pk in found]


def _kept(pks: list[UUID]) -> dict[UUID, Patient]:
    """The identities in force by the keys asked, in that order; one that was merged leads to the one that was kept."""
    found = Patient.objects.in_bulk(pks)
    kept: dict[UUID, Patient] = {}
    for pk in pks:
        patient = found.get(pk)
        while patient is not None and patient.merged_into_id is not None:
            patient = Patient.objects.filter(pk=patient.merged_into_id).first()
        if patient is not None and patient not in kept.values():
            kept[pk] = patient
    return kept


def find_by_ipp(value: str, *, organisations: Collection[UUID]) -> list[Match]:
    """Find who bears this IPP in one of these establishments, otherwise who bore it."""
    bearing = PatientIdentifier.objects.filter(organisation_id__in=organisations, value=value)
    in_force = bearing.filter(ended_at__isnull=True).values_list("patient_id", flat=True)[:MOST]
    # A number a hospital no longer uses, its merged files for instance, still leads to somebody.
    found = _kept(list(in_force)) or _kept(list(bearing.values_list("patient_id", flat=True)[:MOST]))
    return [Match(patient=patient) for patient in found.values()]


def find_by_ins(hashes: Collection[bytes]) -> list[Match]:
    """Find who bears a matricule or bore it, given the keyed hashes it may be stored under (one for each OID)."""
    bearing = Patient.objects.filter(ins_hash__in=hashes).values_list("pk", flat=True)[:MOST]
    former = FormerIns.objects.filter(hash__in=hashes).values_list("patient_id", flat=True)[:MOST]
    return [Match(patient=patient) for patient in _kept([*bearing, *former][:MOST]).values()]


def _candidates(traits: TraitSet) -> list[tuple[UUID, TraitSet]]:
    """One query: the union of every way in, each capped. Written in SQL: the ORM takes five times its duration."""
    arms = [arm for condition in blocking(traits).conditions for arm in _arms(condition)]
    if not arms:
        return []
    sql = " UNION ALL ".join(_ARM.format(where=" AND ".join(clauses)) for clauses, _ in arms)
    with connection.cursor() as cursor:
        cursor.execute(sql, [value for _, values in arms for value in values])
        rows = dict.fromkeys(cursor.fetchall())  # found by several ways in
    return [(pk, TraitSet(**dict(zip(_TRAITS, values, strict=True)))) for pk, *values in rows]


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
