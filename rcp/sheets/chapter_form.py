"""A chapter sent as a plain form: each answer that was changed is saved over the version it was read at.

Without script the browser sends every field: one that still says what it said at that version was not touched.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from django.http import QueryDict

from dcc.accounts.models import User
from rcp.models import AnswerEvent, Outcome
from rcp.sheets.actions import Change, Saved, save_answer
from rcp.sheets.desk import Desk
from rcp.sheets.drawing.controls import text_of
from rcp.sheets.drawing.names import ANSWER, BASE, CODE
from rcp.sheets.engine import AnswerRefused, Item
from rcp.sheets.operations import Asked, NotAnOperation, item_at, number_of, run, value_of

VERBS = {"ajouter": "line", "retirer": "unline", "monter": "up", "descendre": "down"}


@dataclass(slots=True)
class Result:
    """What a chapter's form did: how many answers were saved, what met another answer, what cannot be one."""

    saved: int = 0
    conflicts: int = 0
    refused: int = 0
    typed: dict[str, list[str]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    def count(self, saved: Saved | None) -> None:
        match saved.outcome if saved else None:
            case Outcome.APPLIED:
                self.saved += 1
            case Outcome.CONFLICT:
                self.conflicts += 1
            case _:
                self.refused += 1


def save_chapter(desk: Desk, data: QueryDict, *, by: User) -> Result:
    """Save what was changed, then do what the button pressed asks (confirm, choose, lines)."""
    result = Result()
    former = _former(desk, data)
    for name in data:
        if not name.startswith(BASE):
            continue
        path = name.removeprefix(BASE)
        item = item_at(desk.draft.form, path)
        base_ver = number_of(data[name])
        _one(desk, item, path, data, base_ver, former, result, by=by)
    _pressed(desk, data, result, by=by)
    return result


def _one(
    desk: Desk,
    item: Item,
    path: str,
    data: QueryDict,
    base_ver: int,
    former: Mapping[tuple[str, int], Any],
    result: Result,
    *,
    by: User,
) -> None:
    typed = _typed(desk, item, path, data)
    row = desk.draft.rows.get(path)
    current = (row.value, row.ver) if row else (None, 0)
    was = current[0] if base_ver == current[1] else former.get((path, base_ver))
    try:
        value = value_of(desk.draft.form, item, typed)
    except AnswerRefused as refused:
        result.typed[path], result.errors[path] = typed, refused.message
        return
    if value == was or (value in (None, []) and was in (None, [])):
        return
    if desk.allows(item) and desk.sheet is not None:
        result.count(
            save_answer(
                sheet_id=desk.sheet.pk, path=path, change=Change(value=value), base_ver=base_ver, op_id=uuid4(), by=by
            )
        )


def _typed(desk: Desk, item: Item, path: str, data: QueryDict) -> list[str]:
    """The values of a field; a coded one sends its code only while its text is still that of the code."""
    values = data.getlist(f"{ANSWER}{path}")
    code = data.get(f"{ANSWER}{path}{CODE}", "")
    if code and values and values[0].startswith(f"{code} "):
        return [code]
    if (
        item.control == "autocomplete"
        and values
        and values[0] == text_of(desk.draft.form, item, desk.draft.answers.get(path))
    ):
        return [values[0].partition(" ")[0]]
    return values


def _former(desk: Desk, data: QueryDict) -> dict[tuple[str, int], Any]:
    """Answers at the versions the page was read at, for those somebody changed since: one query, if any."""
    stale = {
        name.removeprefix(BASE)
        for name in data
        if name.startswith(BASE)
        and (row := desk.draft.rows.get(name.removeprefix(BASE))) is not None
        and str(row.ver) != data[name]
    }
    if not stale:
        return {}
    events = AnswerEvent.objects.filter(sheet=desk.sheet, path__in=stale, outcome=Outcome.APPLIED)
    return {(event.path, event.ver): event.value for event in events}


def _pressed(desk: Desk, data: QueryDict, result: Result, *, by: User) -> None:
    """The button that sent the form, when it was not « Enregistrer »."""
    if path := data.get("confirmer"):
        if path not in result.errors:
            result.count(_run(desk, "confirm", path, [], by=by))
    elif path := data.get("recalculer"):
        result.count(_run(desk, "set", path, [""], by=by))
    elif pressed := data.get("trancher"):
        choice, _, path = pressed.partition(":")
        result.count(_run(desk, "choose", path, [choice], by=by))
    elif pressed := data.get("ligne"):
        verb, _, path = pressed.partition(":")
        if verb not in VERBS:
            raise NotAnOperation(verb)
        result.count(_run(desk, VERBS[verb], path, [], by=by))


def _run(desk: Desk, op: str, path: str, values: list[str], *, by: User) -> Saved | None:
    row = desk.draft.rows.get(path)
    sheet = desk.sheet
    asked = Asked(
        op=op,
        path=path,
        values=values,
        base_ver=row.ver if row else 0,
        base_rev=sheet.rev if sheet else 0,
        op_id=uuid4(),
    )
    return run(desk, asked, by=by)
