"""Names of our Questionnaire profile: item types, controls, standard extensions, and our own namespace.

The profile is a closed subset of FHIR R4 Questionnaire + SDC. Our own extensions live under ``NAMESPACE`` and are:

====================  =================================  ==========================================================
last part of the URL  value                              meaning
====================  =================================  ==========================================================
phrase                string, or texte + couvre*         sentence template (item or option); `{# rien #}`: silent.
                                                         ``couvre``: linkIds this sentence already speaks of
reprise               code                               prefill policy: toujours, si-coche, a-confirmer, jamais
stat                  code                               key that survives versions and joins regions
cda                   string                             target element in the CDA body
requis-validation     boolean | Expression               no validation without an answer (when the expression holds)
requis-inscription    boolean | Expression               no registration without an answer
socle                 boolean                            nationally locked: a region may not change it
correspondance        Coding (on an option)              national or international code of the option
forcable              boolean                            a calculated value a physician may replace, with a mark
periode               code                               passe | futur: side of today a date must stand on
precision-min         code                               annee | mois | jour: least precise date accepted
ouverture, fermeture  string                             why an item opened / is closed, in a few words
source                code                               seance: filled by the meeting, not typed in the sheet
place                 dans | apres + linkId              where a specific chapter goes in the trunk (compose)
rappel                boolean                            group whose items refine the trunk's items (compose)
aide                  string                             help shown with the question
liste-selon           string                             keys of the item's constraints, by spaces: an option that
                                                         breaks one of them now is not offered
non-calcule           Expression with a description      when it holds, the description says why nothing is calculated
force                 boolean (on an answer)             in a response: a value a physician put in place of the rule's
====================  =================================  ==========================================================
"""

from typing import Final

NAMESPACE: Final = "https://dcc.example/fhir"
_OURS = f"{NAMESPACE}/StructureDefinition/"
_CORE = "http://hl7.org/fhir/StructureDefinition/"
_SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"

# Standard extensions, by the short name the engine uses.
ITEM_CONTROL: Final = f"{_CORE}questionnaire-itemControl"
UNIT: Final = f"{_CORE}questionnaire-unit"
UNIT_OPTION: Final = f"{_CORE}questionnaire-unitOption"
UNIT_VALUE_SET: Final = f"{_CORE}questionnaire-unitValueSet"
MIN_VALUE: Final = f"{_CORE}minValue"
MAX_VALUE: Final = f"{_CORE}maxValue"
MIN_QUANTITY: Final = f"{_SDC}minQuantity"
MAX_QUANTITY: Final = f"{_SDC}maxQuantity"
MAX_DECIMAL_PLACES: Final = f"{_CORE}maxDecimalPlaces"
MIN_LENGTH: Final = f"{_CORE}minLength"
REGEX: Final = f"{_CORE}regex"
ENTRY_FORMAT: Final = f"{_CORE}entryFormat"
MIN_OCCURS: Final = f"{_CORE}questionnaire-minOccurs"
MAX_OCCURS: Final = f"{_CORE}questionnaire-maxOccurs"
OPTION_EXCLUSIVE: Final = f"{_CORE}questionnaire-optionExclusive"
OPTION_PREFIX: Final = f"{_CORE}questionnaire-optionPrefix"
ORDINAL_VALUE: Final = f"{_CORE}ordinalValue"
ITEM_WEIGHT: Final = f"{_CORE}itemWeight"
HIDDEN: Final = f"{_CORE}questionnaire-hidden"
CONSTRAINT: Final = f"{_CORE}questionnaire-constraint"
VARIABLE: Final = f"{_CORE}variable"
CHOICE_ORIENTATION: Final = f"{_CORE}questionnaire-choiceOrientation"
DISPLAY_CATEGORY: Final = f"{_CORE}questionnaire-displayCategory"
USAGE_MODE: Final = f"{_CORE}questionnaire-usageMode"
CALCULATED: Final = f"{_SDC}calculatedExpression"
INITIAL_EXPRESSION: Final = f"{_SDC}initialExpression"
ENABLE_WHEN_EXPRESSION: Final = f"{_SDC}enableWhenExpression"
SHORT_TEXT: Final = f"{_SDC}shortText"
OPEN_LABEL: Final = f"{_SDC}openLabel"
COLLAPSIBLE: Final = f"{_SDC}collapsible"
DISABLED_DISPLAY: Final = f"{_SDC}disabledDisplay"
LAUNCH_CONTEXT: Final = f"{_SDC}launchContext"

# Ours.
PHRASE: Final = f"{_OURS}phrase"
REPRISE: Final = f"{_OURS}reprise"
STAT: Final = f"{_OURS}stat"
CDA: Final = f"{_OURS}cda"
REQUIRED_AT_VALIDATION: Final = f"{_OURS}requis-validation"
REQUIRED_AT_REGISTRATION: Final = f"{_OURS}requis-inscription"
SOCLE: Final = f"{_OURS}socle"
CORRESPONDENCE: Final = f"{_OURS}correspondance"
OVERRIDABLE: Final = f"{_OURS}forcable"
PERIOD: Final = f"{_OURS}periode"
MIN_PRECISION: Final = f"{_OURS}precision-min"
OPENED_BY: Final = f"{_OURS}ouverture"
CLOSED_BECAUSE: Final = f"{_OURS}fermeture"
SOURCE: Final = f"{_OURS}source"
PLACE: Final = f"{_OURS}place"
RECALL: Final = f"{_OURS}rappel"
HELP: Final = f"{_OURS}aide"
LISTED_BY: Final = f"{_OURS}liste-selon"
NOT_CALCULATED: Final = f"{_OURS}non-calcule"

FORCED: Final = f"{_OURS}force"

OUR_EXTENSIONS: Final = frozenset({
    PHRASE, REPRISE, STAT, CDA, REQUIRED_AT_VALIDATION, REQUIRED_AT_REGISTRATION, SOCLE, CORRESPONDENCE, OVERRIDABLE,
    PERIOD, MIN_PRECISION, OPENED_BY, CLOSED_BECAUSE, SOURCE, PLACE, RECALL, HELP, LISTED_BY, NOT_CALCULATED,
})  # fmt: skip

KNOWN_EXTENSIONS: Final = OUR_EXTENSIONS | {
    ITEM_CONTROL, UNIT, UNIT_OPTION, MIN_VALUE, MAX_VALUE, MIN_QUANTITY, MAX_QUANTITY,
    MAX_DECIMAL_PLACES, MIN_LENGTH, REGEX, ENTRY_FORMAT, MIN_OCCURS, MAX_OCCURS, OPTION_EXCLUSIVE, OPTION_PREFIX,
    ORDINAL_VALUE, ITEM_WEIGHT, HIDDEN, CONSTRAINT, VARIABLE, CHOICE_ORIENTATION, DISPLAY_CATEGORY, USAGE_MODE,
    CALCULATED, INITIAL_EXPRESSION, ENABLE_WHEN_EXPRESSION, SHORT_TEXT, OPEN_LABEL, COLLAPSIBLE, DISABLED_DISPLAY,
    LAUNCH_CONTEXT,
}  # fmt: skip

# Extensions whose half-support would change what a form means: the whole definition is refused. By the last part of
# their address, without its prefix, since it is what stays from one edition of FHIR or SDC to another.
REFUSED_PREFIX: Final = "http://hl7.org/fhir/5.0/StructureDefinition/extension-Questionnaire"
REFUSED_EXTENSIONS: Final = {
    "answerExpression": "la liste de réponses calculée (answerExpression)",
    "candidateExpression": "la proposition de réponses (candidateExpression)",
    "answerOptionsToggleExpression": "le masquage d’options (answerOptionsToggleExpression)",
    "lookupQuestionnaire": "la recherche d’un autre formulaire (lookupQuestionnaire)",
    "subQuestionnaire": "l’inclusion d’un autre formulaire (subQuestionnaire)",
    "assembleContext": "l’assemblage de formulaires (assembleContext)",
    "assemble-expectation": "l’assemblage de formulaires (assemble-expectation)",
    "questionnaireAdaptive": "le formulaire adaptatif",
    "adaptive": "le formulaire adaptatif",
    "itemPopulationContext": "le préremplissage par requête (itemPopulationContext)",
    "sourceQueries": "le préremplissage par requête (sourceQueries)",
    "sourceStructureMap": "le préremplissage par StructureMap",
    "targetStructureMap": "l’extraction par StructureMap",
    "itemExtractionContext": "l’extraction par définition (itemExtractionContext)",
    "definitionExtract": "l’extraction par définition (definitionExtract)",
    "definitionExtractValue": "l’extraction par définition (definitionExtractValue)",
    "extractAllocateId": "l’extraction (extractAllocateId)",
    "templateExtract": "l’extraction par modèle (templateExtract)",
    "templateExtractBundle": "l’extraction par modèle (templateExtractBundle)",
    "templateExtractContext": "l’extraction par modèle (templateExtractContext)",
    "templateExtractValue": "l’extraction par modèle (templateExtractValue)",
    "preferredTerminologyServer": "le serveur de terminologie distant",
    "unitValueSet": "la liste d’unités distante (unitValueSet)",
    "unitSupplementalSystem": "la liste d’unités distante (unitSupplementalSystem)",
    "signatureRequired": "la signature d’une réponse (signatureRequired)",
    "calculatedExpression": "le calcul sous cette adresse (calculatedExpression)",
    "initialExpression": "la valeur initiale sous cette adresse (initialExpression)",
    "enableWhenExpression": "la condition sous cette adresse (enableWhenExpression)",
    "minQuantity": "la borne sous cette adresse (minQuantity)",
    "maxQuantity": "la borne sous cette adresse (maxQuantity)",
    "constraint": "la règle sous cette adresse (constraint)",
    "targetConstraint": "la règle sous cette adresse (targetConstraint)",
    "optionExclusive": "l’option exclusive sous cette adresse (optionExclusive)",
    "cqf-expression": "l’expression CQF",
    "expression": "l’expression CQF",
    "cqf-calculatedValue": "l’expression CQF",
    "calculatedValue": "l’expression CQF",
    "initialValue": "l’expression CQF",
    "cqf-library": "la bibliothèque CQL",
    "library": "la bibliothèque CQL",
    "allowedResource": "la référence à une autre ressource (allowedResource)",
    "referenceResource": "la référence à une autre ressource (referenceResource)",
    "referenceFilter": "la référence à une autre ressource (referenceFilter)",
}
NUMERIC_TYPES: Final = frozenset({"integer", "decimal"})
DATE_TYPES: Final = frozenset({"date", "dateTime", "time"})
TEXT_TYPES: Final = frozenset({"string", "text"})
CHOICE_TYPES: Final = frozenset({"choice", "open-choice"})
QUESTION_TYPES: Final = NUMERIC_TYPES | DATE_TYPES | TEXT_TYPES | CHOICE_TYPES | {"boolean", "quantity"}
ITEM_TYPES: Final = QUESTION_TYPES | {"group", "display"}
REFUSED_TYPES: Final = frozenset({"attachment", "reference", "url", "question"})

# For each item type, the value[x] names an answer may bear.
ANSWER_KEYS: Final = {
    "boolean": ("valueBoolean",),
    "integer": ("valueInteger",),
    "decimal": ("valueDecimal",),
    "date": ("valueDate",),
    "dateTime": ("valueDateTime",),
    "time": ("valueTime",),
    "string": ("valueString",),
    "text": ("valueString",),
    "choice": ("valueCoding",),
    "open-choice": ("valueCoding", "valueString"),
    "quantity": ("valueQuantity",),
}

OPERATORS: Final = frozenset({"exists", "=", "!=", ">", "<", ">=", "<="})
LINK_ID_PATTERN: Final = r"[a-z][a-z0-9_.-]{0,63}"
STAT_PATTERN: Final = LINK_ID_PATTERN  # what the table of facts accepts as a key
REPRISE_POLICIES: Final = frozenset({"toujours", "si-coche", "a-confirmer", "jamais"})

# Bounds of a definition: past them it is refused before any costly check.
MAX_ITEMS: Final = 2000
MAX_DEPTH: Final = 12
MAX_UNFOLDED_DEPTH: Final = 100  # evaluation recurses: deeper levels, refused at publication, are not read
MAX_LINK_ID: Final = 255
MAX_OPTIONS: Final = 500
MAX_EXPRESSION: Final = 8000
MAX_EXPRESSIONS: Final = 60_000  # characters, over the whole form (the longest packaged form has 16 000)
MAX_VARIABLES: Final = 200
MAX_VARIABLE_NESTING: Final = 20
MAX_NODES: Final = 150_000  # JSON values, over the whole form (the largest packaged form has 12 000)
MAX_CHARACTERS: Final = 3_000_000
MAX_PHRASES: Final = 120_000  # characters of templates that compute something, over the whole form
MAX_TEMPLATE: Final = 4000
MAX_INTEGER: Final = (
    10**15
)  # past it a number of a definition is a slip, and past 4 300 digits Python writes it no more
MAX_PATTERN: Final = 200


def coding_system(link_id: str) -> str:
    """Name the code system of an item's own options, used by packaged forms."""
    return f"{NAMESPACE}/CodeSystem/{link_id}"
