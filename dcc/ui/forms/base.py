"""Base of the product's forms: messages that say what to do, and the "Chercher" button of the autocomplete."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

FIND = "_chercher"
# Django's own sentences name the system's trouble; ours say what to do (guide §10).
_PLAIN = {
    "required": "À indiquer",
    "invalid_choice": "Cette réponse n’est plus proposée. Choisissez-en une autre",
    "invalid_list": "Cette réponse n’est plus proposée. Choisissez-en une autre",
}


class PlainWords(forms.BaseForm):
    """Mixin: replaces the default messages that a form did not choose itself."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            defaults = _defaults(type(field))
            for code, sentence in _PLAIN.items():
                if code in field.error_messages and field.error_messages[code] == defaults.get(code):
                    field.error_messages[code] = sentence

    def clean(self) -> dict[str, Any] | None:
        """A press on "Chercher" looks up and shows what was found; it never saves."""
        cleaned: dict[str, Any] | None = super().clean()
        if self.data.get(self.add_prefix(FIND)) or self.data.get(FIND):
            raise ValidationError("Vérifiez la réponse trouvée, puis envoyez le formulaire", code="find")
        return cleaned


def _defaults(kind: type[forms.Field]) -> dict[str, Any]:
    """Messages that come from Django's classes, not from ours."""
    found: dict[str, Any] = {}
    for parent in reversed(kind.__mro__):
        if parent.__module__.startswith("django."):
            found |= getattr(parent, "default_error_messages", {})
    return found


class DccForm(PlainWords, forms.Form):
    """A form of the product."""
