"""Identities found by their traits, by IPP or by INS: strictly, at most ten, through indexes only (PAT-02, PAT-04).

Under row-level security a predicate is index-usable when its operator is leakproof: equality, IN, ranges, `^@`. So
every tolerance is turned into values (patients.identity.candidates) and each way in becomes one arm of a UNION ALL
that PostgreSQL plans by itself. In a large network a hundred people share each day of birth: what comes back is
sifted by the letters of its names, for a hundredth of what a comparison costs, and the few that are left are judged
(patients.identity.matching).
"""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Any
from uuid import UUID

from django.db import connection

from patients.guesses import MOST as GUESSES
from patients.guesses import Guesser
from patients.identity.candidates import blocking, near_dates, one_digit_dates
from patients.identity.matching import Comparison, best_matches
from patients.identity.names import comparison_key
from patients.identity.outcome import Outcome, TraitComparison
from patients.identity.phonetic import given_name_key, surname_key
from patients.identity.similarity import edit_distance
from patients.identity.traits import TraitSet
from patients.models import FormerIns, Patient, PatientIdentifier

MOST = 10  # rows ever shown for one search (architecture §4)
_PER_ARM = 600  # people born on two days in a network of three millions
_COMPARED = 40  # of those sifted, the likeliest
_SHOWN_FROM = 3.0  # the date and the beginning of a name agree
_SURE_FROM = 7.0  # the date agrees, and the name or both names from afar: no need to guess
_SHORT = 3  # letters that many longer names hold
_ONE_NAME = 2.0  # points of a name that is close, one part of it or its sound
_TRAITS = (
    "birth_name", "first_given_name", "given_names", "used_name", "used_given_name", "birth_date",
    "birth_date_interpreted", "sex", "birth_insee", "birth_postcode",
)  # fmt: skip
_KEYS = ("birth_name_key", "used_name_key", "first_given_name_key", "used_given_name_key")


# Said so rather than by the ORM, which writes every column again each time.
_FOUND = "SELECT * FROM patients_patient WHERE id = ANY (%s)"
# The traits of an identity that was merged still lead to the one that was kept.
_ARM = (
    f"(SELECT coalesce(merged_into_id, id), {{heard}}, {', '.join((*_KEYS, *_TRAITS))} FROM patients_patient"  # noqa: S608
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


def find_by_traits(traits: TraitSet, *, most: int = MOST) -> list[Match]:
    """Find the identities like `traits`, best first, at most `most`; a mere neighbour of calendar is not one."""
    candidates = (((pk, stored), stored) for pk, stored in _candidates(traits))
    ranked = best_matches(traits, candidates, limit=5 * most)
    best: dict[UUID, Comparison] = {}
    for (pk, _), comparison in ranked:
        if _alike(comparison):
            best.setdefault(pk, comparison)
    if not any(comparison.score >= _SURE_FROM for comparison in best.values()):
        for pk, comparison in _guessed(traits, ranked):
            best.setdefault(pk, comparison)
    found = _kept(list(best)[:most])
    return [Match(patient=found[pk], comparison=best[pk]) for pk in found]


def _guessed(traits: TraitSet, ranked: list[tuple[tuple[UUID, TraitSet], Comparison]]) -> list[tuple[UUID, Comparison]]:
    """The few that several slips at once lead to, the fewest first: only when nobody sure was found."""
    guesser = Guesser.of(traits)
    found = []
    for (pk, stored), comparison in ranked:
        born = next((one.outcome for one in comparison.traits if one.trait == "birth_date"), Outcome.UNKNOWN)
        slips = guesser.slips(stored, born)
        if slips is not None:
            found.append((slips, pk, comparison))
    return [(pk, comparison) for _, pk, comparison in sorted(found, key=lambda one: one[0])[:GUESSES]]


def _kept(pks: list[UUID]) -> dict[UUID, Patient]:
    """The identities in force by the keys asked, in that order; one that was merged leads to the one that was kept."""
    found = {patient.pk: patient for patient in Patient.objects.raw(_FOUND, [pks])} if pks else {}
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
    wanted = _Wanted.of(traits)
    arms = list(_arms(wanted))
    if not arms:
        return []
    sql = " UNION ALL ".join(_ARM.format(heard=arm.heard, where=" AND ".join(arm.clauses)) for arm in arms)
    with connection.cursor() as cursor:
        cursor.execute(sql, [value for arm in arms for value in arm.values])
        rows = cursor.fetchall()
    # Found by several ways in, it counts once, as the best heard.
    once = {(row[0], *row[2:6]): row for row in sorted(rows, key=lambda row: row[1])}
    sifted = [(likeness, row) for row in once.values() if (likeness := wanted.likeness(row))]
    sifted.sort(key=lambda pair: -pair[0])
    first = 2 + len(_KEYS)
    return [(row[0], TraitSet(**dict(zip(_TRAITS, row[first:], strict=True)))) for _, row in sifted[:_COMPARED]]


class _Letters:
    """A typed name as it is sifted: which stored ones may be it, by the letters they share."""

    __slots__ = ("_counts", "_known", "_length", "text")
    # Letters in common, as shares of either name, below which no similarity of Jaro-Winkler reaches 0.82: by length of
    # the beginning in common, which that similarity rewards.
    _LEAST = (1.46, 1.40, 1.325, 1.229, 1.10)

    def __init__(self, text: str) -> None:
        self.text, self._length = text, len(text)
        self._counts = tuple(Counter(text).items())
        self._known: dict[str, float] = {"": 0.0, text: 1.0}

    def likeness(self, stored: str) -> float:
        """From 0, surely another name, to 1, the same; said once, for names come back in a list."""
        known = self._known.get(stored)
        if known is None:
            known = self._known[stored] = self._compared(stored)
        return known

    def _compared(self, stored: str) -> float:
        text = self.text
        if stored.startswith(text) or text.startswith(stored):  # typed in part
            return 0.9
        if stored in text or text in stored:  # one part of a compound, unless it is too short to say so
            return 0.8 if min(len(stored), self._length) > _SHORT else 0.4
        common = 0
        for letter, times in self._counts:
            found = stored.count(letter)
            common += found if found < times else times
        length = len(stored)
        longest, shortest = (length, self._length) if length > self._length else (self._length, length)
        if shortest < 4 and longest <= shortest + 2 and 2 * common >= longest:  # two slips leave a short name no more
            return 0.4 * common / longest
        if common < longest - 2 or shortest < 4:
            begun = 0
            while begun < 4 and begun < shortest and stored[begun] == text[begun]:
                begun += 1
            if common / length + common / self._length < self._LEAST[begun]:
                return 0.0
        return 0.8 * common / longest


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """What is looked for, as columns have it: dates with their slips, sounds, beginnings; and letters to sift by."""

    born: date | None
    sure: frozenset[date]  # the very day, or day and month swapped, unless they are crowded
    near: frozenset[date]  # its usual slips
    wide: frozenset[date]  # those, and any slip in one of its three parts
    name_sounds: frozenset[str]
    given_sounds: frozenset[str]
    crossed_names: frozenset[str]  # how each would sound in the field of the other
    crossed_givens: frozenset[str]
    beginnings: frozenset[str]
    names: tuple[_Letters, ...]
    givens: tuple[_Letters, ...]

    @classmethod
    def of(cls, traits: TraitSet) -> "_Wanted":
        conditions, born = blocking(traits).conditions, traits.birth_date
        return cls(
            born=born,
            sure=next((one.birth_dates for one in conditions if one.reason == "date"), frozenset()),
            near=near_dates(born) if born else frozenset(),
            wide=near_dates(born) | one_digit_dates(born) | _one_part_off(born) if born else frozenset(),
            name_sounds=frozenset().union(*(one.name_sounds for one in conditions)),
            given_sounds=frozenset().union(*(one.given_sounds for one in conditions)),
            crossed_names=frozenset(filter(None, [surname_key(traits.first_given_name)])),
            crossed_givens=frozenset(filter(None, [given_name_key(traits.birth_name)])),
            beginnings=frozenset(one.name_prefix for one in conditions if len(one.name_prefix) > 1),
            names=_letters(traits.birth_name, traits.used_name),
            givens=_letters(traits.first_given_name, traits.used_given_name),
        )

    def likeness(self, row: tuple[Any, ...]) -> float:
        """Sift one row: from 0, not worth a comparison, upwards."""
        heard, birth, used, given, used_given, same_day = *row[1:6], row[11] == self.born
        name = 0.5 if heard == _NAME else 0.0
        for one in self.names:
            name = max(name, one.likeness(birth), one.likeness(used))
        if not name and not same_day:
            return 0.0
        first = 0.5 if heard == _GIVEN else 0.0
        for one in self.givens:
            first = max(first, one.likeness(given), one.likeness(used_given))
            if not first and one.text in row[8]:  # another given name of the list
                first = 0.5
        if not name and any(one.text == given for one in self.names):  # each in the field of the other
            name = 0.5
        return name + first + same_day if name or first else 0.0


def _letters(*names: str) -> tuple[_Letters, ...]:
    return tuple(_Letters(key) for key in dict.fromkeys(map(comparison_key, names)) if key)


def _one_part_off(born: date) -> frozenset[date]:
    """The other days of that month, and that day of the other months of that year: one part of three is wrong."""
    days = {_date(born.year, born.month, day) for day in range(1, 32)}
    return frozenset(filter(None, days | {_date(born.year, month, born.day) for month in range(1, 13)}))


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


_NAME_SOUNDS, _GIVEN_SOUNDS = ("birth_name_sound", "used_name_sound"), ("given_name_sound", "used_given_name_sound")
_GIVEN, _NAME = 1, 2  # what an arm found by its sound


@dataclass(frozen=True, slots=True, kw_only=True)
class _Arm:
    """One way in: a conjunction that one index serves, and what it says was heard."""

    heard: int = 0
    clauses: list[str]
    values: list[Any]

    @classmethod
    def by(cls, heard: int = 0, **values: Collection[Any]) -> "_Arm":
        clauses = [f"{column} = ANY (%s)" for column in values]
        return cls(heard=heard, clauses=clauses, values=[sorted(among) for among in values.values()])


def _arms(wanted: _Wanted) -> Iterator[_Arm]:
    """Every way in: by the day; near the day, by the beginning or the sound of a name; by both sounds, whatever it."""
    names, givens, wide = wanted.name_sounds, wanted.given_sounds, wanted.wide
    if wanted.sure:
        yield _Arm.by(birth_date=wanted.sure)
    if wanted.born and wanted.born not in wanted.sure:  # the day of partial dates: as many as an arm gives, unordered
        yield _Arm.by(birth_date=[wanted.born])
        if wanted.crossed_names and wanted.crossed_givens:
            yield _Arm.by(
                birth_name_sound=wanted.crossed_names, birth_date=[wanted.born], given_name_sound=wanted.crossed_givens
            )
    if wide:
        for column, beginning in product(("birth_name_key", "used_name_key"), sorted(wanted.beginnings)):
            yield _Arm(clauses=["birth_date = ANY (%s)", f"{column} ^@ %s"], values=[sorted(wanted.near), beginning])
        for column in _GIVEN_SOUNDS if givens else ():
            yield _Arm.by(_GIVEN, **{column: givens, "birth_date": wide})
        for column in _NAME_SOUNDS if names else ():
            yield _Arm.by(_NAME, **{column: names, "birth_date": wide})
    if names and givens:
        for name, given in product(_NAME_SOUNDS, _GIVEN_SOUNDS):
            yield _Arm.by(_NAME, **{name: names, given: givens})


def _alike(comparison: Comparison) -> bool:
    """Worth showing: not who was born on quite another day, nor who shares only the birthday."""
    said = {trait.trait: trait for trait in comparison.traits}
    if comparison.twins or ("ins" in said and said["ins"].outcome is Outcome.EQUAL):
        return True
    born, name, given = (said.get(trait) for trait in ("birth_date", "birth_name", "first_given_name"))
    if born is None or born.outcome is not Outcome.DIFFERENT:
        return comparison.score >= _SHOWN_FROM or _nearly(born, name, given)
    # Both names, and two of the three parts of the date: the third was mistyped.
    parts = sum(left == right for left, right in zip(born.left.split("/"), born.right.split("/"), strict=True))
    return parts == 2 and all(one is not None and one.points >= _ONE_NAME for one in (name, given))


def _nearly(born: TraitComparison | None, name: TraitComparison | None, given: TraitComparison | None) -> bool:
    """The very day, and a short name two slips away: with no given name typed, nothing else could say so."""
    if born is None or born.outcome is not Outcome.EQUAL or name is None or given is not None:
        return False
    keys = sorted((comparison_key(name.left), comparison_key(name.right)), key=len)
    return len(keys[0]) >= 4 and len(keys[1]) >= 5 and edit_distance(*keys) <= 2
