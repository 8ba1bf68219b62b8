"""Auditors read the network's events in sentences; others do not, and reading leaves a trace."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from dcc.accounts.events import SignInEvent, UserEvent
from dcc.accounts.habilitations import revoke_membership
from dcc.accounts.models import Membership, User
from dcc.accounts.permissions import AccountPermission
from dcc.accounts.queries import my_memberships
from dcc.audit.catalogue import EventCatalogue
from dcc.audit.models import AuditEvent
from dcc.audit.queries import PER_PAGE, read_events
from dcc.audit.record import System, record
from dcc.organisations.models import Organisation
from dcc.roles import ROLES
from dcc.tenancy.scope import user_scope

pytestmark = pytest.mark.django_db


class Story(EventCatalogue):
    TOLD = "tests.told", "Histoire racontée\u00a0: {why}."


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


class TestWhoAuditsTheNetwork:
    """ADM-10: the auditor reads the sign-ins of the people of the network, and who did what to which file."""

    def sign_in(self, short: str, working_as: Any) -> Any:
        with working_as(short) as user:
            return record(SignInEvent.FAILED, by=user, on=user).pk

    def test_sign_ins_of_the_people_of_the_network_and_of_no_other(self, working_as: Any) -> None:
        ours, theirs = self.sign_in("bob", working_as), self.sign_in("oscar", working_as)
        with working_as("auditor"):
            read = {line.id for line in read_events(code="signin.failed").lines}
        assert ours in read
        assert theirs not in read
        for colleague in ("network", "alice", "admin3c"):
            with working_as(colleague):
                assert ours not in {line.id for line in read_events(code="signin.failed").lines}

    def test_as_long_as_they_work_here(self, working_as: Any) -> None:
        with working_as("network") as nadia:
            revoke_membership(membership=Membership.objects.get(user__email="denis@dcc.example"), by=nadia)
            assert Membership.objects.filter(user__email="denis@dcc.example").update(
                starts_at=timezone.now() - timedelta(days=9), revoked_at=timezone.now() - timedelta(days=1)
            )
            denis = User.objects.get(email="denis@dcc.example")
        with user_scope(user_id=denis.pk, membership_id=None):
            two_days_ago = timezone.now() - timedelta(days=2)
            late = record(SignInEvent.FAILED, by=denis, on=denis).pk
            early = AuditEvent(
                event="signin.failed", actor_id=denis.pk, actor="Dr Denis Weiss", recorded_at=two_days_ago
            )
            early.save()
        with working_as("auditor"):
            read = {line.id for line in read_events(code="signin.failed").lines}
        assert early.pk in read
        assert late not in read

    def test_where_somebody_works_elsewhere_is_not_told(self, signed_in: Any, people: Any, working_as: Any) -> None:
        """One person of two networks: each network's auditor reads the choice made in theirs."""
        client = signed_in("both")
        with user_scope(user_id=people("both").pk, membership_id=None):
            mine = {one.organisation: str(one.id) for one in my_memberships()}
        for place in ("CH Causses", "CHU Valmer"):
            client.post(reverse("accounts:choose_membership"), {"membership": mine[place]})
        with working_as("auditor"):
            texts = [line.text for line in read_events(code="signin.membership").lines]
        assert any("CHU Valmer" in text for text in texts)
        assert not any("Causses" in text for text in texts)

    def test_a_refusal_belongs_to_the_network_it_happened_in(self, signed_in: Any, working_as: Any) -> None:
        signed_in("both", "CH Causses").get(reverse("accounts:users"))
        signed_in("bob").get(reverse("accounts:users"))
        with working_as("auditor"):
            actors = {line.actor for line in read_events(code="access.refused").lines}
        assert actors == {"Dr Bob Kerjean"}

    def test_events_about_patients_come_without_their_details(self, signed_in: Any, working_as: Any) -> None:
        patient_id = uuid4()
        with working_as("bob") as bob:
            why = "récidive hépatique à discuter"
            record(Story.TOLD, by=bob, patient_id=patient_id, region_id=1, why=why)
        text = signed_in("auditor").get(reverse("audit:events"), {"code": "tests.told"}).content.decode()
        rows = text.partition("<tbody")[2]
        assert "Dr Bob Kerjean" in rows
        assert "Histoire racontée\u00a0: …<" in rows
        assert str(patient_id) in rows, "the reference of the file, not its name"
        assert "hépatique" not in rows
        with working_as("auditor"):
            assert not AuditEvent.objects.filter(patient_id=patient_id).exists(), "wall 2 keeps the row itself"

    def test_pages_merge_what_is_about_patients_and_what_is_not(self, working_as: Any) -> None:
        with working_as("auditor") as aude:
            made = []
            for number in range(PER_PAGE + 9):
                about = {"patient_id": uuid4()} if number % 3 else {}
                made.append(record(Story.TOLD, by=aude, region_id=1, **about, why="x").pk)
            first = read_events(code="tests.told")
            second = read_events(code="tests.told", cursor=first.older_than)
        assert [line.id for line in (*first.lines, *second.lines)] == list(reversed(made))
        assert (len(first.lines), second.older_than) == (PER_PAGE, "")

    @pytest.mark.parametrize("organisation", ["3C Estuaire", "CH Rochebrune"])
    def test_the_auditor_of_one_establishment_does_not_audit_the_network(
        self, organisation: str, working_as: Any, people: Any
    ) -> None:
        with working_as("bob") as bob:
            about = record(Story.TOLD, by=bob, patient_id=uuid4(), region_id=1, why="x").pk
            signed = record(SignInEvent.FAILED, by=bob, on=bob).pk
        with working_as("network"):
            place = Organisation.objects.get(short_name=organisation)
            Membership.objects.create(
                region_id=place.region_id,
                user=people("stats"),
                organisation=place,
                role="auditor",
                clinical=False,
                starts_at=timezone.now() - timedelta(days=1),
            )
        with working_as("stats", organisation):
            read = {line.id for line in read_events().lines}
        assert not {about, signed} & read

    def test_one_role_audits(self) -> None:
        """The function that opens the scope knows it by its code."""
        assert {code for code, role in ROLES.items() if AccountPermission.AUDIT_VIEW in role.rights} == {"auditor"}
        assert not ROLES["auditor"].clinical
