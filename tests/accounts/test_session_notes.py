"""What a request notes of a session is written in one message, and does not wait for the disk (FRM-07)."""

from typing import Any

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dcc.accounts.sessions import SessionStore
from tests.meetings.conftest import committed  # noqa: F401 - the fixture


def opened(**content: Any) -> SessionStore:
    session = SessionStore()
    session.update(content)
    session.create()
    return session


def usual() -> Any:
    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit")
        return cursor.fetchone()


@pytest.mark.usefixtures("committed")
class TestNotes:
    def test_it_is_found_again_by_the_next_request(self) -> None:
        session = opened(started_at=1)
        session["last_act_at"] = 2
        before = usual()
        with CaptureQueriesContext(connection) as asked:
            session.save()
        assert len(asked) == 1
        again = SessionStore(session.session_key)
        assert (again["started_at"], again["last_act_at"]) == (1, 2)
        assert usual() == before, "what is written next waits for the disk as ever"

    def test_a_session_closed_meanwhile_does_not_come_back(self) -> None:
        session = opened(started_at=1)
        SessionStore(session.session_key).delete()
        session["last_act_at"] = 2
        with pytest.raises(UpdateError):
            session.save()
        assert not SessionStore().exists(session.session_key)

    def test_a_session_out_of_date_is_no_session(self) -> None:
        session = opened(started_at=1)
        session.set_expiry(-1)
        session.save()
        assert SessionStore(session.session_key).load() == {}
