"""Who may be meant when nobody sure is found: several slips at once, where what is left agrees too well for chance.

A hundred people share a day in a network of a million and a half, three of them a given name, one or two a short name
within two slips: so the more the date and the given name slip, the less the name may. Pure; measured in ADR 12.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product

from patients.identity.names import comparison_key
from patients.identity.outcome import Outcome
from patients.identity.similarity import edit_distance
from patients.identity.traits import TraitSet

MOST = 3  # guesses shown for one search
_FAR = 3
_ALONE = 3  # letters of the shorter name from which two slips are admitted with no given name


@dataclass(frozen=True, slots=True, kw_only=True)
class Guesser:
    """What was typed, ready to be held against each identity."""

    typed: TraitSet
    names: tuple[str, ...]
    givens: tuple[str, ...]

    @classmethod
    def of(cls, typed: TraitSet) -> "Guesser":
        return cls(
            typed=typed,
            names=_keys(typed.birth_name, typed.used_name),
            givens=_keys(typed.first_given_name, typed.used_given_name),
        )

    def slips(self, stored: TraitSet, born: Outcome) -> int | None:
        """How many slips lead to an identity whose date compares so; None where they would lead to a neighbour."""
        names = _keys(stored.birth_name, stored.used_name)
        swapped = self._swapped(stored)
        if not self.givens:
            return _alone(self.names, names) if born is Outcome.EQUAL else None
        given = _fewest(
            self.givens, _keys(stored.first_given_name, stored.used_given_name, *stored.given_names.split(" "))
        )
        name = _fewest(self.names, names)
        if given == 0 and (swapped or born is Outcome.EQUAL) and _begun(self.names, names):
            return 1
        if born is Outcome.EQUAL:
            admitted = name < _FAR and given < _FAR
        elif swapped:
            admitted = name < _FAR and given <= 1
        else:
            admitted = born is Outcome.CLOSE and name <= 1 and given == 0
        return name + given + swapped if admitted else None

    def _swapped(self, stored: TraitSet) -> bool:
        a, b = self.typed.birth_date, stored.birth_date
        return bool(a and b and a != b and (a.year, a.month, a.day) == (b.year, b.day, b.month))


def _keys(*names: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(key for name in names if (key := comparison_key(name))))


def _fewest(typed: Iterable[str], stored: Iterable[str]) -> int:
    return min((_apart(*pair) for pair in product(typed, stored)), default=_FAR)


def _alone(typed: Iterable[str], stored: Iterable[str]) -> int | None:
    """With nothing but the name and its very day: one slip, or two in a name that is not too short."""
    for pair in product(typed, stored):
        apart = _apart(*pair)
        if apart <= 1 or (apart < _FAR and min(map(len, pair)) >= _ALONE):
            return apart
    return None


def _apart(a: str, b: str) -> int:
    """Slips from one name to the other, three for more than two; half of the letters at least are the same."""
    longest = max(len(a), len(b))
    common = (Counter(a) & Counter(b)).total()
    if 2 * common < longest:
        return _FAR
    apart = edit_distance(a, b)
    return 2 if apart >= _FAR and common >= longest - 1 else apart  # a letter that moved, and another slip


def _begun(typed: Iterable[str], stored: Iterable[str]) -> bool:
    """One part of a name, so short that nothing else says so: LE for LE-MEFLORD."""
    return any(len(one) > 1 and other.startswith(one) for one, other in product(typed, stored))
