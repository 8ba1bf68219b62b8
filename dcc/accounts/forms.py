"""Forms about people and habilitations."""

import re

from django import forms

from dcc.lib.french import phone as phone_words
from dcc.ui.forms import DccForm


def clean_phone(value: str) -> str:
    """A French number in its usual groups, or the words it was typed with when it is not one."""
    digits = re.sub(r"[\s.\-()]", "", value)
    return phone_words(digits) if digits else ""


class ContactForm(DccForm):
    phone = forms.CharField(
        label="Téléphone",
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    mssante_address = forms.EmailField(
        label="Adresse MSSanté",
        required=False,
        help_text="Les comptes rendus vous parviennent à cette adresse.",
        error_messages={"invalid": "Écrivez l’adresse en entier, par exemple prenom.nom@region.mssante.fr"},
    )

    def clean_phone(self) -> str:
        return clean_phone(self.cleaned_data["phone"])
