"""A large invented population: that of the demonstration (ages, communes, married names, twins), with many more names.

A million and a half people bear a hundred thousand names, and the search is as hard as those names are alike. So the
surnames are, by rank: the frequent French ones, the composed ones, then families of spellings drawn from each of them
(DUPONT, DUPOND, DUPON; LE GALLEC, LEGALLEC; D'AUBRIVE, DAUBRIVE), in a Zipf-like law whose first name is borne by one
person in four hundred and whose last ones by a few each. Given names keep those of their period; one in eight is
compound, one in forty a spelling of its own. The same seed gives the same people.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import replace
from itertools import accumulate
from random import Random

from patients.identity.frequent import FREQUENT_NAMES
from patients.identity.population import generate
from patients.identity.population_names import surnames
from patients.identity.traits import MALE, TraitSet

_FLATTENING, _SLOPE = 9, 0.75  # of the Zipf-like law of surnames
_COMPOUND_NAME, _COMPOUND_GIVEN, _OWN_SPELLING, _SAINT = 0.02, 0.10, 0.025, 0.006
_SPELLINGS = (
    ("Y", "I"), ("I", "Y"), ("EAU", "AULT"), ("ET", "EZ"), ("ARD", "ART"), ("AUD", "AULT"), ("T", "TH"), ("F", "PH"),
    ("C", "K"), ("QU", "K"), ("S", "SS"), ("L", "LL"), ("N", "NN"), ("R", "RR"), ("M", "MM"), ("AN", "EN"), ("O", "AU"),
    ("IN", "AIN"), ("E", "AI"),
)  # fmt: skip
_BEFORE = ("LE ", "LA ", "DU", "DES", "DE ", "DE LA ", "D'", "LE", "AIT ", "BEN ", "EL ", "VAN ", "MAC", "SAN")
_AFTER = ("S", "E", "T", "D", "X", "Z", "EAU", "ET", "IN", "OT", "ON", "ELLE", "AUX", "SKI", "OVIC", "EZ", "INI")
_GIVEN_SPELLINGS = (("PH", "F"), ("TH", "T"), ("I", "Y"), ("C", "K"), ("NN", "N"), ("LL", "L"), ("N", "NN"), ("E", "A"))


def people(seed: int, count: int) -> Iterator[TraitSet]:
    """Yield `count` identities, twins one after the other; the same for the same seed."""
    namer = _Namer(seed)
    before: tuple[TraitSet, TraitSet] | None = None
    for drawn in generate(seed, count):
        if before and _are_twins(before[0], drawn):
            named = replace(drawn, birth_name=before[1].birth_name)
        else:
            named = namer.named(drawn)
        before = drawn, named
        yield named


def _are_twins(first: TraitSet, second: TraitSet) -> bool:
    return (first.birth_name, first.birth_date, first.birth_insee) == (
        second.birth_name,
        second.birth_date,
        second.birth_insee,
    )


def _all_surnames() -> list[str]:
    """Frequent ones, composed ones, then spellings and derivations of both, without a name said twice."""
    plain = [*sorted(FREQUENT_NAMES, key=lambda name: (name != "MARTIN", name[::-1])), *surnames()]
    simple = [name for name in plain if name.isalpha()]
    spelt = [name.replace(old, new, 1) for old, new in _SPELLINGS for name in simple if old in name]
    begun = [f"{start}{name}" for start in _BEFORE for name in simple]
    ended = [f"{name}{end}" for end in _AFTER for name in simple]
    return list(dict.fromkeys([*plain, *spelt, *begun, *ended]))


class _Namer:
    """Gives its names to a person of the demonstration's population."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed + 1)  # noqa: S311 - invented people need no cryptographic chance
        self._names = _all_surnames()
        weights = accumulate(1 / (rank + _FLATTENING) ** _SLOPE for rank in range(len(self._names)))
        bounds = list(weights)
        self._bounds = [bound / bounds[-1] for bound in bounds[:-1]]

    def named(self, person: TraitSet) -> TraitSet:
        birth = self._name()
        given = self._given(person)
        others = person.given_names.split(" ")[1:]
        return replace(
            person,
            birth_name=birth,
            used_name=self._used(person.used_name, person.birth_name, birth),
            first_given_name=given,
            given_names=" ".join([given, *others]),
        )

    def _name(self) -> str:
        chance = self._random.random()
        name = self._simple()
        if chance < _COMPOUND_NAME:
            return f"{name}{'-' if chance < 0.75 * _COMPOUND_NAME else ' '}{self._simple()}"
        if chance < _COMPOUND_NAME + _SAINT and name.isalpha():
            return f"SAINT{'-' if chance < _COMPOUND_NAME + _SAINT / 2 else ' '}{name}"
        return name

    def _simple(self) -> str:
        return self._names[bisect_right(self._bounds, self._random.random())]

    def _used(self, drawn: str, former: str, birth: str) -> str:
        if not drawn:
            return ""
        other = self._simple()
        return f"{birth}-{other}" if drawn.startswith(f"{former}-") else other

    def _given(self, person: TraitSet) -> str:
        given, chance = person.first_given_name, self._random.random()
        if chance < _OWN_SPELLING:
            old, new = _GIVEN_SPELLINGS[int(chance / _OWN_SPELLING * len(_GIVEN_SPELLINGS))]
            return given.replace(old, new, 1)
        if chance < _OWN_SPELLING + _COMPOUND_GIVEN and given.isalpha() and person.birth_date:
            first = "JEAN" if person.sex == MALE else "MARIE"
            if given == first:
                return f"{given}-{'LOUIS' if person.sex == MALE else 'ANGE'}"
            return f"{first}{'-' if chance < 0.1 else ' '}{given}"
        return given
