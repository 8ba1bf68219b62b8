"""Bounds on a whole definition, counted before anything costly is done with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rcp.sheets.engine import profile
from rcp.sheets.engine.definition import Issue, issue


def check_weight(questionnaire: Mapping[str, Any]) -> list[Issue]:
    """Refuse a definition too heavy to be checked within a second; stops counting as soon as a bound is passed."""
    nodes = characters = expressions = variables = phrases = 0
    pending: list[Any] = [questionnaire]
    while pending:
        value = pending.pop()
        nodes += 1
        if isinstance(value, Mapping):
            url = value.get("url")
            variables += url == profile.VARIABLE
            template = value.get("valueString") if url in (profile.PHRASE, "texte") else None
            phrases += len(template) if isinstance(template, str) and "{" in template else 0
            text = value.get("expression", value.get("valueString") if url == "expression" else None)
            expressions += len(text) if isinstance(text, str) else 0
            pending.extend(value.values())
        elif isinstance(value, list):
            pending.extend(value)
        elif isinstance(value, str):
            characters += len(value)
        elif type(value) is int and abs(value) > profile.MAX_INTEGER:
            message = (
                f"Le formulaire contient un nombre de plus de {len(str(profile.MAX_INTEGER))} chiffres. Corrigez-le."
            )
            return [issue("error", "tooLarge", message)]
        passed = _passed(nodes, characters, expressions, variables, phrases)
        if passed:
            return [issue("error", "tooLarge", f"Le formulaire dépasse {passed}. Découpez-le ou simplifiez-le.")]
    return []


def _passed(nodes: int, characters: int, expressions: int, variables: int, phrases: int) -> str:
    if nodes > profile.MAX_NODES:
        return f"{profile.MAX_NODES} éléments"
    if characters > profile.MAX_CHARACTERS:
        return f"{profile.MAX_CHARACTERS} caractères"
    if expressions > profile.MAX_EXPRESSIONS:
        return f"{profile.MAX_EXPRESSIONS} caractères d’expressions"
    if variables > profile.MAX_VARIABLES:
        return f"{profile.MAX_VARIABLES} variables"
    return f"{profile.MAX_PHRASES} caractères de phrases" if phrases > profile.MAX_PHRASES else ""
