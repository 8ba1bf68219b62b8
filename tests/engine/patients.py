"""The invented woman of the breast letters, as the engine's other tests fill her sheet."""

from typing import Any, Final

from rcp.sheets.engine import Compiled
from tests.engine import goldens

CHEMO: Final = goldens.line_id(2)
RADIO: Final = goldens.line_id(3)


def breast_patient(form: Compiled) -> dict[str, Any]:
    """The answers of the invented patient."""
    return goldens.answers_of(form, goldens.patient("sein", 1))
