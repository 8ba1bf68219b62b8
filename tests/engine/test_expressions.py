"""The closed FHIRPath grammar: what it computes, and what it refuses with a construct and a position."""

from typing import Any

import pytest

from rcp.sheets.engine import compile_definition, enabled_items
from rcp.sheets.engine.expressions import ExpressionRefused, compile_expression

FORM = {
    "item": [
        {"linkId": "n", "type": "integer"},
        {"linkId": "c", "type": "choice", "repeats": True},
        {"linkId": "g", "type": "group", "repeats": True, "item": [{"linkId": "d", "type": "decimal"}]},
        {"linkId": "out", "type": "string"},
    ]
}
RESPONSE = {
    "item": [
        {"linkId": "n", "answer": [{"valueInteger": 7}]},
        {"linkId": "c", "answer": [{"valueCoding": {"code": "x"}}, {"valueCoding": {"code": "y"}}]},
        {"linkId": "g", "item": [{"linkId": "d", "answer": [{"valueDecimal": 1.5}]}]},
        {"linkId": "g", "item": [{"linkId": "d", "answer": [{"valueDecimal": 2.5}]}]},
    ]
}
CONTEXT = {
    "patient": {"birthDate": "1950-11-26", "gender": "male"},
    "session": {"date": "2025-11-25", "quorum": "atteint"},
    "precedente": {"item": [{"linkId": "g", "item": [{"linkId": "old", "answer": [{"valueString": "avant"}]}]}]},
}


def of(link_id: str, tail: str = "") -> str:
    return f"%resource.repeat(item).where(linkId='{link_id}').answer.value{tail}"


def holds(expression: str) -> bool:
    """Whether an item conditioned by the expression opens."""
    url = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-enableWhenExpression"
    value = {"language": "text/fhirpath", "expression": expression}
    target = {"linkId": "t", "type": "string", "extension": [{"url": url, "valueExpression": value}]}
    return "t" in enabled_items({"item": [*FORM["item"], target]}, RESPONSE, CONTEXT)


@pytest.mark.parametrize(
    "true",
    [
        f"{of('n')} = 7",
        f"{of('n')} * 2 - 4 / 2 = 12",
        f"-{of('n')} < 0",
        f"'x' in {of('c', '.code')}",
        f"({of('c', '.code')}).count() = 2",
        f"{of('d')}.sum() = 4",
        f"{of('d')}.min() = 1.5 and {of('d')}.max() = 2.5",
        "%resource.item.where(linkId='g').item.where(linkId='d').answer.value.sum() = 4.0",
        "%resource.descendants().where(linkId='d').answer.count() = 2",
        f"{of('out')}.empty() and {of('out')}.exists().not()",
        "iif({}, true, 5 > 3)",
        "iif(1 = 1, 'a', 'b') = 'a'",
        "(10 / 4).round(1) = 2.5 and (10 / 4).round() = 3",
        "'12'.toInteger() = 12 and '1.50'.toDecimal() = 1.5",
        "%age = 74 and %age < 75",
        "%patient.gender = 'male' and %patient.birthDate < today()",
        "%session.quorum = 'atteint'",
        "%precedente.repeat(item).where(linkId='old').answer.value = 'avant'",
        "({} or true) and ({} and false).not() and (false implies {})",
        "@2024-02 < today() and true xor false",
        "%context.linkId = 't' and %qItem.type = 'string'",
        "'a' + 'b' = 'ab'",
    ],
)
def test_computes(true: str) -> None:
    assert holds(true)


@pytest.mark.parametrize(
    "not_true",
    [
        "{}",
        "{} = {}",
        f"{of('out')} = 1",
        "1 / 0 = 1",
        "'1' = 1",
        f"{of('c', '.code')} = 'x'",
        "@2025 = today()",
        "not_a",
    ],
)
def test_empty_or_false_keeps_the_item_closed(not_true: str) -> None:
    assert not holds(not_true)


@pytest.mark.parametrize(
    ("text", "construct", "position"),
    [
        ("'a'.matches('x')", "matches()", 5),
        ("1 | 2", "« | »", 3),
        ("%resource.item.count()", "item", 11),
        ("%resource.repeat(item).count()", "repeat()", 11),
        ("%resource.repeat(item).where(text='x')", "where()", 34),
        ("%inconnue = 1", "%inconnue", 1),
        ("item.where(linkId='a').aggregate(1)", "aggregate()", 24),
        ("1 +", "inachevée", 4),
        ("(1", "« ) »", 3),
        ("'a", "non fermé", 1),
        ("1 is Integer", "is", 3),
        ("answer[0]", "[", 7),
    ],
)
def test_refuses_naming_the_construct_and_its_position(text: str, construct: str, position: int) -> None:
    with pytest.raises(ExpressionRefused) as refusal:
        compile_expression(text)
    assert construct in refusal.value.construct
    assert refusal.value.position == position


def test_answers_of_a_closed_item_are_not_read() -> None:
    closed = {"linkId": "n2", "type": "integer", "enableWhen": [{"question": "n", "operator": "=", "answerInteger": 1}]}
    form: dict[str, Any] = {"item": [FORM["item"][0], closed, {"linkId": "s", "type": "integer"}]}
    calculated = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression"
    expression = {"language": "text/fhirpath", "expression": f"{of('n')} + {of('n2')}"}
    form["item"][2]["extension"] = [{"url": calculated, "valueExpression": expression}]
    compiled = compile_definition(form)
    assert compiled.evaluate({"n": 7, "n2": 3}).calculated == {}
    assert compiled.evaluate({"n": 1, "n2": 3}).calculated == {"s": 4}
