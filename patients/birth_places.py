"""Birth places as chosen in a form: the code kept is « INSEE », or « INSEE postcode » when one was typed (D10)."""

import re

from dcc.ui.forms import Option
from patients.identity.places import Place, PlaceKind, PlaceRefused, find_places, place


def search_places(text: str) -> list[Option]:
    """Propose communes and countries for a typed postcode, name or code."""
    typed = text.strip()
    return [_option(found, typed if typed in found.postcodes else "") for found in find_places(typed)]


def get_place(code: str) -> Option | None:
    """The proposal of a code chosen earlier; None when it is not written like one."""
    try:
        found, postcode = read_code(code)
    except PlaceRefused:
        return None
    return _option(found, postcode)


def read_code(code: str) -> tuple[Place, str]:
    """Split a kept code into the place and the postcode of birth; raises PlaceRefused.

    A commune with a single postcode gives it even if its name was typed.
    """
    insee, _, postcode = code.partition(" ")
    found = place(insee)
    if not postcode and len(found.postcodes) == 1:
        postcode = found.postcodes[0]
    return found, postcode if re.fullmatch(r"\d{5}", postcode) else ""


def _option(found: Place, postcode: str) -> Option:
    label = f"{found.label} ({found.department})" if found.department else found.label
    return Option(code=f"{found.insee} {postcode}".strip(), label=label, note=_note(found, postcode))


def _note(found: Place, postcode: str) -> str:
    if found.kind is PlaceKind.COUNTRY:
        return f"pays ou territoire, code {found.insee}"
    if found.kind is PlaceKind.UNKNOWN:
        return "lieu de naissance inconnu"
    few = found.postcodes[:3]
    codes = postcode or ", ".join(few) + ("…" if len(found.postcodes) > len(few) else "")
    return f"{codes}, ancienne commune" if found.former else codes
