"""Does a QuestionnaireResponse fit its Questionnaire? Every finding has a code, a path and a French message."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dcc.lib.french import NBSP
from rcp.sheets.engine import profile
from rcp.sheets.engine.compile import compile_definition
from rcp.sheets.engine.constraints import failed_constraints
from rcp.sheets.engine.definition import Compiled, Issue, issue
from rcp.sheets.engine.enablement import evaluate_all
from rcp.sheets.engine.explain import label_of
from rcp.sheets.engine.instances import Node, Tree, tree_from_response
from rcp.sheets.engine.review import in_absent_line, is_answered, is_required, missing_issue
from rcp.sheets.engine.validate_answers import check_answers, check_lines
from rcp.sheets.engine.validate_structure import check_head, check_structure
from rcp.sheets.engine.values import Moment, compare

_TOLERATED_IN_PROGRESS = frozenset({"repeats", "required", "minCount", "disabled"})


def validate_response(
    questionnaire: Mapping[str, Any],
    response: Mapping[str, Any],
    *,
    at_validation: bool = True,
    context: Mapping[str, Any] | None = None,
) -> list[Issue]:
    """Validate a response against its definition (contract): no ``error`` means it may be frozen.

    ``at_validation=False``, or a response ``in-progress``, tolerates what a draft may still lack: missing answers are
    left out, several answers to a single question are a warning.
    """
    return validate_compiled(compile_definition(questionnaire), response, at_validation=at_validation, context=context)


def validate_compiled(
    form: Compiled,
    response: Mapping[str, Any],
    *,
    at_validation: bool = True,
    context: Mapping[str, Any] | None = None,
) -> list[Issue]:
    """Same as ``validate_response`` for a form already compiled."""
    found = check_head(response)
    if not isinstance(response, Mapping):
        return found
    strict = at_validation and response.get("status") != "in-progress"
    tree = tree_from_response(form, response)
    evaluate_all(tree, context or {}, calculate=False)
    found += _check_status(form, response)
    found += check_structure(form, form.root, response.get("item"))
    for spec in form.specs:
        for node in tree.by_index[spec.index]:
            found += _check_node(tree, node, context or {}, strict=strict)
    found += failed_constraints(tree, context or {})
    return found if strict else [one for one in map(_tolerant, found) if one is not None]


def _tolerant(one: Issue) -> Issue | None:
    if one["severity"] != "error" or one["code"] not in _TOLERATED_IN_PROGRESS:
        return one
    if one["code"] in ("required", "minCount"):
        return None
    return {**one, "severity": "warning"}


def _check_status(form: Compiled, response: Mapping[str, Any]) -> list[Issue]:
    found = []
    status = form.raw.get("status")
    if status == "draft":
        message = "Ce formulaire est encore un brouillon. Publiez-le avant de valider des fiches."
        found.append(issue("warning", "questionnaireDraft", message))
    if status == "retired":
        message = "Ce formulaire est retiré. Passez la fiche à la version en vigueur."
        found.append(issue("warning", "questionnaireRetired", message))
    period, authored = form.raw.get("effectivePeriod") or {}, response.get("authored")
    if isinstance(authored, str):
        at = Moment("dateTime", authored)
        before = period.get("start") and compare(at, Moment("dateTime", period["start"])) == -1
        after = period.get("end") and compare(at, Moment("dateTime", period["end"])) == 1
        if before or after:
            message = "La réponse est datée hors de la période d’usage du formulaire. Vérifiez la version."
            found.append(issue("warning", "questionnaireInactive", message))
    return found


def _check_node(tree: Tree, node: Node, context: Mapping[str, Any], *, strict: bool) -> list[Issue]:
    spec = node.spec
    if not node.enabled:
        if spec.is_question and node.values:
            message = f"{label_of(spec)}{NBSP}: une réponse est donnée à une question fermée. Rouvrez-la ou effacez-la."
            return [issue("error", "disabled", message, path=node.path, link_id=spec.link_id)]
        return []
    found: list[Issue] = []
    if not in_absent_line(node) and not is_answered(node):
        required = spec.raw.get("required") is True
        if required or (strict and is_required(tree, node, profile.REQUIRED_AT_VALIDATION, context)):
            found.append(missing_issue(node))
    if spec.is_question:
        found += check_answers(tree.form, node)
    elif spec.is_group and spec.repeats:
        found += check_lines(node)
    elif not spec.is_group and spec.type != "display":
        message = f"{label_of(spec)}{NBSP}: le type « {spec.type} » n’est pas pris en charge. Corrigez le formulaire."
        found.append(issue("error", "invalidType", message, path=node.path, link_id=spec.link_id))
    return found
