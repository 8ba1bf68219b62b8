"""Are these two identities one person? A score with its reasons, trait by trait; it proposes, a person decides.

Weights in the manner of Fellegi and Sunter (identity §1.13):

    trait             equal                  close              different
    matricule INS     +20                    –                  −12
    birth name        +6 (frequent +4.5)     +3, faint +1       −5
    first given name  +4 (frequent +3)       +2, beginning +1   −4 (faint −1.5)
    birth date        +6 (both partial +4)   +2                 −6
    sex               +1                     0 (I)              −4
    birth place       +3                     +1                 −2
    postcode, phone, e-mail  +1 each         –                  0

Levels: PROBABLE from 17 (worklist), CLOSE from 11 (to review), WEAK below. Unknown traits count nothing. The five
strict traits equal give 20, 17.5 for the most frequent names; a slip in one of them leaves 12.5 or more. Twins (D11):
all equal but given names neither equal nor close; WEAK whatever the score, and said so.
An equal matricule with a differing trait is a `collision`, to be handled by people whatever the level.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TypeVar

from patients.identity.candidates import one_digit_apart
from patients.identity.dates import typed_form
from patients.identity.matching_names import compare_birth_names, compare_given_names
from patients.identity.outcome import Outcome, TraitComparison
from patients.identity.places import UNKNOWN_PLACE, PlaceRefused, place, same_place
from patients.identity.traits import UNDETERMINED, TraitSet

PROBABLE_FROM = 17.0
CLOSE_FROM = 11.0

T = TypeVar("T")


class Level(StrEnum):
    """How strongly a pair is proposed as one person."""

    PROBABLE = "probable"
    CLOSE = "close"
    WEAK = "weak"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The verdict on a pair: total `score`, `level`, the `traits` behind it, and the two cases that need care."""

    score: float
    level: Level
    traits: tuple[TraitComparison, ...]
    twins: bool
    collision: bool


def compare(first: TraitSet, second: TraitSet) -> Comparison:
    """Compare two identities; symmetric but for which value stands on which side of the evidence."""
    traits = (
        _ins(first, second),
        compare_birth_names(first, second),
        compare_given_names(first, second),
        _birth_date(first, second),
        _sex(first, second),
        _birth_place(first, second),
        *_contacts(first, second),
    )
    ins, name, given, born, sex, birth_place = traits[:6]
    score = sum(trait.points for trait in traits)
    twins = (
        given.outcome is Outcome.DIFFERENT
        and name.outcome is Outcome.EQUAL
        and born.outcome is Outcome.EQUAL
        and birth_place.outcome is not Outcome.DIFFERENT
        and ins.outcome is not Outcome.EQUAL
    )
    collision = ins.outcome is Outcome.EQUAL and any(
        trait.outcome in (Outcome.CLOSE, Outcome.DIFFERENT) for trait in (name, given, born, sex, birth_place)
    )
    return Comparison(
        score=score,
        level=Level.WEAK if twins else _level(score),
        traits=tuple(trait for trait in traits if trait.outcome is not Outcome.UNKNOWN),
        twins=twins,
        collision=collision,
    )


def best_matches(
    traits: TraitSet, candidates: Iterable[tuple[T, TraitSet]], *, limit: int = 20
) -> list[tuple[T, Comparison]]:
    """Rank candidates (handle, traits) by score, best first; ties keep the order given. Twins rank with their score."""
    compared = [(handle, compare(traits, candidate)) for handle, candidate in candidates]
    return sorted(compared, key=lambda pair: -pair[1].score)[:limit]


def _level(score: float) -> Level:
    if score >= PROBABLE_FROM:
        return Level.PROBABLE
    return Level.CLOSE if score >= CLOSE_FROM else Level.WEAK


def _ins(first: TraitSet, second: TraitSet) -> TraitComparison:
    a, b = first.ins_token, second.ins_token
    if a and b and a == b:
        outcome, points, detail = Outcome.EQUAL, 20.0, ""
    elif (a and a in second.past_ins_tokens) or (b and b in first.past_ins_tokens):
        outcome, points, detail = Outcome.EQUAL, 20.0, "ancien matricule de l’autre"
    elif a and b:
        outcome, points, detail = Outcome.DIFFERENT, -12.0, ""
    else:
        outcome, points, detail = Outcome.UNKNOWN, 0.0, ""
    # The values stay out of the evidence: a matricule is shown by its own component, to those who may see it.
    return TraitComparison(trait="ins", label="Matricule INS", outcome=outcome, points=points, detail=detail)


def _birth_date(first: TraitSet, second: TraitSet) -> TraitComparison:
    a, b = first.birth_date, second.birth_date
    outcome, points, detail = Outcome.UNKNOWN, 0.0, ""
    if a and b:
        if a == b:
            partial = first.birth_date_interpreted and second.birth_date_interpreted
            outcome, points = Outcome.EQUAL, 4.0 if partial else 6.0
            detail = "date incomplète des deux côtés" if partial else ""
        elif detail := _date_slip(first, second):
            outcome, points = Outcome.CLOSE, 2.0
        else:
            outcome, points = Outcome.DIFFERENT, -6.0
    return TraitComparison(
        trait="birth_date", label="Date de naissance", outcome=outcome, points=points, detail=detail,
        left=typed_form(a) if a else "", right=typed_form(b) if b else "",
    )  # fmt: skip


def _date_slip(first: TraitSet, second: TraitSet) -> str:
    """Say which usual slip leads from one date to the other; "" when none does."""
    assert first.birth_date is not None
    assert second.birth_date is not None
    a, b = sorted((first.birth_date, second.birth_date))
    if (a.year, a.month, a.day) == (b.year, b.day, b.month):
        return "jour et mois inversés"
    if _fills_in(first, second) or _fills_in(second, first):
        return "date incomplète d’un côté"
    if one_digit_apart(a, b):
        return "un chiffre diffère"
    if b - a == timedelta(days=1):
        return "un jour d’écart"
    months = (b.year - a.year) * 12 + b.month - a.month
    if a.day == b.day and months in (1, 12, 120):
        return {1: "un mois d’écart", 12: "un an d’écart", 120: "dix ans d’écart"}[months]
    return ""


def _fills_in(partial: TraitSet, full: TraitSet) -> bool:
    """Tell whether one date may be the partial form (EXI ID 11) of the other."""
    p, f = partial.birth_date, full.birth_date
    assert p is not None
    assert f is not None
    if p.year != f.year:
        return False
    whole_year = p in (date(p.year, 12, 31), date(p.year, 1, 1))
    one_part = (p.day == 1 and p.month == f.month) or (p.month == 1 and p.day == f.day)
    return whole_year or (partial.birth_date_interpreted and one_part)


def _sex(first: TraitSet, second: TraitSet) -> TraitComparison:
    a, b = first.sex, second.sex
    if not a or not b:
        outcome, points = Outcome.UNKNOWN, 0.0
    elif a == b:
        outcome, points = Outcome.EQUAL, 0.0 if a == UNDETERMINED else 1.0
    elif UNDETERMINED in (a, b):
        outcome, points = Outcome.CLOSE, 0.0
    else:
        outcome, points = Outcome.DIFFERENT, -4.0
    return TraitComparison(trait="sex", label="Sexe", outcome=outcome, points=points, left=a, right=b)


def _birth_place(first: TraitSet, second: TraitSet) -> TraitComparison:
    outcome, detail = _place_outcome(first, second)
    points = {Outcome.EQUAL: 3.0, Outcome.CLOSE: 1.0, Outcome.DIFFERENT: -2.0, Outcome.UNKNOWN: 0.0}[outcome]
    return TraitComparison(
        trait="birth_place", label="Lieu de naissance", outcome=outcome, points=points, detail=detail,
        left=first.birth_insee or first.birth_postcode, right=second.birth_insee or second.birth_postcode,
    )  # fmt: skip


def _place_outcome(first: TraitSet, second: TraitSet) -> tuple[Outcome, str]:
    """Satisfied by equal codes, by one commune of today, or by a postcode of the other's commune (identity §1.11)."""
    a, b = _insee(first), _insee(second)
    if a and b:
        if a == b:
            return Outcome.EQUAL, ""
        if same_place(a, b) or (_city(a) == _city(b) and (a in _CITIES or b in _CITIES)):
            return Outcome.EQUAL, "même commune"
    elif a or b:
        code, postcode = (a, second.birth_postcode) if a else (b, first.birth_postcode)
        if not postcode:
            return Outcome.UNKNOWN, ""
        if postcode in place(code).postcodes:
            return Outcome.EQUAL, "code postal de cette commune"
    else:
        if not first.birth_postcode or not second.birth_postcode:
            return Outcome.UNKNOWN, ""
        if first.birth_postcode == second.birth_postcode:
            return Outcome.EQUAL, "même code postal"
    departments = _department(a, first.birth_postcode), _department(b, second.birth_postcode)
    if departments[0] and departments[0] == departments[1]:
        return Outcome.CLOSE, "même département"
    return Outcome.DIFFERENT, ""


_CITIES = {"75056": "751", "69123": "6938", "13055": "132"}  # the whole city, and how its arrondissements begin


def _city(insee: str) -> str:
    return next((city for city, start in _CITIES.items() if insee == city or insee.startswith(start)), insee)


def _insee(traits: TraitSet) -> str:
    """The INSEE code if it says something: neither unknown nor malformed."""
    try:
        return "" if traits.birth_insee in ("", UNKNOWN_PLACE) else place(traits.birth_insee).insee
    except PlaceRefused:
        return ""


def _department(insee: str, postcode: str) -> str:
    """The department of today; Corsica as one, as its postcodes have it."""
    if insee:
        today = place(insee).current_insee
        code = "" if today.startswith("99") else today[:3] if today.startswith(("97", "98")) else today[:2]
    else:
        code = postcode[:3] if postcode.startswith(("97", "98")) else postcode[:2]
    return "20" if code in ("2A", "2B") else code


def _contacts(first: TraitSet, second: TraitSet) -> tuple[TraitComparison, ...]:
    pairs = (
        ("postcode", "Code postal", first.postcode, second.postcode),
        ("phone", "Téléphone", first.phone, second.phone),
        ("email", "Adresse électronique", first.email.lower(), second.email.lower()),
    )
    return tuple(
        TraitComparison(trait=trait, label=label, outcome=Outcome.EQUAL, points=1.0, left=a, right=b)
        for trait, label, a, b in pairs
        if a and a == b
    )
