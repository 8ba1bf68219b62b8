"""What the browser asks of a sheet, one operation at a time: read, checked against form and role, then applied.

The same operations come from the page as one types, from its queue after an outage (in order, by op_id), and from the
plain form of a chapter. A value that cannot be an answer raises AnswerRefused: nothing is written.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from dcc.accounts.models import User
from dcc.lib.french import NNBSP
from dcc.lib.ids import uuid7
from rcp.sheets import code_lists
from rcp.sheets.actions import Change, Saved, confirm_answer, confirm_chapter, save_answer
from rcp.sheets.desk import Desk
from rcp.sheets.drawing.conflicts import BOTH, MINE
from rcp.sheets.engine import Compiled, Item, link_id_of, parse_value
from rcp.sheets.engine.paths import instance_of, split_path
from rcp.sheets.lines import add_line, lines_of, move_line, remove_line

# A new step of a proposal is a first intention until somebody says otherwise (PLN-01).
STARTS_WITH = {"tronc.propositions": {"tronc.propositions.rang": 1}}
LONGEST_NUMBER = 9  # digits: what the columns of versions and revisions hold


class NotAnOperation(Exception):
    """Not something a page of ours sends: unknown path, verb or number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One operation as it arrived."""

    op: str
    path: str
    values: list[str]
    base_ver: int
    base_rev: int
    op_id: UUID


def read(data: Mapping[str, Any]) -> Asked:
    """Read one operation from a posted form. Raises NotAnOperation."""
    values = data.getlist("value") if hasattr(data, "getlist") else [data.get("value", "")]  # type: ignore[attr-defined]
    try:
        return Asked(
            op=data.get("op", "set"),
            path=data["path"],
            values=values,
            base_ver=number_of(data.get("base_ver")),
            base_rev=number_of(data.get("base_rev")),
            op_id=UUID(data["op_id"]),
        )
    except (KeyError, ValueError) as error:
        raise NotAnOperation(str(error)) from error


def number_of(text: str | None) -> int:
    """A version or a revision as a page sends it. Raises NotAnOperation for anything else."""
    if not text:
        return 0
    if len(text) > LONGEST_NUMBER or not (text.isascii() and text.isdigit()):
        raise NotAnOperation(text[:40])
    return int(text)


def run(desk: Desk, asked: Asked, *, by: User) -> Saved | None:
    """Apply one operation; None when the sheet is not there. Raises AnswerRefused, NotAnOperation, PermissionDenied."""
    sheet = desk.sheet
    if sheet is None:
        return None
    item = item_at(desk.draft.form, asked.path)
    if not desk.allows(item):
        raise PermissionDenied
    shared: dict[str, Any] = {"sheet_id": sheet.pk, "op_id": asked.op_id, "by": by}
    if item.type == "group" and asked.op == "confirm":
        return confirm_chapter(**shared, chapter=_chapter_of(item, asked), paths=desk.draft.to_confirm)
    if item.type == "group":
        return _line(desk, item, asked, shared)
    match asked.op:
        case "set":
            change = Change(value=value_of(desk.draft.form, item, asked.values))
        case "add" | "remove":
            change = _option(item, asked)
        case "choose":
            change = _chosen(desk, asked)
        case "confirm":
            return confirm_answer(**shared, path=asked.path)
        case _:
            raise NotAnOperation(asked.op)
    return save_answer(**shared, path=asked.path, change=change, base_ver=asked.base_ver)


def item_at(form: Compiled, path: str) -> Item:
    """The item of a path of this form, its lines named by UUID. Raises NotAnOperation."""
    try:
        link_id = link_id_of(path)
        instances = [one for segment in split_path(path) if (one := instance_of(segment)[1]) is not None]
        for one in instances:
            UUID(one)
        item = form.items[link_id]
        expected = form.path(link_id, *instances)
    except (KeyError, ValueError) as error:
        raise NotAnOperation(path) from error
    if expected != path:
        raise NotAnOperation(path)
    return item


def value_of(form: Compiled, item: Item, values: list[str]) -> Any:
    """What was typed as the draft stores it. Raises AnswerRefused."""
    raw: str | list[str] = values
    if item.repeats and item.control not in ("check-box", "drop-down"):
        raw = [line for value in values for line in value.splitlines() if line.strip()]
    elif not item.repeats:
        raw = values[0] if values else ""
    return parse_value(form, item.link_id, raw, today=timezone.localdate(), lookup=lookup)


def lookup(canonical: str, text: str) -> dict[str, Any] | None:
    """A coded answer from its code, or from words that name only one."""
    coding = code_lists.find(canonical, text)
    if coding is not None or not code_lists.known(canonical):
        return coding
    found = code_lists.search(canonical, text, limit=2)
    return code_lists.code_list(canonical).coding(found[0]) if len(found) == 1 else None


def _option(item: Item, asked: Asked) -> Change:
    """One box of a list; an exclusive box unticks the others, any other one unticks it."""
    option = item.option(asked.values[0]) if asked.values else None
    if option is None or not item.repeats:
        raise NotAnOperation(asked.path)
    options = tuple(one.value for one in item.options)
    if asked.op == "remove":
        return Change(remove=(option.value,), options=options)
    others = tuple(one.value for one in item.options if one is not option and (option.exclusive or one.exclusive))
    return Change(add=option.value, remove=others, options=options)


def _chosen(desk: Desk, asked: Asked) -> Change:
    """The answer somebody keeps of the two that met."""
    met = next((event for event in desk.draft.conflicts if event.path == asked.path), None)
    there = desk.draft.rows.get(asked.path)
    present = there.value if there else None
    if met is None:  # somebody chose a moment ago: what is there stays
        return Change(value=present)
    choice = asked.values[0] if asked.values else ""
    if choice == BOTH and isinstance(present, str) and isinstance(met.value, str):
        between = "\n" if desk.draft.item(asked.path).type == "text" else f"{NNBSP}; "
        return Change(value=f"{present}{between}{met.value}")
    return Change(value=met.value if choice == MINE else present)


def _chapter_of(item: Item, asked: Asked) -> str:
    if item.link_id != item.chapter:
        raise NotAnOperation(asked.path)
    return item.link_id


def _line(desk: Desk, item: Item, asked: Asked, shared: dict[str, Any]) -> Saved | None:
    """Lines of a repeating group."""
    if item.control != "list":
        raise NotAnOperation(asked.path)
    if asked.op == "line":
        starts = STARTS_WITH.get(item.link_id, {})
        return add_line(**shared, group=asked.path, line=_line_id(asked), starts_with=starts)
    if asked.op == "unline":
        return remove_line(**shared, path=asked.path, base_rev=asked.base_rev)
    group = asked.path[: asked.path.rindex("[")]
    order = lines_of(desk.draft.answers, group)
    step = {"up": -1, "down": 1}.get(asked.op)
    if step is None or asked.path not in order:
        raise NotAnOperation(asked.op)
    place = order.index(asked.path)
    order.insert(min(max(place + step, 0), len(order) - 1), order.pop(place))
    return move_line(**shared, path=asked.path, order=order)


def _line_id(asked: Asked) -> UUID:
    """The browser names the line it adds, so that its answers can follow before the server has said anything."""
    try:
        return UUID(asked.values[0]) if asked.values and asked.values[0] else uuid7()
    except ValueError as error:
        raise NotAnOperation(asked.values[0]) from error
