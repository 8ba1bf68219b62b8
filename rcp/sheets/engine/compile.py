"""Compile a Questionnaire: specs, conditions, expressions, and the order in which items must be evaluated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rcp.sheets.engine import profile
from rcp.sheets.engine.conditions import compile_condition
from rcp.sheets.engine.definition import Compiled, Spec
from rcp.sheets.engine.expressions import Expression, ExpressionRefused, compile_expression
from rcp.sheets.engine.expressions.compiler import RESERVED_VARIABLES
from rcp.sheets.engine.order import dependency_order
from rcp.sheets.engine.values import Coding, Value


def compile_definition(questionnaire: Mapping[str, Any]) -> Compiled:
    """Compile a well-shaped Questionnaire (plain JSON) for evaluation and rendering.

    What cannot be compiled is kept in ``problems`` for ``check_definition`` and evaluates as never true. Publish only
    what ``check_definition`` accepts.
    """
    root = Spec({"type": "root", "extension": questionnaire.get("extension")}, None, -1)
    specs: list[Spec] = []
    _unfold(questionnaire.get("item"), root, specs)
    form = Compiled(questionnaire, root, specs)
    form.value_sets = _contained_value_sets(questionnaire)
    for spec in (root, *specs):
        _read_expressions(form, spec)
    for spec in specs:
        when = spec.raw.get("enableWhen")
        if when:
            lines = [w for w in when if isinstance(w, Mapping)] if isinstance(when, list) else []
            spec.conditions = [compile_condition(w, form.by_link_id) for w in lines]
    form.order, form.loops = dependency_order(specs, _dependencies(form))
    return form


def _unfold(items: Any, parent: Spec, specs: list[Spec]) -> None:
    if not isinstance(items, list) or parent.depth > profile.MAX_UNFOLDED_DEPTH:
        return
    for raw in items:
        if not isinstance(raw, Mapping):
            continue
        spec = Spec(raw, parent, len(specs))
        specs.append(spec)
        parent.children.append(spec)
        if "item" in raw:
            _unfold(raw["item"], spec, specs)


def _contained_value_sets(questionnaire: Mapping[str, Any]) -> dict[str, list[Value]]:
    """Concepts of each contained ValueSet, from its expansion or its listed concepts."""
    found: dict[str, list[Value]] = {}
    for resource in questionnaire.get("contained") or ():
        if not isinstance(resource, Mapping) or resource.get("resourceType") != "ValueSet":
            continue
        expansion, compose = resource.get("expansion") or {}, resource.get("compose") or {}
        concepts = _expanded(expansion.get("contains")) or _composed(compose)
        found[str(resource.get("id"))] = [Coding(c.get("system"), c.get("code"), c.get("display")) for c in concepts]
    return found


def _expanded(contains: Any) -> list[dict[str, Any]]:
    """The concepts of an expansion that may be chosen, those under a heading included."""
    concepts: list[dict[str, Any]] = []
    pending = list(reversed(contains or ()))
    while pending:
        concept = pending.pop()
        if concept.get("abstract") is not True and concept.get("code"):
            concepts.append(concept)
        pending += reversed(concept.get("contains") or ())
    return concepts


def _composed(compose: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The concepts a composition lists; none when a part of it is not a list, since the rest would pass for all."""
    includes = compose.get("include") or ()
    if compose.get("exclude") or any(not one.get("concept") or one.get("valueSet") for one in includes):
        return []
    return [{**concept, "system": include.get("system")} for include in includes for concept in include["concept"]]


def extension_value(extension: Mapping[str, Any]) -> Any:
    """The ``value[x]`` of an extension, whatever its type; the extension itself when it is complex."""
    for key, value in extension.items():
        if key.startswith("value"):
            return value
    return extension


def _read_expressions(form: Compiled, spec: Spec) -> None:
    extensions = spec.raw.get("extension")
    if not isinstance(extensions, list):
        return
    for extension in extensions:
        if isinstance(extension, Mapping) and isinstance(extension.get("url"), str):
            spec.extensions.setdefault(extension["url"], extension_value(extension))
    spec.overridable = spec.extension(profile.OVERRIDABLE) is True
    for extension in extensions:
        if isinstance(extension, Mapping) and extension.get("url") == profile.VARIABLE:
            raw = extension_value(extension)
            name = str(raw.get("name") or "") if isinstance(raw, Mapping) else ""
            variable = expression_of(form, spec, raw, f"variable {name}")
            wrong = _wrong_name(spec, name)
            if wrong:
                _problem(form, spec, f"variable {name[:64]}", wrong, 1)
            elif variable is not None:
                spec.variables[name] = variable
    spec.enable_expression = _named(form, spec, profile.ENABLE_WHEN_EXPRESSION, "enableWhenExpression")
    spec.calculated = _named(form, spec, profile.CALCULATED, "calculatedExpression")
    spec.initial = _named(form, spec, profile.INITIAL_EXPRESSION, "initialExpression")


def _wrong_name(spec: Spec, name: str) -> str:
    """Why a variable may not bear this name; one that hides another would read itself without end."""
    if not name:
        return "une variable sans nom"
    if name in RESERVED_VARIABLES:
        return f"le nom « {name} », que le moteur réserve"
    if any(name in holder.variables for holder in (spec, *spec.ancestors())):
        return f"le nom « {name} », déjà pris par une variable"
    return ""


_NEVER = compile_expression("false")


def _named(form: Compiled, spec: Spec, url: str, where: str) -> Expression | None:
    raw = spec.extension(url)
    if raw is None:
        return None
    return expression_of(form, spec, raw, where) or (_NEVER if url == profile.ENABLE_WHEN_EXPRESSION else None)


def expression_of(form: Compiled, spec: Spec, raw: Any, where: str) -> Expression | None:
    """Compile an Expression datatype in the scope of an item; None and a recorded problem when it is refused."""
    text = raw.get("expression") if isinstance(raw, Mapping) else raw
    language = raw.get("language", "text/fhirpath") if isinstance(raw, Mapping) else "text/fhirpath"
    if language != "text/fhirpath":
        _problem(form, spec, where, f"le langage « {language} »", 1)
        return None
    if not isinstance(text, str):
        _problem(form, spec, where, "une expression sans texte", 1)
        return None
    scope: dict[str, Expression] = {}
    for holder in (spec, *spec.ancestors()):
        scope = {**holder.variables, **scope}
    try:
        expression = compile_expression(text, scope)
    except ExpressionRefused as refusal:
        _problem(form, spec, where, refusal.construct, refusal.position)
        return None
    expression.nesting = 1 + max((scope[name].nesting for name in expression.variables), default=0)
    if expression.nesting > profile.MAX_VARIABLE_NESTING:
        _problem(form, spec, where, "une variable qui en lit trop d’autres à la suite", 1)
        return None
    return expression


def _problem(form: Compiled, spec: Spec, where: str, construct: str, position: int) -> None:
    form.problems.append({"link_id": spec.link_id, "where": where, "construct": construct, "position": position})


def references_of(spec: Spec, expression: Expression) -> set[str]:
    """LinkIds an expression reads, those of the variables it uses included."""
    found = set(expression.references)
    pending = [(spec, name) for name in expression.variables]
    seen: set[tuple[int, str]] = set()
    while pending:
        at, name = pending.pop()
        for holder in (at, *at.ancestors()):
            variable = holder.variables.get(name)
            if variable is not None:
                if (holder.index, name) not in seen:
                    seen.add((holder.index, name))
                    found |= variable.references
                    pending += [(holder, inner) for inner in variable.variables]
                break
    return found


def _dependencies(form: Compiled) -> list[set[int]]:
    """For each item, the items that must be evaluated before it."""
    needs: list[set[int]] = []
    for spec in form.specs:
        before: set[int] = set()
        if spec.parent is not None and spec.parent.index >= 0:
            before.add(spec.parent.index)
        before.update(c.question.index for c in spec.conditions if c.question is not None)
        for expression in (spec.enable_expression, spec.calculated):
            if expression is not None:
                named = (form.by_link_id.get(link_id) for link_id in references_of(spec, expression))
                before.update(question.index for question in named if question is not None)
        needs.append(before)
    return needs
