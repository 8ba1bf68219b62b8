"""Forms of the page of an identity: they read and refuse, they never save."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any, cast

from django import forms

from dcc.organisations.models import Organisation
from dcc.ui.forms import ChipsRadio, DccForm, FrenchDateField, PlainWords
from patients.birth_places import get_place
from patients.forms import CreationForm
from patients.lifecycle.states import DOCUMENTS, IdentityDocument, Regime, Relation
from patients.models import Patient, Relative

_DAY = "%d/%m/%Y"


class SeenForm(DccForm):
    """A form about an identity, that knows which state of it was on the screen."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)


class DocumentForm(SeenForm):
    """Which document the person showed; no number and no copy are asked for (DMN INS 46)."""

    document = forms.ChoiceField(
        label="Document présenté",
        choices=[
            (kind.value, f"{kind.label[:1].upper()}{kind.label[1:]}")
            for kind, rule in DOCUMENTS.items()
            if rule.at_the_desk
        ],
        widget=ChipsRadio,
        error_messages={"required": "Indiquez le document que la personne a présenté"},
    )
    agrees = forms.BooleanField(
        label="Les traits du dossier sont ceux du document",
        help_text="Nom et prénoms de naissance, date, sexe et lieu, lettre à lettre. Sinon, corrigez-les d’abord.",
        error_messages={"required": "Comparez les traits au document, puis cochez la case"},
    )
    with_representative = forms.BooleanField(
        label="La pièce d’identité d’un représentant légal a été contrôlée aussi",
        help_text="Pour un mineur présenté avec un livret de famille ou un extrait d’acte de naissance.",
        required=False,
    )

    @property
    def kind(self) -> IdentityDocument:
        return IdentityDocument(self.cleaned_data["document"])


class ReasonForm(SeenForm):
    """Why an identity is marked, or no longer is: read by those who come after."""

    reason = forms.CharField(
        label="Motif",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Ce qui a été vu ou vérifié, sans nommer une autre personne",
        error_messages={"required": "Indiquez le motif\u00a0: il reste dans l’historique de l’identité"},
    )


class TraitsForm(CreationForm):
    """The traits of an existing identity, corrected or completed (identity §1.7)."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    reason = forms.CharField(
        label="Ce qui justifie la correction",
        max_length=300,
        required=False,
        help_text="La pièce vue, l’erreur de saisie… Reste dans l’historique",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    billing_birth_date = forms.CharField(
        label="Date de naissance de la carte Vitale",
        max_length=10,
        required=False,
        help_text="Seulement si elle n’existe pas au calendrier, comme 00/00/1948. Pour la facturation",
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )

    date_as_written = forms.BooleanField(
        label="Cette date figure telle quelle sur la pièce",
        required=False,
        help_text="La date du dossier est incertaine, complétée par la règle nationale. Cochez si la pièce la porte "
        "en entier",
    )

    def __init__(self, *args: Any, uncertain: bool, **kwargs: Any) -> None:
        """`uncertain`: the date on file was completed by the rule, and a document may say it whole."""
        super().__init__(*args, establishments=(), **kwargs)
        for name in ("why", "token", "scanned", *(() if uncertain else ("date_as_written",))):
            del self.fields[name]

    @classmethod
    def of(cls, patient: Patient, seen: str) -> "TraitsForm":
        """The form as it stands before anything is typed."""
        names = ("birth_name", "first_given_name", "given_names", "used_name", "used_given_name")
        typed = {name: getattr(patient, f"{name}_received") or getattr(patient, name) for name in names}
        place = get_place(f"{patient.birth_insee} {patient.birth_postcode}".strip())
        day = f"{patient.birth_date:{_DAY}}"
        told = {"sex": patient.sex, "birth_place": place, "billing_birth_date": patient.billing_birth_date}
        told |= {"birth_date": day, "seen": seen}
        return cls(initial=typed | told, uncertain=patient.birth_date_interpreted)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        birth = self.cleaned_data.get("birth_date")
        if birth and birth.interpreted and self.cleaned_data.get("date_as_written"):
            self.add_error("birth_date", "Tapez le jour, le mois et l’année qui figurent sur la pièce")
        return cleaned

    def clean_billing_birth_date(self) -> str:
        """As on the card, day first: a month past 12 or an unknown day are its own, a date of the calendar is not."""
        digits = re.sub(r"[\s/.-]", "", self.cleaned_data["billing_birth_date"])
        if not digits:
            return ""
        if not re.fullmatch(r"[0-9]{4}(18|19|20)[0-9]{2}", digits):
            raise forms.ValidationError("Tapez la date comme sur la carte\u00a0: jour, mois, année sur quatre chiffres")
        day, month, year = digits[:2], digits[2:4], digits[4:]
        try:
            date(int(year), int(month), int(day))
        except ValueError:
            return f"{day}/{month}/{year}"
        raise forms.ValidationError("Cette date existe au calendrier\u00a0: elle va dans la date de naissance")


class DeathForm(DccForm):
    """The day of a death, when it is known."""

    died_on = FrenchDateField(
        label="Date du décès",
        required=False,
        prefer="past",
        not_after_today=True,
        help_text="Vide si elle n’est pas connue",
    )

    def __init__(self, *args: Any, born: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.born = born

    def clean_died_on(self) -> date | None:
        day: date | None = self.cleaned_data["died_on"]
        if day and day < self.born:
            raise forms.ValidationError("Cette date précède la naissance. Vérifiez l’année")
        return day


class RelativeForm(PlainWords, forms.ModelForm):
    """Who represents the patient, whom they trust, whom to call."""

    class Meta:
        model = Relative
        fields = ("relation", "name", "phone", "email", "address")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.label = f"{field.label}"[:1].upper() + f"{field.label}"[1:]
            field.widget.attrs["autocomplete"] = "off"
        relation = cast(forms.TypedChoiceField, self.fields["relation"])
        relation.choices = [("", "Choisissez"), *((value, label) for value, label in Relation.choices)]
        self.fields["name"].error_messages["required"] = "Indiquez le nom et le prénom de cette personne"
        self.fields["relation"].error_messages["required"] = "Dites qui est cette personne pour le patient"


class RegimeForm(DccForm):
    """Who says the traits of the patients of one establishment."""

    organisation = forms.ChoiceField(label="Établissement", widget=forms.HiddenInput)
    regime = forms.ChoiceField(
        label="Régime", choices=Regime.choices, error_messages={"required": "Choisissez qui saisit les identités"}
    )

    def __init__(self, *args: Any, establishments: Sequence[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.establishments = {str(one.pk): one for one in establishments}
        self.fields["organisation"].choices = [(pk, one.name) for pk, one in self.establishments.items()]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> Organisation:
        return self.establishments[self.cleaned_data["organisation"]]
