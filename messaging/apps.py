"""Deliveries, channels and receipts."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class MessagingConfig(AppConfig):
    name = "messaging"

    def ready(self) -> None:
        """Let the apps above say how their documents are printed: they register, nothing here imports them."""
        autodiscover_modules("reports.letters")
