"""What may be said of an error in a log: where it happened, never what it says, which may quote a patient."""

import re
import traceback

_MATRICULE = re.compile(r"(?<!\d)[1-8](?:[\s.\u00a0\u202f-]?[0-9AB]){12,14}(?!\d)", re.IGNORECASE)


def where(error: BaseException) -> str:
    """The type of the error and the lines it went through, for a log."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    return f"{type(error).__name__}\n{frames}".rstrip()


def without_matricule(text: str) -> str:
    """Mask whatever looks like an INS in words that come from a peer, before they are kept in clear."""
    return _MATRICULE.sub("[matricule]", text)
