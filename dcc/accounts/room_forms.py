"""The PIN of a meeting: chosen once, typed again when the session was idle."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from dcc.ui.forms import DccForm

DIGITS = "0123456789"
PIN = {"inputmode": "numeric", "autocomplete": "off", "class": "code-input", "maxlength": "8"}


class RoomForm(DccForm):
    """A PIN that the next person at the keyboard does not guess."""

    pin = forms.RegexField(
        label="Code de séance",
        regex=r"^[0-9]{4,8}$",
        widget=forms.PasswordInput(attrs=PIN),
        help_text="4 à 8 chiffres, pour cette réunion seulement. Ni votre code de carte, ni celui d’un téléphone.",
        error_messages={"required": "Choisissez un code", "invalid": "Le code a de 4 à 8 chiffres, et rien d’autre"},
    )
    again = forms.CharField(
        label="Le même, une seconde fois",
        widget=forms.PasswordInput(attrs=PIN),
        error_messages={"required": "Saisissez-le une seconde fois"},
    )

    def clean_pin(self) -> str:
        pin: str = self.cleaned_data["pin"]
        if len(set(pin)) == 1 or pin in DIGITS or pin[::-1] in DIGITS:
            raise ValidationError("Ce code se devine. Évitez les chiffres qui se suivent ou se répètent")
        return pin

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("pin") and cleaned.get("again") and cleaned["pin"] != cleaned["again"]:
            self.add_error("again", "Les deux saisies diffèrent")
        return cleaned


class UnlockForm(DccForm):
    code = forms.CharField(
        label="Code de séance, ou celui de votre application",
        widget=forms.PasswordInput(attrs={**PIN, "autofocus": True}),
        error_messages={"required": "Saisissez le code de séance"},
    )
