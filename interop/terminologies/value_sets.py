"""Value sets (jeux de valeurs) packaged beside this file; read once, looked up by code."""

from enum import StrEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from interop.terminologies.identifiers import Code


class ValueSet(StrEnum):
    """The packaged value sets, by the name of their block in value_sets.tsv."""

    SPECIALTY = "J01"
    FACILITY_TYPE = "J02"
    PRACTICE_SETTING = "J04"
    DOCUMENT_TYPE = "J07"
    RELATION_TO_PATIENT = "J11"
    FUNCTION = "J47"
    ENCOUNTER_TYPE = "J142"
    GENDER = "J143"
    PARTICIPATION = "J144"
    CIVILITY = "J245"
    TITLE = "J246"
    CONFIDENTIALITY = "Confidentiality"
    DISCUSSION_NATURE = "NatureDiscussion"
    RCP_APPARATUS = "RCP_Appareil"
    RCP_ORGAN = "RCP_Organe"
    CASE_STATUS = "StatutCasPresente"
    QUORUM_STATUS = "StatutQuorum"
    DOCUMENT_STATUS = "StatutDoc"


def concepts(value_set: ValueSet) -> MappingProxyType[str, Code]:
    """Return every concept of a value set, keyed by code, in the official order."""
    return _tables()[value_set]


def concept(value_set: ValueSet, code: str) -> Code:
    """Return one concept; KeyError names the code and the set, because a missing code is a data error to fix."""
    found = concepts(value_set).get(code)
    if found is None:
        raise KeyError(f"code {code!r} is not in value set {value_set.value}")
    return found


def holds(value_set: ValueSet, *, code: str, system: str) -> bool:
    """Tell whether the set holds this code of this code system."""
    found = concepts(value_set).get(code)
    return found is not None and found.system == system


@cache
def _tables() -> dict[ValueSet, MappingProxyType[str, Code]]:
    tables: dict[str, dict[str, Code]] = {}
    current: dict[str, Code] = {}
    text = files(__package__).joinpath("value_sets.tsv").read_text(encoding="utf-8")
    for line in text.rstrip("\n").split("\n"):
        if line.startswith("#"):
            continue
        if line.startswith("@"):
            current = tables.setdefault(line[1:].split("\t")[0], {})
            continue
        code, system, label = line.split("\t")
        current[code] = Code(code=code, system=system, label=label)
    return {value_set: MappingProxyType(tables[value_set.value]) for value_set in ValueSet}
