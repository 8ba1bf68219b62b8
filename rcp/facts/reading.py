"""The facts of a frozen sheet: its standardised answers, coded, numbered, true or dated. Text is never one."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from rcp.sheets.engine import Compiled, Item, answers_from_response, link_id_of
from rcp.sheets.engine.profile import STAT_PATTERN
from rcp.sheets.engine.values import number_of

KEY = re.compile(STAT_PATTERN)  # the forms' own rule, which the table of keys repeats
LONGEST_CODE = 100  # past it, it is not a code
LARGEST = 1e15  # past it, it is not a measure
YES, NO = "oui", "non"
PRECISIONS = {4: "annee", 7: "mois", 10: "jour"}  # by the length of the date as it was answered


@dataclass(frozen=True, slots=True, kw_only=True)
class FactRow:
    """One answer. `instance` is the line of a repeating group; `first` is the first of the sheet under its key.

    `code` is that of a listed answer, « oui » or « non » beside `flag`, the precision beside `day` (whose missing month
    and day are the first); a graded list has its degree in `number` too.
    """

    key: str
    instance: int
    first: bool
    code: str
    number: float | None = None
    flag: bool | None = None
    day: str | None = None


def facts_of(form: Compiled, response: Mapping[str, Any]) -> list[FactRow]:
    """Read a frozen QuestionnaireResponse, which holds what was open and nothing that sleeps (STA-01)."""
    lines = _Lines()
    rows: dict[tuple[str, int, str], FactRow] = {}
    keys: set[str] = set()
    for path, answered in answers_from_response(form, response).items():
        item = form.items[link_id_of(path)]
        if not item.is_question or item.stat is None or not KEY.fullmatch(item.stat):
            continue
        instance = lines.rank_of(path)
        for value in answered if isinstance(answered, list) else [answered]:
            read = _read(item, value)
            if read is not None:
                row = FactRow(key=item.stat, instance=instance, first=item.stat not in keys, **read)
                if rows.setdefault((row.key, instance, row.code), row) is row:
                    keys.add(row.key)
    return list(rows.values())


class _Lines:
    """Ranks the lines of each repeating group over the whole sheet, in the order they are met."""

    def __init__(self) -> None:
        self._ranks: dict[str, dict[str, int]] = {}

    def rank_of(self, path: str) -> int:
        end = path.rfind("]")
        if end < 0:
            return 0
        line = path[: end + 1]
        ranks = self._ranks.setdefault(re.sub(r"\[[^\]]*\]", "", line), {})
        return ranks.setdefault(line, len(ranks))


def _read(item: Item, value: Any) -> dict[str, Any] | None:
    """The columns of one answer, None when it is not a fact."""
    match item.type:
        case "choice" | "open-choice":
            return _coded(item, value)
        case "boolean":
            return {"code": YES if value else NO, "flag": value} if isinstance(value, bool) else None
        case "integer" | "decimal":
            return _measured(value)
        case "quantity":  # in another unit than the question's it would not compare
            same = isinstance(value, dict) and item.unit and item.unit in (value.get("unit"), value.get("code"))
            return _measured(value.get("value")) if same else None
        case "date" | "dateTime":
            return _dated(str(value)[:10])
    return None


def _coded(item: Item, value: Any) -> dict[str, Any] | None:
    code = value.get("code") if isinstance(value, dict) else None  # words of one's own are no code
    if not code or len(code) > LONGEST_CODE:
        return None
    return {"code": code, "number": degrees(item).get(code)}


def _measured(value: Any) -> dict[str, Any] | None:
    number = number_of(value)
    return {"code": "", "number": float(number)} if number is not None and -LARGEST < number < LARGEST else None


def _dated(text: str) -> dict[str, Any] | None:
    try:
        day = date.fromisoformat(text + "-01-01"[: 10 - len(text)])
    except ValueError:
        return None
    return {"code": PRECISIONS[len(text)], "day": day.isoformat()} if len(text) in PRECISIONS else None


def degrees(item: Item) -> dict[str, float]:
    """The degree of each code of a graded list: its weight, or the code itself in a list like 0, 1, 2, not assessed."""
    weights = {option.key: option.weight for option in item.options if option.weight is not None}
    if weights:
        return weights
    codes = [option.key for option in item.options]
    numbered = [code for code in codes if code.isdecimal()]
    graded = len(numbered) > 1 and not any(re.search(r"\d", code) for code in codes if not code.isdecimal())
    return {code: float(code) for code in numbered} if graded else {}
