"""An evaluation kept between two saves says what a whole evaluation of the same answers would, whoever wrote them."""

import random
from typing import Any
from uuid import uuid4

import pytest

from rcp.sheets.engine import Compiled, Evaluation
from rcp.sheets.kept import MOVED, KeptEvaluations
from tests.engine import goldens

CONTEXT = {"patient": {"birthDate": "1955-01-01", "gender": "female"}, "session": {"date": "2026-11-20"}}
LINES = [str(uuid4()) for _ in range(2)]


def said(evaluation: Evaluation) -> tuple[Any, ...]:
    return evaluation.enabled, evaluation.calculated, evaluation.answers


def moved(form: Compiled, answers: dict[str, Any], chance: random.Random) -> tuple[str, Any]:
    """A question of the form, in a line if it is asked in lines, and what is answered to it: nothing, now and then."""
    questions = [item for item in form.items.values() if item.is_question and not item.calculated]
    item = chance.choice(questions)
    up, lines = item, []
    while up.parent is not None:
        up = form.item(up.parent)
        lines += [chance.choice(LINES)] if up.repeats else []
    path = form.path(item.link_id, *lines)
    value = None if path in answers and chance.random() < 0.4 else chance.choice(goldens.samples(item))
    return path, value


def put(answers: dict[str, Any], path: str, value: Any) -> None:
    if value in (None, []):
        answers.pop(path, None)
    else:
        answers[path] = value


@pytest.mark.parametrize("code", ["sein", "hemato", "thorax"])
def test_save_after_save_it_says_what_a_whole_evaluation_says(code: str) -> None:
    form, chance = goldens.sheet(code), random.Random(f"kept {code}")
    kept, sheet, answers = KeptEvaluations(), uuid4(), dict[str, Any]()
    for _ in range(60):
        for _ in range(chance.choice((0, 0, 1, 3, MOVED + 3))):  # saved by others, in other processes
            put(answers, *moved(form, answers, chance))
        evaluation = kept.take(sheet, form, answers, CONTEXT)
        assert said(evaluation) == said(form.evaluate(answers, CONTEXT))
        path, value = moved(form, answers, chance)
        changes, whole = evaluation.change(path, value), form.evaluate(answers, CONTEXT).change(path, value)
        assert changes == whole
        put(answers, path, value)
        kept.give_back(sheet, evaluation)


class TestWhoseItIs:
    def test_one_request_at_a_time_has_it(self) -> None:
        form, kept, sheet = goldens.sheet("sein"), KeptEvaluations(), uuid4()
        first = kept.take(sheet, form, {}, CONTEXT)
        kept.give_back(sheet, first)
        assert kept.take(sheet, form, {}, CONTEXT) is first
        assert kept.take(sheet, form, {}, CONTEXT) is not first

    def test_another_day_another_form_or_another_sheet_is_another_evaluation(self) -> None:
        form, kept, sheet = goldens.sheet("sein"), KeptEvaluations(), uuid4()
        for other in (
            (sheet, form, CONTEXT | {"session": {"date": "2026-11-21"}}),
            (sheet, goldens.sheet("uro"), CONTEXT),
            (uuid4(), form, CONTEXT),
        ):
            first = kept.take(sheet, form, {}, CONTEXT)
            kept.give_back(sheet, first)
            sheet_id, its_form, context = other
            assert kept.take(sheet_id, its_form, {}, context) is not first

    def test_the_least_recently_typed_is_forgotten(self) -> None:
        form, kept = goldens.sheet("sein"), KeptEvaluations(size=2)
        sheets = [uuid4() for _ in range(3)]
        made = {sheet: form.evaluate({}, CONTEXT) for sheet in sheets}
        for sheet in sheets:
            kept.give_back(sheet, made[sheet])
        assert [kept.take(sheet, form, {}, CONTEXT) is made[sheet] for sheet in sheets] == [False, True, True]
