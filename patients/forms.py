"""Forms about patients: they read and refuse, they never save."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy

from dcc.organisations.models import Organisation
from dcc.ui.forms import AutocompleteField, ChipsRadio, DccForm, PlainWords
from patients.actions import SHORTEST_REASON, NewIdentity
from patients.birth_places import get_place, read_code, search_places
from patients.fields import BirthDateField, IppField, MssanteField, NameField, RppsField, refused
from patients.identity.candidates import PREFIX
from patients.identity.datamatrix import InsDatamatrix, read_datamatrix
from patients.identity.dates import BirthDate
from patients.identity.ins import Platform, read_matricule
from patients.identity.names import (
    comparison_key,
    normalise_birth_name,
    normalise_given_name,
    normalise_given_names,
    normalise_used_given_name,
    normalise_used_name,
)
from patients.identity.refusal import Refused
from patients.identity.traits import TraitSet
from patients.models import Contact, Sex
from patients.reviews import Verdict

MATRICULE_LENGTH = 15
REASONS = (
    ("other_person", "Vérifié avec la pièce d’identité : autre personne"),
    ("twins", "Jumeaux"),
    ("homonym", "Homonyme connu"),
)


_TYPED_FIRST = ("birth_name", "first_given_name", "birth_date")


class SearchForm(DccForm):
    """Birth date and the beginning of a name, or a number: nothing broader is searched (PAT-02, architecture §4)."""

    name = NameField(
        lambda text: normalise_birth_name(text.strip(" -")), label="Nom de naissance ou utilisé", required=False
    )
    given_name = NameField(lambda text: normalise_given_name(text.strip(" -'")), label="Prénom", required=False)
    birth_date = BirthDateField(label="Date de naissance", required=False, help_text="11031963 suffit")
    number = forms.CharField(
        label="IPP ou INS", required=False, max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    meeting = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["autofocus"] = True
        for field in self.fields.values():
            field.required = False

    def clean_number(self) -> str:
        number = "".join(self.cleaned_data["number"].split()).upper()
        if len(number) == MATRICULE_LENGTH and number.isalnum() and number[0] in "123478":
            try:
                return read_matricule(number)
            except Refused as error:
                raise refused(error) from error
        return number

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.errors or self.cleaned_data.get("number"):
            return cleaned
        letters = max(
            (len(self.cleaned_data[name].key) for name in ("name", "given_name") if self.cleaned_data.get(name)),
            default=0,
        )
        if not self.cleaned_data.get("birth_date"):
            self.add_error(
                "birth_date",
                "Indiquez la date de naissance : le nom seul ne suffit pas. Sinon, cherchez par IPP ou par INS",
            )
        elif letters < PREFIX:
            self.add_error("name", "Indiquez au moins trois lettres du nom ou du prénom, en plus de la date")
        return cleaned

    @property
    def is_matricule(self) -> bool:
        number = self.cleaned_data["number"]
        return len(number) == MATRICULE_LENGTH and number.isalnum() and number[0] in "123478"

    def traits(self) -> TraitSet:
        cleaned = self.cleaned_data
        birth: BirthDate | None = cleaned["birth_date"]
        return TraitSet(
            birth_name=cleaned["name"].normalised if cleaned["name"] else "",
            first_given_name=cleaned["given_name"].normalised if cleaned["given_name"] else "",
            birth_date=birth.value if birth else None,
            birth_date_interpreted=birth.interpreted if birth else False,
        )

    def criteria(self) -> str:
        """Which kinds of traits were typed, for the trace: never the traits themselves."""
        if self.cleaned_data["number"]:
            return "INS" if self.is_matricule else "IPP"
        kinds = (("name", "nom"), ("given_name", "prénom"), ("birth_date", "date de naissance"))
        return ", ".join(label for name, label in kinds if self.cleaned_data[name])


class ScanForm(DccForm):
    """What a scanner types of a datamatrix INS: it fills the traits, and its matricule is not kept (identity §1.9)."""

    payload = forms.CharField(
        label="Datamatrix INS",
        max_length=600,
        strip=False,
        help_text="Placez le curseur ici, puis scannez le code « INS à scanner » d’un document de la personne",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Scannez le code, ou saisissez les traits ci-dessous"},
    )

    def clean_payload(self) -> InsDatamatrix:
        platform = Platform.TEST if settings.TEST_IDENTITIES else Platform.PRODUCTION
        try:
            return read_datamatrix(self.cleaned_data["payload"], platform=platform)
        except Refused as error:
            raise refused(error) from error


class CreationForm(DccForm):
    """The five strict traits, and what may go with them (PAT-02, identity §1.3, §1.8)."""

    birth_name = NameField(
        normalise_birth_name,
        label="Nom de naissance",
        error_messages={"required": "Indiquez le nom de naissance, tel qu’il figure sur la pièce d’identité"},
    )
    first_given_name = NameField(
        normalise_given_name,
        label="Premier prénom de naissance",
        error_messages={"required": "Indiquez le premier prénom de naissance"},
    )
    birth_date = BirthDateField(label="Date de naissance")
    sex = forms.ChoiceField(
        label="Sexe",
        choices=[(value, label.capitalize()) for value, label in Sex.choices],
        widget=ChipsRadio,
        error_messages={"required": "Indiquez le sexe"},
    )
    birth_place = AutocompleteField(
        url=reverse_lazy("patients:places"),
        search=search_places,
        get=get_place,
        label="Lieu de naissance",
        help_text="Code postal ou nom de la commune, ou le pays ; « inconnu » si personne ne le sait",
        error_messages={
            "required": "Indiquez la commune de naissance, ou le pays si la naissance a eu lieu à l’étranger",
            "unknown": "« %(typed)s » n’est ni une commune française ni un pays. Née ou né à l’étranger : choisissez "
            "le pays",
            "several": "Plusieurs lieux répondent à « %(typed)s ». Choisissez le bon dans la liste",
        },
    )
    given_names = NameField(
        normalise_given_names,
        label="Liste des prénoms de naissance",
        required=False,
        help_text="Tous, dans l’ordre de la pièce d’identité",
    )
    used_name = NameField(normalise_used_name, label="Nom utilisé", required=False)
    used_given_name = NameField(normalise_used_given_name, label="Prénom utilisé", required=False)
    ipp = IppField(label="IPP", required=False)
    ipp_organisation = forms.ChoiceField(label="Établissement de l’IPP", required=False)
    why = forms.ChoiceField(
        label="Pourquoi créer quand même ?",
        choices=[("", "Choisir un motif"), *REASONS],
        required=False,
        help_text="Demandé car une identité est proche. Visible de la cellule d’identitovigilance.",
        widget=forms.Select(attrs={"form": "creation"}),
    )
    token = forms.CharField(widget=forms.HiddenInput)
    scanned = forms.CharField(widget=forms.HiddenInput, required=False)  # says that these very traits were read

    def __init__(self, *args: Any, establishments: Sequence[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.establishments = {str(one.pk): one for one in establishments}
        choices = [(pk, one.short_name) for pk, one in self.establishments.items()]
        if len(choices) == 1:
            self.fields["ipp"].label = f"IPP – {choices[0][1]}"
            self.fields["ipp_organisation"].widget = forms.HiddenInput()
            self.fields["ipp_organisation"].initial = choices[0][0]
        else:
            choices = [("", "Choisir"), *choices]
        self.fields["ipp_organisation"].choices = choices  # type: ignore[attr-defined]
        if not self.establishments:
            del self.fields["ipp"], self.fields["ipp_organisation"]
        if not self.is_bound:
            first = next((name for name in _TYPED_FIRST if not self.initial.get(name)), "sex")
            self.fields[first].widget.attrs["autofocus"] = True

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.cleaned_data.get("ipp") and not self.cleaned_data.get("ipp_organisation"):
            self.add_error("ipp_organisation", "Indiquez l’établissement qui a donné cet IPP")
        return cleaned

    def identity(self) -> NewIdentity:
        cleaned = self.cleaned_data
        place, postcode = read_code(cleaned["birth_place"].code)
        return NewIdentity(
            birth_name=cleaned["birth_name"],
            first_given_name=cleaned["first_given_name"],
            birth_date=cleaned["birth_date"],
            sex=cleaned["sex"],
            place=place,
            postcode=postcode,
            given_names=cleaned["given_names"],
            used_name=cleaned["used_name"],
            used_given_name=cleaned["used_given_name"],
        )

    def partial_traits(self) -> TraitSet:
        """What can be read of a form still being typed."""
        self.is_valid()
        cleaned = self.cleaned_data
        names = {
            name: cleaned[name].normalised
            for name in ("birth_name", "first_given_name", "given_names", "used_name", "used_given_name")
            if cleaned.get(name)
        }
        birth: BirthDate | None = cleaned.get("birth_date")
        chosen = cleaned.get("birth_place")
        place, postcode = read_code(chosen.code) if chosen else (None, "")
        return TraitSet(
            **names,
            birth_date=birth.value if birth else None,
            birth_date_interpreted=birth.interpreted if birth else False,
            sex=cleaned.get("sex", ""),
            birth_insee=place.insee if place else "",
            birth_postcode=postcode,
        )

    def reason(self) -> str:
        return dict(REASONS).get(self.cleaned_data["why"], "")

    def organisation(self) -> Organisation | None:
        return self.establishments.get(self.cleaned_data.get("ipp_organisation", ""))


# Half of one and half of another would be the address of nobody.
CONTACT_WHOLES = (
    ("address_line", "postcode", "city"),
    ("gp_name", "gp_rpps", "gp_mssante_address", "gp_address"),
)


class ContactForm(PlainWords, forms.ModelForm):
    """Where the patient lives, and their GP with a secure address, a postal one, or none (PAT-10, INS-05)."""

    gp_rpps = RppsField(label="RPPS du médecin traitant", required=False)
    gp_mssante_address = MssanteField(label="Adresse MSSanté", required=False)

    class Meta:
        model = Contact
        fields = (
            "address_line", "postcode", "city", "phone", "email", "gp_name", "gp_rpps", "gp_mssante_address",
            "gp_address",
        )  # fmt: skip
        widgets = {"gp_address": forms.Textarea(attrs={"rows": 2})}  # the lines of an address are kept

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {"gp_mssante_address": "Adresse MSSanté", "gp_address": "Adresse postale", "gp_rpps": "RPPS"}
        for name, field in self.fields.items():
            field.label = labels.get(name, field.label)
            field.label = f"{field.label}"[:1].upper() + f"{field.label}"[1:]
            field.widget.attrs["autocomplete"] = "off"
            field.show_hidden_initial = True  # sent back with the page: a feed may write meanwhile

    def changed_values(self) -> dict[str, str]:
        """What the person changed, whatever a feed wrote meanwhile; an address or a GP is written as a whole."""
        changed = set(self.changed_data)
        whole = [name for group in CONTACT_WHOLES if changed & set(group) for name in group]
        return {name: self.cleaned_data[name] for name in self.fields if name in changed or name in whole}

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        about_gp = ("gp_rpps", "gp_mssante_address", "gp_address")
        if not self.cleaned_data.get("gp_name") and any(self.cleaned_data.get(name) for name in about_gp):
            self.add_error("gp_name", "Indiquez le nom du médecin traitant à qui sont ces coordonnées")
        return cleaned


class IppForm(DccForm):
    """One more number for a patient (PAT-03)."""

    organisation = forms.ChoiceField(label="Établissement")
    value = IppField(label="IPP", error_messages={"required": "Indiquez l’IPP"})

    def __init__(self, *args: Any, establishments: Sequence[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.establishments = {str(one.pk): one for one in establishments}
        choices = [(pk, one.short_name) for pk, one in self.establishments.items()]
        self.fields["organisation"].choices = choices  # type: ignore[attr-defined]


class GlassReviewForm(DccForm):
    """What whoever audits the network thinks of an exceptional access, read by those who come after (D2)."""

    verdict = forms.ChoiceField(
        label="Après relecture, cet accès est",
        choices=Verdict.choices,
        widget=ChipsRadio,
        error_messages={"required": "Dites si cet accès est justifié"},
    )
    comment = forms.CharField(
        label="Commentaire",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Ce qui a été vérifié, et auprès de qui. Sans nom de patient.",
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("verdict") and cleaned["verdict"] != Verdict.JUSTIFIED and not cleaned.get("comment"):
            self.add_error("comment", "Dites ce qui ne va pas, ou ce qui reste à vérifier")
        return cleaned


class BreakGlassForm(DccForm):
    """Why a file is opened exceptionally: a reason somebody else will read (D2)."""

    reason = forms.CharField(
        label="Motif de l’accès exceptionnel",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Indiquez pourquoi ce dossier doit être ouvert maintenant"},
    )

    def clean_reason(self) -> str:
        reason = " ".join(self.cleaned_data["reason"].split())
        if len(reason) < SHORTEST_REASON or len(comparison_key(reason)) < SHORTEST_REASON // 2:
            raise ValidationError(f"Écrivez le motif en une phrase, {SHORTEST_REASON} caractères au moins")
        return reason
