"""Delimiters, escape sequences and character sets of HL7 v2 text."""

import re
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Separators:
    """The five delimiters a message declares in MSH-1 and MSH-2."""

    field: str = "|"
    component: str = "^"
    repetition: str = "~"
    escape: str = "\\"
    subcomponent: str = "&"

    @property
    def encoding_characters(self) -> str:
        """MSH-2 as sent."""
        return f"{self.component}{self.repetition}{self.escape}{self.subcomponent}"


STANDARD = Separators()


class Charset(StrEnum):
    """MSH-18 values we send; the profile requires that receivers read both."""

    UTF8 = "UNICODE UTF-8"
    LATIN9 = "8859/15"

    @property
    def codec(self) -> str:
        """Name of the Python codec."""
        return CODECS[self.value]


# MSH-18 (table 0211) → Python codec. An empty or unknown value is read as UTF-8, then as 8859-15.
CODECS = {
    "UNICODE UTF-8": "utf-8",
    "UNICODE": "utf-8",
    "ASCII": "utf-8",
    "8859/15": "iso-8859-15",
    "8859/1": "iso-8859-1",
}

_LINE_BREAK = re.compile("\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_HEX = re.compile(r"X(?:[0-9A-Fa-f]{2})+")


def escape(text: str, separators: Separators = STANDARD) -> str:
    """Make any text safe inside a component: delimiters, line breaks (as `.br`) and control characters are escaped."""
    mark = separators.escape
    names = {
        mark: "E",
        separators.field: "F",
        separators.component: "S",
        separators.subcomponent: "T",
        separators.repetition: "R",
    }
    text = _LINE_BREAK.sub("\n", text)
    if not any(character in names or character < " " or character == "\x7f" for character in text):
        return text
    text = "".join(f"{mark}{names[character]}{mark}" if character in names else character for character in text)
    text = text.replace("\n", f"{mark}.br{mark}")
    return _CONTROL.sub(lambda found: f"{mark}X{ord(found[0]):02X}{mark}", text)


def unescape(text: str, separators: Separators = STANDARD, codec: str = "utf-8") -> str:
    """Turn escape sequences back into text; unknown or unfinished sequences are kept as they are."""
    mark = separators.escape
    if mark not in text:
        return text
    names = {
        "E": mark,
        "F": separators.field,
        "S": separators.component,
        "T": separators.subcomponent,
        "R": separators.repetition,
        ".br": "\n",
        "H": "",
        "N": "",
    }
    parts = text.split(mark)
    read = [parts[0]]
    position = 1
    while position < len(parts):
        closed = position + 1 < len(parts)
        meaning = _meaning(parts[position], names, codec) if closed else None
        if meaning is None:
            read.append(mark + parts[position])
            position += 1
        else:
            read.append(meaning + parts[position + 1])
            position += 2
    return "".join(read)


def _meaning(sequence: str, names: dict[str, str], codec: str) -> str | None:
    if sequence in names:
        return names[sequence]
    if _HEX.fullmatch(sequence):
        return bytes.fromhex(sequence[1:]).decode(codec, errors="replace")
    return None
