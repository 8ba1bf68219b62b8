"""A patient opposes one organisation: its people do not see the file through a board or a meeting either (D3, PAT-08).

What is decided: a team that holds somebody who works for that organisation only is not given the file as a whole; its
other members are, each by name. Whoever joins the team later gains nothing by it when they are opposed. The identity
stays found by a strict search, so that nobody creates a double, and the closed page says why it is closed.
"""

import html
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from dcc.audit.models import AuditEvent
from dcc.organisations.models import Organisation
from patients.access import PatientOpposes, may_see
from patients.consent.actions import Said, record_wish
from patients.consent.queries import opposed_among
from patients.events import PatientEvent
from patients.models import Access, AccessReason, Means, Patient, WishAnswer, WishSubject
from patients.search import find_by_traits, traits_of
from patients.sharing.actions import share_file
from patients.sharing.queries import access_page
from rcp.boards.actions import add_member, remove_member
from rcp.meetings.actions import seat
from rcp.models import BoardRole, Case, Motive
from rcp.registration.actions import Demand
from rcp.registration.moving import cancel_case, postpone_case
from tests.registration.conftest import (  # noqa: F401 - in_ten_days is a fixture
    QUESTION,
    another_meeting,
    asked_by,
    in_ten_days,
    meeting_of,
    membership_of,
    registered,
)

WITH_TRAITS = Demand(motive=Motive.INITIAL, question=QUESTION, anonymous=False)  # what the desk asked, and was answered


def organisation(short: str) -> Organisation:
    return Organisation.objects.select_related("principal").get(short_name=short)


def opposes(patient: Patient, short: str, by: Any, answer: WishAnswer = WishAnswer.OPPOSED) -> None:
    said = Said(said_on=timezone.localdate(), said_to="Mme Alice Le Bihan", means=Means.ORAL)
    about = organisation(short).principal
    record_wish(patient=patient, subject=WishSubject.ORGANISATION, answer=answer, about=about, said=said, by=by)


def seeing(working_as: Any, patient: Patient) -> set[str]:
    """Who of the board, of its 3C and of elsewhere sees the file."""
    found = set()
    for short in ("alice", "bob", "helias", "oumarou", "denis", "both"):
        with working_as(short):
            if may_see(patient.pk):
                found.add(short)
    return found


@pytest.fixture
def followed(working_as, francoise) -> Patient:
    """Asked for by Bob of Rochebrune, to a board where Dr Oumarou of Valmer sits."""
    with working_as("alice") as alice:
        registered(alice, francoise)
    return francoise


class TestOpposedAfterwards:
    def test_the_member_of_that_organisation_no_longer_sees_it_and_the_others_do(self, working_as, followed):
        assert seeing(working_as, followed) == {"alice", "bob", "helias", "oumarou"}
        with working_as("alice") as alice:
            opposes(followed, "CHU Valmer", alice)
        assert seeing(working_as, followed) == {"alice", "bob", "helias"}
        with working_as("bob"):
            assert Case.objects.filter(patient=followed).exists(), "the board goes on with the case"

    def test_who_is_left_of_the_team_sees_it_by_name(self, working_as, followed):
        """Rochebrune, its people and what they asked for are closed; Dr Oumarou of the board still reads it."""
        with working_as("alice") as alice:
            opposes(followed, "CH Rochebrune", alice)
        assert seeing(working_as, followed) == {"alice", "oumarou"}
        with working_as("alice"):
            page = access_page(followed)
            mine = [one for one in page.team if one.label == "Awa Oumarou"]
            assert {one.reason for one in mine} == {AccessReason.REGISTRATION, AccessReason.MEETING}
            assert {one.why for one in mine} == {"Membre de RCP Sein", f"Membre de {meeting_of('SEI').principal.label}"}
            assert all(one.until for one in mine), "what is given by name has an end"
            assert "RCP Sein" in {one.label for one in page.past}
            ended = AuditEvent.objects.filter(patient_id=followed.pk, event=PatientEvent.ACCESS_ENDED.value)
            assert ended.filter(details__opposition=True).count() >= 3

    def test_recording_it_twice_changes_nothing_more(self, working_as, followed):
        with working_as("alice") as alice:
            opposes(followed, "CHU Valmer", alice)
            before = list(Access.objects.filter(patient=followed).order_by("pk").values_list("pk", "expires_at"))
            opposes(followed, "CHU Valmer", alice)
            assert (
                list(Access.objects.filter(patient=followed).order_by("pk").values_list("pk", "expires_at")) == before
            )


class TestOpposedBefore:
    @pytest.fixture
    def opposed(self, working_as, francoise) -> Patient:
        with working_as("alice") as alice:
            opposes(francoise, "CHU Valmer", alice)
        return francoise

    def test_the_patient_is_registered_and_the_room_sees_the_file_but_for_them(self, working_as, opposed):
        with working_as("alice") as alice:
            registered(alice, opposed, demand=WITH_TRAITS)
        assert seeing(working_as, opposed) == {"alice", "bob", "helias"}

    def test_moved_to_another_meeting_the_same_holds(self, working_as, as_worker, opposed):
        with working_as("alice") as alice:
            opposes(opposed, "CHU Valmer", alice)
            case = registered(alice, opposed, demand=WITH_TRAITS)
            first = meeting_of("SEI")
            second = another_meeting(first)
            people = [membership_of(short).user for short in ("bob", "oumarou")]
            seat(meeting=second, users=people)
            postpone_case(case=case, to=second, reason="Anatomopathologie attendue", by=alice)
        assert "oumarou" not in seeing(working_as, opposed)
        with as_worker(1):
            named = Access.objects.filter(patient=opposed, reason="meeting", principal=people[0].principal).get()
            assert named.why == "Membre de Réunion suivante"
            assert named.expires_at > timezone.now()
        with working_as("alice") as alice:
            moved = Case.objects.get(patient=opposed, meeting=second)
            cancel_case(case=moved, reason="Décès", by=alice)
        with as_worker(1):
            named.refresh_from_db()
            assert named.expires_at <= timezone.now(), "what a meeting gave by name ends with it"

    def test_an_organisation_opposed_asks_for_nothing(self, working_as, opposed):
        with working_as("alice") as alice, pytest.raises(PatientOpposes):
            registered(alice, opposed, requester=asked_by("oumarou"))

    def test_once_withdrawn_the_next_registration_opens_it_to_the_whole_board(self, working_as, opposed):
        with working_as("alice") as alice:
            opposes(opposed, "CHU Valmer", alice, WishAnswer.WITHDRAWN)
            registered(alice, opposed)
        assert "oumarou" in seeing(working_as, opposed)


class TestWhoComesLater:
    def test_an_opposed_person_gains_nothing_by_joining_the_board(self, working_as, as_worker, followed):
        with working_as("alice") as alice:
            opposes(followed, "Clinique des Dunes", alice)
        assert "oumarou" in seeing(working_as, followed), "nobody of the clinic sits there yet"
        with working_as("alice") as alice:
            add_member(board_id=meeting_of("SEI").board_id, user=membership_of("denis").user, role=BoardRole.MEMBER,
                       by=alice)  # fmt: skip
        assert seeing(working_as, followed) == {"alice", "bob", "helias", "oumarou"}
        with as_worker(1):
            assert not Access.objects.filter(
                patient=followed, principal=meeting_of("SEI").board.principal, expires_at__gt=timezone.now()
            ).exists()

    def test_nor_by_being_a_guest_of_the_meeting(self, working_as, followed):
        with working_as("alice") as alice:
            opposes(followed, "Clinique des Dunes", alice)
            seat(meeting=meeting_of("SEI"), users=[membership_of("denis").user])
        assert seeing(working_as, followed) == {"alice", "bob", "helias", "oumarou"}

    def test_anybody_else_who_joins_is_given_what_the_team_no_longer_holds(self, working_as, followed):
        with working_as("alice") as alice:
            opposes(followed, "CHU Valmer", alice)
        assert "denis" not in seeing(working_as, followed)
        with working_as("alice"):
            seat(meeting=meeting_of("SEI"), users=[membership_of("denis").user])
        assert "denis" in seeing(working_as, followed)

    def test_and_leaving_the_board_leaves_the_others_as_they_are(self, working_as, followed):
        with working_as("alice") as alice:
            opposes(followed, "CHU Valmer", alice)
            remove_member(board_id=meeting_of("SEI").board_id, user_id=membership_of("oumarou").user.pk, by=alice)
        assert seeing(working_as, followed) == {"alice", "bob", "helias"}


class TestElsewhere:
    def test_the_identity_is_still_found_and_its_page_says_why_it_is_closed(self, signed_in, working_as, followed):
        """Search is for identities alone: not finding her would make a double of her."""
        with working_as("alice") as alice:
            opposes(followed, "CHU Valmer", alice)
        with working_as("oumarou"):
            assert [one.patient.pk for one in find_by_traits(traits_of(followed))] == [followed.pk]
        answer = signed_in("oumarou").get(f"/patients/{followed.pk}/")
        assert answer.status_code == 403
        assert "s’oppose au partage de ses données avec votre organisation" in html.unescape(answer.content.decode())

    def test_nothing_is_shared_with_its_people_nor_with_it(self, working_as, followed):
        with working_as("alice") as alice:
            opposes(followed, "CHU Valmer", alice)
        until = timezone.localdate() + timedelta(days=30)
        with working_as("bob") as bob:
            for to in (organisation("CHU Valmer").principal, membership_of("oumarou").user.principal):
                with pytest.raises(PatientOpposes):
                    share_file(patient=followed, to=to, why="Second avis demandé", until=until, by=bob)

    def test_what_leaves_can_ask_whom_she_opposes(self, working_as, as_worker, followed):
        with working_as("alice") as alice:
            opposes(followed, "CHU Valmer", alice)
            asked = {short: membership_of(short).user.principal_id for short in ("oumarou", "both", "bob")} | {
                "valmer": organisation("CHU Valmer").principal_id,
                "roche": organisation("CH Rochebrune").principal_id,
            }
            mine = opposed_among(followed.pk, asked.values())
        opposed = {asked["oumarou"], asked["valmer"]}
        assert opposed <= mine
        assert not {asked["bob"], asked["roche"]} & mine
        with as_worker(1, 2):
            assert opposed <= opposed_among(followed.pk, asked.values())
        with working_as("oumarou"):
            assert opposed_among(followed.pk, asked.values()) == frozenset(), "it tells nothing to whom it is closed"
        with working_as("oscar"):
            assert opposed_among(followed.pk, asked.values()) == frozenset()
