"""Sessions of people, in the database; what a request only notes of them does not wait for the disk."""

from typing import Any, Final

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.db import connection
from django.db.models.functions import Now

from dcc.lib.prepared import Prepared

_FOUND: Final = Prepared(
    lambda session_key: db.SessionStore.get_model_class().objects.filter(
        session_key=session_key, expire_date__gt=Now()
    ),
    session_key=str,
)
# Two statements of one message are one transaction.
_NOTE: Final = """
SET LOCAL synchronous_commit TO off;
UPDATE django_session SET session_data = %s, expire_date = %s WHERE session_key = %s
"""


class SessionStore(db.SessionStore):
    """Django's, read by a compiled query, as every request begins with it.

    The instant of the last act is written after the answer, every 15 s while one types: a crash of the server may lose
    the last second of it. What opens or ends a session, inside the transaction of its request, is on disk as ever.
    """

    def _get_session_from_db(self) -> Any:
        found = _FOUND.first(session_key=str(self.session_key))
        if found is None:
            self._session_key = None
        return found

    def save(self, must_create: bool = False) -> None:
        if must_create or self.session_key is None or connection.in_atomic_block:
            return super().save(must_create)
        row = self.create_model_instance(self._get_session(no_load=False))  # type: ignore[attr-defined]
        with connection.cursor() as cursor:
            cursor.execute(_NOTE, [row.session_data, row.expire_date, row.session_key])
            cursor.nextset()
            if not cursor.rowcount:
                raise UpdateError
        return None
