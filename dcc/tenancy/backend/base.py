"""PostgreSQL backend that opens the current scope at the start of each outermost transaction.

Outside a transaction nothing is stamped, so the policies show nothing: forgetting the scope fails closed.
"""

from typing import Any

from django.conf import settings
from django.db.backends.postgresql import base

from dcc.tenancy.scope import current_scope


class DatabaseWrapper(base.DatabaseWrapper):
    def init_connection_state(self) -> None:
        super().init_connection_state()
        if role := getattr(settings, "DB_SET_ROLE", ""):  # tests log in as dcc_test, which owns no right of its own
            with self.connection.cursor() as cursor:
                cursor.execute(f"SET ROLE {role}")

    def _set_autocommit(self, autocommit: bool) -> None:
        super()._set_autocommit(autocommit)
        scope = current_scope()
        if not autocommit and scope is not None:
            with self.connection.cursor() as cursor:  # a raw cursor: its first statement begins the transaction
                cursor.execute(*scope.opening())

    def set_scope(self) -> None:
        """Stamp the current scope inside a transaction that is already open."""
        scope = current_scope()
        sql, params = scope.opening() if scope is not None else CLOSED
        with self.cursor() as cursor:
            cursor.execute(sql, params)


CLOSED: tuple[str, list[Any]] = ("SELECT dcc_close_scope()", [])
