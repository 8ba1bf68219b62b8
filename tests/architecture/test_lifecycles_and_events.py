"""Every state change is an audit event with a French sentence; every role's rights exist."""

import pytest

from dcc.audit.catalogue import catalogue
from dcc.audit.record import AnonymousActor, System, record
from dcc.roles import ROLES
from patients.events import PatientEvent
from rcp.cases.lifecycle import CASE_LIFECYCLE
from rcp.models import CaseStatus


def test_every_transition_has_an_event_with_a_sentence():
    sentences = catalogue()
    for transition in CASE_LIFECYCLE:
        assert sentences[transition.event.value], transition.name


def test_every_state_but_the_first_ones_is_reached_by_a_transition():
    reached = {transition.target for transition in CASE_LIFECYCLE}
    first = {CaseStatus.REQUESTED, CaseStatus.REFUSED}  # requests of the contextual call and their refusal come later
    assert set(CaseStatus) - first == reached


def test_every_sentence_ends_like_one():
    for code, sentence in catalogue().items():
        assert sentence[0].isupper() or sentence[0] == "{", code
        assert sentence.rstrip("}").endswith((".", "?", ")")) or sentence.endswith("}"), code


def test_an_event_without_a_named_actor_is_refused(db):
    with pytest.raises(AnonymousActor):
        record(PatientEvent.OPENED, by=System(""))


def test_a_role_without_clinical_data_has_no_clinical_right():
    clinical = ("patients.", "rcp.case", "rcp.sheet", "rcp.meeting", "messaging.view", "messaging.send")
    for role in ROLES.values():
        if not role.clinical:
            assert not [right for right in role.rights if right.value.startswith(clinical)], role.code
