"""Users, habilitations, sign-in."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "dcc.accounts"
