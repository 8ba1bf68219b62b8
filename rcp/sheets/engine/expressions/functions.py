"""Operators and functions of the grammar, on FHIRPath collections (Python lists); an impossible operation is empty."""

from collections.abc import Callable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, Final

from rcp.sheets.engine.values import Moment, compare, compare_moments, equal, number_of

Collection = list[Any]


def truth(values: Collection) -> bool | None:
    """Read a collection as a condition (singleton rule): empty or several elements say nothing."""
    if len(values) != 1:
        return None
    return values[0] if type(values[0]) is bool else True


def _wrap(value: bool | None) -> Collection:
    return [] if value is None else [value]


def conjunction(left: Collection, right: Collection) -> Collection:
    """Three-valued and."""
    a, b = truth(left), truth(right)
    if a is False or b is False:
        return [False]
    return _wrap(True if a and b else None)


def disjunction(left: Collection, right: Collection) -> Collection:
    """Three-valued or."""
    a, b = truth(left), truth(right)
    if a or b:
        return [True]
    return _wrap(False if a is False and b is False else None)


def exclusive(left: Collection, right: Collection) -> Collection:
    """Three-valued xor."""
    a, b = truth(left), truth(right)
    return [] if a is None or b is None else [a is not b]


def implies(left: Collection, right: Collection) -> Collection:
    """Three-valued implication."""
    a, b = truth(left), truth(right)
    if a is False or b is True:
        return [True]
    return _wrap(False if a is True and b is False else None)


def negation(values: Collection) -> Collection:
    """Three-valued not."""
    value = truth(values)
    return [] if value is None else [not value]


def equality(left: Collection, right: Collection) -> Collection:
    """FHIRPath ``=``: empty when a side is empty or a partial date leaves it open."""
    if not left or not right:
        return []
    if len(left) != len(right):
        return [False]
    for a, b in zip(left, right, strict=True):
        if isinstance(a, Moment) and isinstance(b, Moment) and a.kind == b.kind and compare_moments(a, b) is None:
            return []
        if not equal(a, b):
            return [False]
    return [True]


def inequality(left: Collection, right: Collection) -> Collection:
    """FHIRPath ``!=``."""
    return negation(equality(left, right))


def membership(left: Collection, right: Collection) -> Collection:
    """FHIRPath ``in``: one element against a collection."""
    if len(left) != 1:
        return []
    return [any(equal(left[0], candidate) for candidate in right)]


def _ordering(accept: Callable[[int], bool]) -> Callable[[Collection, Collection], Collection]:
    def operation(left: Collection, right: Collection) -> Collection:
        if len(left) != 1 or len(right) != 1:
            return []
        order = compare(left[0], right[0])
        return [] if order is None else [accept(order)]

    return operation


def _numbers(left: Collection, right: Collection) -> tuple[Any, Any] | None:
    if len(left) != 1 or len(right) != 1:
        return None
    a, b = left[0], right[0]
    return (a, b) if _is_number(a) and _is_number(b) else None


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, Decimal)) and type(value) is not bool


def _arithmetic(compute: Callable[[Any, Any], Any]) -> Callable[[Collection, Collection], Collection]:
    def operation(left: Collection, right: Collection) -> Collection:
        pair = _numbers(left, right)
        if pair is None:
            return []
        try:
            return [compute(*pair)]
        except (ArithmeticError, InvalidOperation):
            return []

    return operation


_plus_numbers = _arithmetic(lambda a, b: a + b)


def plus(left: Collection, right: Collection) -> Collection:
    """Add numbers or join texts."""
    if len(left) == 1 and len(right) == 1 and isinstance(left[0], str) and isinstance(right[0], str):
        return [left[0] + right[0]]
    return _plus_numbers(left, right)


_minus_numbers = _arithmetic(lambda a, b: a - b)


def minus(left: Collection, right: Collection) -> Collection:
    """Subtract numbers, or two whole dates: the days between them."""
    days = [_day(values) for values in (left, right)]
    if days[0] is not None and days[1] is not None:
        return [(days[0] - days[1]).days]
    return _minus_numbers(left, right)


def _day(values: Collection) -> date | None:
    if len(values) != 1 or not isinstance(values[0], Moment) or values[0].kind != "date" or len(values[0].text) != 10:
        return None
    try:
        return date.fromisoformat(values[0].text)
    except ValueError:
        return None


def negate(values: Collection) -> Collection:
    """Unary minus."""
    return [-values[0]] if len(values) == 1 and _is_number(values[0]) else []


def total(values: Collection) -> Collection:
    """``sum()``: empty on an empty collection, so that an unanswered score has no value."""
    return [sum(values)] if values and all(map(_is_number, values)) else []


def _extreme(pick: Callable[[Any], Any]) -> Callable[[Collection], Collection]:
    def operation(values: Collection) -> Collection:
        return [pick(values)] if values and all(map(_is_number, values)) else []

    return operation


def rounded(values: Collection, digits: Collection) -> Collection:
    """``round(n)``: half away from zero, as a clinician rounds."""
    if len(values) != 1 or not _is_number(values[0]):
        return []
    places = digits[0] if digits and type(digits[0]) is int and 0 <= digits[0] <= 10 else 0
    try:
        result = Decimal(values[0]).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    except InvalidOperation:
        return []
    return [int(result)] if places == 0 else [result]


def to_decimal(values: Collection) -> Collection:
    """``toDecimal()`` of a number, a numeric text or a boolean."""
    if len(values) != 1:
        return []
    if type(values[0]) is bool:
        return [Decimal(int(values[0]))]
    number = number_of(values[0])
    return [] if number is None else [Decimal(number)]


def to_integer(values: Collection) -> Collection:
    """``toInteger()`` of an integer, an integer text or a boolean; a decimal has none."""
    if len(values) != 1:
        return []
    value = values[0]
    if type(value) in (bool, int):
        return [int(value)]
    return [int(value)] if isinstance(value, str) and value.lstrip("+-").isdecimal() and len(value) < 30 else []


OPERATIONS: Final[dict[str, Callable[[Collection, Collection], Collection]]] = {
    "and": conjunction, "or": disjunction, "xor": exclusive, "implies": implies, "=": equality, "!=": inequality,
    "in": membership, "<": _ordering(lambda o: o < 0), ">": _ordering(lambda o: o > 0),
    "<=": _ordering(lambda o: o <= 0), ">=": _ordering(lambda o: o >= 0), "+": plus,
    "-": minus, "*": _arithmetic(lambda a, b: a * b),
    "/": _arithmetic(lambda a, b: Decimal(a) / Decimal(b)),
}  # fmt: skip

FUNCTIONS: Final[dict[str, Callable[[Collection], Collection]]] = {
    "exists": lambda values: [bool(values)], "empty": lambda values: [not values], "count": lambda v: [len(v)],
    "sum": total, "min": _extreme(min), "max": _extreme(max), "round": lambda v: rounded(v, []),
    "toInteger": to_integer, "toDecimal": to_decimal, "not": negation,
}  # fmt: skip
