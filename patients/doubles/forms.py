"""What the cell types: a decision with its reason, and where each thing that came since a merge goes back."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from dcc.ui.forms import ChipsRadio, DccForm
from patients.doubles.actions import SHORTEST_REASON
from patients.doubles.lifecycle import DoubleTransition
from patients.doubles.undoing import KEPT, LOST
from patients.models import Merge

WITHOUT_REASON = {DoubleTransition.CONFIRM.value, DoubleTransition.CONFIRM_UNDO.value}


class DecisionForm(DccForm):
    """One decision among those the state of the pair allows; every one but a confirmation says why."""

    decision = forms.ChoiceField(
        label="Décision", widget=ChipsRadio, error_messages={"required": "Choisissez une décision"}
    )
    reason = forms.CharField(
        label="Motif",
        max_length=300,
        error_messages={"required": f"Dites pourquoi, en {SHORTEST_REASON} caractères au moins"},
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Ce qui a été vérifié, et auprès de qui. Lu par qui reprendra ce dossier dans deux ans.",
    )
    kept = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, choices: tuple[tuple[str, str], ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["decision"].choices = list(choices)  # type: ignore[attr-defined]
        if len(choices) == 1:
            self.fields["decision"].initial = choices[0][0]
        self.fields["reason"].required = not WITHOUT_REASON & {name for name, _ in choices}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        decision, reason = cleaned.get("decision"), cleaned.get("reason", "").strip()
        if "reason" in cleaned and decision not in WITHOUT_REASON and len(reason) < SHORTEST_REASON:
            self.add_error("reason", f"Dites pourquoi, en {SHORTEST_REASON} caractères au moins")
        return cleaned


class ReportForm(DccForm):
    """Which of the identities found is the same person, and what makes one think so."""

    other = forms.ChoiceField(
        label="L’autre identité de cette personne",
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choisissez l’autre identité",
            "invalid_choice": "Choisissez l’une des identités trouvées",
        },
    )
    why = forms.CharField(
        label="Pourquoi pensez-vous que c’est la même personne\u202f?",
        max_length=300,
        error_messages={"required": f"Dites pourquoi, en {SHORTEST_REASON} caractères au moins"},
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Ce que vous avez vu ou entendu. Lu par la cellule d’identitovigilance.",
    )
    token = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["other"].choices = choices  # type: ignore[attr-defined]
        self.found = len(choices)

    def clean_why(self) -> str:
        why = " ".join(self.cleaned_data["why"].split())
        if len(why) < SHORTEST_REASON:
            raise ValidationError(f"Dites pourquoi, en {SHORTEST_REASON} caractères au moins")
        return why


class AllocationForm(DccForm):
    """One choice for each thing new since the merge: to the identity that stays, or to the one that comes back."""

    def __init__(self, *args: Any, merge: Merge, names: tuple[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.keys: dict[str, str] = {}
        for rank, one in enumerate(merge.unallocated, start=1):
            name = f"row_{rank}"
            self.keys[name] = one["key"]
            self.fields[name] = forms.ChoiceField(
                label=f"{one['label'].capitalize()} du {one['at'][8:10]}/{one['at'][5:7]}/{one['at'][:4]}",
                choices=[(KEPT, f"à {names[0]}, gardée"), (LOST, f"à {names[1]}, qui revient")],
                widget=ChipsRadio,
                initial=one["to"],
                error_messages={"required": "Dites à laquelle des deux"},
            )

    def allocation(self) -> dict[str, str]:
        """{key of the row: kept or lost}."""
        return {key: self.cleaned_data[name] for name, key in self.keys.items()}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.keys:
            raise ValidationError("Rien n’est à répartir")
        return cleaned
