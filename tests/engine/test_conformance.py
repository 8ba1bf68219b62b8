"""The public fixtures (HL7, android-fhir, LHC-Forms, smart-forms, refero, brianpos) through the contract functions."""

import json
from typing import Any

import pytest

from rcp.sheets.engine import check_definition, enabled_items, validate_response
from tests.engine.conftest import SHARED, errors

FIXTURES = SHARED / "data" / "forms-fixtures"

# Cases outside the scope of validation (22), by the start of their name: why, and the refusal that keeps their forms
# from being published. All 56 cases of scope « core » are met.
OUTSIDE = {
    "brianpos-attachment": ("no attachment in a sheet: documents are pieces of the case", "unsupportedType"),
    "brianpos-reference": ("no reference to another resource", "unsupportedType"),
    "brianpos-url": ("no link", "unsupportedType"),
    "brianpos-choice": ("a value set that only a remote terminology server knows", "remoteValueSet"),
    "brianpos-open-choice": ("a value set that only a remote terminology server knows", "remoteValueSet"),
    "brianpos-string-with-coding": ("a value set on a text", "que-5"),
    "brianpos-invariant": ("an expression outside the closed grammar", "expression"),
}


def cases(kind: str) -> list[Any]:
    if not FIXTURES.is_dir():
        return [pytest.param(None, marks=pytest.mark.skip(reason="../shared/data/forms-fixtures is absent"))]
    loaded = [json.loads(path.read_text(encoding="utf-8")) for path in sorted((FIXTURES / kind).glob("*.json"))]
    return [pytest.param(case, id=case["id"]) for case in loaded]


@pytest.mark.parametrize("case", cases("enable"))
def test_the_right_items_are_open(case: dict[str, Any]) -> None:
    expected = case.get("our_expect") or case["expect"]
    found = enabled_items(case["questionnaire"], case["response"])
    assert not [path for path in expected["enabled"] if path not in found]
    assert not [path for path in expected["disabled"] if path in found]


@pytest.mark.parametrize("case", cases("definition"))
def test_a_faulty_definition_is_refused_and_says_where(case: dict[str, Any]) -> None:
    refusals = errors(check_definition(case["questionnaire"]))
    assert bool(refusals) is not case["expect"]["accept"]
    said = " ".join(one["message"] for one in refusals)
    for name in case["expect"].get("error_mentions", []):
        assert name in said


@pytest.mark.parametrize("case", cases("validate"))
def test_a_response_is_valid_or_not_as_its_origin_says(case: dict[str, Any]) -> None:
    if case["scope"] != "core":
        why, code = next(said for name, said in OUTSIDE.items() if case["id"].startswith(name))
        assert code in {one["code"] for one in errors(check_definition(case["questionnaire"]))}, why
        return
    found = validate_response(case["questionnaire"], case["response"])
    assert bool(errors(found)) is not case["expect"]["valid"], found
