"""What pages about a patient show of merges: `{% load doubles_ui %}{% merge_alerts patient as alerts %}`."""

from typing import Any

from django import template

from dcc.accounts.access import granted
from patients.doubles.alerts import alerts_of
from patients.permissions import PatientPermission

register = template.Library()
register.simple_tag(alerts_of, name="merge_alerts")


@register.simple_tag(takes_context=True)
def may_report_double(context: dict[str, Any]) -> bool:
    """Whether this reader may look for the other identity of the same person, and report it."""
    return granted(context["request"], PatientPermission.SEARCH)
