"""The states of a received document; the trigger of its table repeats them."""

from enum import StrEnum

from dcc.lib.lifecycle import Lifecycle, Transition
from patients.events import PatientEvent
from patients.models import ReceivedStatus as Status
from patients.permissions import PatientPermission


class ReceivedTransition(StrEnum):
    FILE = "file"
    REPLACE = "replace"
    RESTORE = "restore"
    WITHDRAW = "withdraw"


def _transition(
    name: ReceivedTransition, sources: set[Status], target: Status, event: PatientEvent, label: str
) -> Transition:
    return Transition(
        name=name,
        sources=frozenset(sources),
        target=target,
        permission=PatientPermission.DOCUMENT_ADD,
        event=event,
        label=label,
    )


RECEIVED_LIFECYCLE = Lifecycle(
    _transition(ReceivedTransition.FILE, {Status.DRAFT}, Status.FILED, PatientEvent.DOCUMENT_FILED, "Classer"),
    _transition(
        ReceivedTransition.REPLACE, {Status.FILED}, Status.REPLACED, PatientEvent.DOCUMENT_REPLACED, "Remplacer"
    ),
    _transition(
        ReceivedTransition.RESTORE, {Status.REPLACED}, Status.FILED, PatientEvent.DOCUMENT_RESTORED, "Remettre"
    ),
    _transition(
        ReceivedTransition.WITHDRAW,
        {Status.DRAFT, Status.FILED, Status.REPLACED},
        Status.WITHDRAWN,
        PatientEvent.DOCUMENT_WITHDRAWN,
        "Retirer",
    ),
)
