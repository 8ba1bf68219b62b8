"""The states of a meeting and the arrows between them."""

from enum import StrEnum

from dcc.lib.lifecycle import Lifecycle, Transition
from rcp.events import RcpEvent
from rcp.models import MeetingStatus as S
from rcp.permissions import RcpPermission as P


class MeetingTransition(StrEnum):
    OPEN = "open"
    CLOSE = "close"
    REOPEN = "reopen"
    CANCEL = "cancel"


T = MeetingTransition

MEETING_LIFECYCLE = Lifecycle(
    Transition(
        name=T.OPEN,
        sources=frozenset({S.PLANNED}),
        target=S.OPEN,
        permission=P.MEETING_RUN,
        event=RcpEvent.MEETING_OPENED,
        label="Ouvrir la réunion",
    ),
    Transition(
        name=T.CLOSE,
        sources=frozenset({S.OPEN}),
        target=S.CLOSED,
        permission=P.MEETING_RUN,
        event=RcpEvent.MEETING_CLOSED,
        label="Terminer la réunion",
    ),
    Transition(
        name=T.REOPEN,
        sources=frozenset({S.CLOSED}),
        target=S.OPEN,
        permission=P.MEETING_RUN,
        event=RcpEvent.MEETING_REOPENED,
        label="Rouvrir la réunion",
    ),
    Transition(
        name=T.CANCEL,
        sources=frozenset({S.PLANNED}),
        target=S.CANCELLED,
        permission=P.BOARD_MANAGE,
        event=RcpEvent.MEETING_CANCELLED,
        label="Annuler la réunion",
    ),
)
