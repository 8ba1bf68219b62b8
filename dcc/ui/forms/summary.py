"""The summary of errors, in the order of the page, with the same words as at the fields."""

from collections.abc import Iterator

from django.forms import BaseForm, BoundField
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from dcc.ui.components.basics import icon
from dcc.ui.components.contracts import ComponentError


def error_summary(*forms: BaseForm) -> SafeString | str:
    """List what is to be corrected, each line leading to its field; nothing when all is well."""
    for form in forms:
        if not isinstance(form, BaseForm):
            raise ComponentError(f"error_summary: a form is needed, not {form!r}")
    lines = [line for form in forms if form.is_bound for line in _lines(form)]
    if not lines:
        return ""
    title = "Une réponse à corriger" if len(lines) == 1 else f"{len(lines)} réponses à corriger"
    return format_html(
        '<div class="alert alert-bad" role="alert" tabindex="-1" data-summary aria-labelledby="erreurs-titre">{}'
        '<div><h2 id="erreurs-titre" class="h3">{}</h2><ul>{}</ul></div></div>',
        icon("alert"), title, format_html_join("", "<li>{}</li>", ((line,) for line in lines)),
    )  # fmt: skip


def focus_id(bound: BoundField) -> str:
    """Id of the control to go to: the first chip of a group, the field otherwise."""
    return f"{bound.auto_id}_0" if bound.use_fieldset else bound.id_for_label


def _lines(form: BaseForm) -> Iterator[SafeString]:
    for error in form.non_field_errors():
        yield format_html("{}", error)
    for bound in form:
        for error in bound.errors:
            if bound.is_hidden:
                yield format_html("{}", error)
            else:
                yield format_html('<a href="#{}">{}\u00a0: {}</a>', focus_id(bound), bound.label, error)
