"""Widgets of the kit: dates, chips, numbers with their unit."""

from typing import Any

from django import forms

from dcc.ui.components.contracts import ComponentError, words
from dcc.ui.forms.dates import Prefer


class DateInput(forms.DateInput):
    """A date typed in a text field and completed on leaving; ``prefer`` chooses the year when none is typed."""

    template_name = "dcc/forms/widgets/date.html"

    def __init__(self, *, prefer: Prefer = "", attrs: dict[str, Any] | None = None) -> None:
        if prefer not in {"", "past", "future"}:
            raise ComponentError(f"DateInput prefer: {prefer!r}")
        usual = {"inputmode": "numeric", "autocomplete": "off", "placeholder": "JJ/MM/AAAA", "class": "w-date"}
        super().__init__(attrs={**usual, "data-date": prefer or True, **(attrs or {})}, format="%d/%m/%Y")


class ChipsRadio(forms.RadioSelect):
    """One answer among a few, drawn as chips; a second Space clears it (radios.js), "" clears it without script."""

    template_name = "dcc/forms/widgets/chips.html"

    def optgroups(self, name: str, value: Any, attrs: dict[str, Any] | None = None) -> Any:
        """One option takes the focus when the page opens, where it was asked: the checked one, else the first."""
        groups = super().optgroups(name, value, attrs)
        shown = [option for _, options, _ in groups for option in options if option["value"] != ""]
        focused = next((one for one in shown if one["selected"]), next(iter(shown), None))
        for one in shown:
            if one is not focused:
                one["attrs"].pop("autofocus", None)
        return groups


class ChipsCheckbox(forms.CheckboxSelectMultiple):
    """Several answers drawn as chips."""

    template_name = "dcc/forms/widgets/chips.html"


class NumberWithUnit(forms.TextInput):
    """A number with its unit outside the field; comma and point are both taken (NumberField reads them)."""

    template_name = "dcc/forms/widgets/number.html"

    def __init__(self, unit: str, attrs: dict[str, Any] | None = None) -> None:
        self.unit = words(unit, "unit")
        usual = {"inputmode": "decimal", "autocomplete": "off", "aria-description": unit}
        super().__init__(attrs={**usual, **(attrs or {})})

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add the unit to the context of the template."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        context["widget"]["unit"] = self.unit
        return context
