"""Django declaration of the interface kit."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    """Interface kit; the label is short because templates and static files live under ``dcc/`` anyway."""

    name = "dcc.ui"
    label = "ui"
    verbose_name = "Interface"
