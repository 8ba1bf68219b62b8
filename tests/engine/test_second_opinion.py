"""Expressions and responses against independent libraries: fhirpathpy computes the same, fhir.resources accepts them.

Where FHIRPath and our engine differ on purpose, it is listed in DIFFERENT_ON_PURPOSE with its reason and left out of
what is generated.
"""

import random
from decimal import Decimal
from functools import cache
from typing import Any

import fhirpathpy
import pytest
from fhir.resources.R4B.questionnaire import Questionnaire
from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse
from fhirpathpy.models import models
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from rcp.sheets.engine import Compiled, answers_from_response, compile_definition, to_response
from rcp.sheets.engine.expressions.compiler import compile_expression
from rcp.sheets.engine.expressions.environment import Env
from rcp.sheets.engine.values import Coding, Moment
from tests.engine import goldens

DIFFERENT_ON_PURPOSE = {
    "sum()": "empty on an empty collection here: an unanswered score has no value, not zero",
    "repeat()": "two identical lines are two lines here; the standard keeps one of two equal items",
    "round()": "half away from zero here, as a clinician rounds; Python's fhirpathpy rounds half to even",
}

FORM: dict[str, Any] = {
    "resourceType": "Questionnaire", "url": "urn:second", "version": "1", "status": "active",
    "item": [
        {"linkId": "n1", "type": "integer", "text": "n1"},
        {"linkId": "n2", "type": "decimal", "text": "n2"},
        {"linkId": "b1", "type": "boolean", "text": "b1"},
        {"linkId": "c1", "type": "choice", "text": "c1"},
        {"linkId": "cs", "type": "choice", "text": "cs", "repeats": True},
        {"linkId": "t1", "type": "string", "text": "t1"},
        {"linkId": "d1", "type": "date", "text": "d1"},
        {"linkId": "g", "type": "group", "text": "g", "repeats": True, "item": [
            {"linkId": "gn", "type": "integer", "text": "gn"},
            {"linkId": "gc", "type": "choice", "text": "gc"},
        ]},
    ],
}  # fmt: skip
CODES, DAYS, TEXTS = ("a", "b", "c"), ("2024-02-29", "2025-01-01", "2025-11-25"), ("x", "yz", "12")


@cache
def second_form() -> Compiled:
    return compile_definition(FORM)


def random_response(rng: random.Random) -> dict[str, Any]:
    def answered(link_id: str, *values: tuple[str, Any]) -> dict[str, Any]:
        return {"linkId": link_id, "answer": [{f"value{kind}": value} for kind, value in values]}

    def coding() -> tuple[str, Any]:
        return "Coding", {"system": "urn:s", "code": rng.choice(CODES)}

    items = [
        answered("n1", ("Integer", rng.randint(-3, 9))),
        answered("n2", ("Decimal", rng.choice((0.5, 1.25, 2, 7.75)))),
        answered("b1", ("Boolean", rng.random() < 0.5)),
        answered("c1", coding()),
        answered("cs", *(("Coding", {"system": "urn:s", "code": c}) for c in rng.sample(CODES, rng.randint(1, 3)))),
        answered("t1", ("String", rng.choice(TEXTS))),
        answered("d1", ("Date", rng.choice(DAYS))),
    ]
    kept = [item for item in items if rng.random() < 0.75]
    for _ in range(rng.randint(0, 3)):
        line = [answered("gn", ("Integer", rng.randint(0, 5))), answered("gc", coding())]
        kept.append({"linkId": "g", "item": [one for one in line if rng.random() < 0.8]})
    return {"resourceType": "QuestionnaireResponse", "status": "completed", "item": [i for i in kept if i]}


def walk(link_id: str, rng: random.Random, then: str = ".answer.value") -> str:
    by = rng.choice(("%resource.repeat(item)", "%resource.descendants()", "repeat(item)"))
    if not link_id.startswith("g") or rng.random() < 0.3:
        by = by if link_id.startswith("g") else rng.choice((by, "%resource.item"))
    return f"{by}.where(linkId='{link_id}'){then}"


def number(rng: random.Random, depth: int) -> str:
    if depth == 0 or rng.random() < 0.25:
        return rng.choice((str(rng.randint(0, 9)), rng.choice(("0.5", "2.25")), walk("n1", rng), walk("n2", rng)))
    match rng.randint(0, 5):
        case 0:
            return f"({number(rng, depth - 1)} {rng.choice('+-*/')} {number(rng, depth - 1)})"
        case 1:
            return f"%resource.descendants().where(linkId='{rng.choice(('cs', 'gn', 'g'))}').count()"
        case 2:
            return f"{walk('gn', rng)}.{rng.choice(('min', 'max'))}()"
        case 3:
            return f"iif({truth(rng, depth - 1)}, {number(rng, depth - 1)}, {number(rng, depth - 1)})"
        case 4:
            return f"(-{number(rng, depth - 1)})"
    return f"{rng.choice((repr('12'), walk('t1', rng), walk('n1', rng)))}.{rng.choice(('toInteger', 'toDecimal'))}()"


def text(rng: random.Random) -> str:
    return rng.choice((f"'{rng.choice(CODES)}'", walk("c1", rng, ".answer.value.code"), walk("t1", rng)))


def truth(rng: random.Random, depth: int) -> str:
    if depth == 0 or rng.random() < 0.2:
        return rng.choice(("true", "false", walk("b1", rng), f"{walk(rng.choice(('n1', 'gn', 'd1')), rng)}.exists()"))
    match rng.randint(0, 6):
        case 0:
            return (
                f"({number(rng, depth - 1)} {rng.choice(('<', '<=', '>', '>=', '=', '!='))} {number(rng, depth - 1)})"
            )
        case 1:
            return f"({text(rng)} {rng.choice(('=', '!='))} {text(rng)})"
        case 2:
            return f"({truth(rng, depth - 1)} {rng.choice(('and', 'or', 'xor', 'implies'))} {truth(rng, depth - 1)})"
        case 3:
            return f"({truth(rng, depth - 1)}).not()"
        case 4:
            return f"('{rng.choice(CODES)}' in {walk(rng.choice(('cs', 'gc')), rng, '.answer.value.code')})"
        case 5:
            return f"({walk('d1', rng)} {rng.choice(('<', '>=', '='))} @{rng.choice(DAYS)})"
    return (
        f"{walk(rng.choice(('n1', 'cs', 'g')), rng, rng.choice(('', '.answer')))}.{rng.choice(('exists', 'empty'))}()"
    )


def ours(expression: str, response: dict[str, Any]) -> list[Any]:
    form = second_form()
    tree = form.evaluate(answers_from_response(form, response)).tree
    return [plain(value) for value in compile_expression(expression).run(Env(tree, tree.root, {}))]


def theirs(expression: str, response: dict[str, Any]) -> list[Any]:
    """What fhirpathpy finds; it cannot order nor negate an answer's number, and says so: such a case is left out."""
    try:
        found = fhirpathpy.evaluate(response, expression, {"resource": response}, models["r4"])
    except Exception as error:
        reject_unless(any(words in str(error) for words in ("Unary", "ResourceNode")), error)
    return [plain(value) for value in found]


def reject_unless(expected: bool, error: Exception) -> None:
    if not expected:
        raise error
    reject()


def plain(value: Any) -> Any:
    """One value, comparable: numbers rounded to eight places, since theirs are floats."""
    if isinstance(value, bool):
        return value
    if isinstance(value, (int, float, Decimal)):
        return round(float(value), 8) + 0.0
    if isinstance(value, Moment):
        return value.text
    if isinstance(value, Coding):
        return value.code
    return value if isinstance(value, str) else str(value)


@given(st.integers(min_value=0, max_value=2**32))
@settings(max_examples=120, deadline=None)
def test_an_expression_gives_what_fhirpathpy_gives(seed: int) -> None:
    rng = random.Random(seed)
    response = random_response(rng)
    expression = truth(rng, 3) if rng.random() < 0.5 else number(rng, 3)
    assert ours(expression, response) == theirs(expression, response), expression


@pytest.mark.parametrize(
    ("expression", "here", "there"),
    [
        ("%resource.descendants().where(linkId='n1').answer.value.sum()", [], [0.0]),
        ("%resource.repeat(item).where(linkId='gn').count()", [2.0], [1.0]),
        ("(2.5).round(0)", [3.0], [2.0]),
    ],
)
def test_where_we_differ_it_is_on_purpose(expression: str, here: list[Any], there: list[Any]) -> None:
    line = {"linkId": "g", "item": [{"linkId": "gn", "answer": [{"valueInteger": 2}]}]}
    twice = {"resourceType": "QuestionnaireResponse", "status": "completed", "item": [line, line]}
    assert any(name.removesuffix(")") in expression for name in DIFFERENT_ON_PURPOSE)
    assert (ours(expression, twice), theirs(expression, twice)) == (here, there)


@pytest.mark.parametrize("code", goldens.CODES)
def test_packaged_forms_and_frozen_answers_are_fhir(code: str) -> None:
    Questionnaire.model_validate(goldens.definition(code))
    for number_ in goldens.PATIENTS:
        given_ = goldens.patient(code, number_)
        form = goldens.sheet(code)
        response = to_response(form, goldens.answers_of(form, given_), goldens.context(given_["context"]))
        QuestionnaireResponse.model_validate(response)
