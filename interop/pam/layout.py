"""Declares where each attribute of a segment or a data type is on the wire, and reads and writes from that one table.

A class lists its fields with `at(position)`; the same positions serve both directions, so that what is read is what is
written. Trailing empty positions are dropped on writing, positions no class declares are not carried.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from functools import lru_cache
from typing import Any, Protocol, TypeVar

from interop.hl7v2.reader import Segment
from interop.hl7v2.text import STANDARD, Separators, escape, unescape
from interop.pam.said import CLEARED, NULL, UNSAID, Silence

T = TypeVar("T")

FIELD, COMPONENT, SUBCOMPONENT = 1, 2, 3


class Unreadable(ValueError):
    """A value does not have the form its data type requires; the French text never quotes it."""


@dataclass(frozen=True, slots=True)
class Wire:
    """How the message at hand is cut and encoded."""

    separators: Separators
    codec: str


class Kind(Protocol):
    """A data type: text to value and back. `read` gets what lies between the separators of its level."""

    def read(self, text: str, wire: Wire, level: int) -> Any:
        """Give a value or a Silence; raise Unreadable."""

    def write(self, value: Any, level: int) -> str:
        """Write a value with the standard separators."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One atom of text, converted by `decode` and `encode`; deeper or repeated parts of it are ignored."""

    decode: Callable[[str], Any]
    encode: Callable[[Any], str]

    def read(self, text: str, wire: Wire, level: int) -> Any:
        cut = wire.separators
        if level == FIELD and (cut.repetition in text or cut.component in text):
            text = text.split(cut.repetition, 1)[0].split(cut.component, 1)[0]
        if level <= COMPONENT and cut.subcomponent in text:
            text = text.split(cut.subcomponent, 1)[0]
        if not text:
            return UNSAID
        if cut.escape in text:
            text = unescape(text, cut, wire.codec)
        elif text == NULL:
            return CLEARED
        return self.decode(text)

    def write(self, value: Any, level: int) -> str:
        return escape(self.encode(value))


@dataclass(frozen=True, slots=True)
class Composite:
    """A data type of several positions, described by a dataclass; components in a field, subcomponents in one."""

    of: type

    def read(self, text: str, wire: Wire, level: int) -> Any:
        if text == NULL:
            return CLEARED
        if level == FIELD:
            text = text.split(wire.separators.repetition, 1)[0]
        mark = wire.separators.component if level == FIELD else wire.separators.subcomponent
        parts = text.split(mark)
        found: dict[str, Any] = {}
        for position, name, kind in positions(self.of):
            if position <= len(parts) and parts[position - 1]:
                value = kind.read(parts[position - 1], wire, level + 1)
                if value is not UNSAID:
                    found[name] = value
        return self.of(**found) if found else UNSAID

    def write(self, value: Any, level: int) -> str:
        mark = STANDARD.component if level == FIELD else STANDARD.subcomponent
        return _joined(self.of, value, mark, level + 1)


@dataclass(frozen=True, slots=True)
class Many:
    """A field that repeats: a tuple; `""` alone deletes the whole list, among other repetitions it means nothing."""

    of: Kind

    def read(self, text: str, wire: Wire, level: int) -> Any:
        if text == NULL:
            return CLEARED
        values = (self.of.read(part, wire, level) for part in text.split(wire.separators.repetition) if part)
        return tuple(value for value in values if not isinstance(value, Silence)) or UNSAID

    def write(self, value: Any, level: int) -> str:
        return STANDARD.repetition.join(self.of.write(item, level) for item in value)


TEXT = Leaf(str, str)


def at(position: int, kind: Kind | type = TEXT) -> Any:
    """Declare a dataclass field at a position (1-based), saying nothing by default; a class is a composite."""
    return field(default=UNSAID, metadata={"hl7": (position, Composite(kind) if isinstance(kind, type) else kind)})


def many(kind: Kind | type = TEXT) -> Many:
    """Describe a repeating field."""
    return Many(Composite(kind) if isinstance(kind, type) else kind)


@lru_cache(maxsize=64)
def positions(of: type) -> tuple[tuple[int, str, Kind], ...]:
    """List (position, attribute, kind) of a declared class, in wire order."""
    declared = ((item.metadata["hl7"][0], item.name, item.metadata["hl7"][1]) for item in fields(of))
    return tuple(sorted(declared, key=lambda line: line[0]))


def read_segment(of: type[T], segment: Segment, refused: Callable[[int, str], None]) -> T:
    """Read a segment into its class; an unreadable field is told to `refused` (number, French reason) and unsaid."""
    wire = Wire(segment.separators, segment.codec)
    sent = segment.raw.decode(segment.codec, errors="replace").split(segment.separators.field)
    shift = 1 if segment.name == "MSH" else 0  # MSH-1 is the separator itself
    found: dict[str, Any] = {}
    declared: Any = of
    for number, name, kind in positions(declared):
        if number - shift >= len(sent):
            break
        text = sent[number - shift]
        if not text:
            continue
        try:
            value = kind.read(text, wire, FIELD)
        except Unreadable as reason:
            refused(number, str(reason))
            continue
        if value is not UNSAID:
            found[name] = value
    return of(**found)


def write_segment(name: str, value: Any) -> str:
    """Write a segment, MSH-1 and MSH-2 implied."""
    if name != "MSH":
        return STANDARD.field.join((name, _joined(type(value), value, STANDARD.field, FIELD))).rstrip(STANDARD.field)
    line = _joined(type(value), value, STANDARD.field, FIELD)
    # MSH-1 is the separator itself: the text after it begins with MSH-2, which no attribute holds.
    return f"MSH{STANDARD.field}{STANDARD.encoding_characters}{line[1:]}"


def _joined(of: type, value: Any, mark: str, level: int) -> str:
    parts: list[str] = []
    for position, name, kind in positions(of):
        said = getattr(value, name)
        if said is UNSAID:
            continue
        parts.extend("" for _ in range(position - 1 - len(parts)))
        parts.append(NULL if said is CLEARED else kind.write(said, level))
    while parts and not parts[-1]:
        parts.pop()
    return mark.join(parts)
