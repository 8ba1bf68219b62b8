"""Forms shown by the gallery."""

from collections.abc import Sequence

from django import forms
from django.urls import reverse_lazy

from dcc.ui.forms import (
    AutocompleteField,
    ChipsCheckbox,
    ChipsRadio,
    DccForm,
    FrenchDateField,
    NumberField,
    Option,
)

# Invented communes: the gallery must not depend on the patients' app.
TOWNS = tuple(
    Option(code=code, label=label, note=note)
    for code, label, note in (
        ("99901", "Port-Navailles", "département inventé"),
        ("99902", "Rochebrune", "département inventé"),
        ("99903", "Roscavel", "département inventé"),
        ("99904", "Valmont", "département inventé"),
    )
)


def search_towns(text: str) -> Sequence[Option]:
    """Towns whose name begins with what was typed."""
    return [town for town in TOWNS if town.label.lower().startswith(text.strip().lower())]


def get_town(code: str) -> Option | None:
    """Town of a code."""
    return next((town for town in TOWNS if town.code == code), None)


class SampleForm(DccForm):
    """One field of each kind."""

    birth_name = forms.CharField(label="Nom de naissance", max_length=100)
    birth_date = FrenchDateField(label="Date de naissance", prefer="past", not_after_today=True)
    sex = forms.ChoiceField(
        label="Sexe", widget=ChipsRadio, choices=[("F", "Féminin"), ("M", "Masculin"), ("I", "Indéterminé")]
    )
    birth_place = AutocompleteField(
        label="Lieu de naissance",
        url=reverse_lazy("ui-gallery-options"),
        search=search_towns,
        get=get_town,
        help_text="Commune, ou pays si la naissance est à l’étranger",
    )
    ki67 = NumberField(label="Ki-67", unit="%", min_value=0, max_value=100, required=False)
    reasons = forms.MultipleChoiceField(
        label="Motif",
        widget=ChipsCheckbox,
        choices=[("diag", "Avis diagnostique"), ("init", "Traitement initial"), ("adj", "Ajustement")],
        required=False,
    )
    document = forms.ChoiceField(
        label="Pièce présentée", choices=[("", "Aucune (identité provisoire)"), ("cni", "Carte nationale d’identité")]
    )
    question = forms.CharField(label="Question posée à la RCP", widget=forms.Textarea(attrs={"rows": 3}))
    informed = forms.BooleanField(
        label="La patiente est informée du passage en RCP", help_text="et du partage des données"
    )
