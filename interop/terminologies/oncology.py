"""Oncology documents and tumour-board codes.

Sources: CANCER-FRCP_2022.01 and CANCER-PPS_2022.01 (ANS TestContenuCDA-3-0), JDV J07, decision D15 for the PPAC.
"""

from dataclasses import dataclass

from interop.terminologies import oids
from interop.terminologies.identifiers import Code
from interop.terminologies.value_sets import ValueSet, concept

DISPLAY_LOINC = "LOINC"


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentType:
    """A document kind: its code in J07, the title it carries, its short label in file names and mail subjects."""

    code: Code
    title: str
    short_label: str


def document_type(loinc: str, *, title: str, short_label: str) -> DocumentType:
    """Build a document type from a code of J07 (KeyError when the code is not in it)."""
    found = concept(ValueSet.DOCUMENT_TYPE, loinc)
    code = Code(code=found.code, system=found.system, label=found.label, system_name=DISPLAY_LOINC)
    return DocumentType(code=code, title=title, short_label=short_label)


RCP_REPORT = document_type(
    "34794-8", title="Compte rendu de réunion de concertation pluridisciplinaire", short_label="CR RCP"
)
PPS = document_type("18776-5", title="Programme personnalisé de soins", short_label="PPS")
# No national type exists for the after-cancer plan: D15 takes the episode summary, changeable by region.
PPAC = document_type("34133-9", title="Programme personnalisé de l’après-cancer", short_label="PPAC")

# The act a tumour-board report documents (TRE_R213 care mode).
RCP_ACT = Code(
    code="39",
    system=oids.CARE_MODE,
    label="Réunion de Concertation Pluridisciplinaire (RCP)",
    system_name="TRE_R213-ModePriseEnCharge",
)
# Topography that no code of the tumour value set says.
TOPOGRAPHY_IN_WORDS = Code(code="GEN-243", system=oids.TA_ASIP, label="Topographie", system_name="TA_ASIP")

TEAM_MEMBER = concept(ValueSet.FUNCTION, "353")
CORRESPONDENT = concept(ValueSet.FUNCTION, "CORRE")
TREATING_PHYSICIAN = concept(ValueSet.FUNCTION, "PCP")
REFERRING_PHYSICIAN = concept(ValueSet.FUNCTION, "ATTPHYS")

QUORUM_REACHED = concept(ValueSet.QUORUM_STATUS, "ORG-126")
QUORUM_NOT_REACHED = concept(ValueSet.QUORUM_STATUS, "ORG-133")
QUORUM_UNKNOWN = concept(ValueSet.QUORUM_STATUS, "GEN-010")
CASE_REGISTERED = concept(ValueSet.CASE_STATUS, "ORG-128")
CASE_DISCUSSED = concept(ValueSet.CASE_STATUS, "ORG-134")

# The patient is absent from the meeting: the encounter is virtual.
ENCOUNTER_WITHOUT_PATIENT = concept(ValueSet.ENCOUNTER_TYPE, "VR")
