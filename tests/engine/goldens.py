"""Golden texts of every packaged form: three invented patients' letters, and the sentence of each possible answer.

    python -m tests.engine.goldens [code…]

writes them anew under ``tests/engine/golden/<code>/``; what changed is then re-read as French before it is committed:

``patient-N.json``   what is typed: ``who``, ``context`` (birthDate, gender, quorum), ``answers`` (linkId → typed text,
                     or list), ``lines`` ([linkId, line number, typed text] in repeating groups)
``letter-N.txt``     the letter of that patient (written here)
``sentences.txt``    the sentence of every option and of sample values of every question of the form (written here)
"""

import json
import re
import sys
from functools import cache
from pathlib import Path
from typing import Any

from rcp.sheets import code_lists
from rcp.sheets.engine import Compiled, compile_definition, compose, parse_value, profile, sentence_of, sentences
from rcp.sheets.engine.items import Item
from tests.engine.conftest import PACKAGED, TODAY, packaged

GOLDEN = Path(__file__).with_name("golden")
CODES = sorted(path.stem for path in PACKAGED.glob("*.json"))
PATIENTS = (1, 2, 3)
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
        return [[option.value] if item.repeats else option.value for option in item.options]
    by_type: dict[str, list[Any]] = {
        "boolean": [True, False],
        "integer": sorted({int(item.min_value or 0), 1, int(item.max_value or 7)}),
        "decimal": [str(item.min_value or 0), "1", str(item.max_value or "2.5")],
        "date": ["2025-11-01", "2025-04", "2024"],
        "choice": [{"system": "urn:x", "code": "C50.4", "display": "Tumeur maligne du sein"}],
    }
    values = by_type.get(item.type, ["précision libre"])
    return [[value] for value in values] if item.repeats else values


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
    """Each question with the sentence of each of its sample answers, a woman's then a man's where they differ."""
    form = compile_definition(wide_open(whole))
    lines = []
    for item in own_questions(code, form):
        lines.append(f"[{item.link_id}] {item.text}")
        agreeing = _OF_THE_PATIENT.search(json.dumps(form.spec(item.link_id).raw))
        people = (WOMAN, MAN) if agreeing else (WOMAN,)
        for value in samples(item):
            said = [sentence_of(form, {form.path(item.link_id): value}, item.link_id, context(p)) for p in people]
            lines.extend(f"  {text or '(rien)'}" for text in dict.fromkeys(said))
        lines.append("")
    return "\n".join(lines)


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
