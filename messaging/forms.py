"""Forms about deliveries. They validate and never save."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from dcc.ui.forms import DccForm
from messaging.recipients import is_mssante
from patients.fields import PATIENT_MAILBOX

DIRECTORY, ADDRESS, PAPER, RETRY = "annuaire", "adresse", "courrier", "retenter"


def clean_mssante(address: str) -> str:
    """A professional's secure address. Raises ValidationError, which says what is expected."""
    address = address.strip().lower()
    if address.endswith(PATIENT_MAILBOX):
        raise ValidationError("C’est la boîte d’un patient. Indiquez l’adresse d’un professionnel")
    if not is_mssante(address):
        raise ValidationError(
            "Cette adresse n’est pas dans l’espace MSSanté. Elle se termine par .mssante.fr, "
            "par exemple prenom.nom@region.mssante.fr"
        )
    return address


class RepairForm(DccForm):
    """How a delivery that failed goes on: another secure address, the post, or the same once more."""

    way = forms.ChoiceField(
        label="Que faire",
        choices=[(way, way) for way in (DIRECTORY, ADDRESS, PAPER, RETRY)],
        error_messages={"required": "Choisissez ce qu’il faut faire"},
    )
    address = forms.CharField(
        label="Adresse MSSanté",
        max_length=254,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "email", "autocomplete": "off", "spellcheck": "false"}),
    )
    postal_address = forms.CharField(
        label="Adresse postale",
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, directory_address: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.directory_address = directory_address

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        way = cleaned.get("way")
        if way == DIRECTORY:
            if not self.directory_address:
                raise ValidationError("L’annuaire n’a pas d’autre adresse. Choisissez une autre issue")
            cleaned["address"] = self.directory_address
        elif way == ADDRESS:
            try:
                cleaned["address"] = clean_mssante(cleaned.get("address", ""))
            except ValidationError as error:
                self.add_error("address", error)
        elif way == PAPER and not cleaned.get("postal_address", "").strip():
            self.add_error("postal_address", "Indiquez la rue, le code postal et la ville")
        return cleaned


class CancelForm(DccForm):
    why = forms.CharField(
        label="Motif",
        max_length=200,
        error_messages={"required": "Indiquez pourquoi cet envoi n’a plus lieu d’être"},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class PostalAddressForm(DccForm):
    postal_address = forms.CharField(
        label="Adresse postale",
        max_length=300,
        error_messages={"required": "Indiquez la rue, le code postal et la ville"},
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
        help_text="Une ligne par ligne d’enveloppe, le nom s’ajoute tout seul.",
    )
