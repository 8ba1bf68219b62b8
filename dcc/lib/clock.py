"""Instants that mean something: the end of what never ends."""

from datetime import UTC, datetime

# PostgreSQL's 'infinity' cannot be held by Python; this one can, and compares the same.
NEVER = datetime(9999, 1, 1, tzinfo=UTC)


def never() -> datetime:
    return NEVER


def ends(at: datetime) -> datetime | None:
    """`at`, or None when it never comes."""
    return None if at >= NEVER else at
