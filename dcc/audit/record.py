"""record(): the only way an event is written."""

from typing import Any, Protocol
from uuid import UUID

from dcc.audit.catalogue import EventCatalogue
from dcc.audit.models import AuditEvent


class Actor(Protocol):
    pk: Any

    @property
    def display_name(self) -> str: ...


class AnonymousActor(ValueError):
    """An event without a named actor is refused: nothing happens by itself."""


class System:
    """The platform acting by itself: a worker, a feed, a command."""

    pk = None

    def __init__(self, name: str) -> None:
        self.display_name = name


def record(
    event: EventCatalogue,
    *,
    by: Actor,
    on: Any = None,
    patient_id: UUID | None = None,
    region_id: int | None = None,
    organisation: str = "",
    reference: str = "",
    **details: Any,
) -> AuditEvent:
    """Insert one event in the current transaction. `on` gives type, id, region and patient when it has them.

    Raises AnonymousActor when `by` has no name.
    """
    if not getattr(by, "display_name", ""):
        raise AnonymousActor(event)
    if patient_id is None and on is not None:
        patient_id = on.pk if on._meta.label == "patients.Patient" else getattr(on, "patient_id", None)
    return AuditEvent.objects.create(
        event=event.value,
        region_id=region_id if region_id is not None else getattr(on, "region_id", None),
        actor_id=by.pk,
        actor=by.display_name,
        organisation=organisation or getattr(getattr(by, "acting_as", None), "name", ""),
        object_type=on._meta.label_lower if on is not None else "",
        object_id=str(on.pk) if on is not None else "",
        patient_id=patient_id,
        details=details,
        reference=reference,
    )
