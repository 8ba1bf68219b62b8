"""What the tumour boards know of a patient, for the pages about them.

The boards sit above this app, and nothing imports upwards: they connect themselves when the application starts.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from django.http import HttpRequest

from patients.models import Patient


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """One passage before a board. `kind` is that of the timeline (next, past, frozen), `badge` (kind, words)."""

    title: str
    url: str
    at: datetime
    when: str
    kind: str
    badge: tuple[str, str]
    text: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """Someone who treats the patient and receives the reports; without a secure address, by post."""

    name: str
    role: str
    mssante_address: str = ""
    postal_address: str = ""


class Care(Protocol):
    """What the upper app answers; each method costs a constant number of queries."""

    def passages(self, patient: Patient) -> tuple[Passage, ...]: ...

    def last_passages(self, patient_ids: Collection[UUID]) -> dict[UUID, str]: ...

    def around(self, patient: Patient) -> tuple[Around, ...]: ...

    def registration_url(self, request: HttpRequest, patient_id: UUID, *, meeting: str = "") -> str: ...


class NoCare:
    """No board is installed: a patient file has identity, contact and documents only."""

    def passages(self, patient: Patient) -> tuple[Passage, ...]:
        return ()

    def last_passages(self, patient_ids: Collection[UUID]) -> dict[UUID, str]:
        return {}

    def around(self, patient: Patient) -> tuple[Around, ...]:
        return ()

    def registration_url(self, request: HttpRequest, patient_id: UUID, *, meeting: str = "") -> str:
        return ""


_connected: list[Care] = [NoCare()]


def connect(care: Care) -> None:
    """Called once by the upper app, from its AppConfig.ready()."""
    _connected[:] = [care]


def care() -> Care:
    return _connected[0]
