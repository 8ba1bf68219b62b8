"""A form on paper: every question with its options as boxes and when it is asked, blank or with what is known (FRM-13).

Drawn from the same definition as the screen, so that a form that changes changes on paper too.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from rcp.sheets.drawing.controls import BOOLEANS, keys_of
from rcp.sheets.engine import Compiled, Item, display_value, range_of
from rcp.sheets.lines import lines_of

BLANK_LINES = 2  # lines of a repeating group left to be written by hand
TICKED, UNTICKED = SafeString('<span class="bx">☒</span>'), SafeString('<span class="bx">☐</span>')
RULED = SafeString('<span class="rule"></span>')
DAY = SafeString('<span class="cells">__ __ / __ __ / __ __ __ __</span>')
LONG_TEXT = 3  # ruled lines of a text
NOTHING = SafeString("")


def asked_when(item: Item) -> str:
    """When a question is asked, as a reader of paper needs it: « si HER2 IHC : 2+ »; "" when it always is."""
    if not item.is_conditional:
        return ""
    if item.closed_because.startswith("si "):
        return item.closed_because
    opened = item.opened_by.removeprefix("ouvert par ").removeprefix("ouvert ")
    if not opened or opened.startswith(("si ", "sauf ", "tout ")):
        return opened
    return f"si {opened}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One form on paper. `answers` are those known; with `only` answered and open questions are all that is printed.

    `open_chapters` leaves out the others, which are not asked of this patient (G8 at 43); a blank form has them all.
    """

    form: Compiled
    answers: Mapping[str, Any] = field(default_factory=dict)
    computed: Mapping[str, Any] = field(default_factory=dict)
    only: frozenset[str] | None = None
    open_chapters: Collection[str] | None = None

    def chapters(self) -> Iterator[SafeString]:
        """One section a chapter; one without anything to print is left out."""
        for item in self.form.chapters:
            if self.open_chapters is not None and item.link_id not in self.open_chapters:
                continue
            body = self._children(item, item.link_id)
            if body:
                yield format_html(
                    '<section class="pp" aria-labelledby="{}"><h2 id="{}">{}{}</h2>{}</section>',
                    f"p-{item.link_id}", f"p-{item.link_id}", item.text, self._when(item), body,
                )  # fmt: skip

    def _children(self, group: Item, path: str) -> SafeString:
        drawn = (self._element(self.form.items[link_id], f"{path}/{link_id}") for link_id in group.children)
        return format_html_join("", "{}", ((one,) for one in drawn if one))

    def _element(self, item: Item, path: str) -> SafeString:
        if item.hidden or item.type == "display":
            return NOTHING
        if item.control == "list":
            return self._list(item, path)
        if item.type == "group":
            body = self._children(item, path)
            return (
                format_html('<div class="pg"><h3>{}{}</h3>{}</div>', item.text, self._when(item), body)
                if body
                else NOTHING
            )
        return self._question(item, path)

    def _when(self, item: Item) -> SafeString:
        said = asked_when(item) if self.only is None else ""
        return format_html(' <small class="if">{}</small>', said) if said else NOTHING

    def _value(self, path: str) -> Any:
        value = self.answers.get(path)
        return self.computed.get(path) if value is None else value

    def _question(self, item: Item, path: str) -> SafeString:
        value = self._value(path)
        if self.only is not None:
            said = display_value(self.form, item.link_id, value) if value is not None and path in self.only else ""
            return self._row(item, format_html("<b>{}</b>", said)) if said else NOTHING
        return self._row(item, self._space(item, value))

    def _row(self, item: Item, space: SafeString) -> SafeString:
        return format_html(
            '<div class="pq"><div class="pl">{}{}</div><div class="pa">{}</div></div>',
            item.text,
            self._when(item),
            space,
        )

    def _space(self, item: Item, value: Any) -> SafeString:
        """Boxes, ruled lines or cells, with what is known already."""
        if item.options or item.type == "boolean":
            return self._boxes(item, value)
        said = display_value(self.form, item.link_id, value) if value is not None else ""
        if said:
            return format_html("<b>{}</b>", said)
        if item.calculated:
            return SafeString('<span class="muted">calculé à la saisie</span>')
        if item.type in ("date", "dateTime"):
            return DAY
        if item.control == "number":
            accepted = range_of(item)
            unit = format_html(" {}", item.unit) if item.unit else NOTHING
            hint = format_html(' <small class="muted">{}</small>', accepted) if accepted else NOTHING
            return format_html('<span class="rule short"></span>{}{}', unit, hint)
        lines = LONG_TEXT if item.type == "text" else 1
        return format_html_join("", "{}", ((RULED,) for _ in range(lines)))

    def _boxes(self, item: Item, value: Any) -> SafeString:
        chosen = set(keys_of(item, value)) if value is not None else set()
        offered = [(one.key, f"{one.prefix} {one.label}".strip()) for one in item.options]
        offered = offered or [(one.value, one.label) for one in BOOLEANS]
        boxes = format_html_join(
            "",
            '<span class="po">{} {}</span> ',
            ((TICKED if key in chosen else UNTICKED, label) for key, label in offered),
        )
        if item.type != "open-choice":
            return boxes
        known = {key for key, _ in offered}
        typed = ", ".join(one for one in chosen if one not in known)
        return format_html(
            '{}<span class="po">autre : {}</span>', boxes, typed or SafeString('<span class="rule short"></span>')
        )

    def _list(self, item: Item, path: str) -> SafeString:
        """The lines known, each in one sentence, then room for two more."""
        lines = lines_of(dict(self.answers), path)
        said = [text for line in lines if (text := self._said(item, line))]
        known = format_html_join("", "<li>{}</li>", ((one,) for one in said))
        listed = format_html('<ol class="pn">{}</ol>', known) if said else NOTHING
        if self.only is not None:
            return format_html('<div class="pg"><h3>{}</h3>{}</div>', item.text, listed) if said else NOTHING
        if item.source == "seance":
            return NOTHING  # the list of those present is signed apart
        blank = format_html_join(
            "", '<div class="pr">{}</div>', ((self._blank_line(item),) for _ in range(BLANK_LINES))
        )
        return format_html('<div class="pg"><h3>{}{}</h3>{}{}</div>', item.text, self._when(item), listed, blank)

    def _said(self, item: Item, line: str) -> str:
        values = ((child, self.answers.get(f"{line}/{child}")) for child in item.children)
        texts = (display_value(self.form, child, value) for child, value in values if value is not None)
        return ", ".join(text for text in texts if text)

    def _blank_line(self, item: Item) -> SafeString:
        children = (self.form.items[one] for one in item.children)
        return format_html_join(
            "", "{}", ((self._row(one, self._space(one, None)),) for one in children if not one.hidden)
        )
