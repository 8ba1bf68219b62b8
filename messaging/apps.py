"""Deliveries, channels and receipts."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class MessagingConfig(AppConfig):
    name = "messaging"

    def ready(self) -> None:
        """Let the apps above say how their documents are printed: they register, nothing here imports them.

        A report is sent again by the care team, not by who only reads the file.
        """
        from messaging.permissions import DeliveryPermission
        from patients.team import about_a_patient

        about_a_patient("delivery_id", table="messaging_delivery", also=(DeliveryPermission.SEND,))
        autodiscover_modules("reports.letters")
