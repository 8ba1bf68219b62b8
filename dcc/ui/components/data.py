"""Cards, tabs, tables, label and value pairs, timelines, steps, pages of a list."""

from dataclasses import dataclass

from django.core.paginator import Page
from django.http import QueryDict
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import slugify

from dcc.lib import french
from dcc.ui.components.basics import icon
from dcc.ui.components.contracts import ComponentError, instance, instances, natural, one_of, words


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """One basket or section: a link, so that the address bar holds the state."""

    label: str
    href: str
    count: int | None = None
    current: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """Head of a column; ``sort`` is the word put in ``?tri=``, ``hidden`` keeps the label for the ear only."""

    label: str
    sort: str = ""
    css: str = ""
    hidden: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One label and its value; ``identifier`` sets slashed zeros and no wrapping."""

    label: str
    value: str | SafeString
    identifier: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a journey."""

    label: str
    state: str = "todo"
    href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLinks:
    """Where one is in a long list; ``total`` is None when counting would cost too much (architecture §4)."""

    first: int
    last: int
    total: int | None = None
    previous_href: str = ""
    next_href: str = ""
    next_count: int | None = None


EVENT_KINDS = {"past": "", "care": " on", "next": " next", "frozen": " frz"}
STEP_STATES = ("done", "current", "todo")


def card(
    content: SafeString | str,
    title: object,
    *,
    id: str = "",
    actions: SafeString | str = "",
    note: str = "",
    footer: SafeString | str = "",
    padded: bool = True,
    level: int = 2,
) -> SafeString:
    """A titled section; ``padded=False`` when a table or a list touches the edges."""
    if level not in {2, 3}:
        raise ComponentError(f"card level: {level!r}")
    text = words(title, "card title")
    labelled = id or f"carte-{slugify(text)}"
    aside = format_html('<span class="small muted">{}</span>', note) if note else ""
    body = format_html('<div class="card-b">{}</div>', content) if padded else content
    foot = format_html('<div class="card-f between">{}</div>', footer) if str(footer).strip() else ""
    return format_html(
        '<section class="card" aria-labelledby="{}"><div class="card-h"><h{} id="{}">{}</h{}>{}{}</div>{}{}</section>',
        labelled, level, labelled, text, level, aside, actions, body, foot,
    )  # fmt: skip


def tabs(items: object, label: object) -> SafeString:
    """Tabs as links; exactly one may be current."""
    entries = instances(items, Tab, "tabs")
    if sum(entry.current for entry in entries) > 1:
        raise ComponentError("tabs: two tabs are current")
    rows = format_html_join(
        "",
        '<li><a class="tab" href="{}"{}>{}{}</a></li>',
        (
            (
                entry.href,
                SafeString(' aria-current="page"') if entry.current else "",
                words(entry.label, "tab label"),
                ""
                if entry.count is None
                else format_html(' <span class="pill">{}</span>', natural(entry.count, "tab count")),
            )
            for entry in entries
        ),
    )
    return format_html('<nav aria-label="{}"><ul class="tabs">{}</ul></nav>', words(label, "tabs label"), rows)


def thead(columns: object, query: QueryDict, sorted_by: str = "") -> SafeString:
    """Head of a table whose sort links keep the rest of the address."""
    cells = [_head_cell(column, query, sorted_by) for column in instances(columns, Column, "thead")]
    row = format_html_join("", "{}", ((cell,) for cell in cells))
    return format_html('<thead role="rowgroup"><tr role="row">{}</tr></thead>', row)


def _head_cell(column: Column, query: QueryDict, sorted_by: str) -> SafeString:
    label: SafeString | str = words(column.label, "column label")
    if column.hidden:
        label = format_html('<span class="visually-hidden">{}</span>', label)
    css = format_html(' class="{}"', column.css) if column.css else ""
    if not column.sort:
        return format_html('<th role="columnheader" scope="col"{}>{}</th>', css, label)
    order = {column.sort: "ascending", f"-{column.sort}": "descending"}.get(sorted_by, "none")
    target = query.copy()
    target.pop("page", None)
    target["tri"] = f"-{column.sort}" if order == "ascending" else column.sort
    return format_html(
        '<th role="columnheader" scope="col" aria-sort="{}"{}><a class="sort" href="?{}">{}{}</a></th>',
        order, css, target.urlencode(), label, icon("down"),
    )  # fmt: skip


def group_row(content: SafeString | str, title: object, columns: object) -> SafeString:
    """Row that opens a group ("Avant 12:00"); ``content`` is the rest of the sentence."""
    span = natural(columns, "group_row columns")
    rest = format_html(" {}", content) if str(content).strip() else ""
    return format_html(
        '<tr role="row" class="grp"><th role="rowheader" colspan="{}" scope="colgroup"><b>{}</b>{}</th></tr>',
        span, words(title, "group_row title"), rest,
    )  # fmt: skip


def pairs(items: object) -> SafeString:
    """Labels and values in two columns."""
    rows = format_html_join(
        "",
        "<dt>{}</dt><dd{}>{}</dd>",
        (
            (words(pair.label, "pair label"), SafeString(' class="num"') if pair.identifier else "", pair.value or "–")
            for pair in instances(items, Pair, "pairs")
        ),
    )
    return format_html('<dl class="kv">{}</dl>', rows)


def timeline(content: SafeString | str, label: object) -> SafeString:
    """Dated events backwards; its children are ``event``."""
    return format_html('<ol class="tl" aria-label="{}">{}</ol>', words(label, "timeline label"), content)


def event(content: SafeString | str, kind: object, *, icon_name: str, when: object) -> SafeString:
    """One event: dashed to come, violet frozen, filled care given."""
    css = EVENT_KINDS[one_of(kind, EVENT_KINDS, "event kind")]
    return format_html(
        '<li><span class="tl-dot{}">{}</span><p class="tl-date">{}</p>{}</li>',
        css, icon(icon_name), words(when, "event date"), content,
    )  # fmt: skip


def stepper(items: object, label: str = "Étapes") -> SafeString:
    """Steps of a journey, at most one current."""
    steps = instances(items, Step, "stepper")
    if sum(step.state == "current" for step in steps) > 1:
        raise ComponentError("stepper: two steps are current")
    rows = format_html_join("", "{}", ((_step(number, step),) for number, step in enumerate(steps, start=1)))
    return format_html('<ol class="stepper" aria-label="{}">{}</ol>', label, rows)


def _step(number: int, step: Step) -> SafeString:
    state = one_of(step.state, STEP_STATES, "step state")
    label: SafeString | str = words(step.label, "step label")
    if step.href and state != "current":
        label = format_html('<a href="{}">{}</a>', step.href, label)
    mark = icon("check", "fait") if state == "done" else number
    css = SafeString(' class="is-done"') if state == "done" else ""
    here = SafeString(' aria-current="step"') if state == "current" else ""
    return format_html('<li{}{}><span class="step-n">{}</span><span>{}</span></li>', css, here, mark, label)


def page_links(page: Page, query: QueryDict) -> PageLinks:
    """Links of a Django page, keeping the rest of the address."""

    def href(number: int) -> str:
        target = query.copy()
        target["page"] = str(number)
        return f"?{target.urlencode()}"

    total = page.paginator.count
    return PageLinks(
        first=page.start_index(),
        last=page.end_index(),
        total=total,
        previous_href=href(page.previous_page_number()) if page.has_previous() else "",
        next_href=href(page.next_page_number()) if page.has_next() else "",
        next_count=min(page.paginator.per_page, total - page.end_index()) if page.has_next() else None,
    )


def pagination(links: object, noun: str = "lignes") -> SafeString:
    """Say what is shown and lead to the rest, in words: "Les 7 suivants"."""
    shown = instance(links, PageLinks, "pagination")
    first, last = natural(shown.first, "first"), natural(shown.last, "last")
    where = f"{first} à {last}" if shown.total is None else f"{first} à {last} sur {french.number(shown.total)}"
    before = (
        format_html('<a rel="prev" href="{}">Page précédente</a>', shown.previous_href) if shown.previous_href else ""
    )
    after: SafeString | str = ""
    if shown.next_href:
        following = f"Les {shown.next_count} suivants" if shown.next_count else "La suite"
        after = format_html('<a rel="next" href="{}">{}</a>', shown.next_href, following)
    return format_html(
        '<nav class="pagination flex between w100" aria-label="Pages de la liste">'
        '<span class="small muted">{} <span class="visually-hidden">{}</span></span>'
        '<span class="flex">{}{}</span></nav>',
        where, noun, before, after,
    )  # fmt: skip
