"""Is the JSON shaped like a Questionnaire at all? Checked first, so that everything after may rely on it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from rcp.sheets.engine import profile
from rcp.sheets.engine.definition import Issue, issue

_TEXTS: Final = (
    "resourceType", "url", "version", "title", "name", "status", "linkId", "type", "text", "prefix", "definition",
    "enableBehavior", "answerValueSet", "question", "operator", "id", "system", "display",
)  # fmt: skip
_LISTS: Final = (
    "item", "extension", "modifierExtension", "enableWhen", "answerOption", "initial", "contained", "include",
    "concept", "contains",
)  # fmt: skip
_OBJECTS: Final = ("compose", "expansion", "effectivePeriod", "valueCoding", "valueExpression", "valueCodeableConcept")
_CODE_EXTENSIONS: Final = (
    profile.REPRISE, profile.PERIOD, profile.MIN_PRECISION, profile.SOURCE, profile.STAT, profile.PLACE,
    profile.HELP, profile.SHORT_TEXT, profile.OPENED_BY, profile.CLOSED_BECAUSE, profile.ENTRY_FORMAT, profile.REGEX,
)  # fmt: skip
_COUNTS: Final = (profile.MAX_DECIMAL_PLACES, profile.MIN_LENGTH, profile.MIN_OCCURS, profile.MAX_OCCURS)


def check_shape(questionnaire: Mapping[str, Any]) -> list[Issue]:
    """Return one error, naming the nearest item, for the first member that has the wrong JSON type."""
    pending: list[tuple[Mapping[str, Any], str | None]] = [(questionnaire, None)]
    while pending:
        holder, link_id = pending.pop()
        here = holder.get("linkId") if isinstance(holder.get("linkId"), str) else link_id
        wrong = _wrong_member(holder) or _wrong_extension(holder)
        if wrong:
            where = f"Item « {here[:64]} »" if here else "Formulaire"
            message = f"{where} : « {wrong} » n’a pas la forme attendue en FHIR R4. Corrigez la structure."
            return [issue("error", "shape", message, link_id=here, path=None if here else wrong)]
        for name in _LISTS:
            pending += [(one, here) for one in holder.get(name) or ()]
        pending += [(holder[name], here) for name in _OBJECTS if name in holder]
    return []


def _wrong_member(holder: Mapping[str, Any]) -> str:
    for name in _TEXTS:
        if name in holder and not isinstance(holder[name], str):
            return name
    if len(holder.get("linkId", "")) > profile.MAX_LINK_ID:
        return "linkId"
    for name in _LISTS:
        value = holder.get(name, [])
        if not isinstance(value, list) or not all(isinstance(one, Mapping) for one in value):
            return name
    for name in _OBJECTS:
        if name in holder and not isinstance(holder[name], Mapping):
            return name
    codes = holder.get("code")
    if isinstance(codes, list) and not all(isinstance(one, Mapping) for one in codes):
        return "code"
    if "linkId" in holder and codes is not None and not isinstance(codes, list):
        return "code"
    codings = holder.get("coding", [])
    wrong_coding = not isinstance(codings, list) or not all(isinstance(one, Mapping) for one in codings)
    return "coding" if wrong_coding else ""


def _wrong_extension(holder: Mapping[str, Any]) -> str:
    """An extension bears a url, and those the engine reads bear the type it expects."""
    for extension in holder.get("extension") or ():
        url = extension.get("url")
        if not isinstance(url, str):
            return "extension.url"
        values = [value for key, value in extension.items() if key.startswith("value")]
        if url in _CODE_EXTENSIONS and not (len(values) == 1 and isinstance(values[0], str)):
            return url
        if url in _COUNTS and not (len(values) == 1 and type(values[0]) is int):
            return url
        if url == profile.PHRASE and not all(isinstance(value, str) for value in values):
            return url
    return ""
