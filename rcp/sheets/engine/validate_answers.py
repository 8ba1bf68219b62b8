"""The answers of one question: how many, of which type, listed or not, within bounds, well formed."""

from __future__ import annotations

from collections.abc import Iterator

from dcc.lib.french import NBSP
from rcp.sheets.engine import profile
from rcp.sheets.engine.definition import Compiled, Issue, Spec, issue
from rcp.sheets.engine.enablement import is_listed, options_of
from rcp.sheets.engine.explain import label_of
from rcp.sheets.engine.instances import Node
from rcp.sheets.engine.items import bound_value, from_option
from rcp.sheets.engine.regexes import PatternRefused, matches
from rcp.sheets.engine.review import in_absent_line
from rcp.sheets.engine.values import Coding, Moment, Quantity, Unsupported, Value, compare, equal, kind_of, number_of


def check_answers(form: Compiled, node: Node) -> list[Issue]:
    """Check the answers of one open question; findings bear the path of the question."""
    spec, values = node.spec, node.values
    found = [_issue(node, code, wrong, remedy) for code, wrong, remedy in _check_count(spec, values)]
    for value in values:
        if isinstance(value, Unsupported):
            continue  # said by validate_structure
        checks = [*_check_listed(form, spec, value), *_check_bounds(spec, value), *_check_text(spec, value)]
        checks += _check_precision(spec, value)
        found += [_issue(node, code, wrong, remedy) for code, wrong, remedy in checks]
    found += [_issue(node, *finding) for finding in _check_exclusive(spec, values)]
    return found


Finding = tuple[str, str, str]


def _issue(node: Node, code: str, wrong: str, remedy: str) -> Issue:
    message = f"{label_of(node.spec)}{NBSP}: {wrong}. {remedy}."
    return issue("error", code, message, path=node.path, link_id=node.spec.link_id)


def _check_count(spec: Spec, values: list[Value]) -> Iterator[Finding]:
    if len(values) > 1 and not spec.repeats:
        yield "repeats", "une seule réponse est possible", "Gardez-en une"
    yield from _check_occurs(spec, len(values))


def _check_occurs(spec: Spec, count: int) -> Iterator[Finding]:
    least, most = spec.extension(profile.MIN_OCCURS), spec.extension(profile.MAX_OCCURS)
    what = "lignes" if spec.is_group else "réponses"
    if isinstance(most, int) and count > most:
        yield "maxCount", f"{most} {what} au plus", "Retirez-en"
    if isinstance(least, int) and count < least:
        yield "minCount", f"{least} {what} au moins", "Complétez"


def check_lines(node: Node) -> list[Issue]:
    """Check how many lines a repeating group has; said once, on its first line."""
    lines = node.parent.kids[node.spec.index] if node.parent else [node]
    if lines[0] is not node or in_absent_line(node):
        return []
    count = sum(line.present for line in lines)
    return [_issue(node, *finding) for finding in _check_occurs(node.spec, count)]


def _check_listed(form: Compiled, spec: Spec, value: Value) -> Iterator[Finding]:
    free_text = spec.type == "open-choice" and isinstance(value, str)
    if options_of(form, spec) and not free_text and not is_listed(form, spec, value):
        open_code = spec.type == "open-choice" and isinstance(value, Coding) and value.code is None
        if not open_code:
            yield "invalidAnswerOption", "la réponse n’est pas dans la liste", "Choisissez une réponse proposée"


def _check_exclusive(spec: Spec, values: list[Value]) -> Iterator[Finding]:
    if len(values) < 2:
        return
    for raw in spec.raw.get("answerOption") or ():
        extensions = raw.get("extension") or ()
        if any(e.get("url") == profile.OPTION_EXCLUSIVE and e.get("valueBoolean") is True for e in extensions):
            option = from_option(raw)
            if any(equal(value, option) for value in values):
                yield (
                    "exclusiveAnswerOption",
                    "une réponse exclusive est donnée avec une autre",
                    "Gardez l’une ou l’autre",
                )


def _check_bounds(spec: Spec, value: Value) -> Iterator[Finding]:
    for url, quantity_url, beyond, code, word, wrong in (
        (profile.MIN_VALUE, profile.MIN_QUANTITY, -1, "minValue", "minimum", "est sous le minimum"),
        (profile.MAX_VALUE, profile.MAX_QUANTITY, 1, "maxValue", "maximum", "dépasse le maximum"),
    ):
        bound = bound_value(spec, url, quantity_url)
        if bound is None:
            continue
        order = compare(value, bound)
        if order == beyond:
            yield code, f"la valeur {wrong}", "Vérifiez la valeur"
        elif order is None and isinstance(value, Quantity) and isinstance(bound, Quantity):
            yield f"{code}IncompatUnits", f"l’unité n’est pas celle du {word}", "Corrigez l’unité"
    places = spec.extension(profile.MAX_DECIMAL_PLACES)
    number = value.value if isinstance(value, Quantity) else value
    if isinstance(places, int) and kind_of(number) == "number" and _decimals(number) > places:
        yield "maxDecimalPlaces", f"{places} décimales au plus", "Arrondissez la valeur"
    units = [e["valueCoding"] for e in spec.raw.get("extension") or () if e.get("url") == profile.UNIT_OPTION]
    if units and isinstance(value, Quantity) and not any(_same_unit(value, unit) for unit in units):
        yield "invalidUnit", "l’unité n’est pas proposée", "Choisissez une unité de la liste"
    if spec.extension(profile.UNIT_VALUE_SET) and isinstance(value, Quantity) and value.code is None:
        yield "invalidUnitValueSet", "l’unité n’a pas de code", "Choisissez une unité de la liste"


def _decimals(value: Value) -> int:
    number = number_of(value)
    return (
        max(0, -int(number.normalize().as_tuple().exponent))
        if number is not None and not isinstance(number, int)
        else 0
    )


def _same_unit(value: Quantity, unit: dict[str, str]) -> bool:
    if value.code is not None:
        return value.code == unit.get("code") and value.system == unit.get("system")
    return value.unit in (unit.get("display"), unit.get("code"))


def _check_precision(spec: Spec, value: Value) -> Iterator[Finding]:
    wanted = {"mois": 7, "jour": 10}.get(str(spec.extension(profile.MIN_PRECISION)), 0)
    if isinstance(value, Moment) and value.kind != "time" and len(value.text) < wanted:
        yield "precision", "la date est trop peu précise", "Indiquez le mois" if wanted == 7 else "Indiquez le jour"


def _check_text(spec: Spec, value: Value) -> Iterator[Finding]:
    if not isinstance(value, str):
        return
    if spec.type == "string" and ("\n" in value or "\r" in value):
        yield "invalidNewLine", "un texte court tient sur une ligne", "Retirez les retours à la ligne"
    least, most = spec.extension(profile.MIN_LENGTH), spec.raw.get("maxLength")
    if isinstance(least, int) and len(value) < least:
        yield "minLength", f"{least} caractères au moins", "Complétez le texte"
    if isinstance(most, int) and len(value) > most:
        yield "maxLength", f"{most} caractères au plus", "Raccourcissez le texte"
    pattern = spec.extension(profile.REGEX)
    if isinstance(pattern, str) and not _matches(pattern, value):
        yield "regex", "la forme attendue n’est pas respectée", "Corrigez la saisie"


def _matches(pattern: str, value: str) -> bool:
    try:
        return matches(pattern, value)
    except PatternRefused:
        return True  # refused at publication, cannot judge an answer
