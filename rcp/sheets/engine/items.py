"""Items as screens see them: labels, options, bounds, control, policies and the reason an item is open or closed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rcp.sheets.engine import profile
from rcp.sheets.engine.definition import Compiled, Spec
from rcp.sheets.engine.enablement import options_of
from rcp.sheets.engine.explain import closed_because, opened_by
from rcp.sheets.engine.values import Coding, Moment, Quantity, Value, from_fhir_key, to_plain

RADIO_LIMIT = 7  # past it, a row of radios is slower to read than a list


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A listed answer. ``key`` is what an input posts, ``value`` what the draft stores, ``label`` what is read."""

    key: str
    value: Any
    label: str
    exclusive: bool = False
    weight: float | None = None
    prefix: str = ""
    correspondence: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item of a form, ready to render.

    ``control`` is one of: radio, check-box, drop-down, autocomplete, text, textarea, date, time, number, group, list
    (repeating group), display. ``min_value`` and ``max_value`` are plain draft values. ``required_at_validation`` and
    ``required_at_registration`` are True, False, or the expression (text) under which they hold.
    """

    link_id: str
    text: str
    short_text: str
    type: str
    control: str
    parent: str | None
    chapter: str | None
    children: tuple[str, ...]
    depth: int
    prefix: str
    options: tuple[Option, ...]
    value_set: str | None
    repeats: bool
    required: bool
    required_at_validation: bool | str
    required_at_registration: bool | str
    read_only: bool
    hidden: bool
    calculated: bool
    overridable: bool
    source: str | None
    unit: str
    min_value: Any
    max_value: Any
    decimals: int | None
    min_length: int | None
    max_length: int | None
    min_occurs: int | None
    max_occurs: int | None
    pattern: str | None
    entry_format: str
    period: str | None
    min_precision: str
    help: str
    is_conditional: bool
    opened_by: str
    closed_because: str
    stat: str | None
    reprise: str
    socle: bool
    phrase: str | None
    codes: tuple[Mapping[str, Any], ...]

    @property
    def is_question(self) -> bool:
        """Whether the item bears answers."""
        return self.type in profile.QUESTION_TYPES

    def option(self, key: str) -> Option | None:
        """The option an input's key designates."""
        return next((option for option in self.options if option.key == key), None)


def build_items(form: Compiled) -> dict[str, Item]:
    """Build every item of a form, in order."""
    return {spec.link_id: _item(form, spec) for spec in form.specs}


def _item(form: Compiled, spec: Spec) -> Item:
    raw, ext = spec.raw, spec.extension
    options = _options(form, spec)
    value_set = raw.get("answerValueSet")
    text = str(raw.get("text") or "")
    return Item(
        link_id=spec.link_id,
        text=text,
        short_text=str(ext(profile.SHORT_TEXT) or text),
        type=spec.type,
        control=_control(spec, options),
        parent=spec.parent.link_id if spec.parent is not None and spec.parent.parent is not None else None,
        chapter=_chapter(spec),
        children=tuple(child.link_id for child in spec.children),
        depth=spec.depth,
        prefix=str(raw.get("prefix") or ""),
        options=options,
        value_set=value_set if isinstance(value_set, str) and not value_set.startswith("#") else None,
        repeats=spec.repeats,
        required=raw.get("required") is True,
        required_at_validation=_requirement(ext(profile.REQUIRED_AT_VALIDATION)),
        required_at_registration=_requirement(ext(profile.REQUIRED_AT_REGISTRATION)),
        read_only=raw.get("readOnly") is True,
        hidden=ext(profile.HIDDEN) is True,
        calculated=spec.calculated is not None,
        overridable=spec.overridable,
        source=ext(profile.SOURCE),
        unit=_unit(ext(profile.UNIT)),
        min_value=_bound(spec, profile.MIN_VALUE, profile.MIN_QUANTITY),
        max_value=_bound(spec, profile.MAX_VALUE, profile.MAX_QUANTITY),
        decimals=ext(profile.MAX_DECIMAL_PLACES),
        min_length=ext(profile.MIN_LENGTH),
        max_length=raw.get("maxLength"),
        min_occurs=ext(profile.MIN_OCCURS),
        max_occurs=ext(profile.MAX_OCCURS),
        pattern=ext(profile.REGEX),
        entry_format=str(ext(profile.ENTRY_FORMAT) or ""),
        period=ext(profile.PERIOD),
        min_precision=ext(profile.MIN_PRECISION) or "annee",
        help=_help(spec),
        is_conditional=bool(spec.conditions) or spec.enable_expression is not None,
        opened_by=opened_by(form, spec),
        closed_because=closed_because(form, spec),
        stat=ext(profile.STAT),
        reprise=ext(profile.REPRISE) or "a-confirmer",
        socle=ext(profile.SOCLE) is True,
        phrase=phrase_text(ext(profile.PHRASE)),
        codes=tuple(code for code in raw.get("code") or () if isinstance(code, Mapping)),
    )


def phrase_text(raw: Any) -> str | None:
    """The template of a phrase extension, simple (a string) or complex (texte + couvre)."""
    if isinstance(raw, str):
        return raw
    if isinstance(raw, Mapping):
        return next((str(e.get("valueString")) for e in raw.get("extension") or () if e.get("url") == "texte"), None)
    return None


def _requirement(raw: Any) -> bool | str:
    if isinstance(raw, Mapping):
        return str(raw.get("expression") or "")
    return raw is True


def _chapter(spec: Spec) -> str | None:
    top = spec
    for above in spec.ancestors():
        if above.parent is not None:
            top = above
    return top.link_id if top.is_group else None


def _options(form: Compiled, spec: Spec) -> tuple[Option, ...]:
    raws = spec.raw.get("answerOption")
    if not isinstance(raws, list):
        return tuple(_option(value, {}) for value in options_of(form, spec))
    pairs = ((from_option(raw), raw) for raw in raws if isinstance(raw, Mapping))
    return tuple(_option(value, raw) for value, raw in pairs if value is not None)


def from_option(raw: Mapping[str, Any]) -> Value | None:
    """The value of an answerOption."""
    return next((from_fhir_key(key, raw[key]) for key in raw if key.startswith("value")), None)


def _option(value: Value, raw: Mapping[str, Any]) -> Option:
    extensions = {e["url"]: e for e in raw.get("extension") or () if isinstance(e, Mapping) and "url" in e}
    weight = extensions.get(profile.ORDINAL_VALUE) or extensions.get(profile.ITEM_WEIGHT) or {}
    return Option(
        key=option_key(value),
        value=to_plain(value),
        label=option_label(value),
        exclusive=extensions.get(profile.OPTION_EXCLUSIVE, {}).get("valueBoolean") is True,
        weight=weight.get("valueDecimal"),
        prefix=str(extensions.get(profile.OPTION_PREFIX, {}).get("valueString") or ""),
        correspondence=extensions.get(profile.CORRESPONDENCE, {}).get("valueCoding"),
    )


def option_key(value: Value) -> str:
    """What an input posts for a listed answer: its code, or its text."""
    if isinstance(value, Coding):
        return value.code or value.display or ""
    return value.text if isinstance(value, Moment) else str(value)


def option_label(value: Value) -> str:
    """What is read for a listed answer."""
    if isinstance(value, Coding):
        return value.display or value.code or ""
    return value.text if isinstance(value, Moment) else str(value)


def _control(spec: Spec, options: tuple[Option, ...]) -> str:
    if spec.is_group:
        return "list" if spec.repeats else "group"
    declared = spec.extension(profile.ITEM_CONTROL)
    codings = declared.get("coding") if isinstance(declared, Mapping) else None
    code = str(codings[0].get("code")) if codings else ""
    named = {"radio-button": "radio", "check-box": "check-box", "drop-down": "drop-down", "text-area": "textarea"}
    if code in named or code == "autocomplete":
        return named.get(code, code)
    if spec.type == "boolean":
        return "radio"
    if options or spec.type in profile.CHOICE_TYPES:
        if not options:
            return "autocomplete"
        return "check-box" if spec.repeats else "radio" if len(options) <= RADIO_LIMIT else "drop-down"
    by_type = {"text": "textarea", "date": "date", "dateTime": "date", "time": "time", "display": "display"}
    return "number" if spec.type in ("integer", "decimal", "quantity") else by_type.get(spec.type, "text")


def _unit(raw: Any) -> str:
    return str(raw.get("display") or raw.get("code") or "") if isinstance(raw, Mapping) else ""


def _bound(spec: Spec, url: str, quantity_url: str) -> Any:
    value = bound_value(spec, url, quantity_url)
    return None if value is None else to_plain(value)


def bound_value(spec: Spec, url: str, quantity_url: str) -> Value | None:
    """The typed value of a min/max extension."""
    for extension in spec.raw.get("extension") or ():
        if isinstance(extension, Mapping) and extension.get("url") in (url, quantity_url):
            value = from_option(extension)
            if not isinstance(value, (bool, str, Coding)) and value is not None:
                return value
    return None


def _help(spec: Spec) -> str:
    own = spec.extension(profile.HELP)
    if own:
        return str(own)
    for child in spec.children:
        control = child.extension(profile.ITEM_CONTROL)
        codings = control.get("coding") if isinstance(control, Mapping) else None
        if child.type == "display" and codings and codings[0].get("code") == "help":
            return str(child.raw.get("text") or "")
    return ""


def unit_of_quantity(value: Quantity) -> str:
    """The unit a quantity is read with."""
    return value.unit or value.code or ""
