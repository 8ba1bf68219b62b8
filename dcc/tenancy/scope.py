"""The current scope: which founding regions and which principals exist for this request, task or command.

Opened at three doors only (request, task, command) and enforced by PostgreSQL; never guessed, never widened.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class WebScope:
    """A signed-in person acting under one membership; PostgreSQL itself checks that the membership is theirs."""

    user_id: int
    membership_id: UUID | None

    def opening(self) -> tuple[str, list[Any]]:
        return "SELECT dcc_open_scope(%s, %s)", [self.user_id, self.membership_id]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionScope:
    """Founding regions only: tasks and commands, whose roles know wall 1 and not wall 2."""

    regions: tuple[int, ...]

    def opening(self) -> tuple[str, list[Any]]:
        return "SELECT dcc_open_regions(%s)", [list(self.regions)]


_current: ContextVar[WebScope | RegionScope | None] = ContextVar("dcc_scope", default=None)


def current_scope() -> WebScope | RegionScope | None:
    return _current.get()


@contextmanager
def no_transaction_scope(scope: WebScope | RegionScope | None) -> Iterator[None]:
    """Make `scope` the one that every outermost transaction started inside will open."""
    token = _current.set(scope)
    try:
        yield
    finally:
        _current.reset(token)


def set_scope() -> None:
    """Stamp the current scope inside a transaction that is already open."""
    scope = current_scope()
    sql, params = scope.opening() if scope is not None else ("SELECT dcc_close_scope()", [])
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


@contextmanager
def opened(scope: WebScope | RegionScope) -> Iterator[None]:
    """Run the block in one transaction under `scope`; a surrounding transaction gets its own scope back."""
    nested = connection.in_atomic_block
    with no_transaction_scope(scope), transaction.atomic():
        if nested:
            set_scope()
        yield
    if nested:  # a rollback restores the former values by itself, a success must say so
        set_scope()


def regions_scope(regions: Sequence[int]) -> Any:
    """Open the founding regions for a task or a command."""
    return opened(RegionScope(regions=tuple(regions)))


def user_scope(*, user_id: int, membership_id: UUID | None) -> Any:
    """Open what one person sees under one membership."""
    return opened(WebScope(user_id=user_id, membership_id=membership_id))
