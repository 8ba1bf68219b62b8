"""An invented French-like population, the same for the same seed: demonstration data, benchmarks, tests of matching.

Ages follow an oncology practice (mean 66, standard deviation 14, a few children); names follow the period and the sex,
a few being far more common than the rest; births lie in the communes of today and, one in ten, abroad. No INS: no
number of a real person can come out of it.
"""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import date
from itertools import accumulate
from random import Random

from patients.identity.places import Place, countries, current_communes
from patients.identity.population_names import GIVEN_NAMES, PERIODS, surnames
from patients.identity.traits import FEMALE, MALE, UNDETERMINED, TraitSet

REFERENCE_DAY = date(2026, 1, 1)  # the day on which the drawn ages are reached

_ABROAD = 0.10
_PARTIAL_DATE = 0.04  # of those born abroad, far fewer elsewhere
_TWIN = 0.002
_OFTEN_ABROAD = ("99352", "99350", "99139", "99351", "99127", "99134", "99341", "99335", "99122", "99131", "99109")


def generate(seed: int, count: int) -> Iterator[TraitSet]:
    """Yield `count` identities; names are normalised, a few consecutive ones are twins, a few dates are partial."""
    source = _Source(seed)
    remaining = count
    while remaining > 0:
        person = source.person()
        yield person
        remaining -= 1
        if remaining and source.random() < _TWIN:
            yield source.twin_of(person)
            remaining -= 1


class _Source:
    """Draws people; everything that can be prepared once is."""

    def __init__(self, seed: int) -> None:
        self._rng = Random(seed)  # noqa: S311 - invented people need no cryptographic chance
        self.random = self._rng.random
        self._names = surnames()
        # Zipf-like: the tenth name is about a fifth as common as the first.
        self._name_bounds = _bounds([1 / (rank + 4) ** 0.75 for rank in range(len(self._names))])
        self._given_bounds = {
            sex: [_bounds([1 / (rank + 3) ** 0.7 for rank in range(len(names))]) for names in periods]
            for sex, periods in GIVEN_NAMES.items()
        }
        communes = current_communes()
        self._communes = [(c.insee, c.postcodes[0] if c.postcodes else "") for c in communes]
        self._commune_bounds = _bounds([_size(commune) for commune in communes])
        self._abroad = [*_OFTEN_ABROAD * 12, *(c.insee for c in countries() if c.insee != "99100")]

    def person(self) -> TraitSet:
        random = self.random
        sex = MALE if random() < 0.52 else FEMALE
        born = self._birth_date()
        insee, postcode = self._place()
        chance = random()
        partial = chance < (_PARTIAL_DATE if insee[:2] == "99" else _PARTIAL_DATE / 40)
        if partial:
            born = date(born.year, 12, 31) if chance < _PARTIAL_DATE / 80 else born.replace(day=1)
        name, period = self._name(), _period(born.year)
        given = self._given_name(sex, period)
        return TraitSet(
            birth_name=name,
            first_given_name=given,
            given_names=self._list_from(given, sex, period),
            used_name=self._used_name(name, sex, born.year),
            used_given_name=self._given_name(sex, period) if random() < 0.02 else "",
            birth_date=born,
            birth_date_interpreted=partial,
            sex=sex if random() > 0.0002 else UNDETERMINED,
            birth_insee=insee,
            birth_postcode=postcode,
        )

    def twin_of(self, person: TraitSet) -> TraitSet:
        """Same name, day and place; another given name, perhaps another sex."""
        assert person.birth_date
        sex = MALE if self.random() < 0.5 else FEMALE
        period = _period(person.birth_date.year)
        given = person.first_given_name
        while given == person.first_given_name:
            given = self._given_name(sex, period)
        return TraitSet(
            birth_name=person.birth_name,
            first_given_name=given,
            given_names=self._list_from(given, sex, period),
            birth_date=person.birth_date,
            birth_date_interpreted=person.birth_date_interpreted,
            sex=sex,
            birth_insee=person.birth_insee,
            birth_postcode=person.birth_postcode,
        )

    def _name(self) -> str:
        return self._names[bisect_right(self._name_bounds, self.random())]

    def _given_name(self, sex: str, period: int) -> str:
        return GIVEN_NAMES[sex][period][bisect_right(self._given_bounds[sex][period], self.random())]

    def _list_from(self, given: str, sex: str, period: int) -> str:
        """Given names of the list, mostly of the generation before."""
        chance = self.random()
        if chance < 0.3:
            return given
        older = period - 1 if period else 0
        second = f"{given} {self._given_name(sex, older)}"
        return second if chance < 0.75 else f"{second} {self._given_name(sex, older)}"

    def _used_name(self, name: str, sex: str, year: int) -> str:
        chance = self.random()
        if sex == MALE:
            return f"{name}-{self._name()}" if chance < 0.01 and "-" not in name else ""
        married = 0.72 if year < 1960 else 0.5 if year < 1990 else 0.15 if year < 2004 else 0.0
        if chance >= married:
            return ""
        other = self._name()
        return f"{name}-{other}" if chance < 0.05 and "-" not in name + other else other

    def _birth_date(self) -> date:
        random = self.random
        age = random() * 18 if random() < 0.012 else self._rng.gauss(66, 14)
        age = min(max(age, 0.0), 103.0)
        return date.fromordinal(REFERENCE_DAY.toordinal() - 1 - int(age * 365.2425) - int(random() * 365))

    def _place(self) -> tuple[str, str]:
        if self.random() < _ABROAD:
            return self._abroad[int(self.random() * len(self._abroad))], ""
        return self._communes[bisect_right(self._commune_bounds, self.random())]


def _bounds(weights: list[float]) -> list[float]:
    """Cumulated shares without the last, so that bisecting any number below 1 gives a rank."""
    total = sum(weights)
    return [bound / total for bound in accumulate(weights[:-1])]


def _size(commune: Place) -> float:
    """Births gather in towns; the data has no population, only several postcodes for the large ones."""
    if commune.insee.startswith(("751", "6938", "132")):
        return 120.0
    return 1.0 + 25.0 * (len(commune.postcodes) - 1 if commune.postcodes else 0)


def _period(year: int) -> int:
    return bisect_right(PERIODS, year) - 1 if year >= PERIODS[0] else 0
