"""Is a definition fit to be published? Every finding names its item and says what to do."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from rcp.sheets.engine import profile
from rcp.sheets.engine.check_conditions import check_conditions
from rcp.sheets.engine.check_items import check_item
from rcp.sheets.engine.check_members import check_members
from rcp.sheets.engine.check_shape import check_shape
from rcp.sheets.engine.check_weight import check_weight
from rcp.sheets.engine.compile import compile_definition, references_of
from rcp.sheets.engine.definition import Compiled, Issue, Spec, issue
from rcp.sheets.engine.offers import check_list_rules
from rcp.sheets.engine.order import cycles
from rcp.sheets.engine.phrases import check_phrases

_LONGEST = 800  # what a definition says of itself may be long, a message may not
_LINK_ID = re.compile(profile.LINK_ID_PATTERN)
_STAT = re.compile(profile.STAT_PATTERN)


def check_definition(questionnaire: Mapping[str, Any]) -> list[Issue]:
    """Check a Questionnaire before publication (contract): any ``error`` refuses it.

    Hostile definitions (size, depth, loops, patterns, templates) are refused in bounded time.
    """
    if not isinstance(questionnaire, Mapping):
        return [issue("error", "shape", "La définition n’est pas un objet JSON. Fournissez un Questionnaire FHIR R4.")]
    found = check_weight(questionnaire) or check_shape(questionnaire) or _check_size(questionnaire)
    if found:
        return found
    form = compile_definition(questionnaire)
    found += _check_header(questionnaire)
    found += _check_link_ids(form)
    found += _check_stats(form)
    found += check_members(questionnaire)
    for spec in form.specs:
        found += check_item(form, spec)
        found += check_conditions(form, spec)
    found += _check_loops(form)
    found += _check_expressions(form)
    found += check_phrases(form)
    found = [{**one, "message": _short(one["message"])} for one in found]
    return [one for n, one in enumerate(found) if one not in found[:n]] if len(found) < 200 else found


def _short(message: str) -> str:
    return message if len(message) <= _LONGEST else f"{message[: _LONGEST // 2]} … {message[-_LONGEST // 2 :]}"


def named(spec: Spec) -> str:
    """How messages name an item."""
    return f"Item « {spec.link_id or '(sans linkId)'} »"


def _check_size(questionnaire: Mapping[str, Any]) -> list[Issue]:
    level, depth, count = [questionnaire], 0, 0
    while level:
        below: list[Any] = []
        for holder in level:
            below += holder.get("item") or ()
        count, depth = count + len(below), depth + 1
        if count > profile.MAX_ITEMS:
            message = f"Le formulaire dépasse {profile.MAX_ITEMS} items. Découpez-le en plusieurs formulaires."
            return [issue("error", "tooLarge", message, path="item")]
        if below and depth > profile.MAX_DEPTH:
            where = str(below[0].get("linkId"))
            message = f"Item « {where} » : plus de {profile.MAX_DEPTH} niveaux. Aplatissez les groupes."
            return [issue("error", "tooDeep", message, link_id=where)]
        level = below
    if count == 0:
        message = "Le formulaire n’a aucun item. Ajoutez au moins un chapitre."
        return [issue("error", "empty", message, path="item")]
    return []


def _check_header(questionnaire: Mapping[str, Any]) -> list[Issue]:
    found = []
    for name in ("url", "version", "status", "title"):
        if not questionnaire.get(name):
            message = f"Le formulaire n’a pas de « {name} ». Indiquez-le avant de publier."
            found.append(issue("warning", "header", message, path=name))
    if questionnaire.get("resourceType", "Questionnaire") != "Questionnaire":
        message = "La ressource n’est pas un Questionnaire. Fournissez un Questionnaire FHIR R4."
        found.append(issue("error", "shape", message, path="resourceType"))
    return found


def _check_link_ids(form: Compiled) -> list[Issue]:
    found = []
    counts = Counter(spec.link_id for spec in form.specs)
    for link_id, count in counts.items():
        if not link_id:
            message = "Un item n’a pas de linkId. Donnez-lui un identifiant stable."
            found.append(issue("error", "linkId", message, path="item"))
        elif link_id == "answer" or not set("/[]").isdisjoint(link_id):
            message = (
                f"Item « {link_id} » : « / », « [ », « ] » et le mot « answer » désignent une place dans une réponse. "
                "Renommez l’item."
            )
            found.append(issue("error", "linkId", message, link_id=link_id))
        elif count > 1:
            message = f"Item « {link_id} » : ce linkId est utilisé {count} fois. Gardez-le pour un seul item."
            found.append(issue("error", "duplicateLinkId", message, link_id=link_id))
        elif not _LINK_ID.fullmatch(link_id):
            message = (
                f"Item « {link_id} » : un linkId s’écrit en minuscules sans accent, chiffres, « . », « _ » ou « - ». "
                "Renommez-le avant la première publication."
            )
            found.append(issue("error", "linkIdPattern", message, link_id=link_id))
    return found


def _check_stats(form: Compiled) -> list[Issue]:
    """A key the table of facts refuses would be counted nowhere, and nobody would know."""
    keys = [(spec, spec.extension(profile.STAT)) for spec in form.specs]
    counts = Counter(key for _, key in keys if isinstance(key, str))
    found = []
    for spec, key in keys:
        if not isinstance(key, str):
            continue
        if not _STAT.fullmatch(key):
            message = (
                f"{named(spec)} : la clé statistique « {key} » s’écrit en minuscules sans accent, chiffres, « . », "
                "« _ » ou « - », commence par une lettre et tient en 64 caractères. Récrivez-la."
            )
            found.append(issue("error", "statPattern", message, link_id=spec.link_id))
        if counts[key] > 1:
            message = f"{named(spec)} : la clé statistique « {key} » sert à plusieurs items. Donnez-en une à chacun."
            found.append(issue("error", "duplicateStat", message, link_id=spec.link_id))
    return found


def _check_loops(form: Compiled) -> list[Issue]:
    found = []
    for chain in form.loops:
        said = " → ".join(chain if len(chain) <= 12 else [*chain[:11], "…", chain[-1]])
        message = f"Boucle de conditions : {said}. Supprimez l’une de ces conditions."
        found.append(issue("error", "loop", message, link_id=chain[0]))
    return found + _check_initial_loops(form)


def _check_initial_loops(form: Compiled) -> list[Issue]:
    """First values that wait for one another, directly or through a calculated item, have no first value at all."""
    needs: list[set[int]] = []
    for spec in form.specs:
        read = [references_of(spec, one) for one in (spec.initial, spec.calculated) if one is not None]
        named = (form.by_link_id.get(link_id) for link_id in set().union(*read))
        needs.append({question.index for question in named if question is not None})
    found = []
    for chain in cycles(form.specs, needs):
        if not any(form.by_link_id[link_id].initial is not None for link_id in chain):
            continue  # calculated items alone: said with the conditions
        said = " → ".join(chain if len(chain) <= 12 else [*chain[:11], "…", chain[-1]])
        message = f"Boucle de valeurs initiales : {said}. Supprimez l’une de ces valeurs initiales."
        found.append(issue("error", "loop", message, link_id=chain[0]))
    return found


def _check_expressions(form: Compiled) -> list[Issue]:
    _compile_everything(form)
    found = []
    seen: set[tuple[str, str, int]] = set()
    for problem in form.problems:
        key = (problem["link_id"], problem["where"], problem["position"])
        if key in seen:
            continue
        seen.add(key)
        where = f"Item « {problem['link_id']} »" if problem["link_id"] else "Formulaire"
        message = (
            f"{where}, {problem['where']} : expression refusée, {problem['construct']} "
            f"(caractère {problem['position']}). Récrivez l’expression avec la grammaire prévue."
        )
        found.append(issue("error", "expression", message, link_id=problem["link_id"] or None))
    for spec in (form.root, *form.specs):
        found += _check_references(form, spec) + check_list_rules(spec, form.constraints)
        if spec.enable_expression is not None and spec.conditions:
            message = f"{named(spec)} : enableWhen et enableWhenExpression ensemble. Gardez l’un des deux."
            found.append(issue("error", "twoConditions", message, link_id=spec.link_id))
    return found


def _compile_everything(form: Compiled) -> None:
    """Force what is compiled on first use, so that every refusal is known."""
    _ = form.constraints
    for spec in form.specs:
        for url in (profile.REQUIRED_AT_VALIDATION, profile.REQUIRED_AT_REGISTRATION, profile.NOT_CALCULATED):
            if isinstance(spec.extension(url), Mapping):
                form.requirement(spec, url)


def _check_references(form: Compiled, spec: Spec) -> list[Issue]:
    expressions = [spec.enable_expression, spec.calculated, spec.initial, *spec.variables.values()]
    expressions += [c.expression for c in form.constraints if c.spec is spec]
    for url in (profile.REQUIRED_AT_VALIDATION, profile.REQUIRED_AT_REGISTRATION):
        if isinstance(spec.extension(url), Mapping):
            expressions.append(form.requirement(spec, url))
    unknown: set[str] = set()
    for expression in expressions:
        if expression is not None:
            unknown |= {link_id for link_id in references_of(spec, expression) if link_id not in form.by_link_id}
    found = []
    for link_id in sorted(unknown):
        where = named(spec) if spec.parent is not None else "Formulaire"
        message = f"{where} : une expression lit « {link_id} », qui n’existe pas. Corrigez le linkId."
        found.append(issue("error", "unknownReference", message, link_id=spec.link_id or None))
    return found
