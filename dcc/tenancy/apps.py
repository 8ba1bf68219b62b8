"""Kernel of isolation: networks, founding regions, principals, scope."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class TenancyConfig(AppConfig):
    name = "dcc.tenancy"

    def ready(self) -> None:
        from dcc import celery  # noqa: F401  makes ours the default Celery application, in every process
        from dcc.tenancy import checks  # noqa: F401  registers the system checks
        from dcc.tenancy.third_party import grant_third_party_tables

        post_migrate.connect(grant_third_party_tables, dispatch_uid="dcc.tenancy.third_party")
