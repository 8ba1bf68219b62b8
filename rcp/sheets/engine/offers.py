"""Which options of a list are offered now, and why a calculated item has no value: what changes as answers come.

An item names the constraints that are rules of its list (``liste-selon``): an option that would break one of them, a
code of another edition or of another group of tumours, is not offered. A chosen one stays shown, with its warning.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from rcp.sheets.engine import profile
from rcp.sheets.engine.compile import references_of
from rcp.sheets.engine.constraints import Constraint
from rcp.sheets.engine.definition import Compiled, Issue, Spec, issue
from rcp.sheets.engine.enablement import options_of
from rcp.sheets.engine.expressions.environment import Env
from rcp.sheets.engine.items import option_key

if TYPE_CHECKING:
    from rcp.sheets.engine.session import Evaluation


def not_offered(evaluation: Evaluation, path: str) -> frozenset[str]:
    """Keys of the options of an item that its list does not hold now; empty for a list that never changes."""
    node = evaluation.tree.by_path.get(path)
    rules = evaluation.form.list_rules.get(node.spec.index) if node is not None else None
    if node is None or not rules:
        return frozenset()
    values, present = node.values, node.present
    refused = set()
    try:
        node.present = True
        for option in options_of(evaluation.form, node.spec):
            node.values = [option]
            env = Env(evaluation.tree, node, evaluation.context)  # variables read the option: none is kept for another
            if any(rule.expression is not None and rule.expression.holds(env) is False for rule in rules):
                refused.add(option_key(option))
    finally:
        node.values, node.present = values, present
    return frozenset(refused)


def list_rules(form: Compiled) -> dict[int, list[Constraint]]:
    """By item, the constraints its list follows."""
    found: dict[int, list[Constraint]] = {}
    for constraint in form.constraints:
        if constraint.key in _keys(constraint.spec):
            found.setdefault(constraint.spec.index, []).append(constraint)
    return found


def lists_by_reading(form: Compiled) -> dict[str, frozenset[str]]:
    """For each question, paths of the lists whose options its answer may change; a list does not follow its own."""
    found: dict[str, frozenset[str]] = {}
    for rules in form.list_rules.values():
        spec = rules[0].spec
        read = {one for rule in rules if rule.expression is not None for one in references_of(spec, rule.expression)}
        for link_id in read - {spec.link_id} if spec.is_single else ():
            found[link_id] = found.get(link_id, frozenset()) | {form.path(spec.link_id)}
    return found


def check_list_rules(spec: Spec, constraints: Collection[Constraint]) -> list[Issue]:
    """Findings of ``check_definition``: a list can only follow constraints of its own item."""
    known = {constraint.key for constraint in constraints if constraint.spec is spec}
    found = []
    for key in sorted(_keys(spec) - known):
        message = (
            f"Item « {spec.link_id} » : la liste suit « {key} », qui n’est pas une règle de l’item. Corrigez la clé."
        )
        found.append(issue("error", "unknownReference", message, link_id=spec.link_id))
    return found


def _keys(spec: Spec) -> set[str]:
    raw = spec.extension(profile.LISTED_BY)
    return set(raw.split()) if isinstance(raw, str) else set()


def not_calculated_because(evaluation: Evaluation, path: str) -> str:
    """Why the rule of an item gives nothing whatever is answered next (« édition non disponible »); "" otherwise."""
    node = evaluation.tree.by_path.get(path)
    raw = node.spec.extension(profile.NOT_CALCULATED) if node is not None else None
    if node is None or node.values or not isinstance(raw, Mapping):
        return ""
    expression = evaluation.form.requirement(node.spec, profile.NOT_CALCULATED)
    if expression is None or expression.holds(Env(evaluation.tree, node, evaluation.context)) is not True:
        return ""
    return str(raw.get("description") or "")
