"""The form engine: pure functions over FHIR R4 Questionnaires of our closed profile (no Django, no clock).

Compile a definition once (``compile_definition``), cache the ``Compiled`` by its ``canonical``, then evaluate drafts
(``{path: plain value}``) or responses with the functions below. See ``profile`` for our extensions and ``answers`` for
the shape of drafts. ``context`` everywhere: ``patient`` {birthDate, gender: female|male}, ``session`` {date, quorum},
``precedente`` (last response), ``auteur``, and optionally ``age`` or ``today``.
"""

from rcp.sheets.engine.answers import answers_from_response, to_response
from rcp.sheets.engine.check import check_definition
from rcp.sheets.engine.compile import compile_definition
from rcp.sheets.engine.compose import CompositionRefused, compose
from rcp.sheets.engine.definition import Compiled, Issue
from rcp.sheets.engine.display import TNM_PARTS, display_value, range_of, tnm_of
from rcp.sheets.engine.enablement import enabled_items
from rcp.sheets.engine.entry import AnswerRefused, parse_value
from rcp.sheets.engine.items import Item, Option
from rcp.sheets.engine.offers import not_calculated_because, not_offered
from rcp.sheets.engine.paths import link_id_of, link_ids
from rcp.sheets.engine.review import (
    Change,
    changes_since,
    completion,
    constraint_issues,
    dormant,
    missing_for_registration,
    missing_for_validation,
)
from rcp.sheets.engine.sentences import sentence_in, sentence_of, sentences
from rcp.sheets.engine.session import (
    Changes,
    Evaluation,
    calculated,
    changed_enabled,
    enabled_from_answers,
    initial_answers,
)
from rcp.sheets.engine.validate import validate_compiled, validate_response
from rcp.sheets.engine.waits import waited_for

__all__ = [
    "TNM_PARTS",
    "AnswerRefused",
    "Change",
    "Changes",
    "Compiled",
    "CompositionRefused",
    "Evaluation",
    "Issue",
    "Item",
    "Option",
    "answers_from_response",
    "calculated",
    "changed_enabled",
    "changes_since",
    "check_definition",
    "compile_definition",
    "completion",
    "compose",
    "constraint_issues",
    "display_value",
    "dormant",
    "enabled_from_answers",
    "enabled_items",
    "initial_answers",
    "link_id_of",
    "link_ids",
    "missing_for_registration",
    "missing_for_validation",
    "not_calculated_because",
    "not_offered",
    "parse_value",
    "range_of",
    "sentence_in",
    "sentence_of",
    "sentences",
    "tnm_of",
    "to_response",
    "validate_compiled",
    "validate_response",
    "waited_for",
]
