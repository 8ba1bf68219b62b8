"""Template tags of the interface kit: ``{% load ui %}``; each refuses a wrong argument (README.md lists them)."""

from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BoundField
from django.http import QueryDict
from django.template.context import Context
from django.utils.safestring import SafeString

from dcc.ui.components import basics, data, feedback, identity, meters, sheet
from dcc.ui.components.contracts import ComponentError
from dcc.ui.forms.summary import error_summary as render_error_summary

register = template.Library()

register.simple_tag(basics.icon, name="icon")
register.simple_tag(basics.kbd, name="kbd")
register.simple_tag(basics.badge, name="badge")
register.simple_tag(meters.seats, name="seats")
register.simple_tag(meters.split, name="split")
register.simple_tag(meters.disc, name="disc")
register.simple_tag(identity.banner, name="banner")
register.simple_tag(data.tabs, name="tabs")
register.simple_tag(data.pairs, name="pairs")
register.simple_tag(data.stepper, name="stepper")
register.simple_tag(sheet.choices, name="choices")
register.simple_tag(sheet.chapters, name="chapters")
register.simple_tag(sheet.conflict, name="conflict")
register.simple_tag(feedback.loading, name="loading")
register.simple_tag(feedback.save_state, name="save_state")
register.simple_tag(feedback.toast, name="toast")
register.simple_tag(feedback.breakglass, name="breakglass")
register.simple_tag(render_error_summary, name="error_summary")

register.simple_block_tag(data.card, name="card")
register.simple_block_tag(data.group_row, name="group_row")
register.simple_block_tag(data.timeline, name="timeline")
register.simple_block_tag(data.event, name="event")
register.simple_block_tag(feedback.alert, name="alert")
register.simple_block_tag(feedback.empty_state, name="empty_state")
register.simple_block_tag(feedback.savebar, name="savebar")
register.simple_block_tag(feedback.dialog, name="dialog")
register.simple_block_tag(identity.twin, name="twin")
register.simple_block_tag(sheet.question, name="question")
register.simple_block_tag(sheet.toconfirm, name="toconfirm")
register.simple_block_tag(sheet.calc, name="calc")


@register.simple_tag
def button(label: str, icon: str | None = None, **options: Any) -> SafeString:
    """A link (``href=``) or a button, with its icon and its key."""
    return basics.button(label, icon_name=icon, **options)


@register.simple_block_tag
def fragment(content: str) -> str:
    """Keep a piece of template for an argument: ``{% fragment as acts %}…{% endfragment %}``."""
    return content


@register.simple_tag
def field(bound: BoundField, col: str = "") -> SafeString:
    """A form field with label, hint and error; ``col="c6"`` places it on the grid of 12."""
    if not isinstance(bound, BoundField):
        raise ComponentError(f"field: a bound field is needed, not {bound!r} (is its name right?)")
    return bound.render(template_name=None, context={"field": bound, "col": col, "errors": bound.errors})


@register.simple_tag(takes_context=True)
def thead(context: Context, columns: list[data.Column], sorted_by: str = "") -> SafeString:
    """Head of a table; sort links keep the rest of the address."""
    return data.thead(columns, _query(context), sorted_by)


@register.simple_tag(takes_context=True)
def pagination(context: Context, page: Page | data.PageLinks, noun: str = "lignes") -> SafeString:
    """Pages of a list, from a Django page or from links made by hand."""
    links = data.page_links(page, _query(context)) if isinstance(page, Page) else page
    return data.pagination(links, noun)


def _query(context: Context) -> QueryDict:
    request = context.get("request")
    return request.GET if request is not None else QueryDict()
