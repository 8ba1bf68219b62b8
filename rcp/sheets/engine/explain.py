"""Why an item is open or closed, in a few French words for the screen (« ouvert par 2+ », « < 75 ans »)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from dcc.lib.french import NBSP, join_list, number
from rcp.sheets.engine import profile
from rcp.sheets.engine.definition import Compiled, Spec
from rcp.sheets.engine.expressions.parser import Tree
from rcp.sheets.engine.values import Coding, Moment, Quantity, Value, equal, from_fhir

_SIGNS = {">=": "≥", "<=": "≤", ">": ">", "<": "<", "=": "=", "!=": "≠"}
_OPPOSITES = {">=": "<", "<=": ">", ">": "≤", "<": "≥"}


def opened_by(form: Compiled, spec: Spec) -> str:
    """What opens the item: « ouvert par 2+ », « ≥ 75 ans »; empty for an unconditional item."""
    written = spec.extension(profile.OPENED_BY)
    if written:
        return str(written)
    if spec.conditions:
        said = _conditions(form, spec)
        return f"ouvert par {said}" if said else ""
    return _of_age(spec, _SIGNS)


def closed_because(form: Compiled, spec: Spec) -> str:
    """What keeps the item closed: « < 75 ans », « si HER2 IHC : 2+ »; empty for an unconditional item."""
    written = spec.extension(profile.CLOSED_BECAUSE)
    if written:
        return str(written)
    if spec.conditions:
        first = spec.conditions[0].question
        said = _conditions(form, spec)
        if first is None or not said:
            return ""
        named = said.startswith(f"{label_of(first)} ")  # « RE ≥ 1 % » already names its question
        return f"si {said}" if named else f"si {label_of(first)}{NBSP}: {said}"
    return _of_age(spec, _OPPOSITES)


def label_of(spec: Spec) -> str:
    """Short label of an item."""
    return str(spec.extension(profile.SHORT_TEXT) or spec.raw.get("text") or spec.link_id)


def _conditions(form: Compiled, spec: Spec) -> str:
    lines = [line for line in spec.raw.get("enableWhen") or () if isinstance(line, Mapping)]
    said = [text for text in (_line(form, line, alone=len(lines) == 1) for line in lines) if text]
    return join_list(said, last="ou" if spec.any_condition else "et")


def _line(form: Compiled, line: Mapping[str, Any], *, alone: bool) -> str:
    operator = str(line.get("operator"))
    question = form.by_link_id.get(str(line.get("question")))
    if question is None:
        return ""
    if operator == "exists":
        if not alone:
            return ""  # always joined to a more precise line
        return "une réponse" if line.get("answerBoolean") is not False else "l’absence de réponse"
    answer = from_fhir(dict(line))
    said = _answer(form, question, answer)
    if operator == "=":
        return said
    if operator == "!=":
        return f"autre que « {said} »"
    return f"{label_of(question)} {_SIGNS.get(operator, operator)}{NBSP}{said}"


def _answer(form: Compiled, question: Spec, answer: Value | None) -> str:
    if type(answer) is bool:
        return "Oui" if answer else "Non"
    if isinstance(answer, Coding):
        for raw in question.raw.get("answerOption") or ():
            option = from_fhir(dict(raw))
            if option is not None and equal(option, answer) and isinstance(option, Coding):
                return _short(option)
        return answer.display or answer.code or ""
    if isinstance(answer, Quantity):
        return f"{number(answer.value)}{NBSP}{answer.unit or ''}".strip()
    if isinstance(answer, str):
        return answer
    if isinstance(answer, Moment):
        return answer.text
    unit = question.extension(profile.UNIT)
    shown = number(answer) if isinstance(answer, (int, Decimal)) else ""
    return f"{shown}{NBSP}{unit.get('display') or unit.get('code')}" if isinstance(unit, Mapping) else shown


def _short(option: Coding) -> str:
    """The words of an option, without the definition a classification puts after its code: « M1a », not its gloss."""
    code, display = option.code or "", option.display or ""
    return code if code and display.startswith(f"{code} (") else display or code


def _of_age(spec: Spec, signs: Mapping[str, str]) -> str:
    expression = spec.enable_expression
    if expression is None:
        return ""
    tree: Tree = expression.tree
    if tree.op in signs and len(tree.parts) == 2:
        left, right = tree.parts
        if (left.op, left.value) == ("variable", "age") and right.op == "literal":
            return f"{signs[tree.op]}{NBSP}{number(right.value)}{NBSP}ans"
    return ""
