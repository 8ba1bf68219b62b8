"""Groups inside a chapter: a heading and its questions, folded when the form says so and nothing in it waits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from dcc.lib.french import counted
from rcp.sheets.drawing.names import element_id
from rcp.sheets.drawing.tnm import TNM
from rcp.sheets.engine import Item, link_id_of
from rcp.sheets.engine.profile import COLLAPSIBLE

if TYPE_CHECKING:
    from rcp.sheets.drawing.painter import Painter

OPEN = SafeString(" open")
DEFAULT_OPEN = "default-open"


class FoldPainter:
    """Groups and runs of questions, for one painter."""

    def __init__(self, painter: Painter) -> None:
        self.painter = painter

    def children(self, group: Item, path: str) -> Iterator[SafeString]:
        """The elements of a group in order; T, N and M stand side by side."""
        run: list[SafeString] = []
        for link_id in group.children:
            drawn = self.painter.fragment(f"{path}/{link_id}")
            if link_id in TNM:
                run.append(drawn)
                continue
            yield from self._side_by_side(run)
            yield drawn
        yield from self._side_by_side(run)

    def _side_by_side(self, run: list[SafeString]) -> Iterator[SafeString]:
        if run:
            yield format_html('<div class="tnm-grid">{}</div>', format_html_join("", "{}", ((one,) for one in run)))
            run.clear()

    def group(self, item: Item, path: str) -> SafeString:
        """A group of a chapter; a closed one is an empty place."""
        name = element_id(path)
        if not self.painter.is_open(path):
            return format_html('<div id="{}" hidden></div>', name)
        body = format_html_join("", "{}", ((one,) for one in self.children(item, path)))
        declared = self.painter.draft.form.spec(item.link_id).extension(COLLAPSIBLE)
        if declared is None:
            return format_html(
                '<div id="{}" role="group" aria-labelledby="{}-t"><h3 class="page-b" id="{}-t">{}</h3>{}</div>',
                name, name, name, item.text, body,
            )  # fmt: skip
        unfolded = declared == DEFAULT_OPEN or self._asks_for_eyes(path)
        return format_html(
            '<details class="fold" id="{}"{}><summary><h3 id="{}-t">{}</h3>{}</summary>{}</details>',
            name, OPEN if unfolded else "", name, item.text, self.count(path), body,
        )  # fmt: skip

    def _asks_for_eyes(self, path: str) -> bool:
        """Whether something below is answered, in conflict, refused or compulsory."""
        painter, below = self.painter, f"{path}/"
        held = (painter.draft.answers, painter.conflicts, painter.errors, painter.required)
        return any(one.startswith(below) for paths in held for one in paths)

    def count(self, path: str) -> SafeString:
        """« 2 réponses » beside the heading, alive while one answers inside."""
        draft, below = self.painter.draft, f"{path}/"
        answered = {one for one in draft.answers if one.startswith(below) and one in draft.enabled}
        said = counted(len(answered), "réponse") if answered else "sans réponse"
        return format_html('<span class="small muted" id="{}">{}</span>', element_id(path, "n"), said)

    def counts(self, paths: set[str]) -> dict[str, SafeString]:
        """The counts of the folded groups these answers belong to."""
        form = self.painter.draft.form
        found = {}
        for path in paths:
            while "/" in (path := path.rpartition("/")[0]):
                link_id = link_id_of(path)
                if link_id in form.by_link_id and form.spec(link_id).extension(COLLAPSIBLE) is not None:
                    found[element_id(path, "n")] = self.count(path)
        return found
