"""What each kind of received document is called and coded, so that a CDA describes itself.

Codes: LOINC, as in the national value set of document types JDV_J07_XdsTypeCode_CISIS (revised 2024-09-27).
"""

from dataclasses import dataclass

from patients.models import ReceivedKind


@dataclass(frozen=True, slots=True, kw_only=True)
class KindRow:
    """`loinc`: the code this kind is written with, '' when the value set has none; `also`: others read as this kind."""

    kind: ReceivedKind
    name: str  # in a list, and as a title when none is typed
    short: str  # where there is no room: the meeting's list
    loinc: str = ""
    also: tuple[str, ...] = ()


_ROWS = (
    KindRow(
        kind=ReceivedKind.PATHOLOGY,
        name="Compte rendu d’anatomopathologie",
        short="CR-ACP",
        loinc="60568-3",
        also=("11526-1",),
    ),
    KindRow(kind=ReceivedKind.GENETICS, name="Compte rendu de génétique moléculaire", short="CR-GM", loinc="51969-4"),
    KindRow(kind=ReceivedKind.SURGERY, name="Compte rendu opératoire", short="CRO", loinc="34874-8", also=("11505-5",)),
    KindRow(kind=ReceivedKind.IMAGING, name="Compte rendu d’imagerie", short="Imagerie", loinc="18748-4"),
    KindRow(kind=ReceivedKind.BIOLOGY, name="Compte rendu de biologie", short="Biologie", loinc="11502-2"),
    KindRow(
        kind=ReceivedKind.LETTER,
        name="Courrier",
        short="Courrier",
        loinc="96349-6",
        also=("11488-4", "11490-0", "18761-7"),
    ),
    KindRow(kind=ReceivedKind.STAY, name="Compte rendu d’hospitalisation", short="CRH", loinc="34112-3"),
    KindRow(
        kind=ReceivedKind.TREATMENT,
        name="Traitement antérieur",
        short="Traitement",
        loinc="80565-5",
        also=("18776-5", "77604-7"),
    ),
    KindRow(kind=ReceivedKind.BOARD, name="Compte rendu de RCP d’ailleurs", short="RCP", loinc="34794-8"),
    KindRow(kind=ReceivedKind.OTHER, name="Autre document", short="Document"),
)
KINDS = {row.kind: row for row in _ROWS}
_BY_LOINC = {code: row.kind for row in _ROWS for code in (row.loinc, *row.also) if code}


def kind_of_loinc(code: str) -> ReceivedKind | None:
    """The kind a document says it is; None for a code this table does not know."""
    return _BY_LOINC.get(code)


def kind_name(kind: str) -> str:
    """« Compte rendu opératoire », '' for a document not described yet."""
    return KINDS[ReceivedKind(kind)].name if kind else ""


def kind_short(kind: str) -> str:
    return KINDS[ReceivedKind(kind)].short if kind else ""
