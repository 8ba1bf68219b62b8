"""Forms of the conclusion: a reason to cancel and replace, or to send back."""

from django import forms

from dcc.ui.forms import DccForm

ENOUGH = 10  # characters: a reason that says something


class ReasonForm(DccForm):
    """Why a validated report is replaced, or a registered case sent back to discussion."""

    why = forms.CharField(
        label="Motif",
        min_length=ENOUGH,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": "Dites pourquoi, en dix caractères au moins\u00a0: le motif figure au compte rendu",
            "min_length": "Dites pourquoi, en dix caractères au moins\u00a0: le motif figure au compte rendu",
        },
    )
