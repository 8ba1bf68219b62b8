"""To share a file: with whom, why, until when."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy
from django.utils import timezone

from dcc.lib import french
from dcc.ui.forms import AutocompleteField, DccForm, FrenchDateField
from patients.sharing.actions import LONGEST, USUAL
from patients.sharing.people import receiver_option, search_receivers

SHORTEST = 10  # characters: the patient reads it


class ShareForm(DccForm):
    """A colleague or an organisation, a reason the patient will read, and a day."""

    to = AutocompleteField(
        label="Avec qui",
        url=reverse_lazy("patients:receivers"),
        search=search_receivers,
        get=receiver_option,
        help_text="Un professionnel du réseau, ou une organisation et toute son équipe",
        error_messages={
            "required": "Indiquez le professionnel ou l’organisation",
            "unknown": "Personne dans le réseau ne répond à «\u00a0%(typed)s\u00a0». Écrivez le début du nom",
            "several": "Plusieurs réponses pour «\u00a0%(typed)s\u00a0». Choisissez la bonne dans la liste",
        },
    )
    why = forms.CharField(
        label="Pourquoi",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Indiquez pourquoi ce dossier est partagé"},
    )
    until = FrenchDateField(
        label="Jusqu’au", prefer="future", error_messages={"required": "Indiquez le dernier jour du partage"}
    )

    def __init__(self, *args: Any, sex: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reader = french.agree(sex, "le patient", "la patiente")
        self.fields["why"].help_text = f"{reader[:1].upper()}{reader[1:]} peut lire cette raison"
        self.last_day = timezone.localdate() + LONGEST
        self.fields["until"].initial = timezone.localdate() + USUAL
        self.fields["until"].help_text = f"Trois mois d’usage, le {french.date_short(self.last_day)} au plus tard"

    def clean_why(self) -> str:
        why = " ".join(self.cleaned_data["why"].split())
        if len(why) < SHORTEST:
            raise ValidationError(f"Écrivez la raison en une phrase, {SHORTEST} caractères au moins")
        return why

    def clean_until(self) -> date:
        until: date = self.cleaned_data["until"]
        if not timezone.localdate() <= until <= self.last_day:
            last = french.date_short(self.last_day)
            raise ValidationError(f"Choisissez un jour d’aujourd’hui au {last}\u00a0: un partage dure un an au plus")
        return until
