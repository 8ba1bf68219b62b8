"""What INSi answered beside what the file holds, trait by trait: a person reads it before accepting it."""

import re
from dataclasses import dataclass
from datetime import date

from patients.identity.dates import typed_form
from patients.identity.names import comparison_key, given_names_agree
from patients.identity.outcome import Outcome
from patients.identity.places import UNKNOWN_PLACE, place, same_place
from patients.identity.traits import FEMALE, MALE, UNDETERMINED, TraitSet
from patients.insi.interface import InsiIdentity

_SEXES = {MALE: "Masculin", FEMALE: "Féminin", UNDETERMINED: "Indéterminé"}
# Traits that a document of identity shows: where INSi says otherwise, the document no longer proves this identity.
_SHOWN = frozenset({"birth_name", "first_given_name", "birth_date", "sex"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One trait: in the file, and as INSi has it."""

    trait: str
    label: str
    ours: str
    theirs: str
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """All the lines, and what accepting would write."""

    lines: tuple[Line, ...]
    accepted: TraitSet

    @property
    def differs(self) -> bool:
        """Whether accepting would change a trait."""
        return any(line.outcome is not Outcome.EQUAL for line in self.lines)

    @property
    def keeps_document(self) -> bool:
        """Whether the document that validated the file still shows the accepted identity."""
        return not any(line.trait in _SHOWN and line.outcome is Outcome.DIFFERENT for line in self.lines)


def compare(ours: TraitSet, theirs: InsiIdentity) -> Comparison:
    """Compare the traits of a file with an answer; an omitted place keeps the one of the file."""
    first = first_given_name(theirs.given_names, ours.first_given_name)
    insee = theirs.birth_insee or ours.birth_insee
    accepted = TraitSet(
        birth_name=theirs.birth_name,
        first_given_name=first,
        given_names=theirs.given_names,
        birth_date=theirs.birth_date,
        sex=theirs.sex,
        birth_insee=insee,
        used_name=ours.used_name,
        used_given_name=ours.used_given_name,
    )
    lines = (
        _line("birth_name", "Nom de naissance", ours.birth_name, theirs.birth_name),
        _line("first_given_name", "Premier prénom", ours.first_given_name, first),
        _line("given_names", "Prénoms de naissance", ours.given_names, theirs.given_names),
        _line("birth_date", "Date de naissance", _day(ours.birth_date), _day(theirs.birth_date)),
        _line("sex", "Sexe", _SEXES.get(ours.sex, ours.sex), _SEXES.get(theirs.sex, theirs.sex)),
        Line(
            trait="birth_insee",
            label="Lieu de naissance",
            ours=_place(ours.birth_insee),
            theirs=_place(insee),
            outcome=_places(ours.birth_insee, insee),
        ),
    )
    return Comparison(lines=lines, accepted=accepted)


def first_given_name(given_names: str, ours: str) -> str:
    """The first given name within a list: ours as the list writes it when they agree, else its first word.

    « PIERRE ALAIN » in « PIERRE-ALAIN MURIEL » is « PIERRE-ALAIN » (EXI ID 10).
    """
    if ours and given_names_agree(ours, given_names):
        return given_names[: len(ours)]
    return given_names.split(" ")[0]


def _line(trait: str, label: str, ours: str, theirs: str) -> Line:
    if ours == theirs:
        outcome = Outcome.EQUAL
    elif not ours:
        outcome = Outcome.UNKNOWN
    elif comparison_key(ours) == comparison_key(theirs) and not re.search(r"\d", ours):
        outcome = Outcome.CLOSE  # a hyphen, a space: the civil status decides
    else:
        outcome = Outcome.DIFFERENT
    return Line(trait=trait, label=label, ours=ours, theirs=theirs, outcome=outcome)


def _places(ours: str, theirs: str) -> Outcome:
    if ours == theirs:
        return Outcome.EQUAL
    if ours in ("", UNKNOWN_PLACE):
        return Outcome.UNKNOWN
    return Outcome.CLOSE if same_place(ours, theirs) else Outcome.DIFFERENT


def _place(code: str) -> str:
    return f"{place(code).label} ({code})" if code else ""


def _day(value: date | None) -> str:
    return typed_form(value) if value else ""
