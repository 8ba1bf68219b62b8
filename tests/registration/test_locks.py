"""Locks that a foreign key does not wait for: no action changes a key (lock order, architecture §4)."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rcp.meetings.actions import open_meeting
from rcp.registration.moving import cancel_case, postpone_case
from tests.registration.conftest import another_meeting, registered


@contextmanager
def locks() -> Iterator[list[str]]:
    """The strengths asked, in order."""
    found: list[str] = []
    with CaptureQueriesContext(connection) as queries:
        yield found
    for query in queries:
        found += re.findall(r"\bFOR (?:NO KEY )?UPDATE\b", query["sql"])


def test_registering_postponing_and_cancelling_lock_no_key(working_as: Callable, francoise: object) -> None:
    with working_as("alice") as alice, locks() as asked:
        case = registered(alice, francoise)
        moved = postpone_case(case=case, to=another_meeting(case.meeting), reason="Scanner attendu", by=alice)
        cancel_case(case=moved, reason="Suivi ailleurs", by=alice)
    assert len(asked) >= 8, "each action locks the meeting, the patient and the case"
    assert set(asked) == {"FOR NO KEY UPDATE"}


@pytest.mark.django_db
def test_the_meeting_locks_no_key(working_as: Callable, francoise: object) -> None:
    with working_as("alice") as alice:
        case = registered(alice, francoise)
        with locks() as asked:
            open_meeting(meeting_id=case.meeting_id, by=alice)
    assert asked == ["FOR NO KEY UPDATE"]
