"""Opening a file to a principal: the only Python door to the function that writes the grant and its event."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection
from psycopg.types.json import Jsonb

from dcc.audit.record import Actor
from dcc.tenancy.models import Principal
from patients.models import AccessReason


class AccessRefused(Exception):
    """The database refuses this grant: patient out of scope, no expiry where one is due, or not one's to give."""


class PatientOpposes(AccessRefused, PermissionDenied):
    """The patient opposes that this organisation, or anybody, be given their file; 403 where no page says it better."""


@contextmanager
def refusals() -> Iterator[None]:
    try:
        yield
    except DatabaseError as error:
        refusal = _REFUSALS.get(getattr(error.__cause__, "sqlstate", ""))
        if refusal is None:
            raise
        raise refusal(str(error).splitlines()[0]) from error


_REFUSALS: dict[str, type[AccessRefused]] = {"DC003": AccessRefused, "DC004": PatientOpposes}


def grant(
    *,
    patient_id: UUID,
    to: Principal,
    reason: AccessReason,
    by: Actor,
    expires_at: datetime | None = None,
    **details: Any,
) -> bool:
    """Open the file of `patient_id` to `to`; True if that opened or prolonged something (D9, wall 2).

    Raises AccessRefused: patient or principal of another network, no expiry where one is due, a file one does not see
    opened to others, an exceptional access for somebody else, a second creation, a sharing by who is not of the care
    team; PatientOpposes. The reason of a sharing is kept with it: `why`.
    """
    told = Jsonb({"label": to.label, **details})
    given: list[Any] = [patient_id, to.pk, reason.value, expires_at, by.display_name, told]
    with refusals(), connection.cursor() as cursor:
        cursor.execute("SELECT dcc_grant_access(%s, %s, %s, %s, %s, %s)", given)
        return bool(cursor.fetchone()[0])


def end(*, patient_id: UUID, principal_id: int, reason: AccessReason, by: Actor) -> bool:
    """Close the access of a meeting, or a sharing, before its time; True if there was one. Raises AccessRefused."""
    with refusals(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT dcc_end_access(%s, %s, %s, %s)", [patient_id, principal_id, reason.value, by.display_name]
        )
        return bool(cursor.fetchone()[0])


def may_see(patient_id: UUID) -> bool:
    """Whether the current scope opens this file."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT dcc_may_see(%s)", [patient_id])
        return bool(cursor.fetchone()[0])
