"""A response fits its form or not: one rule at a time, each with a response that keeps it and one that breaks it."""

from typing import Any

import pytest

from rcp.sheets.engine import parse_value, profile, validate_response
from rcp.sheets.engine.compile import compile_definition
from tests.engine.conftest import TODAY, errors
from tests.engine.test_enablement import question

CORE = "http://hl7.org/fhir/StructureDefinition/"
A, B, OTHER = ({"system": "urn:s", "code": code} for code in ("a", "b", "z"))


def form(*items: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Questionnaire",
        "url": "urn:f",
        "version": "1",
        "status": "active",
        "item": [*items],
    } | more


def given(link_id: str, *values: tuple[str, Any]) -> dict[str, Any]:
    return {"linkId": link_id, "answer": [{f"value{kind}": value} for kind, value in values]}


def response(*items: Any, **more: Any) -> dict[str, Any]:
    return {"resourceType": "QuestionnaireResponse", "status": "completed", "item": [*items]} | more


def codes(questionnaire: dict[str, Any], *items: Any, **more: Any) -> set[str]:
    return {one["code"] for one in errors(validate_response(questionnaire, response(*items, **more)))}


def limited(url: str, kind: str = "string", **value: Any) -> dict[str, Any]:
    return form(question("q", kind, extension=[{"url": url, **value}]))


TYPES = {
    "boolean": ("Boolean", True), "integer": ("Integer", 3), "decimal": ("Decimal", 1.5), "date": ("Date", "2025-02"),
    "dateTime": ("DateTime", "2025-02-28T12:00:00+01:00"), "time": ("Time", "12:00:00"), "string": ("String", "a"),
    "text": ("String", "a\nb"), "choice": ("Coding", A), "open-choice": ("Coding", A),
    "quantity": ("Quantity", {"value": 3, "unit": "mm"}),
}  # fmt: skip
ALSO = {("open-choice", "string"), ("open-choice", "text"), ("open-choice", "choice"), ("choice", "open-choice"),
        ("text", "string"), ("string", "text")}  # fmt: skip


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("other", TYPES)
def test_an_answer_is_of_the_type_of_its_question(kind: str, other: str) -> None:
    found = codes(form(question("q", kind)), given("q", TYPES[other]))
    if kind == other or ((kind, other) in ALSO and (kind, other) != ("string", "text")):
        assert not found
    else:
        assert found == {"invalidNewLine" if (kind, other) == ("string", "text") else "invalidAnswerType"}


@pytest.mark.parametrize(
    ("kind", "key", "value"),
    [
        ("date", "Date", "2025-02-30"), ("date", "Date", "2025-13"), ("date", "Date", "25/11/2025"),
        ("date", "Date", "2025-02-28T12:00:00Z"), ("dateTime", "DateTime", "2025-02-28T12:00:00"),
        ("dateTime", "DateTime", "2025-02T12:00:00Z"), ("time", "Time", "24:00:00"), ("time", "Time", "12:00"),
        ("integer", "Integer", 1.5), ("integer", "Integer", 3_000_000_000), ("integer", "Integer", "3"),
        ("integer", "PositiveInt", 3), ("decimal", "Decimal", "1.5"), ("boolean", "Boolean", "true"),
        ("choice", "Coding", {"system": "urn:s"}), ("choice", "Coding", "a"), ("quantity", "Quantity", {"unit": "mm"}),
    ],
)  # fmt: skip
def test_a_value_that_does_not_exist_is_refused(kind: str, key: str, value: Any) -> None:
    assert codes(form(question("q", kind)), given("q", (key, value))) == {"invalidAnswerType"}


@pytest.mark.parametrize("text", ["2025", "2025-02", "2024-02-29"])
def test_a_partial_date_is_accepted(text: str) -> None:
    assert not codes(form(question("q", "date")), given("q", ("Date", text)))


LISTED = question("q", "choice", answerOption=[{"valueCoding": A}, {"valueCoding": B}])
OPEN = {**LISTED, "type": "open-choice"}
NONE_ELSE = {"valueCoding": B, "extension": [{"url": profile.OPTION_EXCLUSIVE, "valueBoolean": True}]}
SEVERAL = {**LISTED, "repeats": True, "answerOption": [{"valueCoding": A}, NONE_ELSE, {"valueCoding": OTHER}]}
VALUE_SET = [{"resourceType": "ValueSet", "id": "v", "expansion": {"contains": [
    {"system": "urn:s", "code": "head", "abstract": True, "contains": [A]}, B]}}]  # fmt: skip
IN_SET = form(question("q", "choice", answerValueSet="#v"), contained=VALUE_SET)
MM = {"value": 5, "unit": "mm"}


@pytest.mark.parametrize(
    ("questionnaire", "values", "expected"),
    [
        (form(LISTED), [("Coding", {**B, "display": "autre libellé"})], None),
        (form(LISTED), [("Coding", OTHER)], "invalidAnswerOption"),
        (form(LISTED), [("Coding", {"code": "a"})], "invalidAnswerOption"),
        (form(LISTED), [("Coding", A), ("Coding", B)], "repeats"),
        (form(OPEN), [("String", "autre")], None),
        (form(OPEN), [("Coding", {"display": "autre"})], None),
        (form(OPEN), [("Coding", OTHER)], "invalidAnswerOption"),
        (form(SEVERAL), [("Coding", A), ("Coding", OTHER)], None),
        (form(SEVERAL), [("Coding", A), ("Coding", B)], "exclusiveAnswerOption"),
        (IN_SET, [("Coding", A)], None),
        (IN_SET, [("Coding", OTHER)], "invalidAnswerOption"),
        (IN_SET, [("Coding", {"system": "urn:s", "code": "head"})], "invalidAnswerOption"),
        (limited(profile.MIN_VALUE, "integer", valueInteger=3), [("Integer", 3)], None),
        (limited(profile.MIN_VALUE, "integer", valueInteger=3), [("Integer", 2)], "minValue"),
        (limited(profile.MAX_VALUE, "decimal", valueDecimal=0.3), [("Decimal", 0.3)], None),
        (limited(profile.MAX_VALUE, "decimal", valueDecimal=0.3), [("Decimal", 0.31)], "maxValue"),
        (limited(profile.MAX_VALUE, "date", valueDate="2025-06-15"), [("Date", "2025")], None),
        (limited(profile.MAX_VALUE, "date", valueDate="2025-06-15"), [("Date", "2025-07")], "maxValue"),
        (limited(profile.MIN_QUANTITY, "quantity", valueQuantity=MM), [("Quantity", MM)], None),
        (limited(profile.MIN_QUANTITY, "quantity", valueQuantity=MM), [("Quantity", {**MM, "value": 4})], "minValue"),
        (limited(profile.MIN_QUANTITY, "quantity", valueQuantity=MM), [("Quantity", {**MM, "unit": "cm"})],
         "minValueIncompatUnits"),
        (limited(profile.MAX_DECIMAL_PLACES, "decimal", valueInteger=1), [("Decimal", 1.50)], None),
        (limited(profile.MAX_DECIMAL_PLACES, "decimal", valueInteger=1), [("Decimal", 1.55)], "maxDecimalPlaces"),
        (limited(profile.MIN_LENGTH, valueInteger=2), [("String", "a")], "minLength"),
        (form(question("q", "string", maxLength=2)), [("String", "ab")], None),
        (form(question("q", "string", maxLength=2)), [("String", "abc")], "maxLength"),
        (limited(profile.REGEX, valueString="[a-z]{2}"), [("String", "ab")], None),
        (limited(profile.REGEX, valueString="[a-z]{2}"), [("String", "abc")], "regex"),
        (limited(profile.MIN_PRECISION, "date", valueCode="mois"), [("Date", "2025-02")], None),
        (limited(profile.MIN_PRECISION, "date", valueCode="mois"), [("Date", "2025")], "precision"),
        (form(question("q", "string", required=True)), [("String", "a")], None),
        (form(question("q", "string")), [("String", "a"), ("String", "b")], "repeats"),
        (form(question("q", "string", repeats=True)), [("String", "a"), ("String", "b")], None),
    ],
)  # fmt: skip
def test_each_rule_of_a_question(
    questionnaire: dict[str, Any], values: list[tuple[str, Any]], expected: str | None
) -> None:
    assert codes(questionnaire, given("q", *values)) == ({expected} if expected else set())


@pytest.mark.parametrize("answer", [[], [{"valueString": ""}], [{"valueString": "  "}], [{}], [{"valueString": None}]])
def test_an_empty_answer_does_not_answer(answer: list[Any]) -> None:
    assert "required" in codes(form(question("q", "string", required=True)), {"linkId": "q", "answer": answer})


LINES = form(question(
    "line", "group", repeats=True, item=[question("drug", "string", required=True)],
    extension=[{"url": profile.MIN_OCCURS, "valueInteger": 1}, {"url": profile.MAX_OCCURS, "valueInteger": 2}],
))  # fmt: skip
LINE = {"linkId": "line", "item": [given("drug", ("String", "a"))]}


def test_the_lines_of_a_group_are_counted_and_a_required_column_asks_only_of_a_line_that_is_there() -> None:
    assert not codes(LINES, LINE, LINE)
    assert codes(LINES) == {"minCount"}
    assert codes(LINES, LINE, LINE, LINE) == {"maxCount"}
    assert codes(LINES, LINE, {"linkId": "line"}) == {"required"}


def test_a_required_item_under_an_answer_asks_only_when_there_is_an_answer() -> None:
    below = form(question("q", "boolean", item=[question("why", "string", required=True)]))
    assert not codes(below)
    assert codes(below, given("q", ("Boolean", True))) == {"required"}


def test_an_answer_to_a_closed_question_is_refused_and_a_required_closed_question_asks_nothing() -> None:
    on = [{"question": "q", "operator": "=", "answerBoolean": True}]
    closed = form(question("q", "boolean"), question("then", "string", required=True, enableWhen=on))
    assert not codes(closed, given("q", ("Boolean", False)))
    assert codes(closed, given("q", ("Boolean", False)), given("then", ("String", "a"))) == {"disabled"}
    assert codes(closed, given("q", ("Boolean", True))) == {"required"}


NESTED = form(question("g", "group", item=[question("q", "string")]), question("d", "display"))


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ([{"linkId": "zzz"}], "invalidLinkId"),
        ([given("q", ("String", "a"))], "invalidLinkId"),
        ([{"linkId": "g", "item": [given("q", ("String", "a")) | {"item": [{"linkId": "q"}]}]}], "questionItems"),
        ([{"linkId": "g", "answer": [{"valueString": "a"}]}], "groupShouldNotHaveAnswers"),
        ([given("d", ("String", "a"))], "displayAnswer"),
        ([{"linkId": "d", "item": [{"linkId": "q"}]}], "invalidLinkId"),
        ([{"linkId": "g"}, {"linkId": "g"}], "repeats"),
        ([{"answer": [{"valueString": "a"}]}], "invalidLinkId"),
        ([None], "shape"),
        (["g"], "shape"),
        ([{"linkId": "g", "item": {"linkId": "q"}}], "shape"),
        ([{"linkId": "g", "item": [{"linkId": "q", "answer": {"valueString": "a"}}]}], "shape"),
        ([{"linkId": "g", "item": [{"linkId": "q", "answer": ["a"]}]}], "shape"),
        ([{"linkId": "g", "item": [{"linkId": "q", "answer": [{"valueString": "a", "valueInteger": 1}]}]}],
         "invalidAnswerType"),
    ],
)  # fmt: skip
def test_unknown_misplaced_and_misshaped_items(items: list[Any], expected: str) -> None:
    assert codes(NESTED, *items) == {expected}


@pytest.mark.parametrize("odd", [None, [], "x", 3, {"resourceType": "Patient"}, {"status": "finished"}, {"item": "x"}])
def test_what_is_not_a_response_is_refused_without_raising(odd: Any) -> None:
    assert errors(validate_response(NESTED, odd))


def test_a_draft_may_lack_answers_but_not_hold_wrong_ones() -> None:
    asked = form(question("q", "string", required=True), question("n", "integer"))
    assert not codes(asked, status="in-progress")
    assert codes(asked, given("n", ("String", "x")), status="in-progress") == {"invalidAnswerType"}


def test_a_typed_date_and_hour_is_a_fhir_date_time() -> None:
    typed = parse_value(compile_definition(form(question("q", "dateTime"))), "q", "25/11/2025 14:30", today=TODAY)
    assert typed == "2025-11-25T14:30:00+01:00"
    assert not codes(form(question("q", "dateTime")), given("q", ("DateTime", typed)))
