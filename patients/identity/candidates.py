"""Which stored identities deserve a comparison with typed traits: keys to store, conditions to look them up.

Under row-level security only equality, ranges and `^@` on plain columns use an index (stack §3), so every tolerance is
turned into values: a set of dates, phonetic keys, a prefix. The conditions are a union; each is a conjunction.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from patients.identity.names import comparison_key
from patients.identity.phonetic import given_name_key, name_parts, surname_key
from patients.identity.traits import TraitSet

PREFIX = 3  # letters of a name that, with a birth date, open a search


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchKeys:
    """The columns stored beside an identity; "" where there is no such name, which no condition ever equals."""

    birth_date: date | None
    birth_name_key: str
    used_name_key: str
    birth_name_sound: str
    used_name_sound: str
    given_name_sound: str
    used_given_name_sound: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One way in: every non-empty member must hold.

    `birth_dates` against birth_date; `name_sounds` against birth_name_sound or used_name_sound; `given_sounds` against
    given_name_sound or used_given_name_sound; `name_prefix` begins birth_name_key or used_name_key (`^@` or a range).
    """

    reason: str
    birth_dates: frozenset[date] = frozenset()
    name_sounds: frozenset[str] = frozenset()
    given_sounds: frozenset[str] = frozenset()
    name_prefix: str = ""

    def holds(self, keys: SearchKeys) -> bool:
        """Say in Python what the database says with its indexes; the reference for both."""
        return (
            (not self.birth_dates or keys.birth_date in self.birth_dates)
            and (not self.name_sounds or bool(self.name_sounds & {keys.birth_name_sound, keys.used_name_sound}))
            and (not self.given_sounds or bool(self.given_sounds & {keys.given_name_sound, keys.used_given_name_sound}))
            and (keys.birth_name_key.startswith(self.name_prefix) or keys.used_name_key.startswith(self.name_prefix))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocking:
    """Everything to look up for one search: a union of conditions, and the INS tokens to find by equality."""

    conditions: tuple[Condition, ...]
    ins_tokens: frozenset[str]


def search_keys(traits: TraitSet) -> SearchKeys:
    """Compute the columns to store for an identity; to be recomputed when phonetic.RULES_VERSION changes."""
    return SearchKeys(
        birth_date=traits.birth_date,
        birth_name_key=comparison_key(traits.birth_name),
        used_name_key=comparison_key(traits.used_name),
        birth_name_sound=surname_key(traits.birth_name),
        used_name_sound=surname_key(traits.used_name),
        given_name_sound=given_name_key(traits.first_given_name),
        used_given_name_sound=given_name_key(traits.used_given_name),
    )


def blocking(traits: TraitSet) -> Blocking:
    """Derive the conditions that select candidates for typed traits, complete or not.

    1. the very date, or day and month swapped; with a prefix or a sound besides on the crowded dates of partial ones;
    2. a near date (slips of the keyboard, partial dates) and the sound of the name, or its first letters;
    3. a near date and the sound of the given name;
    4. any one-digit error in the date, the sound of the given name and the first letter of the name;
    5. the sounds of name and given name, whatever the date.
    """
    names = _name_sounds(traits)
    givens = _given_sounds(traits)
    initials = sorted({key[:1] for key in _name_keys(traits)})
    prefixes = sorted({key[:PREFIX] for key in _name_keys(traits) if len(key) >= 2})
    conditions: list[Condition] = []
    if traits.birth_date:
        near, wide = near_dates(traits.birth_date), one_digit_dates(traits.birth_date)
        sure = frozenset(d for d in (traits.birth_date, _swapped(traits.birth_date)) if d and not _crowded(d))
        if sure:
            conditions.append(Condition(reason="date", birth_dates=sure))
        conditions += [
            Condition(reason="date and beginning of name", birth_dates=near, name_prefix=p) for p in prefixes
        ]
        if names:
            conditions.append(Condition(reason="date and name", birth_dates=near | wide, name_sounds=names))
        if givens:
            conditions.append(Condition(reason="date and given name", birth_dates=near, given_sounds=givens))
            conditions += [
                Condition(reason="date, given name and initial", birth_dates=wide, given_sounds=givens, name_prefix=i)
                for i in initials
            ]
    if names and givens:
        conditions.append(Condition(reason="name and given name", name_sounds=names, given_sounds=givens))
    tokens = frozenset(filter(None, (traits.ins_token, *traits.past_ins_tokens)))
    return Blocking(conditions=tuple(conditions), ins_tokens=tokens)


def near_dates(day: date) -> frozenset[date]:
    """Give the date and its usual misreadings: swap, one day, month, year or decade off, its partial forms."""
    found = {day, day - timedelta(days=1), day + timedelta(days=1), _swapped(day)}
    for months in (-1, 1):
        year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
        found.add(_date(year, month + 1, day.day))
    found |= {_date(day.year + years, day.month, day.day) for years in (-10, -1, 1, 10)}
    found |= {date(day.year, day.month, 1), _date(day.year, 1, day.day), date(day.year, 12, 31), date(day.year, 1, 1)}
    return frozenset(filter(None, found))


def one_digit_dates(day: date) -> frozenset[date]:
    """Give the date and every date one digit away, or two neighbouring digits swapped, written DDMMYYYY."""
    digits = _digits(day)
    written = {digits}
    for rank in range(8):
        if rank in (4, 5):  # another century is not a slip
            continue
        written |= {f"{digits[:rank]}{digit}{digits[rank + 1 :]}" for digit in "0123456789"}
        if rank + 1 < 8:
            written.add(f"{digits[:rank]}{digits[rank + 1]}{digits[rank]}{digits[rank + 2 :]}")
    dates = (_date(int(text[4:]), int(text[2:4]), int(text[:2])) for text in written)
    return frozenset(filter(None, dates))


def one_digit_apart(first: date, second: date) -> bool:
    """Tell whether each date is among the `one_digit_dates` of the other."""
    a, b = _digits(first), _digits(second)
    ranks = [rank for rank in range(8) if a[rank] != b[rank]]
    if len(ranks) == 2:
        left, right = ranks
        return right == left + 1 and left not in (4, 5) and a[left] == b[right] and a[right] == b[left]
    return len(ranks) == 1 and ranks[0] not in (4, 5)


def _digits(day: date) -> str:
    return f"{day.day:02d}{day.month:02d}{day.year:04d}"


def _name_keys(traits: TraitSet) -> set[str]:
    return {comparison_key(name) for name in (traits.birth_name, traits.used_name) if name}


def _name_sounds(traits: TraitSet) -> frozenset[str]:
    names = [name for name in (traits.birth_name, traits.used_name) if name]
    parts = [part for name in names for part in name_parts(name)]
    return frozenset(filter(None, map(surname_key, names + parts)))


def _given_sounds(traits: TraitSet) -> frozenset[str]:
    """First and used given names, and the first part of a compound one: the second is too common to search by."""
    names = [name for name in (traits.first_given_name, traits.used_given_name) if name]
    firsts = [name_parts(name)[0] for name in names if name_parts(name)]
    return frozenset(filter(None, map(given_name_key, names + firsts)))


def _swapped(day: date) -> date | None:
    return _date(day.year, day.day, day.month)


def _crowded(day: date) -> bool:
    """Partial dates pile up on the 1st of January and the 31st of December."""
    return (day.month, day.day) in {(1, 1), (12, 31)}


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
