"""What a patient asks, what is answered, why a file is kept: they read and refuse, they never save."""

from django import forms
from django.core.exceptions import ValidationError

from dcc.ui.forms import ChipsRadio, DccForm, FrenchDateField
from patients.models import Means, RequestKind, RequestStatus
from patients.requests.actions import Asked

SHORTEST = 10  # characters


def _sentence(text: str, what: str) -> str:
    said = " ".join(text.split())
    if len(said) < SHORTEST:
        raise ValidationError(f"Écrivez {what} en une phrase, {SHORTEST} caractères au moins")
    return said


class RequestForm(DccForm):
    """A right the patient exercises."""

    kind = forms.ChoiceField(
        label="Demande",
        choices=[(value, words[:1].upper() + words[1:]) for value, words in RequestKind.choices],
        widget=ChipsRadio,
        error_messages={"required": "Indiquez ce qui est demandé"},
    )
    asked_on = FrenchDateField(
        label="Reçue le",
        prefer="past",
        not_after_today=True,
        error_messages={
            "required": "Indiquez le jour où la demande est arrivée",
            "not_after": "Cette date est à venir. Aujourd’hui au plus tard",
        },
    )
    asked_by = forms.CharField(
        label="Présentée par",
        max_length=150,
        help_text="La personne, ou qui agit pour elle, et à quel titre. Vérifiez son identité avant d’enregistrer",
        error_messages={"required": "Indiquez qui présente la demande"},
    )
    means = forms.ChoiceField(
        label="Comment",
        choices=[(value, words[:1].upper() + words[1:]) for value, words in Means.choices],
        widget=ChipsRadio,
        error_messages={"required": "Indiquez comment la demande est arrivée"},
    )
    about = forms.CharField(
        label="Ce qui est demandé",
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Pour une rectification\u00a0: ce qui est faux, et ce qui est juste",
    )

    def clean(self) -> dict[str, object] | None:
        cleaned = super().clean()
        if self.cleaned_data.get("kind") == RequestKind.RECTIFICATION and not self.cleaned_data.get("about"):
            self.add_error("about", "Écrivez ce qui est faux, et ce qui est juste")
        return cleaned

    def asked(self) -> Asked:
        said = self.cleaned_data
        return Asked(
            kind=RequestKind(said["kind"]),
            asked_on=said["asked_on"],
            asked_by=said["asked_by"],
            means=Means(said["means"]),
            about=said["about"],
        )


class AnswerForm(DccForm):
    """What was answered to a request."""

    request = forms.UUIDField(widget=forms.HiddenInput)
    status = forms.ChoiceField(
        label="Réponse",
        choices=[(RequestStatus.ANSWERED, "Satisfaite"), (RequestStatus.REFUSED, "Refusée")],
        widget=ChipsRadio,
        error_messages={"required": "Dites si la demande est satisfaite ou refusée"},
    )
    answer = forms.CharField(
        label="Ce qui a été fait ou répondu",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Écrivez ce qui a été fait, ou pourquoi c’est refusé"},
    )

    def clean_answer(self) -> str:
        return _sentence(self.cleaned_data["answer"], "la réponse")


class KeepForm(DccForm):
    """Why a file whose time is over is kept."""

    line = forms.UUIDField(widget=forms.HiddenInput)
    why = forms.CharField(
        label="Motif de conservation",
        max_length=300,
        error_messages={"required": "Écrivez pourquoi ce dossier est conservé"},
    )

    def clean_why(self) -> str:
        return _sentence(self.cleaned_data["why"], "le motif")
