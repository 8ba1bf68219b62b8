"""Time of the form engine, in milliseconds of processor time, best of several runs.

    python -m tests.engine.bench [code…]

For a generated form of 800 items and each packaged composition, answered as its first invented patient: ``first``
compiles with nothing remembered, ``again`` when expressions were seen (another form on the same trunk), ``evaluate`` a
whole draft, ``change`` one answer (the middle of the questions tried, then the slowest), ``check`` judges for
publication.
"""

import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

from rcp.sheets.engine import Compiled, check_definition, compile_definition
from rcp.sheets.engine.expressions import compiler
from tests.engine import goldens
from tests.engine.test_speed import big_form

COLUMNS = ("form", "items", "first", "again", "evaluate", "change", "slowest", "check")
TRIED = 60


def milliseconds(action: Callable[[], object], runs: int = 9) -> float:
    times = []
    for _ in range(runs):
        start = time.process_time()
        action()
        times.append(time.process_time() - start)
    return 1000 * min(times)


def first_compilation(raw: dict[str, Any]) -> Compiled:
    compiler.forget_expressions()
    return compile_definition(raw)


def changes(form: Compiled, answers: dict[str, Any], context: dict[str, Any]) -> list[float]:
    """Time to empty then give back one answer, for as many answers as are tried, halved to be that of one change."""
    evaluation = form.evaluate(answers, context)
    paths = [path for path in answers if path in evaluation.tree.by_path][:TRIED]

    def there_and_back(path: str) -> None:
        evaluation.change(path, None)
        evaluation.change(path, answers[path])

    return [milliseconds(lambda path=path: there_and_back(path), 3) / 2 for path in paths]  # type: ignore[misc]


def row(name: str, raw: dict[str, Any], answers: dict[str, Any], context: dict[str, Any]) -> list[str]:
    form = compile_definition(raw)
    times = changes(form, answers, context)
    figures = (
        milliseconds(lambda: first_compilation(raw)),
        milliseconds(lambda: compile_definition(raw)),
        milliseconds(lambda: form.evaluate(answers, context)),
        statistics.median(times),
        max(times),
        milliseconds(lambda: check_definition(raw), 3),
    )
    return [name, str(len(form.specs)), *(f"{figure:.2f}" for figure in figures)]


def big_row() -> list[str]:
    raw = {"resourceType": "Questionnaire", "url": "urn:big", "version": "1"} | big_form()
    form = compile_definition(raw)
    return row("800 items", raw, {form.path(f"q{n}"): {"code": "a"} for n in range(0, 800, 3)}, {})


def packaged_row(code: str) -> list[str]:
    given = goldens.patient(code, 1)
    answers = goldens.answers_of(goldens.sheet(code), given)
    return row(code, goldens.definition(code), answers, goldens.context(given["context"]))


def main() -> None:
    rows = [list(COLUMNS), big_row(), *(packaged_row(code) for code in sys.argv[1:] or goldens.CODES)]
    for cells in rows:
        sys.stdout.write(f"{cells[0]:<16}" + "".join(f"{cell:>10}" for cell in cells[1:]) + "\n")


if __name__ == "__main__":
    main()
