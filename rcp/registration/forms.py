"""The registration form and those that move a case: they read and refuse, they never save."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.forms import formset_factory
from django.urls import reverse_lazy

from dcc.accounts.models import Membership
from dcc.lib import french
from dcc.ui.forms import AutocompleteField, ChipsRadio, DccForm, FrenchDateField, Option
from patients.fields import MssanteField
from patients.models import Opposition
from rcp.models import Board, CorrespondentRole, Level, Meeting, MeetingMode, Motive, Urgency
from rcp.registration.actions import Addressee, Demand, InformationGiven, Requester, postal_address
from rcp.registration.professionals import (
    find_professional,
    professional_option,
    search_physicians,
    search_professionals,
)
from rcp.registration.queries import upcoming

MOST_OTHERS = 8
SHORTEST_QUESTION = 10  # characters
WITHOUT_TRAITS, WITH_TRAITS = "anonymous", "nominative"
UNASKED = "Écrivez la question posée à la RCP\u00a0: elle est lue dans la salle"


class RegistrationForm(DccForm):
    """Four answers: which meeting, what the patient was told, what is asked, by whom.

    A fifth, `presentation`, is asked when somebody expected at the meeting is of whom the patient opposes.
    """

    board = forms.ChoiceField(label="RCP", required=False)
    meeting = forms.ModelChoiceField(
        label="Réunion",
        queryset=Meeting.objects.none(),
        error_messages={
            "required": "Choisissez la réunion",
            "invalid_choice": "Cette réunion ne prend plus de dossiers. Choisissez-en une autre",
        },
    )
    exceed = forms.BooleanField(
        label="Inscrire malgré la clôture ou au-delà des places",
        required=False,
        help_text="Réservé au secrétariat du 3C qui tient la RCP ; tracé.",
    )
    opposition = forms.ChoiceField(
        label="",
        widget=ChipsRadio,
        error_messages={
            "required": "Indiquez si la personne est informée\u00a0: sans cela, l’inscription n’est pas possible"
        },
    )
    given_on = FrenchDateField(
        label="Le",
        prefer="past",
        not_after_today=True,
        error_messages={
            "required": "Indiquez la date de l’information, au plus tard aujourd’hui",
            "not_after": "Cette date est à venir. Indiquez la date de l’information, au plus tard aujourd’hui",
        },
    )
    given_by = forms.CharField(
        label="Par", max_length=150, error_messages={"required": "Indiquez qui a informé la personne"}
    )
    level = forms.ChoiceField(
        label="Présentation",
        widget=ChipsRadio,
        choices=[(Level.DISCUSSED, "Cas discuté"), (Level.REGISTERED, "Cas enregistré, conforme au référentiel")],
        initial=Level.DISCUSSED,
    )
    question = forms.CharField(
        label="Question posée à la RCP",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": UNASKED},
    )
    motive = forms.ChoiceField(
        label="Motif",
        widget=ChipsRadio,
        choices=[(value, label[:1].upper() + label[1:]) for value, label in Motive.choices],
        error_messages={"required": "Choisissez le motif"},
    )
    requester = AutocompleteField(
        label="Médecin demandeur",
        url=reverse_lazy("rcp:physicians"),
        search=search_physicians,
        get=professional_option,
        error_messages={
            "required": "Indiquez le médecin qui demande le passage en RCP",
            "unknown": "Aucun médecin du réseau ne répond à « %(typed)s ». Écrivez le début de son nom",
            "several": "Plusieurs médecins répondent à « %(typed)s ». Choisissez le bon dans la liste",
        },
    )
    urgency = forms.ChoiceField(
        label="Urgence", choices=[(value, label[:1].upper() + label[1:]) for value, label in Urgency.choices]
    )
    mode = forms.ChoiceField(
        label="Mode",
        choices=[(value, label[:1].upper() + label[1:]) for value, label in MeetingMode.choices],
        initial=MeetingMode.ROOM,
        help_text="Comment le dossier sera présenté",
    )
    presentation = forms.ChoiceField(
        label="Comment présenter le dossier\u202f?",
        required=False,
        widget=ChipsRadio,
        choices=[(WITHOUT_TRAITS, "Sans les traits d’identité (proposé)"), (WITH_TRAITS, "Avec les traits d’identité")],
    )
    gp_seen = forms.CharField(required=False, widget=forms.HiddenInput)  # gp_version when the page was shown
    token = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, boards: Sequence[Board], sex: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sex = sex
        three_cs = [("", "Mes RCP"), *((str(one.pk), f"{one.name} – {one.organisation.short_name}") for one in boards)]
        self.fields["board"].choices = three_cs  # type: ignore[attr-defined]
        self.fields["meeting"].queryset = upcoming()  # type: ignore[attr-defined]
        self.fields["question"].required = self["level"].value() != Level.REGISTERED
        who = french.agree(sex, "il", "elle") if sex != "I" else "la personne"
        opposed = "S’oppose" if sex == "I" else f"{who.capitalize()} s’y oppose"
        opposition = self.fields["opposition"]
        opposition.choices = [  # type: ignore[attr-defined]
            ("yes", "Oui"),
            (Opposition.NOMINATIVE, f"Oui, {who} refuse la présentation nominative"),
            (Opposition.SHARING, opposed),
        ]
        named = {"F": "La patiente est-elle informée", "M": "Le patient est-il informé"}
        asked = named.get(sex, "La personne est-elle informée")
        opposition.label = f"{asked} du passage en RCP et du partage de ses données\u202f?"

    def clean_opposition(self) -> str:
        answer = self.cleaned_data["opposition"]
        if answer == Opposition.SHARING:
            raise ValidationError(opposed_sentence(self.sex))
        return Opposition.NONE if answer == "yes" else answer

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        question = self.cleaned_data.get("question", "")
        if self.cleaned_data.get("level") == Level.DISCUSSED and 0 < len(question.strip()) < SHORTEST_QUESTION:
            self.add_error("question", UNASKED)
        return cleaned

    def demand(self) -> Demand:
        cleaned = self.cleaned_data
        return Demand(
            motive=Motive(cleaned["motive"]),
            level=Level(cleaned["level"]),
            question=cleaned["question"].strip(),
            urgency=Urgency(cleaned["urgency"]),
            mode=cleaned["mode"],
            anonymous={WITHOUT_TRAITS: True, WITH_TRAITS: False}.get(cleaned["presentation"]),
        )

    def asked_by(self) -> Requester:
        found = find_professional(self.cleaned_data["requester"].code)
        assert found is not None, "the field has just found it"
        return Requester(user=found.user, organisation=found.organisation)

    def information(self) -> InformationGiven:
        cleaned = self.cleaned_data
        return InformationGiven(
            given_on=cleaned["given_on"],
            given_by=cleaned["given_by"],
            opposition=Opposition(cleaned["opposition"]),
        )


class CorrespondentForm(DccForm):
    """Someone who receives the report: a professional of the network, or a name with an address or none."""

    person = AutocompleteField(
        label="Nom",
        required=False,
        url=reverse_lazy("rcp:professionals"),
        search=search_professionals,
        get=professional_option,
        free_text=True,
        lone=False,
    )
    mssante_address = MssanteField(label="Adresse MSSanté", required=False)
    postal_address = forms.CharField(
        label="Adresse postale", required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
    # Whose addresses were proposed: a name replaced without them would send the report to the former person.
    of_name = forms.CharField(required=False, widget=forms.HiddenInput)
    of_mssante = forms.CharField(required=False, widget=forms.HiddenInput)
    of_postal = forms.CharField(required=False, widget=forms.HiddenInput)
    opposed = ""  # why they receive nothing, when the patient opposes them: said by who lists them

    def __init__(self, *args: Any, title: str = "Autre correspondant", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].label = title
        for name in ("mssante_address", "postal_address"):
            self.fields[name].label = f"{self.fields[name].label} – {title[:1].lower()}{title[1:]}"

    def clean_postal_address(self) -> str:
        return _lines(self.cleaned_data["postal_address"])

    def clean_of_postal(self) -> str:
        return _lines(self.cleaned_data["of_postal"])

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        values = self.cleaned_data
        person: Option | None = values.get("person")
        addresses = [("mssante_address", "of_mssante"), ("postal_address", "of_postal")]
        if person is None:
            self._forget_proposed(addresses)
            return cleaned
        former = values.get("of_name", "")
        for name, proposed in addresses:
            if former and person.label != former and values.get(name) and values[name] == values.get(proposed):
                self.add_error(name, f"Cette adresse est celle de {former}. Corrigez-la, ou effacez-la")
        return cleaned

    def _forget_proposed(self, addresses: list[tuple[str, str]]) -> None:
        """A name that was cleared takes its proposed addresses away; an address typed by hand wants its name."""
        values = self.cleaned_data
        if any(values.get(name) and values[name] != values.get(proposed) for name, proposed in addresses):
            self.add_error("person", "Indiquez le nom de la personne à qui est cette adresse")

    def addressee(self, role: CorrespondentRole) -> Addressee | None:
        """None when nothing was typed; a blank address of someone of the network is the directory's."""
        chosen: Option | None = self.cleaned_data.get("person")
        if chosen is None:
            return None
        found: Membership | None = find_professional(chosen.code) if chosen.code else None
        mssante, postal = self.cleaned_data["mssante_address"], self.cleaned_data["postal_address"]
        return Addressee(
            role=role,
            name=chosen.label[:150],
            user=found.user if found else None,
            rpps=found.user.rpps if found else "",
            mssante_address=mssante or (found.user.mssante_address if found else ""),
            postal_address=postal or (postal_address(found.organisation) if found else ""),
        )


def _lines(address: str) -> str:
    """The lines of an envelope, whatever the browser ends them with."""
    return "\n".join(line.strip() for line in address.splitlines())


OthersFormSet = formset_factory(CorrespondentForm, extra=1, max_num=MOST_OTHERS, absolute_max=MOST_OTHERS)


class PostponeForm(DccForm):
    """To which meeting, and why (INS-10)."""

    meeting = forms.ModelChoiceField(
        label="Nouvelle réunion",
        queryset=Meeting.objects.none(),
        error_messages={
            "required": "Choisissez la nouvelle réunion",
            "invalid_choice": "Cette réunion ne prend plus de dossiers. Choisissez-en une autre",
        },
    )
    exceed = forms.BooleanField(label="Inscrire malgré la clôture ou au-delà des places", required=False)
    reason = forms.CharField(
        label="Motif du report", max_length=300, error_messages={"required": "Indiquez pourquoi le dossier est reporté"}
    )

    def __init__(self, *args: Any, excluding: UUID, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["meeting"].queryset = upcoming().exclude(pk=excluding)  # type: ignore[attr-defined]


class CancelForm(DccForm):
    """Why a case leaves the list (INS-10)."""

    reason = forms.CharField(
        label="Motif de l’annulation",
        max_length=300,
        error_messages={"required": "Indiquez pourquoi l’inscription est annulée"},
    )


def opposed_sentence(sex: str) -> str:
    """The refusal of D3, agreeing with the patient."""
    who = {"F": "La patiente", "M": "Le patient"}.get(sex, "La personne")
    return f"{who} s’oppose au passage en RCP\u00a0: l’inscription n’est pas possible"
