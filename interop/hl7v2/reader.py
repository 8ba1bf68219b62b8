"""Lazy, liberal reader: cuts a message into segments at once, into fields and components only when asked.

Liberal on receipt (ANS's own samples need it): LF or CRLF ends, framing bytes left over, a document broken over several
lines, a wrong character set. Large documents stay bytes until a component is read as text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from interop.hl7v2.text import CODECS, STANDARD, Separators, unescape

_SEGMENT_START = re.compile(rb"[A-Z][A-Z0-9]{2}(?=$|[^A-Za-z0-9+/=])")
_LINE_END = re.compile(rb"\r\n|\r|\n")


class MalformedMessage(ValueError):
    """The bytes are not an HL7 v2 message; the text says why and never quotes patient data."""


@dataclass(frozen=True)
class Segment:
    """One line of a message; fields count from 1, as in the standard (MSH-1 is the field separator)."""

    raw: bytes
    separators: Separators = STANDARD
    codec: str = "utf-8"

    @property
    def name(self) -> str:
        """Three-character segment name."""
        return self.raw[:3].decode("ascii", errors="replace")

    @cached_property
    def _fields(self) -> list[bytes]:
        mark = self.separators.field.encode("ascii")
        fields = self.raw.split(mark)
        return [fields[0], mark, *fields[1:]] if self.name == "MSH" else fields

    def __len__(self) -> int:
        return len(self._fields) - 1

    def raw_field(self, number: int) -> bytes:
        """Bytes of a field, empty when absent."""
        return self._fields[number] if 0 < number < len(self._fields) else b""

    def repetitions(self, number: int) -> list[bytes]:
        """Bytes of each repetition of a field, none when it is empty."""
        raw = self.raw_field(number)
        if self.name == "MSH" and number == 2:
            return [raw]
        return raw.split(self.separators.repetition.encode("ascii")) if raw else []

    def value(self, number: int, component: int = 1, subcomponent: int = 1, repetition: int = 1) -> str:
        """Unescaped text of one (sub)component, empty when absent; all positions count from 1."""
        raw = self.raw_component(number, component, repetition)
        part = _part(raw, self.separators.subcomponent, subcomponent)
        return unescape(part.decode(self.codec, errors="replace"), self.separators, self.codec)

    def raw_component(self, number: int, component: int = 1, repetition: int = 1) -> bytes:
        """Bytes of one component, its subcomponents uncut: the way to read a large base64 document."""
        repetitions = self.repetitions(number)
        if not 0 < repetition <= len(repetitions):
            return b""
        if self.name == "MSH" and number == 2:
            return repetitions[0] if component == 1 else b""
        return _part(repetitions[repetition - 1], self.separators.component, component)


@dataclass(frozen=True)
class Message:
    """A message read from bytes; `alerts` says what had to be forgiven."""

    segments: tuple[Segment, ...]
    separators: Separators
    codec: str
    alerts: tuple[str, ...] = field(default=())

    @property
    def msh(self) -> Segment:
        """The header, always the first segment."""
        return self.segments[0]

    @property
    def control_id(self) -> str:
        """MSH-10."""
        return self.msh.value(10)

    def named(self, name: str) -> list[Segment]:
        """Every segment of that name, in order."""
        return [segment for segment in self.segments if segment.name == name]

    def first(self, name: str) -> Segment | None:
        """The first segment of that name."""
        return next((segment for segment in self.segments if segment.name == name), None)

    def value(self, name: str, number: int, component: int = 1, subcomponent: int = 1, repetition: int = 1) -> str:
        """Text of a (sub)component of the first segment of that name, empty when absent."""
        segment = self.first(name)
        return segment.value(number, component, subcomponent, repetition) if segment else ""

    def following(self, segment: Segment, names: frozenset[str]) -> Iterator[Segment]:
        """Segments right after this one, as long as their name is one of `names` (PRT and NTE after an OBX)."""
        start = next(index for index, item in enumerate(self.segments) if item is segment)
        for item in self.segments[start + 1 :]:
            if item.name not in names:
                return
            yield item

    def to_bytes(self) -> bytes:
        """The message with standard line ends; every other byte is as received."""
        return b"".join(segment.raw + b"\r" for segment in self.segments)


def parse(raw: bytes) -> Message:
    """Read a message; MalformedMessage when there is no usable MSH."""
    body = raw.removeprefix(b"\xef\xbb\xbf").strip(b"\x0b\x1c\r\n")
    separators = _separators(body)
    alerts: list[str] = []
    lines = _lines(body, alerts)
    codec = _codec(lines[0], separators, body, alerts)
    segments = tuple(Segment(line, separators, codec) for line in lines)
    return Message(segments, separators, codec, tuple(alerts))


def _separators(body: bytes) -> Separators:
    if not body.startswith(b"MSH") or len(body) < 8:
        raise MalformedMessage("the message does not begin with an MSH segment")
    mark = body[3:4]
    declared = body[4 : body.find(mark, 4) if mark in body[4:] else len(body)]
    if not 4 <= len(declared) <= 5 or not (mark + declared).isascii():
        raise MalformedMessage("MSH-2 does not declare the four delimiters")
    characters = (mark + declared[:4]).decode("ascii")
    if len(set(characters)) != 5 or any(item.isalnum() or item.isspace() or item < " " for item in characters):
        raise MalformedMessage("MSH-1 and MSH-2 do not declare five distinct delimiters")
    return Separators(
        field=characters[0],
        component=characters[1],
        repetition=characters[2],
        escape=characters[3],
        subcomponent=characters[4],
    )


def _lines(body: bytes, alerts: list[str]) -> list[bytes]:
    lines: list[bytes] = []
    cut = _LINE_END.split(body) if b"\n" in body else body.split(b"\r")
    for line in cut:
        if not line.strip():
            continue
        if not lines or _SEGMENT_START.match(line):
            lines.append(line)
        else:
            lines[-1] += b"\n" + line
            alerts.append(f"a line break inside segment {len(lines)}")
    if b"\n" in body:
        alerts.append("segments do not end with a carriage return")
    return lines


def _codec(header: bytes, separators: Separators, body: bytes, alerts: list[str]) -> str:
    declared = Segment(header, separators, "iso-8859-15").value(18)
    codec = CODECS.get(declared, "utf-8")
    if declared and declared not in CODECS:
        alerts.append("unknown character set in MSH-18")
    if codec == "utf-8":
        try:
            body.decode("utf-8")
        except UnicodeDecodeError:
            alerts.append("not UTF-8 as announced, read as 8859-15")
            return "iso-8859-15"
    return codec


def _part(raw: bytes, separator: str, number: int) -> bytes:
    parts = raw.split(separator.encode("ascii"), number)
    return parts[number - 1] if 0 < number <= len(parts) else b""
