"""What a paste or a hostile client may put in a text and no reader sees: left out before anything is read."""

from __future__ import annotations

import re

# Controls but tab and line feed (a database refuses NUL), lone surrogates (no encoding has them), the signs that turn
# the direction of what follows (a letter would say something else than what is stored) and noncharacters.
_BREAKS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_UNWANTED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef"
    + "".join(chr(plane << 16 | low) for plane in range(17) for low in (0xFFFE, 0xFFFF))
    + "]"
)
# Seen by nobody; inside words they join or cut them, alone they are no answer.
_WIDTHLESS = re.compile("[\u00ad\u200b-\u200d\u2060-\u2064\ufeff]")


def cleaned(text: str) -> str:
    """The text without what cannot be read or kept; "" when nothing in it can be seen."""
    plain = _UNWANTED.sub("", _BREAKS.sub("\n", text))
    return plain if _WIDTHLESS.sub("", plain).strip() else ""
