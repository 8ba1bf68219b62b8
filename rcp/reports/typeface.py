"""The typeface of documents, from an installed package, and which characters it can print.

PDF/A-1 wants every glyph embedded, and the same pages everywhere: text is reduced to what the faces hold before it
reaches the renderer, so no font of the machine is ever used. No italic: that face has no Greek letters.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import font_source_sans_pro
from fontTools.ttLib import TTFont

FAMILY = "DCC Source Sans"  # a name of our own: a font of that machine called "Source Sans Pro" is not taken instead
UNPRINTABLE = "[?]"  # stands for a character the typeface lacks: a reader must see that something is missing

# What people type or paste, written with characters the typeface has.
_EQUIVALENTS = str.maketrans(
    {
        "\u2010": "-", "\u2011": "-", "\u2012": "–", "\u2015": "—", "\u02bc": "’", "\u2032": "'", "\u2033": '"',
        "✔": "✓", "☑": "✓", "⇒": "→", "➔": "→", "➜": "→", "⇨": "→", "➤": "→", "⩾": "≥", "⩽": "≤", "≧": "≥", "≦": "≤",
        "∙": "·", "⋅": "·", "▪": "•", "■": "•", "●": "•", "◦": "•", "○": "•", "‣": "•", "✗": "×", "✘": "×",
        "\t": " ", "\u2028": "\n", "\u2029": "\n", "\u0085": "\n", "\x0b": "\n", "\x0c": "\n", "\u3000": " ",
        "\u2000": " ", "\u2001": " ", "\u2002": " ", "\u2003": " ", "\u2004": " ", "\u2005": " ", "\u2006": " ",
        "\u2007": "\u00a0", "\u2008": " ", "\u2009": "\u202f", "\u200a": "\u202f", "\u205f": " ",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Face:
    """One file of the typeface as CSS names it."""

    path: Path
    weight: int

    @property
    def url(self) -> str:
        """Where the renderer reads it."""
        return self.path.as_uri()


_FOLDER = Path(font_source_sans_pro.font_directory)
FACES = (
    Face(_FOLDER / "SourceSansPro-Regular.ttf", 400),
    Face(_FOLDER / "SourceSansPro-Semibold.ttf", 600),
    Face(_FOLDER / "SourceSansPro-Bold.ttf", 700),
)


@cache
def covered() -> frozenset[str]:
    """The characters that every face can print."""
    maps = []
    for face in FACES:
        with TTFont(face.path, lazy=True) as font:
            maps.append(set(font.getBestCmap()))
    return frozenset(map(chr, set.intersection(*maps)))


def printable(text: str) -> str:
    """Keep what the typeface can print, write the rest with it when possible, and show what is lost.

    Invisible characters (controls, directions, joiners) are dropped; line feeds stay.
    """
    text = re.sub(r"\r\n?", "\n", unicodedata.normalize("NFC", text)).translate(_EQUIVALENTS)
    if not text.isascii() or not text.isprintable():
        text = "".join(map(_printable_character, text))
    return text


@cache
def _printable_character(character: str) -> str:
    if character == "\n":
        return character
    if unicodedata.category(character) in ("Cc", "Cf") or "\ufe00" <= character <= "\ufe0f":  # the last shape emoji
        return ""
    if character in covered():
        return character
    plain = unicodedata.normalize("NFKD", character)
    if all(part in covered() and part.isprintable() for part in plain):
        return plain
    return UNPRINTABLE
