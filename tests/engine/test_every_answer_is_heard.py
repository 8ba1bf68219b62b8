"""No word is lost (SND-01): on random sheets of every form, what speaks alone is heard in the letter, and once."""

import random
import re
from functools import cache
from typing import Any

import pytest

from rcp.sheets.engine import Compiled, sentence_of, sentences
from rcp.sheets.engine.items import Item
from rcp.sheets.engine.phrases import covered_by
from tests.engine import goldens
from tests.engine.conftest import TODAY
from tests.engine.source_forms import forms

SEEDS = pytest.mark.parametrize("seed", range(4))
LINE = goldens.line_id(1)
Answers = dict[str, Any]


def mark_of(number: int) -> str:
    """A word found nowhere else."""
    return "Repère" + "".join("abcdefghij"[int(digit)] for digit in f"{number:03d}")


def one_answer(item: Item, rng: random.Random) -> Any:
    free = [option.value for option in item.options if not option.exclusive]
    if item.repeats and free and rng.random() < 0.8:
        return rng.sample(free, rng.randint(1, min(3, len(free))))
    return rng.choice(goldens.samples(item))


def above(form: Compiled, item: Item) -> list[Item]:
    found = []
    while item.parent is not None:
        item = form.item(item.parent)
        found.append(item)
    return found


@cache
def sheet_of(code: str, seed: int) -> tuple[Answers, dict[str, str], dict[str, Any]]:
    """A random sheet: its answers, those of them that are marked free text, the context."""
    form, rng = goldens.sheet(code), random.Random(f"{code} {seed}")
    answers: Answers = {}
    marks: dict[str, str] = {}
    for item in form.items.values():
        if not item.is_question or item.calculated or item.source == "seance" or rng.random() > 0.7:
            continue
        lines = [LINE for parent in above(form, item) if parent.repeats]
        path = form.path(item.link_id, *lines)
        answers[path] = one_answer(item, rng)
        meeting = any(parent.source == "seance" for parent in above(form, item))
        if item.type in ("string", "text") and not item.repeats and not meeting:
            answers[path] = marks[path] = mark_of(len(marks))
    patient = {"birthDate": f"{1935 + 20 * seed}-01-01", "gender": ("female", "male")[seed % 2]}
    return answers, marks, {"patient": patient, "session": {"date": TODAY.isoformat(), "quorum": "atteint"}}


def letter(form: Compiled, answers: Answers, context: dict[str, Any]) -> str:
    return "\n".join(text for _, text in sentences(form, answers, context))


@forms
@SEEDS
def test_every_free_text_is_said_once(code: str, seed: int) -> None:
    form = goldens.sheet(code)
    answers, marks, context = sheet_of(code, seed)
    said = letter(form, answers, context)
    open_ = form.enabled(answers, context)
    found = {path: said.count(mark) for path, mark in marks.items()}
    assert found == {path: int(path in open_) for path in marks}


@forms
@SEEDS
def test_an_answer_said_by_another_question_is_still_heard(code: str, seed: int) -> None:
    form = goldens.sheet(code)
    answers, _, context = sheet_of(code, seed)
    said, open_ = letter(form, answers, context), form.enabled(answers, context)
    covered = {link_id for spec in form.specs for link_id in covered_by(spec)}
    lost = []
    for path in [path for path in answers if path in open_ and path.rpartition("/")[2] in covered]:
        link_id = path.rpartition("/")[2]
        speaks = sentence_of(form, answers, link_id, context)
        if speaks and letter(form, {p: v for p, v in answers.items() if p != path}, context) == said:
            lost.append((link_id, speaks))
    assert not lost


@forms
@SEEDS
def test_a_random_letter_is_well_written(code: str, seed: int) -> None:
    answers, _, context = sheet_of(code, seed)
    for text in letter(goldens.sheet(code), answers, context).splitlines():
        for wrong in ("None", "Undefined", "  ", "..", " .", " ,", "( ", "()", "{", "}", "True", "False", ": ."):
            assert wrong not in text, (wrong, text)
        assert not re.search(" [:;!?%»]", text), text
        assert text[-1] in ".!?…", text
