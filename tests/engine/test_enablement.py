"""Rules 1 to 9 of the contract, on the cases the public fixtures leave out."""

from typing import Any

import pytest

from rcp.sheets.engine import compile_definition, enabled_items, link_ids

NOON = "2025-01-01T12:00:00Z"


def question(link_id: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"linkId": link_id, "type": kind, "text": link_id, **more}


def opens(kind: str, condition: dict[str, Any], *answers: dict[str, Any], **source: Any) -> bool:
    """Whether « target » opens when « source » has these answers."""
    form = {
        "item": [
            question("source", kind, **source),
            question("target", "string", enableWhen=[{"question": "source", **condition}]),
        ]
    }
    return "target" in enabled_items(form, {"item": [{"linkId": "source", "answer": list(answers)}]})


def mm(value: float, unit: str = "mm") -> dict[str, Any]:
    return {"value": value, "unit": unit}


@pytest.mark.parametrize(
    ("kind", "condition", "answer", "expected"),
    [
        ("quantity", {"operator": ">", "answerQuantity": mm(10)}, {"valueQuantity": mm(12)}, True),
        ("quantity", {"operator": ">", "answerQuantity": mm(10)}, {"valueQuantity": mm(12, "cm")}, False),
        ("quantity", {"operator": "=", "answerQuantity": mm(10)}, {"valueQuantity": mm(10.0)}, True),
        ("date", {"operator": "<", "answerDate": "2022-09"}, {"valueDate": "2022"}, False),
        ("date", {"operator": "<", "answerDate": "2022-09"}, {"valueDate": "2021"}, True),
        ("date", {"operator": "=", "answerDate": "2022-09"}, {"valueDate": "2022"}, False),
        ("date", {"operator": "!=", "answerDate": "2022-09"}, {"valueDate": "2022"}, True),
        ("dateTime", {"operator": "=", "answerDateTime": NOON}, {"valueDateTime": "2025-01-01T13:00:00+01:00"}, True),
        ("dateTime", {"operator": ">", "answerDateTime": NOON}, {"valueDateTime": "2025-01-01T12:30:00+01:00"}, False),
        ("decimal", {"operator": "=", "answerInteger": 3}, {"valueDecimal": 3.0}, True),
        ("integer", {"operator": "=", "answerInteger": 1}, {"valueBoolean": True}, False),
        ("string", {"operator": "=", "answerString": "1"}, {"valueInteger": 1}, False),
        ("decimal", {"operator": ">", "answerDecimal": 0.1}, {"valueDecimal": 0.3}, True),
        ("integer", {"operator": "no such", "answerInteger": 1}, {"valueInteger": 1}, False),
    ],
)  # fmt: skip
def test_values_compare_by_kind_unit_and_precision(
    kind: str, condition: dict[str, Any], answer: dict[str, Any], expected: bool
) -> None:
    assert opens(kind, condition, answer) is expected


def test_not_equal_is_true_when_unanswered_and_false_when_any_answer_equals() -> None:
    condition = {"operator": "!=", "answerInteger": 1}
    assert opens("integer", condition)
    assert not opens("integer", condition, {"valueInteger": 2}, {"valueInteger": 1}, repeats=True)


def test_an_answer_false_exists() -> None:
    assert opens("boolean", {"operator": "exists", "answerBoolean": True}, {"valueBoolean": False})


def lines_form() -> dict[str, Any]:
    inner = question("inner", "group", repeats=True, item=[question("dose", "integer")])
    line = question("line", "group", repeats=True, item=[question("kind", "string"), inner])
    open_line = {"operator": "exists", "answerBoolean": True}
    line["item"].append(question("why", "string", enableWhen=[{"question": "dose", **open_line}]))
    other = question("other", "group", repeats=True, item=[
        question("note", "string", enableWhen=[{"question": "kind", "operator": "=", "answerString": "b"}]),
    ])  # fmt: skip
    return {"item": [line, other]}


def test_a_question_is_looked_up_in_the_nearest_shared_instance() -> None:
    def line(kind: str, *doses: int) -> dict[str, Any]:
        inner = [{"linkId": "inner", "item": [{"linkId": "dose", "answer": [{"valueInteger": d}]}]} for d in doses]
        return {"linkId": "line", "item": [{"linkId": "kind", "answer": [{"valueString": kind}]}, *inner]}

    response = {"item": [line("a"), line("b", 1, 2), {"linkId": "other"}, {"linkId": "other"}]}
    found = enabled_items(lines_form(), response)
    assert "line[1]/why" in found
    assert "line[0]/why" not in found
    # From another repeating group, the climb goes to the root: any line may answer.
    assert {"other[0]/note", "other[1]/note"} <= found
    assert "line[1]/inner[1]/dose" in found
    assert "line[0]/inner/dose" in found  # no instance in the response: one virtual, without index


def test_a_loop_evaluates_the_same_whatever_the_order_and_never_hangs() -> None:
    on = {"operator": "=", "answerBoolean": True}
    a = question("a", "boolean", enableWhen=[{"question": "b", **on}])
    b = question("b", "boolean", enableWhen=[{"question": "a", **on}])
    response = {"item": [{"linkId": n, "answer": [{"valueBoolean": True}]} for n in "ab"]}
    assert enabled_items({"item": [a, b]}, response) == enabled_items({"item": [b, a]}, response)
    form = compile_definition({"item": [a, b]})
    form.evaluate({"a": True, "b": True}).change("a", False)


def test_unknown_items_and_odd_shapes_are_ignored() -> None:
    form = {"item": [question("a", "string"), question("g", "group", item=[question("b", "string")])]}
    response = {"item": [{"linkId": "zzz", "answer": [{"valueString": "x"}]}, {"linkId": "a"}, {"linkId": "g"}]}
    assert link_ids(enabled_items(form, response)) == {"a", "g", "b"}
    assert enabled_items(form, {}) == {"a", "g", "g/b"}
