"""Decide which instances are open, in dependency order, and fill the calculated answers on the way."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from heapq import heappop, heappush
from typing import Any

from rcp.sheets.engine.conditions import answers_seen_from
from rcp.sheets.engine.definition import Compiled, Spec
from rcp.sheets.engine.expressions.environment import Env
from rcp.sheets.engine.instances import Node, Tree, refresh_presence, tree_from_response
from rcp.sheets.engine.values import Coding, Moment, Unsupported, Value, equal, from_fhir, kind_of


def enabled_items(
    questionnaire: Mapping[str, Any], response: Mapping[str, Any], context: Mapping[str, Any] | None = None
) -> set[str]:
    """Paths of every open node of a response, unanswered ones included (contract); calculated answers read as given.

    ``context``: ``patient`` {birthDate, gender}, ``session`` {date}, ``precedente``, ``auteur``, ``age``, ``today``.
    """
    from rcp.sheets.engine.compile import compile_definition

    form = compile_definition(questionnaire)
    tree = tree_from_response(form, response)
    evaluate_all(tree, context or {}, calculate=False)
    return enabled_paths(tree)


def enabled_paths(tree: Tree) -> set[str]:
    """Paths of the open nodes of an evaluated tree."""
    return {path for path, node in tree.by_path.items() if node.enabled}


def evaluate_all(tree: Tree, context: Mapping[str, Any], *, calculate: bool) -> None:
    """Evaluate every node once, in dependency order; items of a loop come last and see each other as unanswered."""
    tree.root.enabled = True
    for spec in tree.form.order:
        for node in tree.by_index[spec.index]:
            _evaluate(tree, node, context, calculate=calculate)


def re_evaluate(tree: Tree, changed: Node, context: Mapping[str, Any]) -> dict[Node, tuple[bool, list[Value]]]:
    """Evaluate again only what depends on a question whose answers changed, or on a group that became empty or not.

    Returns the nodes that moved, each with what it was before: open or not, and its answers.
    """
    moved: dict[Node, tuple[bool, list[Value]]] = {}
    specs = tree.form.specs
    queued = set(changed.spec.dependents)
    for node in refresh_presence(changed):
        queued |= node.spec.dependents
    if changed.spec.calculated is not None:
        queued.add(changed.spec.index)
    waiting = sorted((specs[i].rank, i) for i in queued)
    while waiting:
        _, index = heappop(waiting)
        queued.discard(index)
        spec, touched = specs[index], False
        for node in tree.by_index[index]:
            before = (bool(node.enabled), node.values)
            _evaluate(tree, node, context, calculate=True)
            if before != (node.enabled, node.values):
                moved.setdefault(node, before)
                touched = True
        for dependent in spec.dependents - queued if touched else ():
            if specs[dependent].rank > spec.rank:  # a loop, refused at publication, must not spin here
                queued.add(dependent)
                heappush(waiting, (specs[dependent].rank, dependent))
    return moved


def _evaluate(tree: Tree, node: Node, context: Mapping[str, Any], *, calculate: bool) -> None:
    parent = node.parent
    enabled = bool(parent and parent.enabled) and _opens(tree, node, context)
    node.enabled = enabled
    for slot in node.slots:
        slot.enabled = enabled
    if calculate and node.spec.calculated is not None and not node.overridden:
        node.values = _calculate(tree, node, context) if enabled else []
        node.present = bool(node.values)


def _opens(tree: Tree, node: Node, context: Mapping[str, Any]) -> bool:
    spec = node.spec
    if spec.enable_expression is not None and spec.enable_expression.holds(Env(tree, node, context)) is not True:
        return False
    if not spec.conditions:
        return True
    results = (
        condition.holds(answers_seen_from(tree, node, condition.question) if condition.question else [])
        for condition in spec.conditions
    )
    return any(results) if spec.any_condition else all(results)


def _calculate(tree: Tree, node: Node, context: Mapping[str, Any]) -> list[Value]:
    assert node.spec.calculated is not None
    results = node.spec.calculated.run(Env(tree, node, context))
    return [value for value in (as_answer(tree.form, node.spec, result) for result in results) if value is not None]


def as_answer(form: Compiled, spec: Spec, result: Any) -> Value | None:
    """Turn an expression's result into an answer of the item; a text names the code of an option of a choice."""
    if spec.type in ("choice", "open-choice") and isinstance(result, str):
        for option in options_of(form, spec):
            if isinstance(option, Coding) and option.code == result:
                return option
        return result if spec.type == "open-choice" else None
    if spec.type == "integer" and isinstance(result, Decimal):
        return int(result) if result == result.to_integral_value() else None
    if isinstance(result, Moment) and result.kind != spec.type:
        return None
    return result if isinstance(result, (bool, int, Decimal, str, Coding, Moment)) else None


def options_of(form: Compiled, spec: Spec) -> list[Value]:
    """The listed answers of an item (inline options or a contained value set), read once per form."""
    found = form.options.get(spec.index)
    if found is None:
        found = form.options[spec.index] = _read_options(form, spec)
    return found


def _read_options(form: Compiled, spec: Spec) -> list[Value]:
    inline = spec.raw.get("answerOption")
    if isinstance(inline, list):
        return [v for v in (from_fhir(o) for o in inline if isinstance(o, dict)) if v is not None]
    reference = spec.raw.get("answerValueSet")
    return form.value_sets.get(reference[1:], []) if isinstance(reference, str) and reference.startswith("#") else []


def kinds_of_options(form: Compiled, spec: Spec) -> set[str]:
    """The kinds of value an item's listed answers have."""
    options = options_of(form, spec)
    kinds = form.kinds.get(id(options))
    if kinds is None:
        kinds = form.kinds[id(options)] = {kind_of(o) for o in options if not isinstance(o, Unsupported)}
    return kinds


def is_listed(form: Compiled, spec: Spec, value: Value) -> bool:
    """Tell whether a value is one of the item's listed answers."""
    if not isinstance(value, Coding) or value.code is None:
        return not isinstance(value, Unsupported) and any(equal(value, option) for option in options_of(form, spec))
    options = options_of(form, spec)
    key = id(options)  # items that share a value set share its codes
    codes = form.codes.get(key)
    if codes is None:
        codes = form.codes[key] = {(o.system, o.code) for o in options if isinstance(o, Coding)}
    return (value.system, value.code) in codes
