"""Writes segments: positions are numbers, values are escaped once, trailing delimiters are dropped."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from interop.hl7v2.text import STANDARD, escape

# A component is text, or a sequence of subcomponents.
Component = str | Sequence[str]


def components(*values: Component) -> str:
    """Join escaped components (`^`); a sequence becomes subcomponents (`&`)."""
    cut = [
        escape(value) if isinstance(value, str) else STANDARD.subcomponent.join(map(escape, value)) for value in values
    ]
    return STANDARD.component.join(cut).rstrip(STANDARD.component)


def placed(positions: Mapping[int, Component]) -> str:
    """Join components given by position (1-based), the others empty."""
    return components(*(positions.get(number, "") for number in range(1, max(positions) + 1)))


def repeated(fields: Sequence[str]) -> str:
    """Join repetitions (`~`) already written."""
    return STANDARD.repetition.join(fields)


def segment(name: str, fields: Mapping[int, str]) -> str:
    """Write a segment from fields already written, given by number; MSH-1 and MSH-2 are implied."""
    fields = {number: text for number, text in fields.items() if text}
    first = 3 if name == "MSH" else 1
    head = f"MSH{STANDARD.field}{STANDARD.encoding_characters}" if name == "MSH" else name
    tail = [fields.get(number, "") for number in range(first, max(fields, default=first) + 1)]
    return STANDARD.field.join([head, *tail])


def timestamp(moment: datetime) -> str:
    """Write a moment to the second with its offset; a moment without time zone is a programming error."""
    if moment.tzinfo is None:
        raise ValueError("a timestamp needs its time zone")
    return moment.strftime("%Y%m%d%H%M%S%z")


def day(value: date) -> str:
    """Write a day."""
    return value.strftime("%Y%m%d")
