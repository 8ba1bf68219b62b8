"""What can be typed about a board, its usual members and its meetings; forms check, actions write."""

import re
from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import formset_factory
from django.urls import reverse_lazy
from django.utils import timezone

from dcc.accounts.professions import QuorumRole
from dcc.lib.french import WEEKDAYS
from dcc.organisations.kinds import RULES
from dcc.organisations.models import Organisation
from dcc.ui.forms import AutocompleteField, ChipsCheckbox, DccForm, FrenchDateField, PlainWords
from rcp.boards.presets import FORMS
from rcp.models import Board, BoardRole
from rcp.registration.professionals import professional_option, search_professionals

SEATS = 6
LONGEST_PERIOD_DAYS = 400
_ROLES = [("", "–"), *QuorumRole.choices]


class BoardForm(PlainWords, forms.ModelForm):  # type: ignore[type-arg]
    """The identity of a board, its rhythm and what counts for its quorum."""

    form_code = forms.ChoiceField(label="Fiche", choices=list(FORMS.items()))
    other_forms = forms.MultipleChoiceField(
        label="Autres fiches",
        required=False,
        choices=[(code, label) for code, label in FORMS.items() if code != "tronc"],
        widget=ChipsCheckbox,
        help_text="Quand la RCP voit plusieurs organes : la fiche se change dans le dossier, sans rien ressaisir.",
    )
    weekday = forms.TypedChoiceField(
        label="Jour", coerce=int, choices=[(day, name) for day, name in enumerate(WEEKDAYS[:6])]
    )
    starts_at = forms.TimeField(
        label="Heure",
        input_formats=["%H:%M", "%Hh%M", "%Hh", "%H"],
        widget=forms.TextInput(attrs={"placeholder": "14:00", "class": "w-num", "autocomplete": "off"}),
        error_messages={"invalid": "Écrivez l’heure avec les minutes\u00a0: 14:00", "required": "Indiquez l’heure"},
    )

    class Meta:
        model = Board
        fields = [
            "name", "code", "kind", "form_code", "other_forms", "national_number", "place", "mode", "frequency",
            "weekday", "starts_at", "minutes", "capacity", "closes_hours_before", "remote_counts",
            "written_opinion_counts", "active",
        ]  # fmt: skip
        help_texts = {
            "name": "Sans « RCP » devant\u00a0: Sein, Thorax, Sarcomes.",
            "code": "Commence les numéros d’ordre\u00a0: SEI-2026-0413.",
            "national_number": "Celui de l’annuaire national des RCP.",
            "closes_hours_before": "Inscriptions closes ce nombre d’heures avant la séance.",
        }
        error_messages = {
            "name": {"required": "Indiquez le nom de la RCP"},
            "code": {"required": "Indiquez le sigle, en lettres majuscules"},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.starts_at:
            self.initial["starts_at"] = self.instance.starts_at.strftime("%H:%M")

    def clean_other_forms(self) -> list[str]:
        return [code for code in self.cleaned_data["other_forms"] if code != self.cleaned_data.get("form_code")]

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"]).upper()
        if not re.fullmatch(r"[A-Z][A-Z0-9]{1,7}", code):
            raise ValidationError("Écrivez 2 à 8 lettres ou chiffres, sans accent ni espace", "form")
        return code

    def clean_minutes(self) -> int:
        return _between(self.cleaned_data["minutes"], 15, 480, "La durée va de 15 à 480 minutes")

    def clean_capacity(self) -> int:
        return _between(self.cleaned_data["capacity"], 1, 80, "Une séance prend de 1 à 80 dossiers")

    def clean_closes_hours_before(self) -> int:
        return _between(self.cleaned_data["closes_hours_before"], 0, 336, "La clôture va de 0 à 336 heures avant")


def _between(value: int, low: int, high: int, sentence: str) -> int:
    if not low <= value <= high:
        raise ValidationError(sentence, "range")
    return value


class HolderForm(DccForm):
    """Which 3C holds the board: asked only of the administration of the network."""

    organisation = forms.ModelChoiceField(
        label="3C",
        queryset=Organisation.objects.none(),
        empty_label="Choisir",
        error_messages={"required": "Choisissez le 3C qui tient cette RCP"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [kind for kind, rules in RULES.items() if rules.holds_boards]
        field: Any = self.fields["organisation"]
        field.queryset = Organisation.objects.active().of_kind(*kinds).order_by("name")


class SeatForm(DccForm):
    """One required seat: a quorum role, or one of two others that may stand in for it."""

    role = forms.ChoiceField(label="Spécialité", choices=_ROLES, required=False)
    second = forms.ChoiceField(label="ou", choices=_ROLES, required=False)
    third = forms.ChoiceField(label="ou", choices=_ROLES, required=False)
    count = forms.IntegerField(label="Nombre", min_value=1, max_value=4, initial=1, required=False)

    def group(self) -> dict[str, Any] | None:
        """The group as the board stores it; None for an empty seat."""
        typed = [self.cleaned_data.get(name) for name in ("role", "second", "third")]
        roles = list(dict.fromkeys(role for role in typed if role))
        if not roles:
            return None
        label = " ou ".join(str(QuorumRole(role).label) for role in roles)
        return {"label": label, "roles": roles, "count": self.cleaned_data.get("count") or 1}


SeatFormSet = formset_factory(SeatForm, extra=SEATS, max_num=SEATS)


def seats_initial(board: Board | None) -> list[dict[str, Any]]:
    """The groups of a board as rows of the form."""
    groups = board.quorum_groups if board else []
    names = ("role", "second", "third")
    return [dict(zip(names, group["roles"], strict=False)) | {"count": group.get("count", 1)} for group in groups]


class MemberForm(DccForm):
    """A usual member and their role."""

    person = AutocompleteField(
        label="Nom",
        url=reverse_lazy("rcp:people"),
        search=search_professionals,
        get=professional_option,
        error_messages={"required": "Indiquez le nom du membre"},
    )
    role = forms.ChoiceField(label="Rôle", choices=BoardRole.choices, initial=BoardRole.MEMBER)


class PlanForm(DccForm):
    """The period to plan; the first meeting says the rhythm of a board that never met."""

    since = FrenchDateField(label="À partir du", prefer="future")
    until = FrenchDateField(label="Jusqu’au", prefer="future")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if not isinstance(since, date) or not isinstance(until, date):
            return cleaned
        if since < timezone.localdate():
            self.add_error("since", "Indiquez une date à venir, ou aujourd’hui")
        if until < since:
            self.add_error("until", "La fin de la période vient après son début")
        elif (until - since).days > LONGEST_PERIOD_DAYS:
            self.add_error("until", "Prévoyez un an au plus à la fois")
        return cleaned


class OneMeetingForm(DccForm):
    """One meeting outside the rhythm."""

    day = FrenchDateField(label="Date", prefer="future")
    hour = forms.TimeField(
        label="Heure",
        input_formats=["%H:%M", "%Hh%M", "%Hh"],
        widget=forms.TextInput(attrs={"placeholder": "14:00", "class": "w-num", "autocomplete": "off"}),
        error_messages={"invalid": "Écrivez l’heure avec les minutes\u00a0: 14:00", "required": "Indiquez l’heure"},
    )

    def clean(self) -> dict[str, Any]:
        """`starts_at`: the moment in the network's time zone."""
        cleaned = super().clean() or {}
        if cleaned.get("day") and cleaned.get("hour"):
            moment = timezone.make_aware(datetime.combine(cleaned["day"], cleaned["hour"]))
            if moment < timezone.now():
                self.add_error("day", "Indiquez un moment à venir")
            cleaned["starts_at"] = moment
        return cleaned
