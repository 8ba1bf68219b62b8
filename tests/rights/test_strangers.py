"""Whatever their rights: another network finds nothing, and another organisation finds a closed file."""

from dataclasses import replace
from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse

from dcc.accounts.models import Membership
from dcc.roles import ROLES
from tests.rights.scene import working
from tests.rights.table import PEOPLE
from tests.rights.test_table import LINES, Line, ask, ours
from tests.world import PEOPLE as WORLD

EVERY_RIGHT = frozenset(right for role in ROLES.values() for right in role.rights)
# Arguments that name something of the scene; an address without any is nobody's in particular.
OBJECTS = {
    "patient_id", "case_id", "meeting_id", "attendance_id", "board_id", "user_id", "organisation_id", "membership_id",
    "delivery_id", "document_id", "session_id", "event_id",
}  # fmt: skip
ABOUT_OBJECTS = [line for line in LINES if OBJECTS & set(ours()[line.name].pattern.converters)]
ABOUT_PATIENTS = [
    line
    for line in ABOUT_OBJECTS
    if {"patient_id", "case_id", "delivery_id", "document_id"} & set(ours()[line.name].pattern.converters)
]
# What a colleague of the network may do with an identity whose file is closed: typed by hand.
CLOSED_FILE = {
    "patients:file": {403},
    "patients:glass": {200, 422},
    "patients:contact": {302},
    "patients:ipp": {302},
    "patients:document_add": {302},
    "patients:document_describe": {302},
    **{
        f"patients:identity{page}": {302}
        for page in ("", "_document", "_traits", "_insi", "_act", "_death", "_relatives")
    },
    "rcp:register": {200, 422},
    "rcp:case_place": {403},  # the meeting is seen, and run by others
}
HERS = {"oscar", "causses"}  # objects of Oscarine's own network


@pytest.fixture
def with_every_right(monkeypatch: pytest.MonkeyPatch) -> None:
    """The walls alone decide."""
    monkeypatch.setattr("dcc.roles.rights_of", lambda role: EVERY_RIGHT)


@pytest.mark.parametrize("line", [one for one in ABOUT_OBJECTS if not HERS & set(one.instead.values())], ids=str)
def test_the_other_network_finds_nothing(line, scene, forgotten, with_every_right):
    answer = ask(complete(line), scene, "oscar")
    assert answer.status_code == 404, line


@pytest.mark.parametrize("line", ABOUT_PATIENTS, ids=str)
def test_another_organisation_finds_a_closed_file(line, scene, forgotten, with_every_right):
    for person in ("denis", "metro"):
        answer = ask(complete(line), scene, person)
        assert answer.status_code in CLOSED_FILE.get(line.name, {404}), f"{line} by {person}: {answer.status_code}"
        assert "Maëlle" not in shown_beyond_identity(line, answer)


def complete(line: Line) -> Line:
    """An operation without a path is not one, whoever asks: send a whole one."""
    if line.name != "rcp:field" or "sends" in line.instead:
        return line
    instead = line.instead | {"sends": "oms"}
    return replace(line, instead=instead)


def shown_beyond_identity(line: Line, answer: Any) -> str:
    """The body where not even the identity has a place."""
    return "" if line.name in CLOSED_FILE else answer.content.decode(errors="replace")


def test_no_address_takes_a_method_that_the_table_does_not_name(scene, forgotten, with_every_right):
    """A view that forgets to say its methods would take a POST for a GET."""
    methods: dict[str, set[str]] = {}
    for line in LINES:
        methods.setdefault(line.name, set()).add(line.method)
    taken = []
    for line in {one.name: one for one in LINES if not one.name.startswith(("ui-", "demo:"))}.values():
        for method in sorted({"GET", "POST", "PUT", "DELETE"} - methods[line.name]):
            answer = ask(line, scene, "alice", method=method)
            if answer.status_code != 405:
                taken.append(f"{method} {line.name} {answer.status_code}")
    assert taken == [], f"these answer: {', '.join(taken)}"


def test_a_revoked_membership_stops_at_the_next_request(scene, forgotten):
    """The session is still there; the scope opens nothing, and no right is left."""
    client = scene.clients["carol"]
    page = reverse("patients:file", args=[scene.objects["patient"]])
    assert client.get(page).status_code == 200
    with transaction.atomic():
        with working("network"):
            Membership.objects.filter(pk=scene.memberships["carol"]).update(revoked_at="2026-01-01T00:00Z")
        assert client.get(page).status_code == 403
        transaction.set_rollback(True)


def test_everyone_of_the_world_is_a_column(scene):
    """One person a role at least: a role nobody plays would be a column nobody typed."""
    played = {role for email, person in WORLD.items() if email.split("@")[0] in PEOPLE for _, role in person[5]}
    assert set(ROLES) - played == {"medical_secretary", "intern"}, "their rights are a secretary's and a physician's"
