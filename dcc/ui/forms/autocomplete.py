"""A text field that proposes answers from the server; without script it searches on submit and offers what it found."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from dcc.ui.components.contracts import instances

_MAX_OFFERED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One proposal: ``code`` is kept, ``label`` is written in the field, ``note`` helps to choose."""

    code: str
    label: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What came back from the browser: the text, the code chosen while typing, the one picked in the list below."""

    text: str = ""
    code: str = ""
    picked: str = ""


def options_response(request: HttpRequest, options: Sequence[Option]) -> HttpResponse:
    """Answer of the view behind ``url=``: proposals as options of a list box, for ``?q=`` (``&libre=1``: free text)."""
    offered = instances(options, Option, "options") if options else ()
    context = {"options": offered, "q": request.GET.get("q", ""), "free_text": "libre" in request.GET}
    return render(request, "dcc/forms/options.html", context)


class Autocomplete(forms.TextInput):
    """Combobox; ``url`` answers ``?q=`` with options_response."""

    template_name = "dcc/forms/widgets/combobox.html"

    def __init__(self, *, url: Any, min_chars: int = 2, attrs: dict[str, Any] | None = None) -> None:
        self.url = url
        self.min_chars = min_chars
        self.free_text = False
        self.candidates: tuple[Option, ...] = ()
        super().__init__(attrs={"autocomplete": "off", "spellcheck": "false", **(attrs or {})})

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Split the value into what is shown and what is kept."""
        text, code = _shown(value)
        context: dict[str, Any] = super().get_context(name, text, attrs)
        context["widget"] |= {
            "url": str(self.url),
            "min_chars": self.min_chars,
            "free_text": self.free_text,
            "code": code,
            "candidates": self.candidates,
        }
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Typed:
        """Read the three parts."""
        return Typed(
            text=(data.get(name) or "").strip(), code=data.get(f"{name}_code", ""), picked=data.get(f"{name}_pick", "")
        )

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """The visible text alone says whether the field was on the page."""
        return name not in data


def _shown(value: Any) -> tuple[str, str]:
    if isinstance(value, Option):
        return value.label, value.code
    if isinstance(value, Typed):
        return value.text, value.code
    return (str(value), "") if value else ("", "")


class AutocompleteField(forms.Field):
    """Cleans to an Option; ``get(code)`` finds one, ``search(text)`` proposes; ``free_text`` keeps what is unknown.

    ``lone=False``: the only answer found replaces a free text just when it is written the same, because a name that
    looks alike is not the same person.
    """

    default_error_messages = {
        "unknown": (
            "«\u00a0%(typed)s\u00a0» n’a donné aucun résultat. Vérifiez l’orthographe, ou écrivez moins de lettres"
        ),
        "several": "Plusieurs réponses pour «\u00a0%(typed)s\u00a0». Choisissez la bonne dans la liste",
    }

    def __init__(
        self,
        *,
        url: Any,
        search: Callable[[str], Sequence[Option]],
        get: Callable[[str], Option | None],
        free_text: bool = False,
        lone: bool = True,
        **kwargs: Any,
    ) -> None:
        self.search, self.get, self.free_text, self.lone = search, get, free_text, lone
        kwargs.setdefault("widget", Autocomplete(url=url))
        super().__init__(**kwargs)
        if isinstance(self.widget, Autocomplete):
            self.widget.free_text = free_text

    def clean(self, value: Any) -> Option | None:
        """Prefer the picked answer, then the code that still matches its text, then a search."""
        typed = value if isinstance(value, Typed) else Typed(text=str(value or ""))
        for code in (typed.picked, typed.code):
            option = self.get(code) if code else None
            if option and (code == typed.picked or option.label == typed.text):
                return option
        if not typed.text:
            if self.required:
                raise ValidationError(self.error_messages["required"], "required")
            return None
        return self._found(typed.text)

    def _found(self, text: str) -> Option:
        options = tuple(self.search(text))[:_MAX_OFFERED]
        if len(options) == 1 and (self.lone or options[0].label.casefold() == text.casefold()):
            return options[0]
        if self.free_text:
            return Option(code="", label=text)
        if not options:
            raise ValidationError(self.error_messages["unknown"], "unknown", {"typed": text})
        if isinstance(self.widget, Autocomplete):
            self.widget.candidates = options
        raise ValidationError(self.error_messages["several"], "several", {"typed": text})

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare what is shown and kept."""
        return _shown(initial) != _shown(data)
