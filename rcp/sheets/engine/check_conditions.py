"""enableWhen lines: the question exists, the types agree, the operator is known, no item depends on itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rcp.sheets.engine import profile
from rcp.sheets.engine.definition import Compiled, Issue, Spec, issue
from rcp.sheets.engine.enablement import is_listed, kinds_of_options, options_of
from rcp.sheets.engine.values import Coding, Quantity, Unsupported, Value, from_fhir, kind_of

_KINDS = {
    "boolean": {"boolean"},
    "integer": {"number"},
    "decimal": {"number"},
    "date": {"date"},
    "dateTime": {"dateTime"},
    "time": {"time"},
    "string": {"string"},
    "text": {"string"},
    "choice": {"Coding"},
    "open-choice": {"Coding", "string"},
    "quantity": {"Quantity"},
}
_FRENCH = {
    "boolean": "oui ou non", "number": "un nombre", "string": "un texte", "date": "une date",
    "dateTime": "une date et une heure", "time": "une heure", "Coding": "une réponse de liste",
    "Quantity": "une quantité",
}  # fmt: skip


def check_conditions(form: Compiled, spec: Spec) -> list[Issue]:
    """Check the enableWhen lines of one item."""
    lines = spec.raw.get("enableWhen")
    if lines is None:
        return []
    name = f"Item « {spec.link_id} »"
    if not isinstance(lines, list) or not all(isinstance(line, Mapping) for line in lines):
        return [_error(spec, "shape", f"{name} : enableWhen est mal formé. Donnez une liste de conditions.")]
    found: list[Issue] = []
    behavior = spec.raw.get("enableBehavior")
    if len(lines) > 1 and behavior not in ("all", "any"):
        message = f"{name} : plusieurs conditions sans enableBehavior. Précisez « toutes » (all) ou « une » (any)."
        found.append(_error(spec, "que-12", message))
    elif behavior not in (None, "all", "any"):
        message = f"{name} : enableBehavior « {behavior} » inconnu. Choisissez all ou any."
        found.append(_error(spec, "enableBehavior", message))
    tested = {str(line.get("question")) for line in lines if line.get("operator") == "exists"}
    for line in lines:
        found += _check_line(form, spec, line, name, tested)
    return found


def _check_line(form: Compiled, spec: Spec, line: Mapping[str, Any], name: str, tested: set[str]) -> list[Issue]:
    asked = line.get("question")
    if not asked:
        message = f"{name} : une condition ne dit pas quelle question elle lit. Choisissez la question."
        return [_error(spec, "missingQuestion", message)]
    question = form.by_link_id.get(str(asked))
    if question is None:
        message = f"{name} : la condition lit « {asked} », qui n’existe pas. Choisissez une question du formulaire."
        return [_error(spec, "unknownQuestion", message)]
    if question is spec:
        return [_error(spec, "selfReference", f"{name} : la condition lit l’item lui-même. Choisissez-en un autre.")]
    if any(above is spec for above in question.ancestors()):
        message = f"{name} : la condition lit « {asked} », qui est dedans. Choisissez une question placée ailleurs."
        return [_error(spec, "ownDescendant", message)]
    if not question.is_question:
        message = (
            f"{name} : « {asked} » est de type {question.type} et ne reçoit pas de réponse. Choisissez une question."
        )
        return [_error(spec, "notAQuestion", message)]
    found = _check_operator(form, spec, question, line, name)
    if question.index > spec.index:
        message = f"{name} : la condition lit « {asked} », qui vient après. Vérifiez l’ordre des questions."
        found.append(issue("warning", "forwardReference", message, link_id=spec.link_id))
    if line.get("operator") == "!=" and str(asked) not in tested:
        message = f"{name} : « ≠ » est vrai aussi sans réponse à « {asked} ». Ajoutez « existe » si ce n’est pas voulu."
        found.append(issue("information", "notEqualUnanswered", message, link_id=spec.link_id))
    return found


def _check_operator(form: Compiled, spec: Spec, question: Spec, line: Mapping[str, Any], name: str) -> list[Issue]:
    operator = line.get("operator")
    if operator not in profile.OPERATORS:
        message = f"{name} : l’opérateur « {operator} » n’existe pas. Choisissez existe, =, ≠, >, <, ≥ ou ≤."
        return [_error(spec, "operator", message)]
    given = [key for key in line if key.startswith("answer")]
    answer = from_fhir(dict(line))
    if len(given) != 1 or answer is None:
        return [_error(spec, "answer", f"{name} : la condition doit porter une réponse, une seule. Complétez-la.")]
    if operator == "exists":
        if type(answer) is not bool:
            message = f"{name} : « existe » se compare à oui ou non (answerBoolean). Corrigez la condition."
            return [_error(spec, "existsBoolean", message)]
        return []
    return _check_answer(form, spec, question, answer, str(operator), given[0], name)


def _check_answer(
    form: Compiled, spec: Spec, question: Spec, answer: Value, operator: str, key: str, name: str
) -> list[Issue]:
    kind = "" if isinstance(answer, Unsupported) else kind_of(answer)
    accepted = _accepted_kinds(form, question)
    if kind not in accepted:
        wanted = " ou ".join(_FRENCH[k] for k in sorted(accepted))
        message = (
            f"{name} : la condition compare « {question.link_id} » ({wanted}) à {_FRENCH.get(kind, 'autre chose')} "
            f"({key}). Choisissez {wanted} dans la condition, ou changez le type de « {question.link_id} »."
        )
        return [_error(spec, "typeMismatch", message)]
    if operator not in ("=", "!=") and (isinstance(answer, Coding) or type(answer) is bool):
        message = f"{name} : « {operator} » n’ordonne pas {_FRENCH[kind]}. Choisissez = ou ≠."
        return [_error(spec, "notOrdered", message)]
    if isinstance(answer, Coding) and not (answer.code or answer.display):
        return [_error(spec, "answer", f"{name} : la condition n’a pas de code. Choisissez une réponse de la liste.")]
    if isinstance(answer, Quantity) and not (answer.unit or answer.code):
        return [issue("warning", "noUnit", f"{name} : la condition n’a pas d’unité. Ajoutez-la.", link_id=spec.link_id)]
    listed = isinstance(answer, Coding) and question.type == "choice" and options_of(form, question)
    if listed and not is_listed(form, question, answer):
        said = answer.code if isinstance(answer, Coding) else ""
        message = (
            f"{name} : « {said} » n’est pas une réponse de « {question.link_id} ». Choisissez une réponse de sa liste."
        )
        return [issue("warning", "deadCondition", message, link_id=spec.link_id)]
    return []


def _accepted_kinds(form: Compiled, question: Spec) -> set[str]:
    listed = kinds_of_options(form, question)
    if question.type in profile.CHOICE_TYPES and listed:
        return listed | ({"string"} if question.type == "open-choice" else set())
    return _KINDS.get(question.type, set())


def _error(spec: Spec, code: str, message: str) -> Issue:
    return issue("error", code, message, link_id=spec.link_id)
