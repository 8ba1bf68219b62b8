"""TNM as three columns side by side, each code with its one-line definition; elsewhere it is said by its code alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from rcp.sheets.engine import Compiled, Item, Option, display_value

# The three questions of the trunk, which each pathology refines with the codes and definitions of its site.
TNM = ("tronc.tnm_t", "tronc.tnm_n", "tronc.tnm_m")
EDITION = "tronc.tnm_version"
LISTED = 18  # past it (forms of several organs) a column is longer than the screen: a list is quicker
CHECKED = SafeString(" checked")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One code and what it means; `meaning` is "" when the form gives none."""

    code: str
    meaning: str


def is_column(item: Item) -> bool:
    """Whether a question is drawn as a column of codes."""
    return item.link_id in TNM and 0 < len(item.options) <= LISTED


def row_of(option: Option) -> Row:
    """« T1c (> 10 à 20 mm) » as its code and its definition."""
    rest = option.label.removeprefix(option.key).strip()
    if rest == option.label or (rest and not (rest.startswith("(") and rest.endswith(")"))):
        return Row(code=option.label, meaning="")
    return Row(code=option.key, meaning=rest[1:-1])


def column(item: Item, *, name: str, prefix: str, selected: str) -> SafeString:
    """The codes as chips one under the other, or side by side when none has a definition."""
    rows = [(option, row_of(option)) for option in item.options]
    drawn = format_html_join(
        "",
        '<label class="choice"><input type="radio" name="{}" id="{}-{}" value="{}"{}><span><b>{}</b>{}</span></label>',
        (
            (name, prefix, n, option.key, CHECKED if option.key == selected else "", row.code, _meaning(row))
            for n, (option, row) in enumerate(rows)
        ),
    )
    css = "choices tnm-col" if any(row.meaning for _, row in rows) else "choices"
    return format_html('<div class="{}">{}</div>', css, drawn)


def _meaning(row: Row) -> SafeString | str:
    return format_html(' <span class="tnm-d">{}</span>', row.meaning) if row.meaning else ""


def briefly(form: Compiled, link_id: str, value: Any) -> str:
    """An answer as it is said in a few words: T, N and M by their code, the edition without its caution."""
    if link_id in TNM and isinstance(value, Mapping):
        return str(value.get("code") or value.get("display") or "")
    said = display_value(form, link_id, value)
    return said.partition(" (")[0] if link_id == EDITION else said
