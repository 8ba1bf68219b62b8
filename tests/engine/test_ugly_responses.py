"""What a careless or foreign program sends: the open items are still right, and nothing raises (rules 5 to 8)."""

from typing import Any

import pytest

from rcp.sheets.engine import answers_from_response, compile_definition, enabled_items
from tests.engine.test_enablement import opens, question

GROUP = {
    "item": [
        question("g", "group", item=[question("a", "integer"), question("b", "boolean")]),
        question("after", "string", enableWhen=[{"question": "b", "operator": "=", "answerBoolean": True}]),
    ]
}


def test_a_single_group_given_twice_is_read_whole() -> None:
    once = {"linkId": "g", "item": [{"linkId": "a", "answer": [{"valueInteger": 1}]}]}
    again = {"linkId": "g", "item": [{"linkId": "b", "answer": [{"valueBoolean": True}]}]}
    response = {"item": [once, again]}
    assert "after" in enabled_items(GROUP, response)
    assert answers_from_response(compile_definition(GROUP), response) == {"g/a": 1, "g/b": True}


@pytest.mark.parametrize("odd", [None, [], {}, "x", 5, [None], {"valueBoolean": True}, [[]], [{"valueBoolean": None}]])
def test_odd_answers_and_items_count_as_absent(odd: Any) -> None:
    below = [{"linkId": "b", "answer": odd}, {"linkId": None}, {"answer": [{"valueBoolean": True}]}, None, 3]
    for response in ({"item": [{"linkId": "g", "item": below}]}, {"item": [{"linkId": "g", "item": odd}]}, odd):
        assert enabled_items(GROUP, response) == {"g", "g/a", "g/b"}
    assert answers_from_response(compile_definition(GROUP), {"item": [{"linkId": "g", "item": below}]}) == {}


@pytest.mark.parametrize(
    "answer",
    [
        {"valueInteger": "3"}, {"valueInteger": True}, {"valueDecimal": "3.0"}, {"valueString": "3"},
        {"valueReference": {"reference": "3"}}, {"valueDecimal": float("nan")},
    ],
)  # fmt: skip
def test_an_answer_of_another_type_exists_but_equals_nothing(answer: dict[str, Any]) -> None:
    assert opens("integer", {"operator": "exists", "answerBoolean": True}, answer)
    for operator in ("=", ">", "<", ">=", "<="):
        assert not opens("integer", {"operator": operator, "answerInteger": 3}, answer)
    assert opens("integer", {"operator": "!=", "answerInteger": 3}, answer)


def at(operator: str, kind: str, expected: str, given: str) -> bool:
    name = kind[0].upper() + kind[1:]
    return opens(kind, {"operator": operator, f"answer{name}": expected}, {f"value{name}": given})


@pytest.mark.parametrize(
    ("kind", "left", "right", "order"),
    [
        ("dateTime", "0001-01-01T00:00:00+05:00", "2025-01-01T12:00:00Z", "<"),  # out of Python's range in UTC
        ("dateTime", "9999-12-31T23:59:59-05:00", "2025-01-01T12:00:00Z", ">"),
        ("dateTime", "2025-01-01T12:00:00.000Z", "2025-01-01T12:00:00Z", "="),
        ("dateTime", "2025-01-01T12:00:00", "2025-01-01T12:00:00Z", None),  # no zone: unknown
        ("dateTime", "2025-01-01", "2025-01-01T12:00:00Z", None),
        ("time", "12:00:00.000", "12:00:00", "="),
        ("time", "12:00:00.5", "12:00:00", ">"),
        ("date", "2025-9-1", "2025-10-01", None),  # malformed: not ordered as a text would be
        ("date", "2025x", "2026", None),
    ],
)
def test_moments_compare_by_value(kind: str, left: str, right: str, order: str | None) -> None:
    assert [op for op in ("<", "=", ">") if at(op, kind, right, left)] == ([order] if order else [])


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ({"unit": "mm"}, {"unit": "mm", "system": "http://unitsofmeasure.org", "code": "mm"}, True),  # typed, coded
        ({"unit": "millimètre", "code": "mm"}, {"unit": "mm", "code": "mm"}, True),
        ({"code": "mm"}, {"system": "http://unitsofmeasure.org", "code": "mm"}, False),
        ({}, {"unit": "mm"}, False),
        ({}, {}, True),
    ],
)
def test_quantities_compare_with_the_same_unit_only(left: dict[str, Any], right: dict[str, Any], same: bool) -> None:
    condition = {"operator": "=", "answerQuantity": {"value": 3, **right}}
    assert opens("quantity", condition, {"valueQuantity": {"value": 3.0, **left}}) is same
