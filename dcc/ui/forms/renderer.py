"""Renders every Django form with the markup of the kit, allauth's forms included."""

from typing import Any

from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

# Widgets of Django whose template we draw otherwise.
_TEMPLATES = {
    "django/forms/widgets/radio.html": "dcc/forms/widgets/chips.html",
    "django/forms/widgets/checkbox_select.html": "dcc/forms/widgets/chips.html",
}
# Widgets of Django whose template is one <input>: three templates, one inside the other, take ten times its duration.
_INPUTS = frozenset(f"django/forms/widgets/{kind}.html" for kind in ("text", "hidden", "email", "password", "number"))
_TEXT_TYPES = frozenset(
    {"text", "email", "password", "number", "url", "tel", "search", "date", "time", "datetime-local", "month", "file"}
)


class DccRenderer(DjangoTemplates):
    """``FORM_RENDERER``: own templates for forms and fields, classes of the stylesheet on the widgets."""

    form_template_name = "dcc/forms/form.html"
    field_template_name = "dcc/forms/field.html"

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        """Render ``template_name``; a widget gets its class on a copy, the form keeps its own attributes."""
        if "widget" in context:
            context = {**context, "widget": _dressed(context["widget"])}
            if template_name in _INPUTS:
                return _input(context["widget"])
        return str(super().render(_TEMPLATES.get(template_name, template_name), context, request))


def _dressed(widget: dict[str, Any]) -> dict[str, Any]:
    dressed = {**widget, "attrs": dict(widget["attrs"])}
    if "subwidgets" in widget:
        dressed["subwidgets"] = [_dressed(subwidget) for subwidget in widget["subwidgets"]]
    if css := _css(widget):
        dressed["attrs"]["class"] = f"{css} {widget['attrs'].get('class', '')}".strip()
    return dressed


def _input(widget: dict[str, Any]) -> SafeString:
    """What Django's template draws, letter for letter."""
    value = "" if widget["value"] is None else format_html(' value="{}"', widget["value"])
    attrs = (
        (format_html(" {}", name) if one is True else format_html(' {}="{}"', name, one),)
        for name, one in widget["attrs"].items()
        if one is not False
    )
    drawn = format_html_join("", "{}", attrs)
    return format_html('<input type="{}" name="{}"{}{}>', widget["type"], widget["name"], value, drawn)


def _css(widget: dict[str, Any]) -> str:
    template = widget.get("template_name", "")
    if template.endswith("/select.html"):
        return "form-select"
    if template.endswith("/textarea.html") or widget.get("type") in _TEXT_TYPES:
        return "form-control"
    return ""
