"""One control for one question: chips, list, search, number with its unit, date, text."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from dcc.ui.components.sheet import Choice, choices
from rcp.sheets.drawing.names import ANSWER, CODE, field_id
from rcp.sheets.drawing.tnm import column, is_column
from rcp.sheets.engine import Compiled, Item, display_value, range_of
from rcp.sheets.engine.items import option_key
from rcp.sheets.engine.values import Coding, from_plain

NOTHING, SELECTED, SEVERAL = SafeString(""), SafeString(" selected"), SafeString(" multiple")
NO_OPTION = SafeString('<option value=""></option>')
BOOLEANS = (Choice(value="true", label="Oui"), Choice(value="false", label="Non"))
DATE_HINTS = {"jour": "jj/mm/aaaa", "mois": "jj/mm/aaaa ou mm/aaaa", "annee": "jj/mm/aaaa, mm/aaaa ou aaaa"}
SIDE_OF_TODAY = {"passe": "past", "futur": "future"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """What a control needs: the item, where its answer is, the plain value and what was typed if it was refused."""

    form: Compiled
    item: Item
    path: str
    value: Any
    typed: list[str] | None
    codes_url: str
    invalid: bool = False

    @property
    def name(self) -> str:
        return f"{ANSWER}{self.path}"

    @property
    def id(self) -> str:
        return field_id(self.path)

    @property
    def text(self) -> str:
        """What a text input shows."""
        if self.typed is not None:
            return self.typed[0] if self.typed else ""
        return text_of(self.form, self.item, self.value)


def is_chips(item: Item) -> bool:
    """Whether the control is a group of inputs, named by a legend."""
    return item.control in ("radio", "check-box")


def control(field: Field) -> SafeString:
    """Draw the control of a question."""
    match field.item.control:
        case "radio" | "check-box":
            return _chips(field)
        case "drop-down":
            return _list(field)
        case "autocomplete":
            return _search(field)
        case "number":
            return _number(field)
        case "date":
            return _date(field)
        case "textarea":
            return _textarea(field, rows=3)
        case _:
            return _textarea(field, rows=2) if field.item.repeats else _text(field)


def keys_of(item: Item, value: Any) -> list[str]:
    """Keys of the options an answer holds."""
    if isinstance(value, bool):
        return ["true" if value else "false"]
    values = value if isinstance(value, list) else [value]
    found = [from_plain(item.type, one) for one in values if one is not None]
    return [option_key(one) for one in found if isinstance(one, Coding | str | int | Decimal)]


def text_of(form: Compiled, item: Item, value: Any) -> str:
    """An answer as a hand would type it again: no unit, no grouping; several answers one a line."""
    if value is None:
        return ""
    if isinstance(value, list):
        return "\n".join(text_of(form, item, one) for one in value)
    if isinstance(value, Mapping) and "value" in value:
        value = value["value"]
    if item.type in ("integer", "decimal", "quantity"):
        return str(value).replace(".", ",")
    return display_value(form, item.link_id, value)


def _chips(field: Field) -> SafeString:
    item = field.item
    if is_column(item):
        selected = field.typed if field.typed is not None else keys_of(item, field.value)
        return column(item, name=field.name, prefix=field.id, selected=next(iter(selected), ""))
    offered = [Choice(value=one.key, label=f"{one.prefix} {one.label}".strip()) for one in item.options]
    selected = field.typed if field.typed is not None else keys_of(item, field.value)
    return choices(
        field.name, offered or BOOLEANS, selected=selected, multiple=item.control == "check-box", prefix=field.id
    )


def _list(field: Field) -> SafeString:
    item = field.item
    selected = field.typed if field.typed is not None else keys_of(item, field.value)
    rows = format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        (
            (one.key, SELECTED if one.key in selected else "", f"{one.prefix} {one.label}".strip())
            for one in item.options
        ),
    )
    several = SEVERAL if item.repeats else ""
    empty = "" if item.repeats else NO_OPTION
    return format_html(
        '<select class="form-select" id="{}" name="{}"{}{}>{}{}</select>',
        field.id, field.name, several, _told(field), empty, rows,
    )  # fmt: skip


def _search(field: Field) -> SafeString:
    code = "" if field.typed is not None else (keys_of(field.item, field.value) or [""])[0]
    return format_html(
        '<span class="combo" data-combo data-url="{}" data-min="2"><input type="text" class="form-control" id="{}"'
        ' name="{}" value="{}" autocomplete="off" spellcheck="false"{}>'
        '<input type="hidden" name="{}{}" value="{}"></span>',
        f"{field.codes_url}?question={field.item.link_id}", field.id, field.name, field.text, _told(field),
        field.name, CODE, code,
    )  # fmt: skip


def _number(field: Field) -> SafeString:
    entry = format_html(
        '<input class="form-control" id="{}" name="{}" value="{}" inputmode="decimal" autocomplete="off"{}>',
        field.id, field.name, field.text, _told(field),
    )  # fmt: skip
    unit = field.item.unit
    drawn = format_html('<span class="unit w-num">{}<span aria-hidden="true">{}</span></span>', entry, unit)
    if not unit:
        drawn = format_html('<span class="w-num">{}</span>', entry)
    accepted = range_of(field.item)
    hint = format_html('<span class="small muted" id="{}-aide">{}</span>', field.id, accepted) if accepted else ""
    return format_html("{}{}", drawn, hint)


def _date(field: Field) -> SafeString:
    # A partial date stays as it is typed; a whole one is completed on leaving by the kit.
    return format_html(
        '<input class="form-control w-date" id="{}" name="{}" value="{}" autocomplete="off" data-date="{}"{}>'
        '<span class="date-full" data-date-full></span><span class="small muted" id="{}-aide">{}</span>',
        field.id, field.name, field.text, SIDE_OF_TODAY.get(field.item.period or "", ""), _told(field),
        field.id, DATE_HINTS[field.item.min_precision],
    )  # fmt: skip


def _text(field: Field) -> SafeString:
    limit = format_html(' maxlength="{}"', field.item.max_length) if field.item.max_length else ""
    return format_html(
        '<input class="form-control" id="{}" name="{}" value="{}" autocomplete="off"{}{}>',
        field.id, field.name, field.text, limit, _told(field),
    )  # fmt: skip


def _textarea(field: Field, *, rows: int) -> SafeString:
    limit = format_html(' maxlength="{}"', field.item.max_length) if field.item.max_length else ""
    return format_html(
        '<textarea class="form-control" id="{}" name="{}" rows="{}"{}{}>\n{}</textarea>',
        field.id, field.name, rows, limit, _told(field), field.text,
    )  # fmt: skip


def _told(field: Field) -> SafeString:
    """What assistive technology is told: the hint, and the error that will be under this very id."""
    hinted = field.item.control == "date" or bool(range_of(field.item) and field.item.control == "number")
    by = [f"{field.id}-aide"] if hinted else []
    by += [f"{field.id}-erreur"] if field.invalid else []
    described = format_html(' aria-describedby="{}"', " ".join(by)) if by else NOTHING
    return format_html('{} aria-invalid="true"', described) if field.invalid else described
