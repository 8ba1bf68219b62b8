"""The JSON of a response against its form: items at their place, answers of the type of their question."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from dcc.lib.french import NBSP
from rcp.sheets.engine import profile
from rcp.sheets.engine.definition import Compiled, Issue, Spec, issue
from rcp.sheets.engine.enablement import kinds_of_options
from rcp.sheets.engine.explain import label_of
from rcp.sheets.engine.moment_order import is_well_formed
from rcp.sheets.engine.values import Coding, Moment, Unsupported, Value, from_fhir

_KEY_OF_KIND = {"Coding": "valueCoding", "string": "valueString", "number": "valueInteger", "date": "valueDate",
                "time": "valueTime"}  # fmt: skip
_STATUSES = frozenset({"in-progress", "completed", "amended", "entered-in-error", "stopped"})
_LARGEST = 2**31


def check_head(response: Any) -> list[Issue]:
    """Whether the JSON is a QuestionnaireResponse at all."""
    if not isinstance(response, Mapping):
        message = "La réponse n’est pas un objet JSON. Fournissez un QuestionnaireResponse FHIR R4."
        return [issue("error", "shape", message)]
    found = []
    if response.get("resourceType", "QuestionnaireResponse") != "QuestionnaireResponse":
        message = "La ressource n’est pas un QuestionnaireResponse. Fournissez un QuestionnaireResponse FHIR R4."
        found.append(issue("error", "shape", message, path="resourceType"))
    status = response.get("status")
    if status is not None and (not isinstance(status, str) or status not in _STATUSES):
        message = "L’état de la réponse n’existe pas en FHIR R4. Indiquez in-progress, completed ou amended."
        found.append(issue("error", "status", message, path="status"))
    return found


def check_structure(form: Compiled, parent: Spec, items: Any, prefix: str = "") -> list[Issue]:
    """Unknown, misplaced, repeated or misshaped items and answers of a response."""
    expected = {child.link_id: child for child in parent.children}
    found: list[Issue] = []
    seen: dict[str, int] = {}
    for item in _objects(items, prefix, found):
        link_id = item.get("linkId")
        spec = expected.get(link_id) if isinstance(link_id, str) else None
        if spec is None:
            found.append(_not_expected(form, link_id, prefix))
            continue
        n = seen[spec.link_id] = seen.get(spec.link_id, -1) + 1
        path = f"{prefix}{spec.link_id}" + (f"[{n}]" if spec.is_group and spec.repeats else "")
        if n == 1 and not spec.repeats:
            found.append(_error(spec, path, "repeats", "l’item est donné deux fois", "Gardez-en un"))
        found += _check_item(form, spec, item, path)
    return found


def _objects(raw: Any, prefix: str, found: list[Issue]) -> Iterator[Mapping[str, Any]]:
    if raw is None:
        return
    entries = raw if isinstance(raw, list) else [None]
    for one in entries:
        if isinstance(one, Mapping):
            yield one
        else:
            message = "Une partie de la réponse n’a pas la forme attendue en FHIR R4. Corrigez la structure."
            found.append(issue("error", "shape", message, path=prefix.removesuffix("/") or "item"))


def _not_expected(form: Compiled, link_id: Any, prefix: str) -> Issue:
    if not isinstance(link_id, str) or not link_id:
        message = "Un item de la réponse n’a pas de linkId. Donnez-lui celui de sa question."
        return issue("error", "invalidLinkId", message, path=prefix.removesuffix("/") or "item")
    said = link_id[:64]
    known = "n’est pas à sa place" if link_id in form.by_link_id else "n’existe pas dans ce formulaire"
    message = f"« {said} » {known}. Reprenez la fiche avec la bonne version du formulaire."
    return issue("error", "invalidLinkId", message, path=prefix + said, link_id=said)


def _check_item(form: Compiled, spec: Spec, item: Mapping[str, Any], path: str) -> list[Issue]:
    found: list[Issue] = []
    answers = list(_objects(item.get("answer"), f"{path}/", found))
    if spec.is_question:
        if item.get("item"):
            wrong = "les sous-questions se placent sous la réponse"
            found.append(_error(spec, path, "questionItems", wrong, "Corrigez la structure"))
        for n, answer in enumerate(answers):
            found += [_error(spec, path, *wrong) for wrong in _check_answer(form, spec, answer)]
            found += check_structure(form, spec, answer.get("item"), f"{path}/answer[{n}]/")
        return found
    if answers:
        code = "groupShouldNotHaveAnswers" if spec.is_group else "displayAnswer"
        what = "un groupe" if spec.is_group else "un texte affiché"
        found.append(_error(spec, path, code, f"{what} ne reçoit pas de réponse", "Répondez à ses questions"))
    return found + check_structure(form, spec, item.get("item"), f"{path}/")


def _error(spec: Spec, path: str, code: str, wrong: str, remedy: str) -> Issue:
    return issue("error", code, f"{label_of(spec)}{NBSP}: {wrong}. {remedy}.", path=path, link_id=spec.link_id)


def _check_answer(form: Compiled, spec: Spec, answer: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    borne = [key for key, raw in answer.items() if key.startswith("value") and raw is not None]
    if not borne:
        if not answer.get("item"):
            yield "emptyAnswer", "une réponse est vide", "Remplissez-la ou retirez-la"
        return
    value = from_fhir(answer)
    if len(borne) > 1 or borne[0] not in _allowed_keys(form, spec) or value is None or isinstance(value, Unsupported):
        yield "invalidAnswerType", "la réponse n’est pas du type attendu", "Corrigez-la"
    elif isinstance(value, str) and not value.strip():
        yield "emptyAnswer", "une réponse est vide", "Remplissez-la ou retirez-la"
    elif not _is_written_well(borne[0], value):
        yield "invalidAnswerType", "la réponse ne se lit pas, ou n’existe pas (date, heure, nombre)", "Corrigez-la"


def _allowed_keys(form: Compiled, spec: Spec) -> set[str]:
    allowed = set(profile.ANSWER_KEYS.get(spec.type, ()))
    if spec.type in profile.CHOICE_TYPES:
        allowed |= {_KEY_OF_KIND.get(kind, "") for kind in kinds_of_options(form, spec)}
    return allowed


def _is_written_well(key: str, value: Value) -> bool:
    if isinstance(value, Moment):
        return is_well_formed(value.kind, value.text)
    if key == "valueInteger" and isinstance(value, (int, Decimal)):
        return value == int(value) and -_LARGEST <= value < _LARGEST
    return not isinstance(value, Coding) or bool(value.code or value.display)
