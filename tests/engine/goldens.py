"""Golden texts of every packaged form: three invented patients' letters, and the sentence of each possible answer.

    python -m tests.engine.goldens [code…]

writes them anew under ``tests/engine/golden/<code>/``; what changed is then re-read as French before it is committed:

``patient-N.json``   what is typed: ``who``, ``context`` (birthDate, gender, quorum), ``answers`` (linkId → typed text,
                     or list), ``lines`` ([linkId, line number, typed text] in repeating groups)
``letter-N.txt``     the letter of that patient (written here)
``sentences.txt``    the sentence of every option and of sample values of every question of the form; then, for each
                     template that reads other answers, with each of them alone, then among others (written here)
"""

import json
import random
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

from rcp.sheets import code_lists
from rcp.sheets.engine import (
    Compiled,
    Evaluation,
    compile_definition,
    compose,
    parse_value,
    profile,
    sentence_in,
    sentences,
)
from rcp.sheets.engine.items import Item
from rcp.sheets.engine.phrases import option_phrases, parse_phrase
from tests.engine.conftest import PACKAGED, TODAY, packaged
from tests.engine.template_words import Replaced, said_words

GOLDEN = Path(__file__).with_name("golden")
CODES = sorted(path.stem for path in PACKAGED.glob("*.json"))
PATIENTS = (1, 2, 3)
TRIES = 150  # sets of answers tried for the words of a template that none has shown yet
WOMAN = {"birthDate": "1963-03-11", "gender": "female"}
MAN = {"birthDate": "1950-01-01", "gender": "male"}


def definition(code: str) -> dict[str, Any]:
    """The form as it is filled: the trunk alone, or composed with the chapters of a pathology."""
    return packaged("tronc") if code == "tronc" else compose(packaged("tronc"), packaged(code))


@cache
def sheet(code: str) -> Compiled:
    return compile_definition(definition(code))


def context(patient: dict[str, str]) -> dict[str, Any]:
    known = {key: patient[key] for key in ("birthDate", "gender")}
    return {"patient": known, "session": {"date": TODAY.isoformat(), "quorum": patient.get("quorum", "atteint")}}


def patient(code: str, number: int) -> dict[str, Any]:
    return json.loads((GOLDEN / code / f"patient-{number}.json").read_text(encoding="utf-8"))


def line_id(number: int) -> str:
    """The instance of a repeating group that a patient's file calls line ``number``."""
    return f"0c9d5a52-6c1e-4f6e-9a53-{number:012d}"


def answers_of(form: Compiled, given: dict[str, Any]) -> dict[str, Any]:
    """The stored answers of what is typed.

    Raises AnswerRefused when a typed text is not one the desk would take.
    """

    def stored(link_id: str, text: Any) -> Any:
        return parse_value(form, link_id, text, today=TODAY, lookup=code_lists.find)

    answers = {form.path(link_id): stored(link_id, text) for link_id, text in given["answers"].items()}
    for link_id, line, text in given.get("lines", ()):
        answers[form.path(link_id, line_id(line))] = stored(link_id, text)
    return answers


def letter(form: Compiled, given: dict[str, Any]) -> str:
    chapters = sentences(form, answers_of(form, given), context(given["context"]))
    return "".join(f"{title}\n{text}\n\n" for title, text in chapters)


def samples(item: Item) -> list[Any]:
    """Answers that show every sentence of a question on its own: each option, yes and no, none, one and some."""
    if item.options:
        together = [[option.value for option in item.options if not option.exclusive][:2]] if item.repeats else []
        return [*([option.value] if item.repeats else option.value for option in item.options), *together]
    named = thresholds(item)
    whole = [one for one in named if one.isdigit()]
    by_type: dict[str, list[Any]] = {
        "boolean": [True, False],
        "integer": sorted({int(item.min_value or 0), 1, int(item.max_value or 7), *map(int, whole)}),
        "decimal": list(dict.fromkeys([str(item.min_value or 0), "1", str(item.max_value or "2.5"), *named])),
        "date": ["2025-11-01", "2025-04", "2024"],
        "choice": [{"system": "urn:x", "code": "C50.4", "display": "Tumeur maligne du sein"}],
    }
    values = by_type.get(item.type, ["précision libre"])
    return [*([value] for value in values), [*values, "autre précision"]] if item.repeats else values


def thresholds(item: Item) -> list[str]:
    """The numbers a template compares its answer with, and the whole ones after them."""
    compared = rf"(?:donnee|nombre_de\('{re.escape(item.link_id)}'\)) [<>=!]+ ([\d.]+)"
    named = set(re.findall(compared, item.phrase or ""))
    return sorted(named | {str(int(one) + 1) for one in named if one.isdigit()}, key=Decimal)


def own_questions(code: str, form: Compiled) -> list[Item]:
    """The questions a form adds to the trunk or refines; those of lines speak with their line, in the letters."""
    refined = set(link_ids(packaged(code)["item"]))
    found = []
    for item in form.items.values():
        parent = form.item(item.parent) if item.parent else None
        if item.is_question and item.link_id in refined and not (parent and parent.repeats):
            found.append(item)
    return found


def link_ids(items: list[dict[str, Any]]) -> list[str]:
    """The linkIds of items and of all that is in them, in order."""
    return [found for item in items for found in (item["linkId"], *link_ids(item.get("item", [])))]


CLOSING = {profile.ENABLE_WHEN_EXPRESSION, profile.CALCULATED, profile.HIDDEN}


def wide_open(raw: Any) -> Any:
    """The same definition with no condition and nothing calculated: every question can be answered alone."""
    if isinstance(raw, list):
        return [wide_open(one) for one in raw if not (isinstance(one, dict) and one.get("url") in CLOSING)]
    if not isinstance(raw, dict):
        return raw
    return {key: wide_open(value) for key, value in raw.items() if key not in ("enableWhen", "enableBehavior")}


_OF_THE_PATIENT = re.compile(r"\b(acc|patient|sexe|age)\b")


def catalogue(code: str, whole: dict[str, Any]) -> str:
    """Each question with the sentences of its sample answers, a woman's then a man's where they differ."""
    form = compile_definition(wide_open(whole))
    return "\n".join(line for item in spoken(code, form) for line in entry(form, item))


def entry(form: Compiled, item: Item) -> list[str]:
    """The lines of the catalogue about one question, or one repeating group whose lines have a sentence."""
    agreeing = _OF_THE_PATIENT.search(json.dumps(form.spec(item.link_id).raw))
    people = (WOMAN, MAN) if agreeing else (WOMAN,)

    def said(answers: dict[str, Any]) -> list[str]:
        return [sentence_in(given(form, answers, one["gender"]), item.link_id) for one in people]

    lines = [f"[{item.link_id}] {item.text}"]
    for value in samples(item) if item.is_question else ():
        lines.extend(f"  {text or '(rien)'}" for text in dict.fromkeys(said({form.path(item.link_id): value})))
    beside = [text for answers in read_together(form, item) for text in said(answers)]
    beside += [text for answers in still_unsaid(form, item) for text in said(answers)]
    if any("force(" in source for _, source in speaking(form, item)):
        with computed(form):
            beside += [text for own, _ in speaking(form, item) for text in said(own)]
            beside += [text for answers in still_unsaid(form, item) for text in said(answers)]
    return [*lines, *(f"  {text}" for text in dict.fromkeys(beside) if text and f"  {text}" not in lines), ""]


def given(form: Compiled, answers: dict[str, Any], gender: str) -> Evaluation:
    """The form with these answers and no other; moved from the last ones, as thousands are tried."""
    evaluation = standing(form, gender, any(spec.overridable for spec in form.specs))
    before = evaluation.answers
    for path in before.keys() - answers.keys():
        evaluation.change(path, None)
    for path, value in answers.items():
        if before.get(path) != value:
            evaluation.change(path, value)
    return evaluation


@cache
def standing(form: Compiled, gender: str, overridable: bool) -> Evaluation:
    """The evaluation that `given` moves: one for a woman and a man, one more while nothing may be put in place."""
    return Evaluation(form, {}, context(WOMAN if gender == WOMAN["gender"] else MAN))


@contextmanager
def computed(form: Compiled) -> Iterator[None]:
    """Answers read as the rules' own, and no longer as put in their place by hand."""
    forced = [spec for spec in form.specs if spec.overridable]
    for spec in forced:
        spec.overridable = False
    try:
        yield
    finally:
        for spec in forced:
            spec.overridable = True


def spoken(code: str, form: Compiled) -> list[Item]:
    """What has sentences of its own: the questions of the form, and its repeating groups."""
    asked = {item.link_id for item in own_questions(code, form)}
    refined = set(link_ids(packaged(code)["item"]))
    return [
        item
        for item in form.items.values()
        if item.link_id in asked or (item.link_id in refined and item.type == "group" and item.phrase)
    ]


def read_together(form: Compiled, item: Item) -> Iterator[dict[str, Any]]:
    """Answers that show a template with what it reads: each other answer with it, then each among all the others."""
    for own, source in speaking(form, item):
        read = sorted(parse_phrase(source)[1] - {item.link_id} if "{" in source else ())
        tested = {one: tested_values(form.items[one], source) for one in read if form.items[one].is_question}
        usual = {address(form, one): values[0] for one, values in tested.items()}
        for one, values in tested.items():
            for value in values:
                yield {**own, address(form, one): value}
                yield {**own, **usual, address(form, one): value}


def still_unsaid(form: Compiled, item: Item) -> list[dict[str, Any]]:
    """Answers, found by a seeded search, that make a template say the words no answer made it say so far."""
    found, shown = [], list(read_together(form, item))
    for own, source in speaking(form, item):
        read = sorted(parse_phrase(source)[1] - {item.link_id} if "{" in source else ())
        words = list(said_words(source))
        marks = {n: f"§{n}§" for n in range(len(words))}
        marked = source
        for n, (_, end) in reversed(list(enumerate(words))):
            marked = marked[:end] + marks[n] + marked[end:]
        with Replaced(form, item.link_id, option_of(form, item, own, source), marked):
            tries = [own, *(one for one in shown if own.items() <= one.items())]
            for n, answers in enumerate(chain(tries, mixed(form, item, own, read) if read else ())):
                said = sentence_in(given(form, answers, "female"), item.link_id)
                new = {mark for mark in marks.values() if mark in said}
                if new and n >= len(tries):
                    found.append(answers)
                marks = {key: mark for key, mark in marks.items() if mark not in new}
                if not marks:
                    break
    return found


def option_of(form: Compiled, item: Item, own: dict[str, Any], source: str) -> str | None:
    """The option whose template this is; None for the item's own."""
    value = own.get(address(form, item.link_id))
    code = value.get("code") if isinstance(value, dict) else None
    known = dict(option_phrases(form.spec(item.link_id))) if not item.repeats else {}
    return code if isinstance(code, str) and known.get(code) == source else None


def mixed(form: Compiled, item: Item, own: dict[str, Any], read: list[str]) -> Iterator[dict[str, Any]]:
    """Many different sets of answers to what a template reads, always the same ones."""
    rng = random.Random(item.link_id)
    asked = [form.items[one] for one in read if form.items[one].is_question]
    spoken_by_option = dict(option_phrases(form.spec(item.link_id))) if not item.repeats else {}
    itself = [] if spoken_by_option or not item.is_question else samples(item)
    for _ in range(TRIES):
        answers = {address(form, item.link_id): rng.choice(itself)} if itself else dict(own)
        codes: list[Any] = []
        for one in asked:
            value = rng.choice(samples(one)) if rng.random() < 0.7 else None
            same = [known for known in samples(one) if isinstance(known, dict) and known.get("code") in codes]
            if same and rng.random() < 0.5:  # templates compare answers with one another
                value = same[0]
            if value is not None:
                answers[address(form, one.link_id)] = value
                codes += [value.get("code")] if isinstance(value, dict) else []
        yield answers


def speaking(form: Compiled, item: Item) -> list[tuple[dict[str, Any], str]]:
    """An answer that makes each template of an item speak, with that template."""
    spec = form.spec(item.link_id)
    own = [({}, item.phrase)] if item.type == "group" else []
    sources = dict(option_phrases(spec)) if not item.repeats else {}
    for value in samples(item) if item.is_question else ():
        code = value.get("code") if isinstance(value, dict) else None
        source = sources.get(code, item.phrase) if isinstance(code, str) else item.phrase
        if source is not None and (source in sources.values() or source not in [known for _, known in own]):
            own.append(({form.path(item.link_id): value}, source))
    return [(answers, source) for answers, source in own if source]


def address(form: Compiled, link_id: str) -> str:
    """The path of an answer, in the first line when it is in a repeating group."""
    lines = [above for above in form.spec(link_id).ancestors() if above.is_group and above.repeats]
    return form.path(link_id, *(line_id(1) for _ in lines))


def tested_values(item: Item, source: str) -> list[Any]:
    """What a template may make of another answer: one option it does not name, then those it does, or samples."""
    if not item.options:
        return samples(item) if item.type in ("integer", "decimal", "boolean") else samples(item)[:1]
    named = re.findall(rf"est\('{re.escape(item.link_id)}', '([^']*)'\)", source)
    usual = [one for one in item.options if one.key not in named][:1]
    chosen = [*usual, *(one for one in item.options if one.key in named)]
    return [[one.value] if item.repeats else one.value for one in chosen]


def write(code: str) -> None:
    form = sheet(code)
    folder = GOLDEN / code
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sentences.txt").write_text(catalogue(code, definition(code)), encoding="utf-8")
    for number in PATIENTS:
        (folder / f"letter-{number}.txt").write_text(letter(form, patient(code, number)), encoding="utf-8")


if __name__ == "__main__":
    for one in sys.argv[1:] or CODES:
        write(one)
