"""Members of the FHIR R4 elements a definition is made of, with the type of each.

A type ends with ``*`` for a list. Lower-case types are primitives; ``any`` is kept without being read.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from rcp.sheets.engine import profile
from rcp.sheets.engine.moment_order import is_well_formed
from rcp.sheets.engine.values import number_of

_ELEMENT: Final = {"id": "string", "extension": "Extension*"}
_BACKBONE: Final = {**_ELEMENT, "modifierExtension": "refused"}


def _values(prefix: str, *types: str) -> dict[str, str]:
    return {f"{prefix}{one[0].upper()}{one[1:]}": one for one in types}


_PRIMITIVES: Final = ("boolean", "decimal", "integer", "date", "dateTime", "time", "string", "code", "uri", "id")

MEMBERS: Final[dict[str, dict[str, str]]] = {
    "Questionnaire": {
        **_BACKBONE, "resourceType": "string", "meta": "any", "implicitRules": "refused", "language": "code",
        "text": "any", "contained": "any*", "url": "uri", "identifier": "any*", "version": "string", "name": "string",
        "title": "string", "derivedFrom": "uri*", "status": "code", "experimental": "boolean", "subjectType": "code*",
        "date": "dateTime", "publisher": "string", "contact": "any*", "description": "string", "useContext": "any*",
        "jurisdiction": "any*", "purpose": "string", "copyright": "string", "approvalDate": "date",
        "lastReviewDate": "date", "effectivePeriod": "Period", "code": "Coding*", "item": "Item*",
    },
    "Item": {
        **_BACKBONE, "linkId": "string", "definition": "uri", "code": "Coding*", "prefix": "string", "text": "string",
        "type": "code", "enableWhen": "EnableWhen*", "enableBehavior": "code", "required": "boolean",
        "repeats": "boolean", "readOnly": "boolean", "maxLength": "count", "answerOption": "AnswerOption*",
        "answerValueSet": "uri", "initial": "Initial*", "item": "Item*",
    },
    "EnableWhen": {
        **_BACKBONE, "question": "string", "operator": "string", "answerReference": "any",
        **_values("answer", "boolean", "decimal", "integer", "date", "dateTime", "time", "string"),
        "answerCoding": "Coding", "answerQuantity": "Quantity",
    },
    "AnswerOption": {
        **_BACKBONE, "initialSelected": "boolean", "valueCoding": "Coding", "valueReference": "any",
        **_values("value", "integer", "date", "time", "string"),
    },
    "Initial": {
        **_BACKBONE, **_values("value", "boolean", "decimal", "integer", "date", "dateTime", "time", "string", "uri"),
        "valueCoding": "Coding", "valueQuantity": "Quantity", "valueAttachment": "any", "valueReference": "any",
    },
    "Coding": {
        **_ELEMENT, "system": "uri", "version": "string", "code": "code", "display": "string",
        "userSelected": "boolean",
    },
    "Quantity": {**_ELEMENT, "value": "decimal", "comparator": "refused", "unit": "string", "system": "uri",
                 "code": "code"},
    "CodeableConcept": {**_ELEMENT, "coding": "Coding*", "text": "string"},
    "Period": {**_ELEMENT, "start": "dateTime", "end": "dateTime"},
    "Expression": {
        **_ELEMENT, "description": "string", "name": "id", "language": "code", "expression": "string",
        "reference": "uri",
    },
    "Extension": {
        **_ELEMENT, "url": "uri", **_values("value", *_PRIMITIVES),
        "valueCanonical": "uri", "valueMarkdown": "string", "valueCoding": "Coding", "valueQuantity": "Quantity",
        "valueCodeableConcept": "CodeableConcept", "valueExpression": "Expression", "valuePeriod": "Period",
    },
}  # fmt: skip

# Names of other versions of FHIR, and what R4 has instead.
OTHER_VERSIONS: Final = {
    "answerConstraint": "forme R5 : utilisez le type choice ou open-choice",
    "disabledDisplay": "forme R5 : utilisez l’extension disabledDisplay",
    "versionAlgorithmString": "forme R5 : retirez-le",
    "versionAlgorithmCoding": "forme R5 : retirez-le",
    "copyrightLabel": "forme R5 : retirez-le",
    "option": "forme STU3 : utilisez answerOption",
    "options": "forme STU3 : utilisez answerValueSet",
    "hasAnswer": "forme STU3 : utilisez operator « exists »",
    "initialBoolean": "forme STU3 : utilisez initial",
    "implicitRules": "il changerait le sens du formulaire : retirez-le",
    "modifierExtension": "elle changerait le sens de l’item : retirez-la",
    "comparator": "il changerait le sens de la valeur : retirez-le",
}

_CODE = re.compile(r"\S+( \S+)*")
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
MAX_STRING: Final = 20_000


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= MAX_STRING


PRIMITIVES: Final[dict[str, Callable[[Any], bool]]] = {
    "boolean": lambda v: type(v) is bool,
    "integer": lambda v: type(v) is int and -(2**31) <= v < 2**31,
    "count": lambda v: type(v) is int and 0 < v < 2**31,
    "decimal": lambda v: not isinstance(v, (bool, str)) and number_of(v) is not None,
    "date": lambda v: isinstance(v, str) and is_well_formed("date", v),
    "dateTime": lambda v: isinstance(v, str) and is_well_formed("dateTime", v),
    "time": lambda v: isinstance(v, str) and is_well_formed("time", v),
    "string": _is_text,
    "code": lambda v: _is_text(v) and _CODE.fullmatch(v) is not None,
    "uri": lambda v: _is_text(v) and not any(map(str.isspace, v)),
    "id": lambda v: isinstance(v, str) and _ID.fullmatch(v) is not None,
}

_BOUND: Final = ("valueInteger", "valueDecimal", "valueDate", "valueDateTime", "valueTime", "valueQuantity")
_TEXT, _CODED, _FLAG, _COUNT = ("valueString",), ("valueCode",), ("valueBoolean",), ("valueInteger",)
_RULE: Final = ("valueExpression",)

# The value[x] each extension the engine reads must bear; a complex one bears « extension ».
VALUE_OF: Final[dict[str, tuple[str, ...]]] = {
    profile.ITEM_CONTROL: ("valueCodeableConcept",), profile.UNIT: ("valueCoding",),
    profile.UNIT_OPTION: ("valueCoding",), profile.MIN_VALUE: _BOUND, profile.MAX_VALUE: _BOUND,
    profile.MIN_QUANTITY: ("valueQuantity",), profile.MAX_QUANTITY: ("valueQuantity",),
    profile.MAX_DECIMAL_PLACES: _COUNT, profile.MIN_LENGTH: _COUNT, profile.REGEX: _TEXT,
    profile.ENTRY_FORMAT: _TEXT, profile.MIN_OCCURS: _COUNT, profile.MAX_OCCURS: _COUNT,
    profile.OPTION_EXCLUSIVE: _FLAG, profile.OPTION_PREFIX: _TEXT, profile.ORDINAL_VALUE: ("valueDecimal",),
    profile.ITEM_WEIGHT: ("valueDecimal",), profile.HIDDEN: _FLAG, profile.CONSTRAINT: ("extension",),
    profile.VARIABLE: _RULE, profile.CHOICE_ORIENTATION: _CODED, profile.DISPLAY_CATEGORY: ("valueCodeableConcept",),
    profile.USAGE_MODE: _CODED, profile.CALCULATED: _RULE, profile.INITIAL_EXPRESSION: _RULE,
    profile.ENABLE_WHEN_EXPRESSION: _RULE, profile.SHORT_TEXT: _TEXT, profile.OPEN_LABEL: _TEXT,
    profile.COLLAPSIBLE: _CODED, profile.DISABLED_DISPLAY: _CODED, profile.LAUNCH_CONTEXT: ("extension",),
    profile.PHRASE: ("valueString", "extension"), profile.REPRISE: _CODED, profile.STAT: _CODED, profile.CDA: _TEXT,
    profile.REQUIRED_AT_VALIDATION: (*_FLAG, *_RULE), profile.REQUIRED_AT_REGISTRATION: (*_FLAG, *_RULE),
    profile.SOCLE: _FLAG, profile.CORRESPONDENCE: ("valueCoding",), profile.OVERRIDABLE: _FLAG,
    profile.LISTED_BY: _TEXT, profile.NOT_CALCULATED: _RULE,
    profile.PERIOD: _CODED, profile.MIN_PRECISION: _CODED, profile.OPENED_BY: _TEXT, profile.CLOSED_BECAUSE: _TEXT,
    profile.SOURCE: _CODED, profile.PLACE: _TEXT, profile.RECALL: _FLAG, profile.HELP: _TEXT,
}  # fmt: skip
