"""Fields that read traits by the identity rules and answer with their own sentences."""

import re
from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone

from dcc.lib.french import join_list
from patients.identity.dates import BirthDate, parse_birth_date
from patients.identity.identifiers import check_rpps
from patients.identity.names import NameForms
from patients.identity.refusal import Refused, quoted


def refused(error: Refused) -> ValidationError:
    """The sentence of the rule, and the writing it would accept: offered, never applied."""
    offered = join_list(map(quoted, error.suggestions), last="ou")
    return ValidationError(f"{error.message} Écriture possible\u00a0: {offered}." if offered else error.message)


class BirthDateField(forms.CharField):
    """A birth date, complete or partial (EXI ID 11), as typed: 11031963, 11/03/1963, ??/03/1963, 1963."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"inputmode": "numeric", "autocomplete": "off", "placeholder": "JJ/MM/AAAA", "class": "w-date"}
        kwargs.setdefault("widget", forms.TextInput(attrs=attrs))
        kwargs.setdefault("error_messages", {"required": "Indiquez la date de naissance"})
        super().__init__(max_length=30, **kwargs)

    def to_python(self, value: Any) -> BirthDate | None:  # type: ignore[override]
        text = super().to_python(value)
        if not text:
            return None
        try:
            return parse_birth_date(text, today=timezone.localdate())
        except Refused as error:
            raise refused(error) from error

    def run_validators(self, value: Any) -> None:
        """The rule has read it: nothing of the text is left to check."""


class NameField(forms.CharField):
    """A name by the RNIV rules; cleans to NameForms, or None when empty."""

    def __init__(self, normalise: Callable[[str], NameForms | None], **kwargs: Any) -> None:
        self.normalise = normalise
        attrs = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}
        kwargs.setdefault("widget", forms.TextInput(attrs=attrs))
        super().__init__(strip=False, **kwargs)  # what is dropped is the rule’s to say

    def to_python(self, value: Any) -> NameForms | None:  # type: ignore[override]
        text = super().to_python(value)
        if not text:
            return None
        try:
            return self.normalise(text)
        except Refused as error:
            raise refused(error) from error

    def run_validators(self, value: Any) -> None:
        """The rule has read it: nothing of the text is left to check."""


class IppField(forms.CharField):
    """The number of an establishment: letters and digits, spaces forgotten."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}))
        super().__init__(max_length=60, **kwargs)

    def to_python(self, value: Any) -> str:
        text = re.sub(r"\s", "", super().to_python(value) or "").upper()
        if text and not re.fullmatch(r"[A-Z0-9._/-]{1,40}", text):
            raise ValidationError("Un IPP compte au plus 40 lettres et chiffres. Vérifiez le numéro")
        return text


PATIENT_MAILBOX = "@patient.mssante.fr"  # the part before is a matricule: never stored in clear (D21)


class MssanteField(forms.EmailField):
    """A secure address; an ordinary one is refused, since what follows it is nominative (D13)."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "email", "autocomplete": "off"}))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        address: str = super().clean(value)
        if address.lower().endswith(PATIENT_MAILBOX):
            raise ValidationError("C’est la boîte d’un patient. Indiquez l’adresse d’un professionnel")
        if address and not address.lower().endswith(".mssante.fr"):
            raise ValidationError(
                f"{quoted(address)} n’est pas une adresse MSSanté (elle finit par .mssante.fr). "
                "Laissez le champ vide\u00a0: le compte rendu partira au courrier"
            )
        return address


class RppsField(forms.CharField):
    """An RPPS number with its key; a demonstration accepts the wrong keys of the fictitious directory."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}))
        super().__init__(max_length=20, **kwargs)

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        if not text:
            return ""
        checked = check_rpps(text, test_data=settings.TEST_IDENTITIES)
        if not checked.valid:
            raise ValidationError(checked.message)
        return checked.value
