"""Which statements of one number are about the person it was: a pure function of all of them, in order of event.

A number that says somebody else from one message to the next is a collision: two people under one number, of whom the
second must not take the file of the first. The first stays; what says the other waits, with all that came with it,
until somebody looks. One slip, a marriage, a name completed is no collision: three of the four traits must differ, by
the rules that compare two identities (identity §1.13).
"""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from interop.pam.said import CLEARED
from patients.identity.matching import compare
from patients.identity.outcome import Outcome
from patients.identity.traits import TraitSet

if TYPE_CHECKING:
    from interop.pam.record import Stamp, Statement, Traits

TRAITS = ("birth_name", "first_given_name", "birth_date", "sex")
ENOUGH = 3  # of these, clearly different
# Said of somebody whose name is not known yet, or invented: they are named later.
UNNAMED = frozenset({"DOUT", "FICT", "INVA"})
_COMPARED = (*TRAITS, "given_names", "used_name", "used_given_name", "birth_date_interpreted")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """The statements that count, and the events whose statement is of somebody else."""

    standing: tuple["Statement", ...]
    collisions: frozenset["Stamp"]


def settled(statements: tuple["Statement", ...], *, by_hand: bool) -> Settled:
    """Part what was said of a number, in order of event; what desks typed is never a collision."""
    known: dict[str, Any] = {}
    standing: list[Statement] = []
    collisions: list[Stamp] = []
    heard: Traits | None = None
    for statement in statements:
        if statement.refused:
            continue
        said = statement.traits
        if said is not heard:
            if not by_hand and _is_another(known, said):
                collisions.append(statement.stamp)
                continue
            heard = said
            _learn(known, said)
        if not statement.echo:
            standing.append(statement)
    if len(standing) == len(statements):
        return Settled(standing=statements, collisions=frozenset())
    return Settled(standing=tuple(standing), collisions=frozenset(collisions))


def _is_another(known: dict[str, Any], said: "Traits") -> bool:
    """Tell whether a statement is clearly of somebody else than `known`, whom the feed did not call doubtful."""
    differing = [name for name in TRAITS if name in known and known[name] != _said(said, name)]
    if len(differing) < ENOUGH or known.get("attributes", frozenset()) & UNNAMED:
        return False
    told = {name: value for name in _COMPARED if (value := _said(said, name)) is not None}
    if len([name for name in differing if name in told]) < ENOUGH:
        return False
    compared = compare(_trait_set(known), _trait_set(told))
    outcomes = [one.outcome for one in compared.traits if one.trait in TRAITS]
    return outcomes.count(Outcome.DIFFERENT) >= ENOUGH


def _learn(known: dict[str, Any], said: "Traits") -> None:
    for name in (*_COMPARED, "attributes"):
        value = getattr(said, name)
        if isinstance(value, str | date | bool | frozenset):
            known[name] = value
        elif value is CLEARED:
            known.pop(name, None)


def _said(said: "Traits", name: str) -> Any:
    value = getattr(said, name)
    return value if isinstance(value, str | date | bool) else None


def _trait_set(values: dict[str, Any]) -> TraitSet:
    return TraitSet(**{name: values[name] for name in _COMPARED if name in values})
