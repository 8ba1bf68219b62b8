"""The two statements of a save: take the sheet with the answer that is there, then write the answer and its event."""

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.utils import timezone

from dcc.accounts.models import User
from dcc.lib.ids import uuid7
from rcp.models import Answer, CaseStatus, Origin, Outcome

# A sheet is not written while its requester's signature waits for the second one, nor once its case left the list.
CLOSED = frozenset({CaseStatus.AWAITING, CaseStatus.POSTPONED, CaseStatus.CANCELLED, CaseStatus.REFUSED})
_CLOSED_VALUES = sorted(one.value for one in CLOSED)
_TAKE: Final = "SELECT * FROM dcc_take_sheet(%s, %s, %s, %s)"
_STORE: Final = """
WITH written AS (
    INSERT INTO rcp_answer (id, region_id, patient_id, sheet_id, path, value, ver, rev, origin, to_confirm, author_id,
                            author_name, updated_at)
    VALUES (%(answer)s, %(region)s, %(patient)s, %(sheet)s, %(path)s, %(value)s, %(ver)s, %(rev)s, %(origin)s, false,
            %(author)s, %(name)s, %(now)s)
    ON CONFLICT (sheet_id, path) DO UPDATE
    SET value = EXCLUDED.value, ver = EXCLUDED.ver, rev = EXCLUDED.rev, origin = EXCLUDED.origin, to_confirm = false,
        author_id = EXCLUDED.author_id, author_name = EXCLUDED.author_name, updated_at = EXCLUDED.updated_at)
INSERT INTO rcp_answerevent (id, region_id, patient_id, sheet_id, op_id, path, value, base_ver, ver, rev, outcome,
                             author_id, at)
VALUES (%(event)s, %(region)s, %(patient)s, %(sheet)s, %(op)s, %(path)s, %(value)s, %(base_ver)s, %(ver)s, %(rev)s,
        %(outcome)s, %(author)s, %(now)s)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class There:
    """The answer that is at the path of the operation; `ver` 0 where nobody ever answered."""

    ver: int = 0
    value: Any = None
    to_confirm: bool = False


NOTHING = There()


@dataclass(frozen=True, slots=True, kw_only=True)
class Locked:
    """A draft whose row this transaction holds: the revision it takes, and what its rows are stamped with."""

    sheet_id: UUID
    rev: int
    region_id: int
    patient_id: UUID
    there: There


class Untaken(StrEnum):
    """Why a sheet is not taken: the operation was done before; it is frozen, not the asker's, or its case is closed."""

    REPLAYED = "replayed"
    REFUSED = "refused"


def take(*, sheet_id: UUID, op_id: UUID, path: str) -> Locked | Untaken:
    """Lock a draft for the rest of the transaction and take its next revision."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [sheet_id, op_id, path, _CLOSED_VALUES])
        state, rev, region_id, patient_id, ver, value, to_confirm = cursor.fetchone()
    if state != "taken":
        return Untaken(state)
    there = NOTHING
    if ver is not None:
        there = There(ver=ver, value=None if value is None else json.loads(value), to_confirm=to_confirm)
    return Locked(sheet_id=sheet_id, rev=rev, region_id=region_id, patient_id=patient_id, there=there)


def store(draft: Locked, *, op_id: UUID, path: str, value: Any, base_ver: int, by: User) -> int:
    """Write a typed answer over the one that is there, with the event that keeps it for ever; its version."""
    field = Answer._meta.get_field("value")
    ver = draft.there.ver + 1
    with connection.cursor() as cursor:
        cursor.execute(
            _STORE,
            {
                "answer": uuid7(), "event": uuid7(), "region": draft.region_id, "patient": draft.patient_id,
                "sheet": draft.sheet_id, "path": path, "value": field.get_db_prep_save(value, connection), "ver": ver,
                "rev": draft.rev, "origin": Origin.TYPED.value, "author": by.pk,
                "name": by.short_name or by.display_name, "now": timezone.now(), "op": op_id, "base_ver": base_ver,
                "outcome": Outcome.APPLIED.value,
            },
        )  # fmt: skip
    return ver
