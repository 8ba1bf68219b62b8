"""The states of a case (D19) and the arrows between them."""

from enum import StrEnum

from dcc.lib.lifecycle import Lifecycle, Transition
from rcp.events import RcpEvent
from rcp.models import CaseStatus as S
from rcp.permissions import RcpPermission as P


class CaseTransition(StrEnum):
    PREPARE = "prepare"
    UNPREPARE = "unprepare"
    DISCUSS = "discuss"
    VALIDATE = "validate"
    SUBMIT = "submit"  # a registered case waits for its countersignature (D4)
    COUNTERSIGN = "countersign"
    SEND_BACK = "send_back"
    POSTPONE = "postpone"
    CANCEL = "cancel"


OPEN = frozenset({S.REQUESTED, S.REGISTERED, S.PREPARED, S.DISCUSSED})
T = CaseTransition

CASE_LIFECYCLE = Lifecycle(
    Transition(
        name=T.PREPARE,
        sources=frozenset({S.REQUESTED, S.REGISTERED}),
        target=S.PREPARED,
        permission=P.SHEET_FILL,
        event=RcpEvent.CASE_PREPARED,
        label="Marquer prêt",
    ),
    Transition(
        name=T.UNPREPARE,
        sources=frozenset({S.PREPARED}),
        target=S.REGISTERED,
        permission=P.SHEET_FILL,
        event=RcpEvent.CASE_UNPREPARED,
        label="Remettre à compléter",
    ),
    Transition(
        name=T.DISCUSS,
        sources=frozenset({S.REQUESTED, S.REGISTERED, S.PREPARED}),
        target=S.DISCUSSED,
        permission=P.CASE_CONCLUDE,
        event=RcpEvent.CASE_DISCUSSED,
        label="Valider plus tard",
    ),
    Transition(
        name=T.VALIDATE,
        sources=OPEN,
        target=S.VALIDATED,
        permission=P.CASE_VALIDATE,
        event=RcpEvent.CASE_VALIDATED,
        label="Valider",
    ),
    Transition(
        name=T.SUBMIT,
        sources=OPEN,
        target=S.AWAITING,
        permission=P.CASE_CONCLUDE,
        event=RcpEvent.CASE_SUBMITTED,
        label="Valider et demander la contresignature",
    ),
    Transition(
        name=T.COUNTERSIGN,
        sources=frozenset({S.AWAITING}),
        target=S.VALIDATED,
        permission=P.CASE_VALIDATE,
        event=RcpEvent.CASE_COUNTERSIGNED,
        label="Contresigner",
    ),
    Transition(
        name=T.SEND_BACK,
        sources=frozenset({S.AWAITING}),
        target=S.REGISTERED,
        permission=P.CASE_VALIDATE,
        event=RcpEvent.CASE_SENT_BACK,
        label="Renvoyer en discussion",
    ),
    Transition(
        name=T.POSTPONE,
        sources=OPEN,
        target=S.POSTPONED,
        permission=P.CASE_MOVE,
        event=RcpEvent.CASE_POSTPONED,
        label="Reporter",
    ),
    Transition(
        name=T.CANCEL,
        sources=OPEN,
        target=S.CANCELLED,
        permission=P.CASE_MOVE,
        event=RcpEvent.CASE_CANCELLED,
        label="Annuler",
    ),
)
