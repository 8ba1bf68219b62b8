"""Forms about organisations."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from dcc.lib.french import phone as phone_words
from dcc.lib.professional_ids import IdentifierRefused, clean_finess
from dcc.organisations.kinds import RULES, OrganisationKind
from dcc.organisations.models import Organisation
from dcc.organisations.queries import network_organisations
from dcc.ui.forms import DccForm

CREATABLE = [(kind.value, kind.label) for kind in OrganisationKind if RULES[kind].parents]
WHOLE_ADDRESS = "Écrivez l’adresse en entier, par exemple secretariat@hopital.fr"


def text(label: str, size: int, *, needed: str = "", **options: Any) -> forms.CharField:
    """A line of text; `needed` is what is said when it is missing, an empty one makes it optional."""
    messages = {"required": needed, "max_length": f"{size} caractères au plus. Raccourcissez"}
    return forms.CharField(label=label, max_length=size, required=bool(needed), error_messages=messages, **options)


class OrganisationForm(DccForm):
    """Creation and edition; `organisation` is the one edited, whose kind no longer changes."""

    kind = forms.ChoiceField(label="Type", choices=CREATABLE)
    parent = forms.ChoiceField(label="Rattachement", error_messages={"required": "Choisissez à quoi elle se rattache"})
    name = text("Nom", 200, needed="Indiquez le nom complet")
    short_name = text("Nom court", 60, needed="Indiquez le nom court", help_text="Celui des listes et de la barre.")
    finess = text("FINESS géographique", 12, help_text="Obligatoire pour un établissement.")
    oid = text(
        "OID d’autorité d’affectation", 64, help_text="Celui de ses IPP, pour les échanges avec son dossier patient."
    )
    phone = text("Téléphone", 20)
    email = forms.EmailField(label="Adresse électronique", required=False, error_messages={"invalid": WHOLE_ADDRESS})
    mssante_address = forms.EmailField(
        label="Adresse MSSanté", required=False, error_messages={"invalid": WHOLE_ADDRESS}
    )
    address_line = text("Adresse", 200)
    postcode = forms.RegexField(
        r"^\d{5}$", label="Code postal", required=False, error_messages={"invalid": "Un code postal compte 5 chiffres"}
    )
    city = text("Ville", 100)

    def __init__(self, *args: Any, organisation: Organisation | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organisation = organisation
        if organisation is not None:
            del self.fields["kind"]
            if organisation.kind == OrganisationKind.NETWORK:
                del self.fields["parent"]
        self._open = {str(one.pk): one for one in network_organisations() if one.closed_at is None}
        if "parent" in self.fields:
            kind = organisation.kind if organisation else None
            possible = [one for one in self._open.values() if kind is None or one.kind in RULES[kind].parents]
            if organisation is not None:
                possible = [one for one in possible if one.pk != organisation.pk]
            labelled = [(str(one.pk), f"{one.name} ({one.get_kind_display()})") for one in possible]
            self.fields["parent"].choices = [("", "Choisir"), *labelled]  # type: ignore[attr-defined]

    def clean_finess(self) -> str:
        typed = self.cleaned_data["finess"]
        if not typed:
            return ""
        try:
            found = clean_finess(typed)
        except IdentifierRefused as refusal:
            raise ValidationError(str(refusal)) from refusal
        same = Organisation.objects.filter(finess=found)
        others = same.exclude(pk=self.organisation.pk) if self.organisation else same
        double = others.values_list("name", flat=True).first()
        if double:
            raise ValidationError(f"Ce FINESS est déjà celui de « {double} ». Vérifiez-le, ou modifiez cette structure")
        return found

    def clean_phone(self) -> str:
        return phone_words(self.cleaned_data["phone"])

    def clean_parent(self) -> Organisation:
        return self._open[self.cleaned_data["parent"]]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        kind = self.organisation.kind if self.organisation else cleaned.get("kind")
        parent = cleaned.get("parent")
        if kind and parent and parent.kind not in RULES[kind].parents:
            allowed = ", ".join(OrganisationKind(one).label for one in sorted(RULES[kind].parents))
            self.add_error("parent", f"Le type « {OrganisationKind(kind).label} » se rattache à : {allowed}")
        if kind and RULES[kind].needs_finess and not cleaned.get("finess") and "finess" not in self.errors:
            self.add_error("finess", "Indiquez le FINESS géographique de l’établissement")
        return cleaned


class LogoForm(DccForm):
    logo = forms.FileField(
        label="Image du logo",
        help_text="PNG ou JPEG, 2 Mo au plus. Le fond transparent devient blanc.",
        error_messages={"required": "Choisissez un fichier", "empty": "Ce fichier est vide. Choisissez-en un autre"},
        widget=forms.ClearableFileInput(attrs={"accept": "image/png,image/jpeg"}),
    )
