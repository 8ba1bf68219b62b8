"""Users, habilitations, sign-in."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "dcc.accounts"

    def ready(self) -> None:
        from dcc.accounts import tracing  # noqa: F401 - connects the receivers
