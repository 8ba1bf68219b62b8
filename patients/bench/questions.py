"""Badly typed searches, kind by kind, with the identity that each should find.

A question is what a desk types in the three fields of the search: a name, a given name, a birth date. It is drawn
from one stored identity by the rule of its kind; an identity to which the rule changes nothing is not asked. Slips are
those of patients.bench.slips, at places drawn at random. Unless the rule says otherwise, the other fields are exact,
the name is the birth name, the given name the first one, and the date is typed in eight digits.

Promised (recall among the twenty first of 0.98 at least, kind by kind)
- « deux fautes au nom »: two slips of the hand in the name, of any kinds; « deux fautes, sans prénom »: the same, with
  no given name; « une faute au nom, une au prénom » and « deux fautes au nom, une au prénom »;
- « jour et mois inversés », for those born before the 13th and whose day is not the month; « jour et mois, une faute »
  and « jour et mois, deux fautes »: with so many slips in the name;
- « nom utilisé »: typed as the birth name; « nom utilisé, une faute »; « nom utilisé, jour et mois »; « les deux noms
  joints »: birth and used name joined by a hyphen or a space, in either order;
- « composé : une partie »: one part of a name in several, particles staying with what follows; « composé : signes »:
  hyphen for space, space for hyphen, or neither; « composé : ordre »: its two parts exchanged; « composé : une partie,
  une faute ».
Asked besides
- « sans faute »; « minuscules, accents »: accents put at random where French has some;
- « trois lettres »: the first three of the name, and the date, no given name;
- the hand, twice in the name: « lettres oubliées », « lettres interverties », « touches voisines » of a French
  keyboard, « lettres doublées » or single for double; « première lettre »: any other; « prénom, deux fautes »;
- the hand, everywhere at once: « deux fautes au nom, deux au prénom »; « jour et mois, deux fautes, une au prénom »;
- the ear: « nom à l’oreille », one or two sounds written otherwise or a mute end; « nom et prénom à l’oreille »;
- « particule »: LE, LA, DE, D', BEN… lost, joined to what follows or set apart; « saint »: ST, or joined;
- « autre prénom de la liste »; « prénom composé : une partie », « prénom composé : signes »; « prénom utilisé »;
  « champs échangés »: name and given name each in the field of the other; « initiale du prénom »; « sans prénom »;
- the date: « chiffre de l’année »: one of the last two, replaced by any other; « un chiffre de la date »: of the day,
  the month, the last two of the year, the date staying possible; « chiffres intervertis »: two neighbouring ones;
  « date voisine »: a day, a month, a year or ten years off; « autre jour du mois »: any day of the same month and year;
  « date incomplète »: month and year, or year alone; « année à deux chiffres », where the century is in no doubt;
  « chiffre de l’année, une faute »: one in the name too;
- « nom fréquent, un chiffre »: one of the two hundred most frequent names, with a wrong digit in the date;
- « jumeau »: the twin of the person typed, all exact, who must be shown too.
What the form refuses with a sentence (a wrong year in the future, or of a person of 130) is counted apart: it was not
searched.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from patients.bench.slips import ACCENTS, LETTERS, Slip, doubled, heard, missing, neighbour, slipped, transposed, twice
from patients.identity.dates import typed_form
from patients.identity.frequent import FREQUENT_NAMES
from patients.identity.phonetic import name_parts
from patients.identity.traits import TraitSet

_PARTICLES = ("DE LA ", "LE ", "LA ", "DE ", "D'", "BEN ", "EL ", "AIT ", "VAN ", "DA ")
_SIGNS = " '"
_TODAY = date(2026, 1, 1)  # no two-digit year of before 1927 or after 1999 is asked: both centuries are possible


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """The three fields, as the desk fills them."""

    name: str = ""
    given_name: str = ""
    birth_date: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One search: its kind, what is typed, and the rank in the population of who should be found."""

    kind: str
    typed: Typed
    wanted: int


Rule = Callable[[Random, TraitSet], Typed]


def questions(
    people: Sequence[tuple[int, TraitSet]], *, each: int, seed: int = 7, kinds: Sequence[str] = ()
) -> Iterator[Question]:
    """At most `each` questions of every kind about consecutive people (rank, traits): the same for the same seed."""
    for kind in kinds or KINDS:
        rng = Random(f"{seed} {kind}")  # noqa: S311 - questions need no cryptographic chance
        asked = 0
        for at in rng.sample(range(len(people)), len(people)):
            number, person = people[at]
            if kind == TWIN:
                twin = people[at + 1] if at + 1 < len(people) else None
                if twin is None or not _twins(person, twin[1]):
                    continue
                typed, number = as_stored(rng, person), twin[0]
            else:
                typed = KINDS[kind](rng, person)
                if typed == as_stored(rng, person) and kind != "sans faute":
                    continue
            yield Question(kind=kind, typed=typed, wanted=number)
            asked += 1
            if asked == each:
                break


def as_stored(rng: Random, person: TraitSet) -> Typed:
    return Typed(name=person.birth_name, given_name=person.first_given_name, birth_date=_eight(_born(person)))


def _name(change: Slip) -> Rule:
    return lambda rng, person: _with(rng, person, name=change(rng, person.birth_name))


def _date(change: Callable[[Random, date], date], name: Slip = lambda rng, name: name) -> Rule:
    def rule(rng: Random, person: TraitSet) -> Typed:
        born = _born(person)
        other = change(rng, born)
        if other == born:
            return as_stored(rng, person)
        return _with(rng, person, name=name(rng, person.birth_name), birth_date=_eight(other))

    return rule


def _used(change: Slip = lambda rng, name: name, born: Callable[[Random, date], date] | None = None) -> Rule:
    def rule(rng: Random, person: TraitSet) -> Typed:
        day = _born(person)
        other = born(rng, day) if born else day
        if not person.used_name or (born and other == day):
            return as_stored(rng, person)
        return _with(rng, person, name=change(rng, person.used_name), birth_date=_eight(other))

    return rule


def _with(rng: Random, person: TraitSet, **changed: str) -> Typed:
    return replace(as_stored(rng, person), **changed)


def _slips(times: int) -> Slip:
    return lambda rng, name: slipped(rng, name, times)


def _slips_in_both(name_times: int, given_times: int = 1) -> Rule:
    def rule(rng: Random, person: TraitSet) -> Typed:
        name, given = slipped(rng, person.birth_name, name_times), slipped(rng, person.first_given_name, given_times)
        return _with(rng, person, name=name, given_name=given)

    return rule


def _swapped_slips_in_both(rng: Random, person: TraitSet) -> Typed:
    born = _born(person)
    if (other := _swap(rng, born)) == born:
        return as_stored(rng, person)
    return replace(_slips_in_both(2)(rng, person), birth_date=_eight(other))


def _both_names(rng: Random, person: TraitSet) -> Typed:
    if not person.used_name or "-" in person.birth_name + person.used_name:
        return as_stored(rng, person)
    names = [person.birth_name, person.used_name]
    rng.shuffle(names)
    return _with(rng, person, name=rng.choice("- ").join(names))


def _a_part(rng: Random, name: str) -> str:
    return rng.choice(name_parts(name) or (name,))


def _other_signs(rng: Random, name: str) -> str:
    ways = {name.replace("-", " "), name.replace(" ", "-"), name.replace("-", "").replace(" ", "")} - {name}
    return rng.choice(sorted(ways)) if name_parts(name) else name


def _other_order(rng: Random, name: str) -> str:
    parts = name_parts(name)
    return f"{parts[1]}{'-' if '-' in name else ' '}{parts[0]}" if len(parts) == 2 else name


def _part_slipped(rng: Random, name: str) -> str:
    return slipped(rng, _a_part(rng, name)) if name_parts(name) else name


def _accents(rng: Random, person: TraitSet) -> Typed:
    def written(name: str) -> str:
        return "".join(one.translate(ACCENTS) if rng.random() < 0.3 else one.lower() for one in name)

    return _with(rng, person, name=written(person.birth_name), given_name=written(person.first_given_name))


def _three_letters(rng: Random, person: TraitSet) -> Typed:
    letters = "".join(filter(str.isalpha, person.birth_name))
    return _with(rng, person, name=letters[:3], given_name="")


def _first_letter(rng: Random, name: str) -> str:
    return rng.choice(LETTERS.replace(name[0], "")) + name[1:]


def _particle(rng: Random, name: str) -> str:
    start = next((one for one in _PARTICLES if name.startswith(one)), "")
    if not start:
        return name
    rest = name.removeprefix(start)
    joined = f"{start}{rest}".replace(" ", "").replace("'", "")
    return rng.choice((rest, joined, f"{start.strip(_SIGNS)} {rest}"))


def _saint(rng: Random, name: str) -> str:
    if not name.startswith(("SAINT-", "SAINT ")):
        return name
    return rng.choice(("ST ", "ST-", "SAINT")) + name[6:]


def _other_given(rng: Random, person: TraitSet) -> Typed:
    others = [one for one in person.given_names.split(" ")[1:] if one not in person.first_given_name.split(" ")]
    return _with(rng, person, given_name=others[0]) if others else as_stored(rng, person)


def _given(change: Slip) -> Rule:
    return lambda rng, person: _with(rng, person, given_name=change(rng, person.first_given_name))


def _given_part(rng: Random, name: str) -> str:
    return rng.choice(name_parts(name) or (name,))


def _heard_twice(rng: Random, person: TraitSet) -> Typed:
    name, given = heard(rng, person.birth_name), heard(rng, person.first_given_name)
    return _with(rng, person, name=name, given_name=given)


def _swap(rng: Random, day: date) -> date:
    return day.replace(day=day.month, month=day.day) if day.day <= 12 else day


def _digit(places: Sequence[int]) -> Callable[[Random, date], date]:
    def change(rng: Random, day: date) -> date:
        digits = f"{day:%d%m%Y}"
        for _ in range(100):
            at = rng.choice(places)
            other = _read(digits[:at] + rng.choice("0123456789") + digits[at + 1 :])
            if other and other != day:
                return other
        return day

    return change


def _digits_swapped(rng: Random, day: date) -> date:
    digits = f"{day:%d%m%Y}"
    found = [
        other
        for at in (0, 1, 2, 6)
        if (other := _read(digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :])) and other != day
    ]
    return rng.choice(found) if found else day


def _near(rng: Random, day: date) -> date:
    if rng.random() < 0.25:
        return day + timedelta(days=rng.choice((-1, 1)))
    if rng.random() < 0.33:
        month = day.month + rng.choice((-1, 1))
        return _read(f"{day.day:02d}{month:02d}{day.year}") or day
    return _read(f"{day:%d%m}{day.year + rng.choice((-10, -1, 1, 10))}") or day


def _another_day(rng: Random, day: date) -> date:
    return day.replace(day=rng.randint(1, 28))


def _partial(rng: Random, person: TraitSet) -> Typed:
    born = _born(person)
    return _with(rng, person, birth_date=f"{born:%m/%Y}" if rng.random() < 0.5 else f"{born.year}")


def _two_digit_year(rng: Random, person: TraitSet) -> Typed:
    born = _born(person)
    return _with(rng, person, birth_date=f"{born:%d%m%y}") if 1927 <= born.year <= 1999 else as_stored(rng, person)


def _frequent(rng: Random, person: TraitSet) -> Typed:
    return ANY_DIGIT(rng, person) if person.birth_name in FREQUENT_NAMES else as_stored(rng, person)


def _twins(first: TraitSet, second: TraitSet) -> bool:
    return (first.birth_name, first.birth_date, first.birth_insee) == (
        second.birth_name,
        second.birth_date,
        second.birth_insee,
    ) and first.first_given_name != second.first_given_name


def _born(person: TraitSet) -> date:
    assert person.birth_date
    return person.birth_date


def _eight(day: date) -> str:
    return typed_form(day).replace("/", "")


def _read(digits: str) -> date | None:
    try:
        day = date(int(digits[4:]), int(digits[2:4]), int(digits[:2]))
    except ValueError:
        return None
    return day if day < _TODAY else None


ANY_DIGIT = _date(_digit((0, 1, 2, 3, 6, 7)))
TWIN = "jumeau"
PROMISED: dict[str, Rule] = {
    "deux fautes au nom": _name(_slips(2)),
    "deux fautes, sans prénom": lambda rng, person: replace(_name(_slips(2))(rng, person), given_name=""),
    "une faute au nom, une au prénom": _slips_in_both(1),
    "deux fautes au nom, une au prénom": _slips_in_both(2),
    "jour et mois inversés": _date(_swap),
    "jour et mois, une faute": _date(_swap, _slips(1)),
    "jour et mois, deux fautes": _date(_swap, _slips(2)),
    "nom utilisé": _used(),
    "nom utilisé, une faute": _used(_slips(1)),
    "nom utilisé, jour et mois": _used(born=_swap),
    "les deux noms joints": _both_names,
    "composé : une partie": _name(_a_part),
    "composé : signes": _name(_other_signs),
    "composé : ordre": _name(_other_order),
    "composé : une partie, une faute": _name(_part_slipped),
}
BESIDES: dict[str, Rule] = {
    "sans faute": as_stored,
    "minuscules, accents": _accents,
    "trois lettres": _three_letters,
    "lettres oubliées": _name(twice(missing)),
    "lettres interverties": _name(twice(transposed)),
    "touches voisines": _name(twice(neighbour)),
    "lettres doublées": _name(twice(doubled)),
    "première lettre": _name(_first_letter),
    "prénom, deux fautes": _given(_slips(2)),
    "nom à l’oreille": _name(heard),
    "nom et prénom à l’oreille": _heard_twice,
    "particule": _name(_particle),
    "saint": _name(_saint),
    "autre prénom de la liste": _other_given,
    "prénom composé : une partie": _given(_given_part),
    "prénom composé : signes": _given(_other_signs),
    "prénom utilisé": lambda rng, person: _with(
        rng, person, given_name=person.used_given_name or person.first_given_name
    ),
    "champs échangés": lambda rng, person: _with(
        rng, person, name=person.first_given_name, given_name=person.birth_name
    ),
    "deux fautes au nom, deux au prénom": _slips_in_both(2, 2),
    "jour et mois, deux fautes, une au prénom": _swapped_slips_in_both,
    "initiale du prénom": _given(lambda rng, name: name[0]),
    "sans prénom": _given(lambda rng, name: ""),
    "chiffre de l’année": _date(_digit((6, 7))),
    "un chiffre de la date": ANY_DIGIT,
    "chiffres intervertis": _date(_digits_swapped),
    "date voisine": _date(_near),
    "autre jour du mois": _date(_another_day),
    "date incomplète": _partial,
    "année à deux chiffres": _two_digit_year,
    "chiffre de l’année, une faute": _date(_digit((6, 7)), _slips(1)),
    "nom fréquent, un chiffre": _frequent,
    TWIN: as_stored,
}
KINDS = PROMISED | BESIDES
