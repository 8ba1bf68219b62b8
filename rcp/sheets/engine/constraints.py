"""Constraints of a form (questionnaire-constraint): compiled once, run over the instances they hang from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from rcp.sheets.engine import profile
from rcp.sheets.engine.compile import expression_of
from rcp.sheets.engine.definition import Compiled, Issue, Spec, issue
from rcp.sheets.engine.expressions import Expression
from rcp.sheets.engine.expressions.environment import Env
from rcp.sheets.engine.instances import Tree


class Constraint(NamedTuple):
    """One rule on an item (or on the whole form): it is broken when its expression is false, not when it is empty."""

    spec: Spec
    key: str
    severity: str
    human: str
    expression: Expression | None


def constraints_of(form: Compiled) -> list[Constraint]:
    """Read and compile every constraint; one whose expression is refused is recorded in ``form.problems``."""
    return [constraint for spec in (form.root, *form.specs) for constraint in _of_spec(form, spec)]


def _of_spec(form: Compiled, spec: Spec) -> Iterator[Constraint]:
    for extension in spec.raw.get("extension") or ():
        if not isinstance(extension, Mapping) or extension.get("url") != profile.CONSTRAINT:
            continue
        parts: dict[str, Any] = {}
        for part in extension.get("extension") or ():
            parts[str(part.get("url"))] = next((part[key] for key in part if key.startswith("value")), None)
        key = str(parts.get("key") or "")
        yield Constraint(
            spec,
            key,
            str(parts.get("severity") or "error"),
            str(parts.get("human") or parts.get("requirements") or key),
            expression_of(form, spec, parts.get("expression"), f"contrainte {key}".strip()),
        )


def failed_constraints(tree: Tree, context: Mapping[str, Any]) -> list[Issue]:
    """Run the constraints of open items on an evaluated tree."""
    found = []
    for constraint in tree.form.constraints:
        spec = constraint.spec
        if constraint.expression is None:
            found.append(_cannot_run(constraint))
            continue
        for node in [tree.root] if spec.parent is None else tree.by_index[spec.index]:
            if node.enabled and node.present and constraint.expression.holds(Env(tree, node, context)) is False:
                found.append(
                    issue(
                        constraint.severity,
                        "invariant",
                        constraint.human,
                        path=node.path or None,
                        link_id=spec.link_id or None,
                    )
                )
    return found


def _cannot_run(constraint: Constraint) -> Issue:
    return issue(
        "warning",
        "invariantExecution",
        f"La règle « {constraint.key} » de ce formulaire ne peut pas être vérifiée. Prévenez qui l’a écrit.",
        link_id=constraint.spec.link_id or None,
    )
