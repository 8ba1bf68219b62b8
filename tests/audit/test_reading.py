"""Auditors read the network's events in sentences; others do not, and reading leaves a trace."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from dcc.accounts.events import UserEvent
from dcc.audit.queries import PER_PAGE, read_events
from dcc.audit.record import System, record

pytestmark = pytest.mark.django_db


def test_the_auditor_reads_sentences_by_person_and_event(signed_in: Any, working_as: Any) -> None:
    with working_as("network") as nadia:
        record(UserEvent.CHANGED, by=nadia, region_id=1, fields="téléphone")
        record(UserEvent.CREATED, by=System("Import"), region_id=1)
    page = signed_in("auditor").get(reverse("audit:events"), {"actor": "Nadia", "code": "user.changed"})
    text = page.content.decode()
    assert "Compte modifié\u00a0: téléphone." in text
    assert "Compte créé." not in text.partition("<tbody")[2]


def test_dates_are_days_included(working_as: Any) -> None:
    today = timezone.localdate()
    with working_as("auditor"):
        record(UserEvent.CREATED, by=System("Import"), region_id=1)
        assert read_events(since=today, until=today, code="user.created").lines
        assert not read_events(until=today - timedelta(days=1), code="user.created").lines


def test_pages_follow_one_another_without_loss(working_as: Any) -> None:
    with working_as("auditor"):
        made = [record(UserEvent.CREATED, by=System("Import"), region_id=1).pk for _ in range(PER_PAGE + 7)]
        first = read_events(code="user.created")
        second = read_events(code="user.created", cursor=first.older_than)
    assert [line.id for line in (*first.lines, *second.lines)] == list(reversed(made))
    assert second.older_than == ""


def test_another_network_reads_nothing_of_ours(working_as: Any) -> None:
    with working_as("network") as nadia:
        record(UserEvent.CREATED, by=nadia, region_id=1)
    with working_as("oscar"):
        assert not read_events(code="user.created").lines


def test_wrong_dates_are_explained(signed_in: Any) -> None:
    page = signed_in("auditor").get(reverse("audit:events"), {"since": "10/11/2026", "until": "09/11/2026"})
    assert page.status_code == 422
    assert "La fin est avant le début" in page.content.decode()


def test_reading_is_traced(signed_in: Any, working_as: Any) -> None:
    signed_in("auditor").get(reverse("audit:events"), {"actor": "Nadia"})
    with working_as("auditor"):
        (line,) = read_events(code="audit.read").lines
    assert line.text == "Traces consultées (personne)."


@pytest.mark.parametrize("short", ["network", "admin3c"])
def test_others_are_refused(signed_in: Any, short: str) -> None:
    assert signed_in(short).get(reverse("audit:events")).status_code == 403
