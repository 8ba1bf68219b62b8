"""The form engine: pure functions over FHIR R4 Questionnaires of our closed profile (no Django, no clock)."""

from rcp.sheets.engine.compile import compile_definition
from rcp.sheets.engine.definition import Compiled, Issue
from rcp.sheets.engine.enablement import enabled_items
from rcp.sheets.engine.paths import link_ids
from rcp.sheets.engine.session import (
    Changes,
    Evaluation,
    calculated,
    changed_enabled,
    enabled_from_answers,
    initial_answers,
)

__all__ = [
    "Changes",
    "Compiled",
    "Evaluation",
    "Issue",
    "calculated",
    "changed_enabled",
    "compile_definition",
    "enabled_from_answers",
    "enabled_items",
    "initial_answers",
    "link_ids",
]
