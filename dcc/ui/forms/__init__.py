"""Forms: renderer, widgets and fields that speak French and work without JavaScript."""

from dcc.ui.forms.autocomplete import Autocomplete, AutocompleteField, Option, options_response
from dcc.ui.forms.base import DccForm, PlainWords
from dcc.ui.forms.fields import FrenchDateField, NumberField
from dcc.ui.forms.renderer import DccRenderer
from dcc.ui.forms.widgets import ChipsCheckbox, ChipsRadio, DateInput, NumberWithUnit

__all__ = [
    "Autocomplete",
    "AutocompleteField",
    "ChipsCheckbox",
    "ChipsRadio",
    "DateInput",
    "DccForm",
    "DccRenderer",
    "FrenchDateField",
    "NumberField",
    "NumberWithUnit",
    "Option",
    "PlainWords",
    "options_response",
]
