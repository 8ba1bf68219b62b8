"""What was told to the patient, and what the patient decided: they read and refuse, they never save."""

from typing import Any

from django import forms

from dcc.organisations.models import Organisation
from dcc.ui.forms import ChipsRadio, DccForm, FrenchDateField
from patients.consent import leaflet
from patients.consent.actions import Given, Said
from patients.models import Means, Opposition, WishAnswer, WishSubject
from patients.sharing.people import places

WISHES = (
    (f"{WishSubject.HOSTING}:{WishAnswer.AGREED}", "Accord à l’hébergement de ses données de santé"),
    (f"{WishSubject.HOSTING}:{WishAnswer.WITHDRAWN}", "Retrait de cet accord"),
    (f"{WishSubject.ORGANISATION}:{WishAnswer.OPPOSED}", "Opposition au partage avec une organisation"),
    (f"{WishSubject.ORGANISATION}:{WishAnswer.WITHDRAWN}", "Levée de cette opposition"),
    (f"{WishSubject.WATCH}:{WishAnswer.AGREED}", "Surveillance des ouvertures du dossier"),
    (f"{WishSubject.WATCH}:{WishAnswer.WITHDRAWN}", "Fin de cette surveillance"),
)


def _day(label: str, missing: str) -> FrenchDateField:
    return FrenchDateField(
        label=label,
        prefer="past",
        not_after_today=True,
        error_messages={"required": missing, "not_after": "Cette date est à venir. Aujourd’hui au plus tard"},
    )


def _means(label: str) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=[(value, words[:1].upper() + words[1:]) for value, words in Means.choices],
        widget=ChipsRadio,
        error_messages={"required": "Indiquez comment"},
    )


class InformForm(DccForm):
    """When, by whom, how, with which document, and what the patient said of it."""

    given_on = _day("Le", "Indiquez la date de l’information, au plus tard aujourd’hui")
    given_by = forms.CharField(
        label="Par", max_length=150, error_messages={"required": "Indiquez qui a informé la personne"}
    )
    means = _means("Comment")
    document = forms.CharField(label="Document remis", max_length=120, required=False, initial=leaflet.TITLE)
    document_version = forms.CharField(label="Version", max_length=20, required=False, initial=leaflet.VERSION)
    opposition = forms.ChoiceField(
        label="Ce que la personne en dit",
        choices=[
            ("none", "Elle ne s’oppose pas"),
            (Opposition.NOMINATIVE, "Elle refuse la présentation nominative"),
            (Opposition.SHARING, "Elle s’oppose au partage de ses données"),
        ],
        widget=ChipsRadio,
        help_text="L’opposition au partage ferme aussitôt le dossier aux réunions et aux médecins",
        error_messages={"required": "Indiquez ce que la personne en dit"},
    )

    def given(self) -> Given:
        said = self.cleaned_data
        return Given(
            given_on=said["given_on"],
            given_by=said["given_by"],
            means=Means(said["means"]),
            document=said["document"],
            document_version=said["document_version"] if said["document"] else "",
            opposition=Opposition.NONE if said["opposition"] == "none" else Opposition(said["opposition"]),
        )


class WishForm(DccForm):
    """One decision of the patient, when it was said, to whom, how."""

    wish = forms.ChoiceField(
        label="Ce que la personne a décidé",
        choices=WISHES,
        widget=ChipsRadio,
        error_messages={"required": "Indiquez ce que la personne a décidé"},
    )
    organisation = forms.ChoiceField(
        label="Organisation",
        help_text="Après une opposition, le dossier lui est fermé, et à ceux qui n’exercent que là, en réunion"
        " aussi. S’ils siègent à la réunion, proposez aussi la présentation sans nom",
        error_messages={"required": "Choisissez l’organisation dont parle la personne"},
    )
    said_on = _day("Dit le", "Indiquez le jour où la personne l’a dit, au plus tard aujourd’hui")
    said_to = forms.CharField(label="Dit à", max_length=150, error_messages={"required": "Indiquez qui l’a recueilli"})
    means = _means("Comment")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places: dict[str, Organisation] = {str(one.pk): one for one in places()}
        choices = [("", "Choisissez"), *((key, one.name) for key, one in self.places.items())]
        self.fields["organisation"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if not self.cleaned_data.get("wish", "").startswith(WishSubject.ORGANISATION):
            self.errors.pop("organisation", None)  # asked for, and shown, with a decision about one only
        return cleaned

    def decision(self) -> dict[str, Any]:
        """The arguments of record_wish, but for the patient and the actor."""
        subject, _, answer = self.cleaned_data["wish"].partition(":")
        about = self.places[self.cleaned_data["organisation"]] if subject == WishSubject.ORGANISATION else None
        said = self.cleaned_data
        return {
            "subject": WishSubject(subject),
            "answer": WishAnswer(answer),
            "about": about.principal if about else None,
            "said": Said(said_on=said["said_on"], said_to=said["said_to"], means=Means(said["means"])),
        }
