"""Time on a form of 800 items: 10 ms to compile and evaluate, then 1 ms a change (``bench`` prints every form's).

Time of this process, best of several runs: what else the machine does is not counted.
"""

import time
from typing import Any

from rcp.sheets.engine import Compiled, compile_definition, completion, sentences
from tests.engine.patients import breast_patient


def big_form(count: int = 800) -> dict[str, Any]:
    chapters = []
    for start in range(0, count, 20):
        items = []
        for n in range(start, start + 20):
            one: dict[str, Any] = {
                "linkId": f"q{n}",
                "text": f"Question {n}",
                "type": ("choice", "integer", "string")[n % 3],
            }
            if n % 3 == 0:
                one["answerOption"] = [{"valueCoding": {"code": c, "display": c}} for c in "abcd"]
            if n % 4 == 3:
                asked = {"question": f"q{n - n % 3}", "operator": "=", "answerCoding": {"code": "a"}}
                one["enableWhen"] = [asked] if n % 3 else [{**asked, "question": f"q{n - 3}"}]
            items.append(one)
        chapters.append({"linkId": f"g{start}", "text": "Chapitre", "type": "group", "item": items})
    return {"item": chapters}


def best_of(runs: int, action: Any) -> float:
    times = []
    for _ in range(runs):
        start = time.process_time()
        action()
        times.append(time.process_time() - start)
    return min(times)


def test_eight_hundred_items() -> None:
    raw = big_form()
    form = compile_definition(raw)
    answers = {form.path(f"q{n}"): {"code": "a"} for n in range(0, 800, 3)}
    assert len(form.enabled(answers)) > 800
    assert best_of(25, lambda: compile_definition(raw).evaluate(answers)) < 0.010
    evaluation = form.evaluate(answers)
    assert best_of(5, lambda: evaluation.change(form.path("q0"), {"code": "b"})) < 0.001


def test_the_breast_sheet_is_ready_at_once(form: Compiled, woman: dict[str, Any]) -> None:
    answers = breast_patient(form)
    sentences(form, answers, woman)  # templates compile once per form version
    assert best_of(3, lambda: sentences(form, answers, woman)) < 0.1
    assert best_of(3, lambda: completion(form, answers, woman)) < 0.05
    evaluation = form.evaluate(answers, woman)
    assert best_of(5, lambda: evaluation.change(form.path("sein.ki67"), 30)) < 0.001
