"""Each item on its own: its type, its options, its bounds, its pattern, its policies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rcp.sheets.engine import profile
from rcp.sheets.engine.definition import Compiled, Issue, Spec, issue
from rcp.sheets.engine.items import bound_value, from_option, option_key
from rcp.sheets.engine.regexes import PatternRefused, compile_pattern
from rcp.sheets.engine.values import Coding, Unsupported, Value, compare, from_fhir, kind_of

_NOT_ON_DISPLAY = ("required", "repeats", "readOnly", "code", "answerOption", "answerValueSet", "maxLength")
_WITH_MAX_LENGTH = profile.TEXT_TYPES | profile.NUMERIC_TYPES | {"boolean", "open-choice"}
# The value[x] an option may bear, by the type of its item (FHIR R4 has none for a decimal, a dateTime, a quantity).
_OPTION_KEYS = {
    "choice": ("valueCoding", "valueString", "valueInteger", "valueDate", "valueTime"),
    "open-choice": ("valueCoding", "valueString", "valueInteger", "valueDate", "valueTime"),
    "integer": ("valueInteger",), "decimal": ("valueInteger",), "date": ("valueDate",), "time": ("valueTime",),
    "string": ("valueString",),
}  # fmt: skip
_ORDERED_KINDS = {
    "integer": "number", "decimal": "number", "date": "date", "dateTime": "dateTime", "time": "time",
    "quantity": "Quantity",
}  # fmt: skip
_CODES = {
    profile.REPRISE: profile.REPRISE_POLICIES,
    profile.PERIOD: frozenset({"passe", "futur"}),
    profile.MIN_PRECISION: frozenset({"annee", "mois", "jour"}),
    profile.SOURCE: frozenset({"seance"}),
}


def check_item(form: Compiled, spec: Spec) -> list[Issue]:
    """Check one item for what does not involve the others."""
    found = _check_type(spec)
    if any(i["severity"] == "error" for i in found):
        return found
    found += _check_options(spec)
    found += _check_value_set(form, spec)
    found += _check_bounds(spec)
    found += _check_texts(spec)
    found += _check_initial(spec)
    for url, accepted in _CODES.items():
        value = spec.extension(url)
        if value is not None and value not in accepted:
            choices = ", ".join(sorted(accepted))
            name = url.rsplit("/", 1)[-1]
            message = f"Item « {spec.link_id} » : « {name} » vaut « {value} ». Choisissez {choices}."
            found.append(_error(spec, name, message))
    return found


def _error(spec: Spec, code: str, message: str) -> Issue:
    return issue("error", code, message, link_id=spec.link_id)


def _warning(spec: Spec, code: str, message: str) -> Issue:
    return issue("warning", code, message, link_id=spec.link_id)


def _check_type(spec: Spec) -> list[Issue]:
    name, kind, raw = f"Item « {spec.link_id} »", spec.raw.get("type"), spec.raw
    if kind in profile.REFUSED_TYPES:
        message = f"{name} : le type « {kind} » n’est pas pris en charge. Utilisez une pièce du dossier ou un texte."
        return [_error(spec, "unsupportedType", message)]
    if kind not in profile.ITEM_TYPES:
        message = f"{name} : le type « {kind} » n’existe pas. Choisissez un type FHIR R4 du profil."
        return [_error(spec, "unknownType", message)]
    if kind == "display":
        if spec.children:
            return [_error(spec, "displayChildren", f"{name} : un texte affiché n’a pas d’items. Utilisez un groupe.")]
        borne = [member for member in _NOT_ON_DISPLAY if raw.get(member)]
        if borne:
            message = f"{name} : un texte affiché ne se répond pas. Retirez {', '.join(borne)}."
            return [_error(spec, "que-6", message)]
    if kind == "group" and not spec.children:
        return [_error(spec, "que-1", f"{name} : le groupe est vide. Ajoutez-y des questions ou retirez-le.")]
    if raw.get("maxLength") is not None and kind not in _WITH_MAX_LENGTH:
        message = f"{name} : maxLength ne s’applique pas au type {kind}. Retirez-le."
        return [_error(spec, "que-10", message)]
    if not raw.get("text") and kind != "group":
        return [_warning(spec, "noText", f"{name} : l’item n’a pas de libellé. Écrivez-le.")]
    return []


def _check_options(spec: Spec) -> list[Issue]:
    name, raws = f"Item « {spec.link_id} »", spec.raw.get("answerOption")
    if raws is None:
        return []
    if spec.raw.get("answerValueSet"):
        return [_error(spec, "que-4", f"{name} : answerOption et answerValueSet ensemble. Gardez l’un des deux.")]
    if spec.type not in _OPTION_KEYS:
        return [_error(spec, "que-5", f"{name} : un item {spec.type} n’a pas de liste. Choisissez le type choice.")]
    if not isinstance(raws, list) or not all(isinstance(raw, Mapping) for raw in raws):
        return [_error(spec, "shape", f"{name} : answerOption est mal formé. Donnez une liste de réponses.")]
    if len(raws) > profile.MAX_OPTIONS:
        message = f"{name} : plus de {profile.MAX_OPTIONS} réponses. Utilisez un jeu de valeurs."
        return [_error(spec, "tooManyOptions", message)]
    allowed = _OPTION_KEYS[spec.type]
    borne = [[key for key in raw if key.startswith("value")] for raw in raws]
    if any(len(keys) != 1 or keys[0] not in allowed for keys in borne):
        message = f"{name} : chaque réponse de la liste porte {' ou '.join(allowed)}, une fois. Corrigez-la."
        return [_error(spec, "optionType", message)]
    values = [from_option(raw) for raw in raws]
    if any(value is None or isinstance(value, Unsupported) for value in values):
        return [_error(spec, "option", f"{name} : une réponse de la liste est illisible. Corrigez-la.")]
    return _check_option_keys(spec, [value for value in values if value is not None])


def _check_option_keys(spec: Spec, values: list[Value]) -> list[Issue]:
    name, found = f"Item « {spec.link_id} »", []
    keys = [option_key(value) for value in values]
    for key in sorted({key for key in keys if keys.count(key) > 1}) if len(set(keys)) < len(keys) else ():
        message = f"{name} : la réponse « {key} » est deux fois dans la liste. Retirez-en une."
        found.append(_error(spec, "duplicateOption", message))
    if any(isinstance(value, Coding) and not value.code and not value.display for value in values):
        found.append(_error(spec, "option", f"{name} : une réponse n’a ni code ni libellé. Écrivez-les."))
    checked = sum(raw.get("initialSelected") is True for raw in spec.raw["answerOption"])
    if checked > 1 and not spec.repeats:
        found.append(_error(spec, "que-13", f"{name} : plusieurs réponses initiales, une réponse. Gardez-en une."))
    if any(isinstance(value, Coding) and not value.display for value in values):
        found.append(_warning(spec, "noDisplay", f"{name} : une réponse n’a pas de libellé. Écrivez-le."))
    return found


def _check_value_set(form: Compiled, spec: Spec) -> list[Issue]:
    reference, name = spec.raw.get("answerValueSet"), f"Item « {spec.link_id} »"
    if reference is None:
        return []
    if spec.type not in profile.CHOICE_TYPES:
        message = f"{name} : un jeu de valeurs demande le type choice. Changez le type."
        return [_error(spec, "que-5", message)]
    text = str(reference)
    if text.startswith("#"):
        if text[1:] not in form.value_sets:
            message = f"{name} : le jeu de valeurs « {text} » n’est pas dans le formulaire. Ajoutez-le ou corrigez."
            return [_error(spec, "valueSet", message)]
        if not form.value_sets[text[1:]]:
            message = f"{name} : le jeu de valeurs « {text} » n’énumère pas ses codes. Donnez-les un par un."
            return [_error(spec, "valueSet", message)]
        return []
    if not text.startswith(f"{profile.NAMESPACE}/"):
        message = f"{name} : le jeu de valeurs distant « {text} » n’est pas pris en charge. Utilisez un jeu local."
        return [_error(spec, "remoteValueSet", message)]
    if "|" not in text:
        message = f"{name} : le jeu de valeurs « {text} » n’a pas de version. Ajoutez « |version »."
        return [_warning(spec, "valueSetVersion", message)]
    return []


def _check_bounds(spec: Spec) -> list[Issue]:
    name, found = f"Item « {spec.link_id} »", []
    low = bound_value(spec, profile.MIN_VALUE, profile.MIN_QUANTITY)
    high = bound_value(spec, profile.MAX_VALUE, profile.MAX_QUANTITY)
    for bound in (low, high):
        if bound is not None and kind_of(bound) != _ORDERED_KINDS.get(spec.type):
            message = f"{name} : une borne n’est pas du type de la question ({spec.type}). Corrigez la borne."
            found.append(_error(spec, "boundType", message))
    if not found and low is not None and high is not None:
        order = compare(low, high)
        if order == 1:
            found.append(_error(spec, "bounds", f"{name} : le minimum dépasse le maximum. Échangez les bornes."))
        if order is None and spec.type == "quantity":
            message = f"{name} : les deux bornes n’ont pas la même unité. Donnez-leur la même."
            found.append(_error(spec, "boundUnit", message))
    found += _check_units(spec)
    for small, large in ((profile.MIN_OCCURS, profile.MAX_OCCURS),):
        first, last = spec.extension(small), spec.extension(large)
        if isinstance(first, int) and isinstance(last, int) and first > last:
            message = f"{name} : le nombre minimal de réponses dépasse le maximal. Échangez-les."
            found.append(_error(spec, "occurs", message))
    decimals = spec.extension(profile.MAX_DECIMAL_PLACES)
    if decimals is not None and (type(decimals) is not int or not 0 <= decimals <= 10):
        found.append(_error(spec, "decimals", f"{name} : le nombre de décimales va de 0 à 10. Corrigez-le."))
    return found


def _check_units(spec: Spec) -> list[Issue]:
    name = f"Item « {spec.link_id} »"
    if spec.extension(profile.UNIT) is not None and spec.type not in {*profile.NUMERIC_TYPES, "quantity"}:
        return [_error(spec, "unit", f"{name} : une unité ne va qu’avec un nombre ou une quantité. Retirez-la.")]
    if spec.extension(profile.UNIT_OPTION) is not None and spec.type != "quantity":
        return [_error(spec, "unit", f"{name} : une liste d’unités ne va qu’avec une quantité. Changez le type.")]
    return []


def _check_texts(spec: Spec) -> list[Issue]:
    name = f"Item « {spec.link_id} »"
    pattern = spec.extension(profile.REGEX)
    if pattern is None:
        return []
    if spec.type not in profile.TEXT_TYPES:
        return [_error(spec, "regex", f"{name} : un motif ne s’applique qu’à un texte. Retirez-le.")]
    try:
        compile_pattern(str(pattern))
    except PatternRefused as refusal:
        message = f"{name} : motif refusé, {refusal}. Simplifiez le motif."
        return [_error(spec, "regex", message)]
    return []


def _check_initial(spec: Spec) -> list[Issue]:
    initial: Any = spec.raw.get("initial")
    if initial is None:
        return []
    name = f"Item « {spec.link_id} »"
    if spec.is_group or spec.type == "display":
        return [_error(spec, "que-8", f"{name} : un {spec.type} n’a pas de valeur initiale. Retirez-la.")]
    if not isinstance(initial, list) or not all(isinstance(one, Mapping) for one in initial):
        return [_error(spec, "shape", f"{name} : initial est mal formé. Donnez une liste de valeurs.")]
    if spec.raw.get("answerOption"):
        message = f"{name} : une liste prend initialSelected, pas initial. Cochez la réponse initiale dans la liste."
        return [_error(spec, "que-11", message)]
    if len(initial) > 1 and not spec.repeats:
        return [_error(spec, "que-13", f"{name} : plusieurs valeurs initiales, une réponse. Gardez-en une.")]
    allowed = profile.ANSWER_KEYS[spec.type]
    if any(not any(key in one for key in allowed) or from_fhir(dict(one)) is None for one in initial):
        message = f"{name} : la valeur initiale n’est pas du type de la question ({spec.type}). Corrigez-la."
        return [_error(spec, "initialType", message)]
    return []
