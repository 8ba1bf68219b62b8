"""Somebody expected at the meeting is of whom the patient opposes: a presentation without traits is proposed (D3).

Dr Oumarou, of the CHU Valmer, sits on the board Sein. The file stays closed to her; in the room nobody can be kept from
hearing a name.
"""

import html
import re
from typing import Any

import pytest

from dcc.audit.models import AuditEvent
from patients.models import Information, Opposition, Patient, WishAnswer
from rcp.models import Attendance, Case, Motive
from rcp.registration.actions import Demand, OpposedInTheRoom
from tests.patients.test_consent_teams import opposes, organisation
from tests.registration.conftest import (
    QUESTION,
    another_meeting,
    asked_by,
    informed,
    meeting_of,
    membership_of,
    registered,
)
from tests.registration.test_registration_page import page_of, sent

PROPOSED = "Présentation sans les traits d’identité proposée"


@pytest.fixture
def opposed(working_as: Any, francoise: Patient) -> Patient:
    """Françoise refuses the CHU Valmer her file."""
    with working_as("alice") as alice:
        opposes(francoise, "CHU Valmer", alice)
    return francoise


def told(answer: Any) -> str:
    return " ".join(html.unescape(answer.content.decode()).split())


def checked(answer: Any, value: str) -> bool:
    tag = re.search(rf'<input[^>]*name="presentation"[^>]*value="{value}"[^>]*>', answer.content.decode())
    assert tag is not None
    return " checked" in tag.group()


class TestTheDesk:
    def test_chosen_with_the_page_the_meeting_brings_the_proposal_and_its_reason(self, signed_in, opposed, answers):
        page = signed_in("alice").get(f"{page_of(opposed)}?reunion={answers['meeting']}")
        assert PROPOSED in told(page)
        reason = "Awa Oumarou, attendu à cette réunion, travaille pour une organisation à qui la patiente refuse"
        assert reason in told(page)
        assert checked(page, "anonymous")

    def test_chosen_afterwards_it_is_asked_before_anything_is_registered(
        self,
        signed_in,
        working_as,
        opposed,
        answers,
    ):
        asked = sent(signed_in("alice"), opposed, answers)
        assert asked.status_code == 422
        assert PROPOSED in told(asked)
        assert "Choisissez comment le dossier sera présenté, puis inscrivez" in told(asked)
        assert checked(asked, "anonymous")
        assert QUESTION in told(asked), "nothing typed is lost"
        with working_as("alice"):
            assert not Case.objects.exists()
            assert not Information.objects.exists()

    @pytest.mark.parametrize(("choice", "anonymous"), [("anonymous", True), ("nominative", False)])
    def test_the_secretary_chooses(self, signed_in, working_as, opposed, answers, choice, anonymous):
        assert sent(signed_in("alice"), opposed, answers, presentation=choice).status_code == 302
        with working_as("alice"):
            case = Case.objects.get()
            assert case.anonymous is anonymous
            assert case.information.opposition == Opposition.NONE, "the patient refused nothing of the presentation"

    def test_a_choice_made_is_kept_when_something_else_is_missing(self, signed_in, opposed, answers):
        page = sent(signed_in("alice"), opposed, answers, presentation="nominative", motive="")
        assert page.status_code == 422
        assert checked(page, "nominative")
        assert not checked(page, "anonymous")

    def test_a_meeting_without_anybody_of_theirs_asks_nothing(self, signed_in, working_as, opposed, answers):
        with working_as("alice") as alice:
            opposes(opposed, "CHU Valmer", alice, answer=WishAnswer.AGREED)
        assert PROPOSED not in told(signed_in("alice").get(f"{page_of(opposed)}?reunion={answers['meeting']}"))
        assert sent(signed_in("alice"), opposed, answers).status_code == 302
        with working_as("alice"):
            assert not Case.objects.get().anonymous

    def test_a_desk_to_which_the_file_is_closed_is_told_nothing_before_it_asks(
        self,
        signed_in,
        working_as,
        opposed,
        answers,
    ):
        page = signed_in("denis").get(f"{page_of(opposed)}?reunion={answers['meeting']}")
        assert page.status_code == 200
        assert PROPOSED not in told(page)
        with working_as("denis"):
            mine = {"requester": "Dr Denis Weiss", "requester_code": str(membership_of("denis").pk)}
        asked = told(sent(signed_in("denis"), opposed, answers, **mine))
        assert PROPOSED in asked
        assert "Quelqu’un d’attendu à cette réunion" in asked
        assert "Oumarou" not in asked, "whom she refuses is read in her file"

    def test_the_patient_s_own_refusal_of_a_nominative_presentation_asks_nothing_more(
        self,
        signed_in,
        working_as,
        opposed,
        answers,
    ):
        assert sent(signed_in("alice"), opposed, answers, opposition="nominative").status_code == 302
        with working_as("alice"):
            assert Case.objects.get().anonymous


class TestTheAction:
    def test_who_registers_without_having_been_asked_is_stopped(self, working_as, opposed):
        with working_as("alice") as alice:
            with pytest.raises(OpposedInTheRoom) as stopped:
                registered(alice, opposed)
            assert [one for one in stopped.value.names if "Oumarou" in one] == list(stopped.value.names)
            assert not Case.objects.exists()

    def test_a_guest_without_an_account_counts_by_their_organisation(self, working_as, francoise):
        with working_as("alice") as alice:
            opposes(francoise, "Clinique des Dunes", alice)
            meeting = meeting_of("SEI")
            Attendance.objects.create(
                region_id=1,
                meeting=meeting,
                name="Mme Ker, psychologue",
                profession="physician",
                organisation=organisation("Clinique des Dunes"),
                is_guest=True,
            )
            with pytest.raises(OpposedInTheRoom) as stopped:
                registered(alice, francoise, meeting=meeting)
            assert stopped.value.names == ("Mme Ker, psychologue",)
            assert registered(alice, francoise, meeting=another_meeting(meeting)).anonymous is False

    def test_the_trace_says_that_it_was_chosen(self, working_as, opposed):
        with working_as("alice") as alice:
            demand = Demand(motive=Motive.INITIAL, question=QUESTION, anonymous=True)
            case = registered(alice, opposed, demand=demand, requester=asked_by("bob"), information=informed())
        assert case.anonymous
        with working_as("alice"):
            event = AuditEvent.objects.get(object_id=str(case.pk), event="rcp.case_registered")
            assert event.details["presentation"] == "sans les traits d’identité"
