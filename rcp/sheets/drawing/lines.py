"""Repeating groups: one line each, read as a sentence, opened to be written; added, moved and removed by buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from dcc.ui.components.basics import button, icon
from rcp.sheets.drawing.controls import is_chips
from rcp.sheets.drawing.names import element_id
from rcp.sheets.engine import Item, display_value, link_id_of
from rcp.sheets.lines import lines_of

if TYPE_CHECKING:
    from rcp.sheets.drawing.painter import Painter

NO_LINE = SafeString('<p class="small muted">Aucune ligne.</p>')
NEW_LINE = SafeString('<span class="muted">Ligne à remplir</span>')
OPEN = SafeString(" open")
HEADS = 2  # the first answers of a line are its title, the others are said below


class LinePainter:
    """Lists of lines, for one painter."""

    def __init__(self, painter: Painter) -> None:
        self.painter = painter

    def group(self, item: Item, path: str) -> SafeString:
        """The list of a repeating group, with the button that adds to it."""
        draft, name = self.painter.draft, element_id(path)
        open_lines = [one for one in lines_of(draft.answers, path) if one in draft.enabled]
        if not open_lines and path not in draft.enabled:
            return format_html('<div id="{}" hidden></div>', name)
        writable = self.painter.may_write(item)
        count = len(open_lines)
        ranked = enumerate(open_lines, start=1)
        drawn = format_html_join("", "{}", ((self._line(item, one, n, count, writable),) for n, one in ranked))
        empty = "" if open_lines else NO_LINE
        add = button(
            "Ajouter une ligne", size="sm", icon_name="plus", submit=True, about=item.short_text, name="ligne",
            value=f"ajouter:{path}", data_op="line",
        ) if writable else ""  # fmt: skip
        return format_html(
            '<div class="lines" id="{}" role="group" aria-labelledby="{}-t" data-group="{}">'
            '<h3 class="label" id="{}-t">{}</h3>{}{}<p class="page-c">{}</p></div>',
            name, name, path, name, item.text, drawn, empty, add,
        )  # fmt: skip

    def _line(self, item: Item, line: str, rank: int, count: int, writable: bool) -> SafeString:
        if not writable:
            return format_html('<div class="prop">{}</div>', self._said(item, line, rank))
        cells = format_html_join("", "{}", ((self._cell(f"{line}/{child}"),) for child in item.children))
        return format_html(
            '<details class="line" id="{}" data-line="{}"{}><summary class="prop">{}'
            '<span class="btn btn-sm btn-icon">{}</span></summary>'
            '<div class="line-b"><div class="grid">{}</div><p class="flex page-c">{}</p></div></details>',
            element_id(line, "l"), line, OPEN if self._is_blank(item, line) else "",
            self._said(item, line, rank), icon("pen", f"Modifier la ligne {rank}"), cells,
            self._buttons(line, rank, count),
        )  # fmt: skip

    def _buttons(self, line: str, rank: int, count: int) -> SafeString:
        wanted = (
            ("up", "monter", "Monter", "up", rank > 1),
            ("down", "descendre", "Descendre", "down", rank < count),
            ("unline", "retirer", "Retirer cette ligne", "x", True),
        )
        drawn = (
            button(
                label, size="sm", icon_name=drawing, submit=True, about=f"ligne {rank}", name="ligne",
                value=f"{verb}:{line}", data_op=op,
            )
            for op, verb, label, drawing, possible in wanted
            if possible
        )  # fmt: skip
        return format_html_join("", "{}", ((one,) for one in drawn))

    def _is_blank(self, item: Item, line: str) -> bool:
        answers = self.painter.draft.answers
        return not any(answers.get(f"{line}/{child}") is not None for child in self._told(item))

    def _told(self, item: Item) -> list[str]:
        """Columns a line is read by: numbers of order say nothing beside the rank that is drawn."""
        return [child for child in item.children if self.painter.draft.form.items[child].type != "integer"]

    def _said(self, item: Item, line: str, rank: int) -> SafeString:
        """The line as it is read: rank, title, the rest below."""
        return format_html(
            '<span class="prop-n" aria-hidden="true">{}</span><span id="{}">{}</span>',
            rank, element_id(line, "s"), self.summary(item, line),
        )  # fmt: skip

    def summary(self, item: Item, line: str) -> SafeString:
        form, answers = self.painter.draft.form, self.painter.draft.answers
        said = [
            display_value(form, child, answers[path])
            for child in self._told(item)
            if (path := f"{line}/{child}") in answers and path in self.painter.draft.enabled
        ]
        said = [text for text in said if text]
        if not said:
            return NEW_LINE
        more = format_html('<span class="sub2">{}</span>', " · ".join(said[HEADS:])) if said[HEADS:] else ""
        return format_html("<b>{}</b>{}", ", ".join(said[:HEADS]), more)

    def _cell(self, path: str) -> SafeString:
        painter = self.painter
        item = painter.draft.form.items[link_id_of(path)]
        if item.hidden or not painter.is_open(path):
            return format_html('<div id="{}" data-path="{}" hidden></div>', element_id(path), path)
        width = "c12" if is_chips(item) or item.control == "textarea" else "c6"
        return format_html('<div class="{} cell">{}</div>', width, painter.question(item, path))

    def summaries(self, paths: set[str]) -> dict[str, SafeString]:
        """The sentence of each line these cells belong to."""
        lines = {path[: path.rindex("]") + 1] for path in paths if "]/" in path}
        found = {}
        for line in sorted(lines):
            item = self.painter.draft.form.items[link_id_of(line)]
            found[element_id(line, "s")] = format_html(
                '<span id="{}">{}</span>', element_id(line, "s"), self.summary(item, line)
            )
        return found
