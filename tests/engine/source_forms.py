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
needs_source = pytest.mark.skipif(not SOURCE.is_dir(), reason="../shared/data/forms is absent")
forms = pytest.mark.parametrize("code", CODES)


@cache
def read(name: str) -> Any:
    return json.loads((SOURCE / name).read_text(encoding="utf-8"))


def chapters_of(code: str) -> list[list[dict[str, Any]]]:
    """The questions the source asks of a form, chapter by chapter."""
    found = next(form for form in read("forms.json") if form["code"] == code)
    return [chapter["items"] for chapter in found["chapitres"]]


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
