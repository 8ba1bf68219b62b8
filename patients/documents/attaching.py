"""Attaching a document to a case: the boards, above this app, say which cases are open and follow replacements.

Nothing imports upwards: they connect themselves when the application starts, as for patients.care.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from django.http import HttpRequest

from dcc.accounts.models import User
from patients.models import Patient, ReceivedDocument


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCase:
    """A case documents can be attached to: one POST to `url` with document=<id> does it, with remove=1 undoes it."""

    label: str
    url: str
    attached: frozenset[UUID]


class Attaching(Protocol):
    """What the upper app answers; each method costs a constant number of queries."""

    def open_cases(self, request: HttpRequest, patient: Patient) -> tuple[OpenCase, ...]: ...

    def follow(self, *, former: ReceivedDocument, document: ReceivedDocument, by: User) -> None: ...


class NoCases:
    """No board is installed: documents stay in the file."""

    def open_cases(self, request: HttpRequest, patient: Patient) -> tuple[OpenCase, ...]:
        return ()

    def follow(self, *, former: ReceivedDocument, document: ReceivedDocument, by: User) -> None:
        return None


_connected: list[Attaching] = [NoCases()]


def connect(attaching: Attaching) -> None:
    """Called once by the upper app, from its AppConfig.ready()."""
    _connected[:] = [attaching]


def attaching() -> Attaching:
    return _connected[0]


def first_to_attach(cases: Collection[OpenCase], document_id: UUID) -> OpenCase | None:
    """The case a single click attaches this document to: the first open one that lacks it."""
    return next((case for case in cases if document_id not in case.attached), None)
