"""Describing a document, and saying why one is withdrawn."""

from typing import Any

from django import forms

from dcc.ui.forms import DccForm, FrenchDateField
from patients.documents.received_actions import Description
from patients.models import Patient, ReceivedDocument, ReceivedKind

SHORTEST_REASON = 10


def _words(label: str, *, needed: str = "", help_text: str = "") -> forms.CharField:
    messages = {"required": needed, "max_length": "150 caractères au plus. Raccourcissez"}
    return forms.CharField(
        label=label,
        max_length=150,
        required=bool(needed),
        error_messages=messages,
        help_text=help_text,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class DescriptionForm(DccForm):
    """One document: what it is, who wrote it, when, where it comes from, and what it replaces."""

    kind = forms.ChoiceField(
        label="Type",
        choices=[("", "Choisir"), *ReceivedKind.choices],
        error_messages={"required": "Choisissez le type"},
    )
    dated_on = FrenchDateField(
        label="Date du document",
        prefer="past",
        not_after_today=True,
        error_messages={"required": "Indiquez la date du document, au plus tard aujourd’hui"},
    )
    author = _words("Auteur", needed="Indiquez qui a écrit ce document")
    origin = _words("Origine", needed="Indiquez d’où vient ce document\u00a0: laboratoire, établissement, cabinet")
    title = _words("Intitulé", help_text="«\u00a0pièce opératoire\u00a0», «\u00a0IRM mammaire\u00a0»…")
    replaces = forms.ChoiceField(label="Remplace", required=False)
    confirmed = forms.BooleanField(
        label="Ce document concerne bien ce patient, malgré les différences ci-dessus",
        error_messages={"required": "Confirmez que ce document concerne ce patient, ou retirez-le"},
    )

    discard = forms.BooleanField(label="Ne pas garder ce fichier", required=False)

    def __init__(
        self,
        *args: Any,
        document: ReceivedDocument,
        patient: Patient,
        replaceable: list[ReceivedDocument] | None = None,
        **kwargs: Any,
    ) -> None:
        initial = {name: getattr(document, name) for name in ("kind", "title", "author", "origin", "dated_on")}
        initial["replaces"] = str(document.replaces_id or "")
        super().__init__(*args, initial=initial, prefix=f"d{document.pk.hex[-8:]}", **kwargs)
        self.document, self.patient = document, patient
        self._former = {str(one.pk): one for one in replaceable or () if one.pk != document.pk}
        if self._former:
            named = [(key, f"{one} du {one.dated_on:%d/%m/%Y}, {one.origin}") for key, one in self._former.items()]
            self.fields["replaces"].choices = [("", "Aucun document"), *named]  # type: ignore[attr-defined]
        else:
            del self.fields["replaces"]
        if not document.identity_differs:
            del self.fields["confirmed"]
        if self.discarded:
            for field in self.fields.values():
                field.required = False

    @property
    def discarded(self) -> bool:
        """Whether this file is given up: what was typed about it no longer matters."""
        return bool(self.is_bound and self.data.get(self.add_prefix("discard")))

    def clean_dated_on(self) -> Any:
        day = self.cleaned_data["dated_on"]
        if day and day < self.patient.birth_date:
            raise forms.ValidationError("Cette date précède la naissance. Vérifiez le document et son patient")
        return day

    def description(self) -> Description:
        """What was typed, for the action."""
        told = self.cleaned_data
        return Description(
            kind=told["kind"],
            title=told["title"],
            author=told["author"],
            origin=told["origin"],
            dated_on=told["dated_on"],
            replaces=self._former.get(told.get("replaces", "")),
            confirmed=bool(told.get("confirmed")),
        )


class WithdrawForm(DccForm):
    """Why a document leaves the file: it stays readable by nobody, and its trace by everybody."""

    because = forms.CharField(
        label="Motif du retrait",
        max_length=300,
        min_length=SHORTEST_REASON,
        help_text="Par exemple\u00a0: document d’un autre patient, page illisible numérisée de nouveau.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": "Indiquez pourquoi ce document est retiré",
            "min_length": f"Dites-en un peu plus\u00a0: {SHORTEST_REASON} caractères au moins",
        },
    )
