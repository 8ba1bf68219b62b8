"""What PostgreSQL really shows: the keys of every walled table, read as dcc_web or dcc_worker through the scope."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import connection

from dcc.tenancy.scope import regions_scope, user_scope
from tests.walls.oracle import WALLED

READ_ALL = " UNION ALL ".join(f"SELECT '{table}', id::text FROM \"{table}\"" for table in sorted(WALLED))


def shown(tables: frozenset[str] | None = None) -> dict[str, set[str]]:
    """Keys by table in the current scope; tables that the role may not select at all come back empty."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relname = ANY (%s) AND has_table_privilege(oid, 'SELECT')",
            [sorted(tables or WALLED)],
        )
        readable = sorted(name for (name,) in cursor.fetchall())
        found: dict[str, set[str]] = {table: set() for table in tables or WALLED}
        cursor.execute(" UNION ALL ".join(f"SELECT '{name}', id::text FROM \"{name}\"" for name in readable))
        for table, key in cursor.fetchall():
            found[table].add(key)
        return found


def shown_to(user: int, membership: UUID | None, tables: frozenset[str] | None = None) -> dict[str, set[str]]:
    with user_scope(user_id=user, membership_id=membership):
        return shown(tables)


@contextmanager
def as_worker(regions: set[int]) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE dcc_worker")
    try:
        with regions_scope(sorted(regions)):
            yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SET ROLE dcc_web")
