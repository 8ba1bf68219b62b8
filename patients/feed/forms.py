"""What the cell types about feeds: a verdict with its reason, why a merge is taken back."""

from django import forms

from dcc.ui.forms import ChipsRadio, DccForm
from patients.feed.actions import SHORTEST_REASON, VERDICTS

_WHY = f"Dites pourquoi, en {SHORTEST_REASON} caractères au moins"


class ReasonMixin(DccForm):
    """Why, in enough words for who reads it in two years."""

    reason = forms.CharField(
        label="Motif",
        max_length=220,
        error_messages={"required": _WHY},
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Ce qui a été vérifié, et auprès de qui.",
    )

    def clean_reason(self) -> str:
        reason: str = self.cleaned_data["reason"].strip()
        if len(reason) < SHORTEST_REASON:
            raise forms.ValidationError(_WHY)
        return reason


class SettleForm(ReasonMixin):
    """What a conflict comes down to."""

    verdict = forms.ChoiceField(
        label="Après vérification",
        choices=list(VERDICTS.items()),
        widget=ChipsRadio,
        error_messages={"required": "Dites ce que vous avez trouvé"},
    )
    field_order = ("verdict", "reason")


class TakeBackForm(ReasonMixin):
    """Why what a feed merged is parted again."""
