"""Every form's letters and sentences, as they were re-read (SND-01): a changed template shows here."""

import re
from functools import cache
from typing import Any, NamedTuple

import pytest

from rcp.sheets.engine import compile_definition, constraint_issues, profile
from tests.engine import goldens
from tests.engine.conftest import TODAY, errors, packaged

forms = pytest.mark.parametrize("code", goldens.CODES)
patients = pytest.mark.parametrize("number", goldens.PATIENTS)


@cache
def catalogue(code: str) -> str:
    return goldens.catalogue(code, goldens.definition(code))


@forms
def test_the_sentence_of_every_answer_is_the_one_re_read(code: str) -> None:
    written = (goldens.GOLDEN / code / "sentences.txt").read_text(encoding="utf-8")
    assert catalogue(code) == written


@forms
@patients
def test_the_letters_of_three_invented_patients(code: str, number: int) -> None:
    written = (goldens.GOLDEN / code / f"letter-{number}.txt").read_text(encoding="utf-8")
    assert goldens.letter(goldens.sheet(code), goldens.patient(code, number)) == written


@forms
@patients
def test_what_the_patients_answer_is_open_and_coherent(code: str, number: int) -> None:
    form, given = goldens.sheet(code), goldens.patient(code, number)
    answers = goldens.answers_of(form, given)
    context = goldens.context(given["context"])
    closed = set(answers) - set(form.enabled(answers, context))
    assert not closed
    assert errors(constraint_issues(form, answers, context)) == []
    assert context["session"]["date"] == TODAY.isoformat()


@forms
def test_the_three_patients_are_three_people(code: str) -> None:
    whos = [goldens.patient(code, number)["who"] for number in goldens.PATIENTS]
    letters = [goldens.letter(goldens.sheet(code), goldens.patient(code, number)) for number in goldens.PATIENTS]
    assert len(set(whos)) == len(set(letters)) == len(goldens.PATIENTS)


@forms
def test_every_sentence_is_well_written(code: str) -> None:
    letters = "".join(goldens.letter(goldens.sheet(code), goldens.patient(code, n)) for n in goldens.PATIENTS)
    for line in (catalogue(code) + letters).splitlines():
        for wrong in ("None", "Undefined", "..", " .", " ,", "( ", "()", "{", "}", "True", "False", ": .", "\u00a0 "):
            assert wrong not in line, line
        assert "  " not in line.removeprefix("  "), line
    for line in catalogue(code).splitlines():  # in the letters, some words are a physician's own
        assert not re.search(" [:;!?%»]", line.strip()), line


SILENT = re.compile(r"(\{#.*#\})?")  # a template that says nothing is a comment


class Template(NamedTuple):
    """A template of the form, the item it belongs to, and the word it is made to say more."""

    mark: str
    link_id: str
    text: str


def marked(raw: Any, found: list[Template], link_id: str = "") -> Any:
    """The definition with every template speaking one word of its own more; the templates are added to ``found``."""
    if isinstance(raw, list):
        return [marked(one, found, link_id) for one in raw]
    if not isinstance(raw, dict):
        return raw
    link_id = raw.get("linkId", link_id)
    if raw.get("url") in (profile.PHRASE, "texte") and not SILENT.fullmatch(raw.get("valueString", "")):
        found.append(Template(f"§{len(found)}§", link_id, raw["valueString"]))
        return {**raw, "valueString": found[-1].mark + raw["valueString"]}
    return {key: marked(value, found, link_id) for key, value in raw.items()}


@forms
def test_no_template_can_change_unseen(code: str) -> None:
    templates: list[Template] = []
    changed = marked(goldens.definition(code), templates)
    form = compile_definition(changed)
    texts = goldens.catalogue(code, changed) + "".join(
        goldens.letter(form, goldens.patient(code, number)) for number in goldens.PATIENTS
    )
    seen = set(re.findall(r"§\d+§", texts))
    own = set(goldens.link_ids(packaged(code)["item"]))
    assert own & {template.link_id for template in templates}
    unseen = [f"{one.link_id}: {one.text}" for one in templates if one.link_id in own and one.mark not in seen]
    assert not unseen, "said in no letter and no sentence:\n" + "\n".join(unseen)
