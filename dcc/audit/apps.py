"""Insert-only audit, sealed afterwards."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "dcc.audit"
