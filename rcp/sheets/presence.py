"""Who is in which chapter: names only, kept a few seconds in the shared cache. Nothing depends on it."""

import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.cache import cache
from redis.exceptions import RedisError

from dcc.accounts.models import User

SEEN_SECONDS = 25  # five polls: someone whose page is closed disappears


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """Somebody else on the sheet: how the room names them, their initials, the chapter they are in."""

    name: str
    initials: str
    chapter: str


def note(*, sheet_id: UUID, by: User, chapter: str) -> list[Other]:
    """Say that this person is in this chapter, and who else is there; nobody when the cache does not answer."""
    now = time.time()
    try:
        seen: dict[str, Any] = cache.get(_key(sheet_id)) or {}
        seen = {key: one for key, one in seen.items() if now - one["at"] < SEEN_SECONDS}
        seen[str(by.pk)] = {"name": by.short_name, "initials": initials(by), "chapter": chapter, "at": now}
        cache.set(_key(sheet_id), seen, SEEN_SECONDS)
    except (RedisError, OSError):
        return []
    return [
        Other(name=one["name"], initials=one["initials"], chapter=one["chapter"])
        for key, one in sorted(seen.items())
        if key != str(by.pk)
    ]


def initials(user: User) -> str:
    return f"{user.first_name[:1]}{user.last_name[:1]}".upper()


def _key(sheet_id: UUID) -> str:
    return f"rcp:presence:{sheet_id}"
