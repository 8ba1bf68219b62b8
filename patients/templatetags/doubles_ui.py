"""What pages about a patient show of merges: `{% load doubles_ui %}{% merge_alerts patient as alerts %}`."""

from django import template

from patients.doubles.alerts import alerts_of

register = template.Library()
register.simple_tag(alerts_of, name="merge_alerts")
