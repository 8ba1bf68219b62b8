"""What an expression can read while it runs: the answers, the current item, variables and the launch context."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from dcc.lib.french import age_years
from rcp.sheets.engine.values import Moment

if TYPE_CHECKING:
    from rcp.sheets.engine.instances import Node, Tree


class Env:
    """One run of one expression; variables are cached for this run only, since answers change between runs."""

    __slots__ = ("_cache", "context", "node", "tree")

    def __init__(self, tree: Tree, node: Node, context: Mapping[str, Any]) -> None:
        self.tree = tree
        self.node = node
        self.context = context
        self._cache: dict[tuple[int, str], list[Any]] = {}

    def structure(self, name: str) -> list[Any]:
        """Resolve %resource, %context, %qItem and %questionnaire."""
        if name == "resource":
            return [self.tree.root]
        if name == "context":
            return [self.node]
        return [self.node.spec.raw if name == "qItem" else self.tree.form.raw]

    def launch(self, name: str) -> list[Any]:
        """Resolve a launch variable from the context passed in."""
        if name == "age":
            age = age_in(self.context)
            return [] if age is None else [age]
        value = self.context.get(name)
        return [] if value is None else [value]

    def today(self) -> list[Any]:
        """The day passed in the context; empty when none was, since the engine reads no clock."""
        day = day_in(self.context)
        return [] if day is None else [Moment("date", day.isoformat())]

    def variable(self, name: str) -> list[Any]:
        """Resolve a declared variable in the nearest enclosing item that declares it, with that item as focus."""
        node: Node | None = self.node
        while node is not None:
            expression = node.spec.variables.get(name)
            if expression is not None:
                key = (id(node), name)
                if key not in self._cache:
                    here, self.node = self.node, node
                    try:
                        self._cache[key] = expression.run(self)
                    finally:
                        self.node = here
                return self._cache[key]
            node = node.parent
        return []


def day_in(context: Mapping[str, Any]) -> date | None:
    """Read the reference day: the meeting's date first, then ``today``."""
    session = context.get("session")
    raw = (session.get("date") if isinstance(session, Mapping) else None) or context.get("today")
    if isinstance(raw, date):
        return raw
    try:
        return date.fromisoformat(raw[:10]) if isinstance(raw, str) else None
    except ValueError:
        return None


def age_in(context: Mapping[str, Any]) -> int | None:
    """Read the patient's age in whole years: given as ``age``, or from the birth date and the reference day."""
    given = context.get("age")
    if type(given) is int:
        return given
    patient = context.get("patient")
    born = patient.get("birthDate") if isinstance(patient, Mapping) else None
    day = day_in(context)
    if born is None or day is None:
        return None
    try:
        birth = born if isinstance(born, date) else date.fromisoformat(str(born)[:10])
        return age_years(birth, day)
    except ValueError:
        return None


def sex_in(context: Mapping[str, Any]) -> str:
    """Read the patient's sex as ``F``, ``M`` or ``""``, for the agreement of sentences."""
    patient = context.get("patient")
    gender = patient.get("gender") if isinstance(patient, Mapping) else None
    return {"female": "F", "male": "M"}.get(str(gender), "")
