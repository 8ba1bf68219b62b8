"""Answers written in French: decimal comma, units, option labels, dates (``11/03/1963``)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from dcc.lib.french import NBSP, number
from rcp.sheets.engine.definition import Compiled
from rcp.sheets.engine.french_words import tnm
from rcp.sheets.engine.items import Item
from rcp.sheets.engine.values import Coding, Moment, Quantity, Unsupported, Value, from_plain

_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")


def display_value(form: Compiled, link_id: str, value: Any) -> str:
    """Write the plain draft value of an item for reading; "" when there is none, « a, b » for several answers."""
    item = form.items[link_id]
    values = value if isinstance(value, list) else [value]
    return ", ".join(text for text in (display_one(item, from_plain(item.type, one)) for one in values) if text)


TNM_PARTS: Final = ("tronc.tnm_type", "tronc.tnm_t", "tronc.tnm_n", "tronc.tnm_m", "tronc.tnm_suffixe")


def tnm_of(form: Compiled, answers: Mapping[str, Any]) -> str:
    """The TNM of a draft as the letter writes it, « ypT1b ypN0 M0 »; ``answers`` are the open ones."""
    codes = {one: _codes(answers.get(form.path(one))) for one in TNM_PARTS if one in form.items}
    kind, t, n, m = (next(iter(codes.get(one, ())), "") for one in TNM_PARTS[:4])
    suffixes = codes.get(TNM_PARTS[4], [])
    return tnm(kind, t, n, m, "m" in suffixes, "sn" in suffixes)


def _codes(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [str(one["code"]) for one in values if isinstance(one, Mapping) and one.get("code")]


def display_one(item: Item, value: Value | None) -> str:
    """Write one typed value of an item."""
    if value is None or isinstance(value, Unsupported):
        return ""
    if type(value) is bool:
        return "Oui" if value else "Non"
    if isinstance(value, Coding):
        return _coding(item, value)
    if isinstance(value, Moment):
        return display_moment(value.text) if value.kind != "time" else value.text[:5]
    if isinstance(value, Quantity):
        return with_unit(number(value.value), value.unit or value.code or item.unit)
    if isinstance(value, (int, Decimal)):
        return with_unit(number(value), item.unit)
    return value


def with_unit(written: str, unit: str) -> str:
    """Join a number and its unit with an unbreakable space."""
    return f"{written}{NBSP}{unit}" if unit else written


def display_moment(text: str) -> str:
    """Write a FHIR date or dateTime as data: ``25/11/2025``, ``11/2025``, ``2025``, ``25/11/2025, 14:00``."""
    match = _DATE.match(text)
    if match is None:
        return text
    day = "/".join(part for part in reversed(match.groups()) if part)
    return f"{day}, {text[11:16]}" if "T" in text else day


def _coding(item: Item, value: Coding) -> str:
    listed = item.option(value.code) if value.code else None
    label = listed.label if listed else (value.display or value.code or "")
    if item.value_set and value.code and value.display:
        return f"{value.code} {value.display}"
    return label


def range_of(item: Item) -> str:
    """The accepted range, for the hint beside an input: « 40 à 230 cm »; "" when there is none."""
    low, high = item.min_value, item.max_value
    unit = f"{NBSP}{item.unit}" if item.unit else ""
    written = [plain_bound(bound) for bound in (low, high)]
    if low is not None and high is not None:
        return f"{written[0]} à {written[1]}{unit}"
    if low is not None:
        return f"au moins {written[0]}{unit}"
    return f"au plus {written[1]}{unit}" if high is not None else ""


def plain_bound(bound: Any) -> str:
    """Write a bound: a number with its comma, a date, a quantity."""
    if isinstance(bound, Mapping):
        return with_unit(number(Decimal(str(bound["value"]))), str(bound.get("unit") or ""))
    if isinstance(bound, str) and _DATE.fullmatch(bound):
        return display_moment(bound)
    return "" if bound is None else number(Decimal(str(bound)))
