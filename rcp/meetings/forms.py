"""What can be typed about a meeting; forms check, actions write."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy

from dcc.accounts.professions import SPECIALTIES, Profession
from dcc.ui.forms import AutocompleteField, ChipsRadio, DccForm
from rcp.models import Presence
from rcp.registration.professionals import find_professional, professional_option, search_professionals

# What a menu of the attendance sends: how someone is there, or not.
WAYS = {
    "room": (Presence.PRESENT, False),
    "remote": (Presence.PRESENT, True),
    "written": (Presence.WRITTEN, False),
    "expected": (Presence.EXPECTED, False),
    "absent": (Presence.ABSENT, False),
}
# A specialty has several codes here and there; one is enough to choose from.
_CHOICES = sorted({label: code for code, (label, _) in reversed(SPECIALTIES.items())}.items())


class PresenceForm(DccForm):
    """One press in the attendance: a way of being there, or the tick of the box."""

    way = forms.ChoiceField(choices=[(way, way) for way in WAYS], required=False)
    present = forms.BooleanField(required=False)

    def clean(self) -> dict[str, Any]:
        """`presence` and `remote`: the way when a menu was used, else the box."""
        cleaned = super().clean() or {}
        way = cleaned.get("way") or ("room" if cleaned.get("present") else "absent")
        cleaned["presence"], cleaned["remote"] = WAYS[way]
        return cleaned


class GuestForm(DccForm):
    """Someone more in the room: a user of the network, or a name with what they are."""

    person = AutocompleteField(
        label="Nom",
        url=reverse_lazy("rcp:people"),
        search=search_professionals,
        get=professional_option,
        free_text=True,
        help_text="Un compte du réseau, ou un nom libre.",
        error_messages={"required": "Indiquez le nom de la personne présente"},
    )
    profession = forms.ChoiceField(
        label="Profession", choices=[("", "selon son compte"), *Profession.choices], required=False
    )
    specialty = forms.ChoiceField(
        label="Spécialité",
        choices=[("", "selon son compte"), *((code, label) for label, code in _CHOICES)],
        required=False,
    )
    way = forms.ChoiceField(
        label="Présence",
        choices=[("room", "en salle"), ("remote", "en visio"), ("written", "avis écrit")],
        initial="room",
        widget=ChipsRadio,
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        person = cleaned.get("person")
        if person is None:
            return cleaned
        cleaned["membership"] = find_professional(person.code) if person.code else None
        if cleaned["membership"] is None:
            self._check_free_name(cleaned)
        if cleaned.get("way"):
            cleaned["presence"], cleaned["remote"] = WAYS[cleaned["way"]]
        return cleaned

    def _check_free_name(self, cleaned: dict[str, Any]) -> None:
        """Without an account, nobody else says whether this person counts for the quorum."""
        if not cleaned.get("profession"):
            self.add_error(
                "profession", ValidationError("Cette personne n’a pas de compte. Indiquez sa profession", "needed")
            )
        elif cleaned["profession"] == Profession.PHYSICIAN and not cleaned.get("specialty"):
            self.add_error(
                "specialty",
                ValidationError("Indiquez la spécialité de ce médecin, elle compte pour le quorum", "needed"),
            )


class PlaceForm(DccForm):
    """Where a case goes in the order, from 1."""

    place = forms.IntegerField(min_value=1, max_value=500)


class CancelMeetingForm(DccForm):
    """A meeting is cancelled with its reason."""

    why = forms.CharField(
        label="Motif de l’annulation",
        max_length=200,
        error_messages={"required": "Indiquez pourquoi la réunion est annulée"},
    )
