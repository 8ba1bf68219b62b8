"""A state machine is a table: read it, test it, draw it."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from dcc.audit.catalogue import EventCatalogue


class TransitionRefused(Exception):
    """The object is not in a state from which this transition starts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """One arrow: who may take it (permission), what is recorded (event), what the button says (label)."""

    name: StrEnum
    sources: frozenset[str]
    target: str
    permission: StrEnum
    event: EventCatalogue
    label: str


class Lifecycle:
    """The arrows of one kind of object."""

    def __init__(self, *transitions: Transition) -> None:
        self._by_name = {transition.name: transition for transition in transitions}

    def __iter__(self) -> Iterator[Transition]:
        return iter(self._by_name.values())

    def available(self, status: str, rights: frozenset[StrEnum]) -> list[Transition]:
        """What someone with these rights may do now: buttons come from here."""
        return [one for one in self if status in one.sources and one.permission in rights]

    def move(self, obj: Any, name: StrEnum) -> Transition:
        """Change `obj.status`, unsaved. Raises TransitionRefused."""
        transition = self._by_name[name]
        if obj.status not in transition.sources:
            raise TransitionRefused(f"{name}: {obj.status} -> {transition.target}")
        obj.status = transition.target
        return transition
