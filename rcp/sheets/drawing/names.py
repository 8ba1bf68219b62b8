"""Names that join the page, the form that comes back and the draft: element ids and field names of an answer path."""

import re

ANSWER = "v:"  # what is typed or chosen
BASE = "b:"  # the version it was typed over
CODE = "_code"  # the code chosen in a list of proposals


def element_id(path: str, prefix: str = "q") -> str:
    """Id of the element that shows an answer, the same on every page and in every fragment."""
    return f"{prefix}-{re.sub(r'[^A-Za-z0-9_]+', '-', path).strip('-')}"


def field_id(path: str) -> str:
    return element_id(path, "f")
