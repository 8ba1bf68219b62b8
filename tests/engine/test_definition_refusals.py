"""Never half-support: each construct outside the profile refuses publication, naming the item and what to do."""

import random
import time
from typing import Any

import pytest

from rcp.sheets.engine import check_definition, profile
from rcp.sheets.engine.fhir_members import VALUE_OF
from rcp.sheets.engine.phrases import ARITY, WORDS
from tests.engine.conftest import PACKAGED, errors, packaged
from tests.engine.test_definition_check import BOOL, SDC, YES, definition, expression, extended, item

CORE = "http://hl7.org/fhir/StructureDefinition/"
OPTIONS = [{"valueCoding": {"code": "a", "display": "A"}}]


def when(kind: str, **line: Any) -> dict[str, Any]:
    return definition(item("source", kind), item("x", enableWhen=[{"question": "source", **line}]))


def variable(name: str | None, text: str = "1") -> dict[str, Any]:
    raw = expression(text)["valueExpression"] | ({"name": name} if name is not None else {})
    return {"url": profile.VARIABLE, "valueExpression": raw}


def language(name: str) -> dict[str, Any]:
    return {"valueExpression": {"language": name, "expression": "1"}}


def value_set(**compose: Any) -> dict[str, Any]:
    contained = [{"resourceType": "ValueSet", "id": "v", "status": "active", "compose": compose}]
    return definition(item("x", "choice", answerValueSet="#v"), contained=contained)


REFUSED = {
    **{f"type {kind}": definition(item("x", kind)) for kind in ("attachment", "reference", "url", "question")},
    "R5 type coding": definition(item("x", "coding")),
    **{f"SDC {name}": definition(extended("x", SDC + name, **expression("1"))) for name in (
        "answerExpression", "candidateExpression", "answerOptionsToggleExpression", "lookupQuestionnaire",
        "subQuestionnaire", "itemPopulationContext", "itemExtractionContext", "targetStructureMap",
        "sourceStructureMap", "templateExtract", "definitionExtract", "questionnaireAdaptive", "assembleContext",
        "preferredTerminologyServer", "sourceQueries",
    )},
    "signature": definition(extended("x", f"{CORE}questionnaire-signatureRequired", valueBoolean=True)),
    "CQF expression": definition(extended("x", f"{CORE}cqf-expression", **expression("1"))),
    "remote units": definition(extended("x", f"{CORE}questionnaire-unitValueSet", valueCanonical="http://x/v")),
    "a calculation under an old address": definition(
        extended("x", f"{CORE}questionnaire-calculatedExpression", **expression("1"))),
    "R5 backport": definition(extended("x", f"{profile.REFUSED_PREFIX}.item.answerConstraint", valueCode="optional")),
    "CQL": definition(extended("x", profile.CALCULATED, **language("text/cql"))),
    "x-fhir-query": definition(item("x", extension=[variable("v") | language("application/x-fhir-query")])),
    "modifier on an option": definition(
        item("x", "choice", answerOption=[{**OPTIONS[0], "modifierExtension": [{"url": "u"}]}])),
    "modifier on a condition": definition(
        BOOL, item("x", enableWhen=[{"question": "b", **YES, "modifierExtension": [{"url": "u"}]}])),
    "an expression on the label": definition(
        item("x", _text={"extension": [{"url": f"{CORE}cqf-expression", **expression("1")}]})),
    "R5 answerConstraint": definition(item("x", "choice", answerConstraint="optionsOnly")),
    "STU3 option": definition(item("x", "choice", option=OPTIONS)),
    "STU3 initial": definition(item("x", "boolean", initialBoolean=True)),
    "STU3 hasAnswer": when("boolean", hasAnswer=True),
    "a slip of the pen": definition(item("x", requird=True)),
    "required as a text": definition(item("x", required="true")),
    "maxLength as a text": definition(item("x", maxLength="20")),
    "hidden as a text": definition(extended("x", profile.HIDDEN, valueString="true")),
    "bound as a text": definition(item("x", "integer", extension=[{"url": profile.MIN_VALUE, "valueString": "3"}])),
    "an empty text": definition(item("x", prefix="")),
    "an empty phrase": definition(extended("x", profile.PHRASE, valueString="")),
    "null": definition(item("x", prefix=None)),
    "a code with spaces": definition(item("x", "choice", answerOption=[{"valueCoding": {"code": " a "}}])),
    "an option that is a decimal": definition(item("x", "decimal", answerOption=[{"valueDecimal": 1.5}])),
    "an option of another type": definition(item("x", "integer", answerOption=[{"valueString": "a"}])),
    "two values in an option": definition(item("x", "choice", answerOption=[{**OPTIONS[0], "valueString": "a"}])),
    "an option without code": definition(item("x", "choice", answerOption=[{"valueCoding": {"system": "urn:s"}}])),
    "two options checked at first": definition(item("x", "choice", answerOption=[
        {"valueString": text, "initialSelected": True} for text in "ab"])),
    "a value set by filter": value_set(include=[{"system": "urn:s", "filter": [{"property": "p"}]}]),
    "a value set with an exclusion": value_set(
        include=[{"system": "urn:s", "concept": [{"code": "a"}]}], exclude=[{"system": "urn:s"}]),
    "a value set from another": value_set(include=[{"valueSet": ["http://x/v"], "concept": [{"code": "a"}]}]),
    "integer against text": when("integer", operator="=", answerString="3"),
    "date against dateTime": when("date", operator="=", answerDateTime="2025-01-01"),
    "choice against boolean": when("choice", operator="=", answerBoolean=True),
    "an order on a choice": when("choice", operator=">", answerCoding={"code": "a"}),
    "an order on yes or no": when("boolean", operator="<", answerBoolean=True),
    "a number written as a text": when("integer", operator="=", answerInteger="3"),
    "a date that does not exist": when("date", operator="=", answerDate="2025-02-30"),
    "a condition without code": when("choice", operator="=", answerCoding={"system": "urn:s"}),
    "two answers in a condition": when("integer", operator="=", answerInteger=1, answerDecimal=1.0),
    "exists with a text": when("integer", operator="exists", answerString="true"),
    "a comparator": when("quantity", operator="=", answerQuantity={"value": 1, "unit": "mm", "comparator": "<"}),
    "bounds of two units": definition(item("x", "quantity", extension=[
        {"url": profile.MIN_QUANTITY, "valueQuantity": {"value": 1, "unit": "mm"}},
        {"url": profile.MAX_QUANTITY, "valueQuantity": {"value": 5, "unit": "cm"}}])),
    "a unit on a text": definition(extended("x", profile.UNIT, valueCoding={"code": "mm"})),
    "an empty group": definition(item("x", "group")),
    "a read-only label": definition(item("x", "display", readOnly=True)),
    "a length on a date": definition(item("x", "date", maxLength=10)),
    "a linkId that is a path": definition(item("x/y[0]")),
    "a linkId that is a word of paths": definition(item("answer")),
    "a variable with an underscore": definition(item("x", extension=[variable("a_b")])),
    "a variable without name": definition(item("x", extension=[variable(None)])),
    "a variable that hides another": definition(
        item("x", "group", extension=[variable("v", "%v + 1")], item=[item("y")]), extension=[variable("v")]),
    "a variable named as ours": definition(item("x", extension=[variable("age")])),
    "a variable that reads itself": definition(item("x", extension=[variable("v", "%v + 1")])),
    "a calculation on itself": definition(item("x", "integer", extension=[{
        "url": profile.CALCULATED, **expression("%resource.item.where(linkId='x').answer.value + 1")}])),
    "a loop through a variable": definition(
        item("x", "integer", extension=[{"url": profile.CALCULATED, **expression("%v")}]),
        item("y", "integer", extension=[{
            "url": profile.CALCULATED, **expression("%resource.item.where(linkId='x').answer.value")}]),
        extension=[variable("v", "%resource.item.where(linkId='y').answer.value")]),
    "a word without its arguments": definition(extended("x", profile.PHRASE, valueString="{{ si() }}")),
    "nested calls": definition(extended(
        "x", profile.PHRASE, valueString="{{ " + "bas(" * 200 + "valeur" + ")" * 200 + " }}")),
    "a huge number": definition(extended("x", profile.PHRASE, valueString="{{ 9" + "9" * 5000 + " }}")),
    "a call on a call": definition(extended("x", profile.PHRASE, valueString="{{ si(1, bas)('x') }}")),
    "a formatted text": definition(extended("x", profile.PHRASE, valueString="{{ '%s' % valeur }}")),
    "a method": definition(extended("x", profile.PHRASE, valueString="{{ 'x'.format(valeur) }}")),
    "a huge label": definition(item("x", text="é" * 1_000_000)),
    "a huge linkId": definition(item("x" * 1_000_000)),
}  # fmt: skip


def nested(levels: int) -> dict[str, Any]:
    leaf = item("x")
    for n in range(levels):
        leaf = item(f"x{n}", "group", item=[leaf])
    return leaf


REFUSED["1 000 levels"] = definition(nested(1000))


@pytest.mark.parametrize("name", REFUSED)
def test_refused_in_french_naming_the_item_within_a_second(name: str) -> None:
    start = time.process_time()
    refusals = errors(check_definition(REFUSED[name]))
    assert time.process_time() - start < 1
    assert refusals
    for one in refusals:
        assert one["link_id"] or one["path"] or one["message"].startswith("Formulaire"), one
        assert one["message"].endswith(".")
        assert len(one["message"]) < 1000
        assert any(mark in one["message"] for mark in ("« x", "« answer", "« v", "Formulaire", "x →")), one["message"]


@pytest.mark.parametrize(
    "extension",
    [
        {"url": "http://hl7.org/fhir/StructureDefinition/rendering-style", "valueString": "color: red"},
        {"url": "https://example.org/anything", "extension": [{"url": "deep", "valueReference": {"reference": "a"}}]},
        {"url": f"{SDC}observationLinkPeriod", "valueDuration": {"value": 1, "code": "a"}},
    ],
)
def test_an_unknown_harmless_extension_only_warns_wherever_it_hangs(extension: dict[str, Any]) -> None:
    option = {**OPTIONS[0], "extension": [extension]}
    for form in (
        definition(item("x", extension=[extension])),
        definition(item("x"), extension=[extension]),
        definition(item("x", "choice", answerOption=[option])),
        definition(item("x", _text={"extension": [extension]})),
    ):
        found = check_definition(form)
        assert not errors(found)
        assert [one["severity"] for one in found if one["code"] == "unknownExtension"] == ["warning"]


def test_a_silent_template_is_a_comment() -> None:
    assert not errors(check_definition(definition(extended("x", profile.PHRASE, valueString="{# rien #}"))))


def test_every_known_extension_says_what_it_bears_and_every_word_how_many_arguments() -> None:
    assert set(VALUE_OF) == set(profile.KNOWN_EXTENSIONS)
    assert set(ARITY) == set(WORDS)


JUNK: tuple[Any, ...] = (
    None, "", 0, -1, 1.5, True, [], {}, "x", [None], {"a": 1}, [[]], 10**30, "é/[1]", "{{", "%v", "(", [{}],
)  # fmt: skip


@pytest.mark.parametrize("seed", range(60))
def test_a_damaged_definition_is_judged_and_never_breaks_the_check(seed: int) -> None:
    rng = random.Random(seed)
    form = packaged(rng.choice(sorted(path.stem for path in PACKAGED.glob("*.json"))))
    form["item"] = [rng.choice(form["item"])]
    places = list(places_of(form))
    for holder, key in rng.sample(places, 3):
        holder[key] = rng.choice(JUNK)
    for one in check_definition(form):
        assert one["message"]
        assert one["severity"] in ("error", "warning", "information")


def places_of(value: Any) -> Any:
    for key, below in value.items() if isinstance(value, dict) else enumerate(value):
        yield value, key
        if isinstance(below, (dict, list)):
            yield from places_of(below)
