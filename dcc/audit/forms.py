"""Filters of the audit."""

from typing import Any

from django import forms

from dcc.audit.catalogue import catalogue, sentence
from dcc.ui.forms import DccForm, FrenchDateField


class EventFilter(DccForm):
    since = FrenchDateField(label="Du", prefer="past", required=False)
    until = FrenchDateField(label="Au", prefer="past", required=False)
    actor = forms.CharField(label="Personne", max_length=200, required=False, help_text="Prénom et nom, ou leur début.")
    code = forms.ChoiceField(label="Évènement", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = sorted((sentence(code, {}).rstrip("."), code) for code in catalogue())
        self.fields["code"].choices = [("", "tous"), *((code, text) for text, code in choices)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", "La fin est avant le début. Inversez les dates")
        return cleaned
