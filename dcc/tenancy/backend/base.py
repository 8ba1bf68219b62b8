"""PostgreSQL backend that opens the current scope at the start of each outermost transaction.

Outside a transaction nothing is stamped, so the policies show nothing: forgetting the scope fails closed.
"""

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
        super()._set_autocommit(autocommit)  # type: ignore[misc]  # the stubs leave it out
        scope = current_scope()
        if not autocommit and scope is not None:
            # A raw cursor, whose first statement begins the transaction: its errors are for us to translate, or a
            # connection lost between two requests would neither be caught as Django's nor be thrown away.
            with self.wrap_database_errors, self.connection.cursor() as cursor:
                cursor.execute(*scope.opening())
