"""Typed answer values, how they compare, and their two JSON shapes (FHIR ``value[x]`` and the drafts' plain value).

Python values used inside the engine: bool, int, Decimal, str, ``Coding``, ``Moment`` (date, dateTime, time),
``Quantity`` and ``Unsupported``. Values of different kinds are never equal and never ordered (contract, rule 6).
"""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from rcp.sheets.engine.moment_order import order


class Coding(NamedTuple):
    """A coded answer; ``display`` never takes part in comparisons when a code is there."""

    system: str | None
    code: str | None
    display: str | None = None


class Moment(NamedTuple):
    """A FHIR date, dateTime or time, possibly partial (``2025``, ``2025-11``)."""

    kind: str
    text: str


class Quantity(NamedTuple):
    """A measured value; two quantities compare only with the same unit."""

    value: Decimal | int
    unit: str | None = None
    system: str | None = None
    code: str | None = None


class Unsupported(NamedTuple):
    """A value whose type the profile refuses: kept so that it can be reported, never equal to anything."""

    key: str


Value = bool | int | Decimal | str | Coding | Moment | Quantity | Unsupported

_MOMENT_KINDS = {"valueDate": "date", "valueDateTime": "dateTime", "valueInstant": "dateTime", "valueTime": "time"}


def number_of(raw: Any) -> int | Decimal | None:
    """Read a JSON number or decimal text exactly; None when it is not one."""
    if type(raw) is int or isinstance(raw, Decimal):
        return raw
    try:
        found = Decimal(str(raw)) if type(raw) in (float, str) else None
    except InvalidOperation:
        return None
    return found if found is not None and found.is_finite() else None


def from_fhir(answer: Mapping[str, Any]) -> Value | None:
    """Read the ``value[x]`` of an answer, an initial value, an option or an enableWhen-like element."""
    for key, raw in answer.items():
        if key.startswith(("value", "answer")) and key not in ("value", "answer"):
            value = from_fhir_key(key if key.startswith("value") else f"value{key[6:]}", raw)
            if value is not None:
                return value
    return None


def from_fhir_key(key: str, raw: Any) -> Value | None:
    """Read one ``value[x]`` by its name."""
    if raw is None:
        return None
    if key == "valueBoolean":
        return raw if type(raw) is bool else Unsupported(key)
    if key in ("valueInteger", "valueDecimal", "valuePositiveInt", "valueUnsignedInt"):
        number = None if isinstance(raw, (bool, str)) else number_of(raw)  # a FHIR number is never written as a text
        return Unsupported(key) if number is None else number
    if key == "valueCoding":
        return _coding(raw) if isinstance(raw, dict) else Unsupported(key)
    if key in _MOMENT_KINDS:
        return Moment(_MOMENT_KINDS[key], raw) if isinstance(raw, str) else Unsupported(key)
    if key == "valueQuantity":
        return _quantity(raw)
    return raw if key == "valueString" and isinstance(raw, str) else Unsupported(key)


def _coding(raw: dict[str, Any]) -> Coding | Unsupported:
    parts = Coding(raw.get("system"), raw.get("code"), raw.get("display"))
    return parts if all(part is None or isinstance(part, str) for part in parts) else Unsupported("valueCoding")


def _quantity(raw: Any) -> Quantity | Unsupported:
    value = number_of(raw.get("value")) if isinstance(raw, dict) and type(raw.get("value")) is not bool else None
    if value is None:
        return Unsupported("valueQuantity")
    parts = (raw.get("unit"), raw.get("system"), raw.get("code"))
    return Quantity(value, *parts) if all(p is None or isinstance(p, str) for p in parts) else Unsupported("quantity")


def plain_number(value: int | Decimal) -> int | str:
    """Write a number for the drafts: int when whole, decimal text otherwise (no binary float ever)."""
    if isinstance(value, int):
        return value
    return int(value) if value == value.to_integral_value() else format(value.normalize(), "f")


def json_number(value: int | Decimal) -> int | float:
    """Write a number for a FHIR resource, where decimals are JSON numbers."""
    plain = plain_number(value)
    return plain if isinstance(plain, int) else float(plain)


def from_plain(item_type: str, raw: Any) -> Value | None:
    """Read one plain draft value (not a list) by the type of its item; ``Unsupported`` when the shape is wrong."""
    if raw is None:
        return None
    if item_type == "boolean":
        return raw if type(raw) is bool else Unsupported("plain")
    if item_type in ("integer", "decimal"):
        number = None if type(raw) is bool else number_of(raw)
        return Unsupported("plain") if number is None else number
    if item_type in ("date", "dateTime", "time"):
        return Moment(item_type, raw) if isinstance(raw, str) else Unsupported("plain")
    if item_type == "quantity":
        return _quantity(raw)
    if isinstance(raw, dict):
        return _coding(raw)
    return raw if isinstance(raw, str) else Unsupported("plain")


def to_plain(value: Value) -> Any:
    """Write a value as the drafts store it."""
    if isinstance(value, Coding):
        return {k: v for k, v in zip(("system", "code", "display"), value, strict=True) if v is not None}
    if isinstance(value, Moment):
        return value.text
    if isinstance(value, Quantity):
        shape = {"value": plain_number(value.value), "unit": value.unit, "system": value.system, "code": value.code}
        return {k: v for k, v in shape.items() if v is not None}
    if isinstance(value, (int, Decimal)) and type(value) is not bool:
        return plain_number(value)
    return value


def to_fhir(item_type: str, value: Value) -> dict[str, Any]:
    """Write a value as the ``value[x]`` member of a QuestionnaireResponse answer."""
    if isinstance(value, Coding):
        return {"valueCoding": to_plain(value)}
    if isinstance(value, Moment):
        return {f"value{value.kind[0].upper()}{value.kind[1:]}": value.text}
    if isinstance(value, Quantity):
        return {"valueQuantity": {**to_plain(value), "value": json_number(value.value)}}
    if type(value) is bool:
        return {"valueBoolean": value}
    if isinstance(value, (int, Decimal)):
        return {"valueDecimal" if item_type == "decimal" else "valueInteger": json_number(value)}
    return {"valueString": value}


def kind_of(value: Any) -> str:
    """Name the kind two values must share to be compared."""
    if type(value) is bool:
        return "boolean"
    if isinstance(value, (int, Decimal)):
        return "number"
    if isinstance(value, str):
        return "string"
    if isinstance(value, Moment):
        return value.kind
    return type(value).__name__


def equal(left: Any, right: Any) -> bool:
    """Tell whether two values are the same answer."""
    if kind_of(left) != kind_of(right):
        return False
    if isinstance(left, Coding) and isinstance(right, Coding):
        if left.code is None and right.code is None:
            return left.system == right.system and left.display == right.display
        return left.code == right.code and left.system == right.system
    if isinstance(left, Moment) and isinstance(right, Moment):
        return compare_moments(left, right) == 0
    if isinstance(left, Quantity) and isinstance(right, Quantity):
        return same_unit(left, right) and left.value == right.value
    return not isinstance(left, Unsupported) and bool(left == right)


def compare(left: Any, right: Any) -> int | None:
    """Order two values: -1, 0, 1, or None when they cannot be ordered for sure (kinds, units, partial dates)."""
    if kind_of(left) != kind_of(right):
        return None
    if isinstance(left, Moment):
        return compare_moments(left, right)
    if isinstance(left, Quantity):
        return _sign(left.value, right.value) if same_unit(left, right) else None
    if isinstance(left, (Coding, Unsupported)) or type(left) is bool:
        return None
    return _sign(left, right)


def _sign(left: Any, right: Any) -> int:
    return int(left > right) - int(left < right)


def same_unit(left: Quantity, right: Quantity) -> bool:
    """Tell whether two quantities bear the same unit: by code and system, or as read when one bears no code."""
    if left.code is not None and right.code is not None:
        return (left.system, left.code) == (right.system, right.code)
    return (left.unit or left.code) == (right.unit or right.code)


def compare_moments(left: Moment, right: Moment) -> int | None:
    """Order two moments of one kind; None when a partial one leaves the answer open (``2022`` and ``2022-09``)."""
    return order(left.kind, left.text, right.text)
