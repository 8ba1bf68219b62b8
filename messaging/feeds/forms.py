"""The form of a feed. It validates and never saves."""

import ipaddress
import re

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError

from dcc.ui.forms import DccForm, NumberField

_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?"
_HOST = re.compile(rf"(?=.{{1,200}}$){_LABEL}(\.{_LABEL})*")


class FeedForm(DccForm):
    """How an establishment's platform is reached, and the names its messages carry."""

    host = forms.CharField(
        label="Serveur", max_length=200, help_text="Nom ou adresse IP de la plateforme d’intégration, sans http."
    )
    port = NumberField(label="Port", min_value=1, max_value=65535)
    tls = forms.BooleanField(label="Liaison chiffrée (MLLPS, certificat client)", required=False)
    receiving_application = forms.CharField(label="Application destinataire (MSH-5)", max_length=60)
    receiving_facility = forms.CharField(label="Établissement destinataire (MSH-6)", max_length=60)
    active = forms.BooleanField(label="Flux en service", required=False)

    def clean_port(self) -> int:
        return int(self.cleaned_data["port"])

    def clean_host(self) -> str:
        host: str = self.cleaned_data["host"].strip()
        if not _HOST.fullmatch(host):
            raise ValidationError("Indiquez un nom de serveur ou une adresse IP, par exemple pfi.hopital.fr")
        if not settings.DEMO and _is_own(host):
            raise ValidationError("Cette adresse désigne la plateforme elle-même. Indiquez celle de l’établissement")
        return host


def _is_own(host: str) -> bool:
    """Whether a host is this machine or its link: an administrator of a hospital does not look inside."""
    if host.lower() == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_link_local or address.is_unspecified
