"""How full meetings are: counted by a function, since under wall 2 one sees some of a meeting's cases only."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db import connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Cases on the list of a meeting, and the last position given, those that left it included."""

    cases: int = 0
    last_position: int = 0


def meeting_loads(meeting_ids: Collection[UUID]) -> dict[UUID, Load]:
    """The load of each of these meetings of the network; one without any case is left out."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT meeting_id, live, last_position FROM dcc_meeting_load(%s)", [list(meeting_ids)])
        return {meeting: Load(cases=live, last_position=last) for meeting, live, last in cursor.fetchall()}


def meeting_load(meeting_id: UUID) -> Load:
    return meeting_loads([meeting_id]).get(meeting_id, Load())
