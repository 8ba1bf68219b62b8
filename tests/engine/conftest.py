"""Shared pieces of the form engine's tests: the packaged forms and an invented breast patient."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from rcp.sheets import engine
from rcp.sheets.engine import Compiled, compile_definition, compose, parse_value

ROOT = Path(__file__).resolve().parents[2]
PACKAGED = ROOT / "rcp" / "sheets" / "packaged"
SHARED = ROOT / "../shared"
TODAY = date(2025, 11, 25)

LABELS = {
    "C50.4": "Tumeur maligne du quadrant supéro-externe du sein",
    "8500/3": "Adénocarcinome canalaire infiltrant, SAI (C50.-)",
}


def lookup(value_set: str, code: str) -> dict[str, Any] | None:
    """Stand-in for the national lists: two codes of each kind are enough here."""
    label = LABELS.get(code)
    return {"system": f"urn:test:{value_set}", "code": code, "display": label} if label else None


def packaged(name: str) -> dict[str, Any]:
    """One packaged Questionnaire."""
    return json.loads((PACKAGED / f"{name}.json").read_text(encoding="utf-8"))


def fill(form: Compiled, typed: dict[str, Any], lines: tuple[tuple[str, str, str], ...] = ()) -> dict[str, Any]:
    """Type answers as a person would; ``lines`` are (linkId, instance, text) in repeating groups."""
    answers = {form.path(k): parse_value(form, k, v, today=TODAY, lookup=lookup) for k, v in typed.items()}
    for link_id, instance, text in lines:
        answers[form.path(link_id, instance)] = parse_value(form, link_id, text, today=TODAY, lookup=lookup)
    return answers


@pytest.fixture(scope="session")
def trunk() -> dict[str, Any]:
    return packaged("tronc")


@pytest.fixture(scope="session")
def breast() -> dict[str, Any]:
    return packaged("sein")


@pytest.fixture(scope="session")
def form(trunk: dict[str, Any], breast: dict[str, Any]) -> Compiled:
    """The sheet of a breast board: trunk and breast chapters composed."""
    return compile_definition(compose(trunk, breast))


@pytest.fixture
def woman() -> dict[str, Any]:
    """Context of a woman of 62 on the day of the meeting, quorum reached."""
    return {
        "patient": {"birthDate": "1963-03-11", "gender": "female"},
        "session": {"date": TODAY.isoformat(), "quorum": "atteint"},
    }


def errors(issues: list[engine.Issue]) -> list[engine.Issue]:
    """The issues that refuse."""
    return [one for one in issues if one["severity"] == "error"]
