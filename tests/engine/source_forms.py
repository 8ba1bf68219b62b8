"""The forms as the research wrote them (``../shared/data/forms``), read for the tests that compare ours with them."""

import json
import re
from functools import cache
from typing import Any

import pytest

from rcp.sheets.engine import Compiled
from rcp.sheets.engine.items import Item, Option
from tests.engine.conftest import SHARED
from tests.engine.goldens import CODES

SOURCE = SHARED / "data" / "forms"
# What the source writes as one text « 3 / 1 » and we ask as whole numbers, so that they are compared with the N.
SPLIT = {"sein_gs_nb": {"sein_gs_nb": (0, 50), "sein_gs_envahis": (0, 50)}}
needs_source = pytest.mark.skipif(not SOURCE.is_dir(), reason="../shared/data/forms is absent")
forms = pytest.mark.parametrize("code", CODES)


@cache
def read(name: str) -> Any:
    return json.loads((SOURCE / name).read_text(encoding="utf-8"))


def chapters_of(code: str) -> list[list[dict[str, Any]]]:
    """The questions the source asks of a form, chapter by chapter."""
    found = next(form for form in read("forms.json") if form["code"] == code)
    return [[one for item in chapter["items"] for one in asked(item)] for chapter in found["chapitres"]]


def asked(item: dict[str, Any]) -> list[dict[str, Any]]:
    """A question of the source as we ask it: itself, or the numbers it is split into."""
    numbers = SPLIT.get(item["cle"], {})
    split = [item | {"cle": key, "type": "nombre", "min": low, "max": high} for key, (low, high) in numbers.items()]
    return split or [item]


def plain(text: str) -> str:
    """A label without the typography we set: spaces, apostrophes, ligatures, signs."""
    for ours, theirs in (("’", "'"), ("−", "-"), ("–", "-"), ("œ", "oe"), ("Œ", "Oe"), ("æ", "ae"), ("×", "x")):
        text = text.replace(ours, theirs)
    text = text.replace("≥", ">=").replace("≤", "<=")
    return re.sub(r"\s+", " ", re.sub(r"([<>]=?)", r" \1 ", text)).strip()


def by_stat(form: Compiled) -> dict[str, Item]:
    return {item.stat: item for item in form.items.values() if item.stat}


def option_called(item: Item, label: str) -> Option:
    """The option of an item that the source names so. StopIteration when it is not there."""
    return next(option for option in item.options if plain(option.label) == plain(label))
