"""Which case the room is looking at: kept in the shared cache, for second screens and the meeting's list.

Nothing depends on it: without the cache, second screens wait and the list shows no case under way.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.core.cache import cache
from redis.exceptions import RedisError

KEPT_SECONDS = 4 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Current:
    """The case on the presenter's screen, and since when."""

    case_id: UUID
    since: datetime

    def minutes(self, now: datetime) -> int:
        return max(0, int((now - self.since).total_seconds() // 60))


def current_case(meeting_id: UUID) -> Current | None:
    try:
        kept = cache.get(_key(meeting_id))
    except (RedisError, OSError):
        return None
    return Current(case_id=UUID(kept["case"]), since=datetime.fromtimestamp(kept["since"], UTC)) if kept else None


def show_case(*, meeting_id: UUID, case_id: UUID, at: datetime) -> Current:
    """The presenter shows a case; showing the same one again does not restart its clock."""
    shown = current_case(meeting_id)
    if shown is not None and shown.case_id == case_id:
        return shown
    shown = Current(case_id=case_id, since=at)
    try:
        cache.set(_key(meeting_id), {"case": str(case_id), "since": at.timestamp()}, KEPT_SECONDS)
    except (RedisError, OSError):
        return shown
    return shown


def _key(meeting_id: UUID) -> str:
    return f"rcp:current:{meeting_id}"
