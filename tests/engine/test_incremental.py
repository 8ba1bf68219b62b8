"""After one answer changes, what is evaluated again gives what a full evaluation would: presence of items included."""

import random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from rcp.sheets.engine import Evaluation, compile_definition, profile
from tests.engine.test_enablement import question


def expression(url: str, text: str) -> list[dict[str, Any]]:
    return [{"url": url, "valueExpression": {"language": "text/fhirpath", "expression": text}}]


def open_when(text: str) -> dict[str, Any]:
    return {"extension": expression(profile.ENABLE_WHEN_EXPRESSION, text)}


ASKED = "%resource.descendants().where(linkId='{}')"
FORM = {
    "item": [
        question("g", "group", item=[
            question("a", "integer"),
            question("q", "string", item=[question("below", "integer")]),
            question("total", "integer", extension=expression(
                profile.CALCULATED, ASKED.format("a") + ".answer.value + 1"
            )),
        ]),
        question("line", "group", repeats=True, item=[question("dose", "integer")]),
        question("if_a", "string", **open_when(ASKED.format("a") + ".exists()")),
        question("if_g", "string", **open_when(ASKED.format("g") + ".exists()")),
        question("unless_g", "string", **open_when(ASKED.format("g") + ".empty()")),
        question("two_lines", "string", **open_when(ASKED.format("line") + ".count() = 2")),
    ]
}  # fmt: skip
PATHS = ("g/a", "g/q", "g/q/answer[0]/below", "line[1]/dose", "line[2]/dose", "line[2]", "if_g")


def test_an_emptied_question_is_no_longer_there() -> None:
    evaluation = compile_definition(FORM).evaluate({})
    assert evaluation.change("g/a", 1).opened == {"if_a", "if_g"}
    assert evaluation.change("g/a", None).closed == {"if_a", "if_g"}
    assert evaluation.is_enabled("unless_g")


def test_a_line_without_its_last_answer_is_no_longer_there() -> None:
    evaluation = compile_definition(FORM).evaluate({"line[1]/dose": 1, "line[2]/dose": 1})
    assert evaluation.is_enabled("two_lines")
    assert evaluation.change("line[2]/dose", None).closed == {"two_lines", "line[2]", "line[2]/dose"}


def test_a_line_whose_rank_is_stored_stays_when_emptied() -> None:
    evaluation = compile_definition(FORM).evaluate({"line[1]/dose": 1, "line[2]/dose": 1, "line[2]": 2})
    assert evaluation.change("line[2]/dose", None).closed == frozenset()


@given(st.integers(min_value=0, max_value=2**32))
@settings(max_examples=80, deadline=None)
def test_incremental_equals_full_with_expressions_on_presence(seed: int) -> None:
    rng = random.Random(seed)
    form = compile_definition(FORM)
    evaluation: Evaluation = form.evaluate({})
    for _ in range(12):
        before = evaluation.enabled
        path = rng.choice(PATHS)
        value: Any = None if rng.random() < 0.4 else "x" if path in ("g/q", "if_g") else rng.randint(1, 2)
        changes = evaluation.change(path, value)
        full = form.evaluate(evaluation.answers)
        assert (evaluation.enabled, evaluation.calculated) == (full.enabled, full.calculated)
        assert (changes.opened, changes.closed) == (evaluation.enabled - before, before - evaluation.enabled)
