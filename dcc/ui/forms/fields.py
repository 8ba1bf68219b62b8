"""Fields that read what French hands type and answer in plain words."""

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from dcc.ui.forms.dates import Prefer, parse_french_date
from dcc.ui.forms.widgets import DateInput, NumberWithUnit


class FrenchDateField(forms.DateField):
    """A date; ``prefer="past"`` for births and events, ``"future"`` for deadlines."""

    default_error_messages = {
        "required": "Indiquez la date",
        "invalid": "«\u00a0%(typed)s\u00a0» n’est pas une date. Écrivez le jour, le mois et l’année\u00a0: 25/11/2025",
        "not_after": "Cette date est à venir. Indiquez une date au plus tard aujourd’hui",
    }

    def __init__(self, *, prefer: Prefer = "", not_after_today: bool = False, **kwargs: Any) -> None:
        self.prefer: Prefer = prefer
        self.not_after_today = not_after_today
        kwargs.setdefault("widget", DateInput(prefer=prefer))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> date | None:
        """Read 25/11/2025, 25/11, 251125, auj, +7."""
        if value in self.empty_values:
            return None
        if isinstance(value, date):
            return value
        today = timezone.localdate()
        try:
            found = parse_french_date(str(value), today=today, prefer=self.prefer)
        except (ValueError, OverflowError) as error:
            raise ValidationError(self.error_messages["invalid"], "invalid", {"typed": value}) from error
        if self.not_after_today and found > today:
            raise ValidationError(self.error_messages["not_after"], "not_after")
        return found

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare dates, not what was typed."""
        try:
            return bool(self.to_python(initial) != self.to_python(data))
        except ValidationError:
            return True


class NumberField(forms.DecimalField):
    """A decimal number; comma and point are both accepted, the unit stays outside."""

    default_error_messages = {
        "required": "Indiquez un nombre",
        "invalid": "«\u00a0%(typed)s\u00a0» n’est pas un nombre. Écrivez des chiffres seuls, la virgule est acceptée",
        "max_value": "La réponse dépasse %(limit_value)s. Corrigez-la",
        "min_value": "La réponse est inférieure à %(limit_value)s. Corrigez-la",
    }

    def __init__(self, *, unit: str = "", **kwargs: Any) -> None:
        kwargs.setdefault("widget", NumberWithUnit(unit) if unit else forms.TextInput(attrs={"inputmode": "decimal"}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        """Read "1 234,5", "1234.5" or "−2"."""
        if value in self.empty_values:
            return None
        typed = str(value)
        plain = "".join(typed.split()).replace("\u2212", "-").replace(",", ".")
        try:
            number = Decimal(plain)
        except InvalidOperation as error:
            raise ValidationError(self.error_messages["invalid"], "invalid", {"typed": typed}) from error
        if not number.is_finite():
            raise ValidationError(self.error_messages["invalid"], "invalid", {"typed": typed})
        return number

    def prepare_value(self, value: Any) -> Any:
        """Show the decimal comma."""
        return str(value).replace(".", ",") if isinstance(value, Decimal | float) else value
