"""Identities close to the one being typed, as they are compared on screen (PAT-04, D11)."""

from collections.abc import Collection
from dataclasses import dataclass

from dcc.lib import french
from dcc.ui.components.identity import Trait, TwinData
from patients.identity.dates import typed_form
from patients.identity.matching import Comparison, Level
from patients.identity.places import PlaceRefused, place
from patients.identity.traits import TraitSet
from patients.naming import shown_name
from patients.queries import Found

_CLOSENESS = {Level.PROBABLE: "very", Level.CLOSE: "close", Level.WEAK: "little"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Close:
    """One close identity: the comparison to show, and what its buttons say."""

    found: Found
    twin: TwinData
    is_them: str
    weak: bool  # shown on one line


@dataclass(frozen=True, slots=True, kw_only=True)
class Closeness:
    """What stands beside a creation: close identities, possible twins apart, and whether a reason is due."""

    close: tuple[Close, ...]
    twins: tuple[Close, ...]
    asks_why: bool

    @property
    def title(self) -> str:
        count = len(self.close)
        if not count:
            return "Jumeaux possibles" if self.twins else "Aucune identité proche"
        return french.counted(count, "identité proche", "identités proches")


def closeness_of(typed: TraitSet, rows: Collection[Found]) -> Closeness:
    """Sort what a search found for the traits being typed."""
    compared = [(_close(typed, row), row.comparison) for row in rows if row.comparison]
    return Closeness(
        close=tuple(one for one, comparison in compared if not comparison.twins),
        twins=tuple(one for one, comparison in compared if comparison.twins),
        asks_why=any(_serious(comparison) for _, comparison in compared),
    )


def _serious(comparison: Comparison) -> bool:
    return comparison.level is not Level.WEAK


def _close(typed: TraitSet, row: Found) -> Close:
    assert row.comparison is not None
    pronoun = french.agree(row.patient.sex, "C’est lui", "C’est elle")
    return Close(
        found=row,
        weak=not _serious(row.comparison),
        is_them="C’est cette personne" if row.patient.sex == "I" else pronoun,
        twin=TwinData(
            name=shown_name(row.patient),
            closeness="little" if row.comparison.twins else _CLOSENESS[row.comparison.level],
            traits=_traits(typed, row),
            note=" · ".join(filter(None, [row.last_passage, *(f"IPP {value} ({where})" for where, value in row.ipps)])),
        ),
    )


def _traits(typed: TraitSet, row: Found) -> tuple[Trait, ...]:
    existing = row.patient
    lines = [
        ("Nom de naissance", typed.birth_name, existing.birth_name),
        ("Nom utilisé", typed.used_name, existing.used_name),
        ("Prénom", typed.first_given_name, existing.first_given_name),
        ("Prénom utilisé", typed.used_given_name, existing.used_given_name),
        ("Naissance", typed_form(typed.birth_date) if typed.birth_date else "", typed_form(existing.birth_date)),
        ("Sexe", typed.sex, existing.sex),
        ("Lieu", _place_label(typed.birth_insee), existing.birth_place),
    ]
    optional = {"Nom utilisé", "Prénom utilisé"}
    return tuple(
        Trait(label=label, typed=mine, existing=theirs)
        for label, mine, theirs in lines
        if label not in optional or mine or theirs
    )


def _place_label(insee: str) -> str:
    try:
        return place(insee).label if insee else ""
    except PlaceRefused:
        return ""
