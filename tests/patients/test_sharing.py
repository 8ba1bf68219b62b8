"""Sharing a file: with whom, why, until when, who ended it, who read it; what a rule finds unusual (PAT-13, PAT-16)."""

import html
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from dcc.audit.models import AuditEvent
from dcc.organisations.models import Organisation
from patients.access import AccessRefused, grant, may_see
from patients.actions import break_glass, record_opposition
from patients.events import PatientEvent
from patients.models import Access, AccessReason, Patient, Wish, WishAnswer, WishSubject
from patients.reviews import Verdict, Watched, glass_breaks, review_glass
from patients.sharing.actions import USUAL, end_sharing, share_file
from patients.sharing.people import search_receivers
from patients.sharing.queries import access_page, opposition_to_me
from patients.sharing.unusual import MANY, MEETING_READING, RULES
from rcp.registration.actions import MEETING_ACCESS
from tests.patients.conftest import created
from tests.registration.conftest import in_ten_days, membership_of, registered  # noqa: F401 - the fixture

WHY = "Second avis chirurgical demandé par la patiente"


def address(patient: Patient, rest: str = "") -> str:
    return f"/patients/{patient.pk}/{rest}"


def shown(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def to_denis() -> dict[str, str]:
    """What the form sends once Dr Weiss of another establishment was picked."""
    until = timezone.localdate() + timedelta(days=30)
    return {
        "to": "Dr Denis Weiss",
        "to_code": f"p:{membership_of('denis').pk}",
        "why": WHY,
        "until": f"{until:%d/%m/%Y}",
    }


@pytest.fixture
def followed(working_as, francoise) -> Patient:
    with working_as("alice") as alice:
        registered(alice, francoise)
    return francoise


@pytest.fixture
def shared(working_as, followed) -> Patient:
    """Bob showed the file to Denis for three months."""
    with working_as("bob") as bob:
        denis = membership_of("denis").user.principal
        until = timezone.localdate() + USUAL
        assert share_file(patient=followed, to=denis, why=WHY, until=until, by=bob)
    return followed


class TestSharing:
    def test_a_colleague_elsewhere_reads_the_file_until_that_day(self, signed_in, working_as, followed):
        with working_as("bob"):
            sent = to_denis()
        answer = signed_in("bob").post(address(followed, "partager/"), sent, follow=True)
        page = shown(answer)
        assert "Dossier partagé avec Dr Denis Weiss" in page
        assert WHY in page
        assert signed_in("denis").get(address(followed)).status_code == 200
        with working_as("denis"):
            access = Access.objects.get(patient=followed, reason=AccessReason.SHARING)
            assert timezone.localtime(access.expires_at).date() == timezone.localdate() + timedelta(days=30)
            event = AuditEvent.objects.get(event=PatientEvent.ACCESS_GRANTED.value, details__reason="sharing")
            assert (event.actor, event.details["why"]) == ("Dr Bob Kerjean", WHY)

    def test_the_form_proposes_three_months(self, signed_in, followed):
        page = shown(signed_in("bob").get(address(followed, "partager/")))
        assert f"{timezone.localdate() + USUAL:%d/%m/%Y}" in page
        assert "La patiente peut lire cette raison" in page

    @pytest.mark.parametrize(
        ("changed", "sentence"),
        [
            ({"why": "avis"}, "Écrivez la raison en une phrase"),
            ({"until": ""}, "Indiquez le dernier jour du partage"),
            ({"to": "Dr Personne", "to_code": ""}, "Personne dans le réseau ne répond"),
        ],
    )
    def test_what_lacks_is_said(self, signed_in, working_as, followed, changed, sentence):
        with working_as("bob"):
            sent = to_denis() | changed
        answer = signed_in("bob").post(address(followed, "partager/"), sent)
        assert answer.status_code == 422
        assert sentence in shown(answer)

    @pytest.mark.parametrize("days", [-1, 367])
    def test_never_in_the_past_nor_for_more_than_a_year(self, signed_in, working_as, followed, days):
        with working_as("bob"):
            sent = to_denis() | {"until": f"{timezone.localdate() + timedelta(days=days):%d/%m/%Y}"}
        answer = signed_in("bob").post(address(followed, "partager/"), sent)
        assert answer.status_code == 422
        assert "un an au plus" in shown(answer)

    def test_the_database_holds_the_year_too(self, working_as, followed):
        with working_as("bob") as bob, pytest.raises(AccessRefused, match="must expire"), transaction.atomic():
            grant(
                patient_id=followed.pk,
                to=membership_of("denis").user.principal,
                reason=AccessReason.SHARING,
                by=bob,
                expires_at=timezone.now() + timedelta(days=400),
            )

    def test_a_whole_organisation(self, working_as, followed):
        with working_as("bob") as bob:
            dunes = Organisation.objects.get(short_name="Clinique des Dunes")
            share_file(patient=followed, to=dunes.principal, why=WHY, until=timezone.localdate(), by=bob)
        with working_as("denis"):
            assert may_see(followed.pk)

    def test_who_received_it_does_not_pass_it_on(self, working_as, shared, signed_in):
        with working_as("denis") as denis:
            to = membership_of("metro").user.principal
            with pytest.raises(AccessRefused, match="care team"), transaction.atomic():
                share_file(patient=shared, to=to, why=WHY, until=timezone.localdate(), by=denis)
        assert "Partager" not in shown(signed_in("denis").get(address(shared, "?rubrique=acces")))

    def test_nor_does_who_broke_the_glass(self, working_as, followed):
        with working_as("denis") as denis:
            break_glass(patient=followed, reason="Détresse respiratoire aux urgences", by=denis)
            with pytest.raises(AccessRefused, match="care team"), transaction.atomic():
                share_file(
                    patient=followed, to=denis.acting_as.principal, why=WHY, until=timezone.localdate(), by=denis
                )

    def test_people_and_places_are_proposed_by_the_beginning_of_their_names(self, working_as):
        with working_as("bob"):
            assert [one.label for one in search_receivers("weis")] == ["Dr Denis Weiss"]
            assert "Clinique des Dunes" in [one.label for one in search_receivers("dunes")]
            assert search_receivers("") == []
            assert search_receivers("causses") == [], "another network"


class TestEnding:
    def test_the_team_ends_it_at_once(self, signed_in, working_as, shared):
        with working_as("alice"):
            principal = membership_of("denis").user.principal_id
        answer = signed_in("alice").post(address(shared, "partager/fin/"), {"principal": principal}, follow=True)
        assert "Partage terminé" in shown(answer)
        assert signed_in("denis").get(address(shared)).status_code == 403
        with working_as("alice"):
            ended = AuditEvent.objects.get(event=PatientEvent.ACCESS_ENDED.value, details__reason="sharing")
            assert ended.actor == "Alice Le Bihan"

    def test_so_does_who_received_it(self, working_as, shared):
        with working_as("denis") as denis:
            assert end_sharing(patient=shared, principal_id=denis.principal_id, by=denis)
            assert not may_see(shared.pk)

    def test_another_guest_does_not(self, working_as, shared):
        with working_as("bob") as bob:
            mona = membership_of("metro").user
            share_file(patient=shared, to=mona.principal, why=WHY, until=timezone.localdate(), by=bob)
            denis = membership_of("denis").user.principal_id
        with working_as("metro") as mona, pytest.raises(AccessRefused), transaction.atomic():
            end_sharing(patient=shared, principal_id=denis, by=mona)

    def test_an_access_of_the_care_team_does_not_end_that_way(self, signed_in, working_as, shared):
        with working_as("alice"):
            bob_place = membership_of("bob").organisation.principal_id
        signed_in("alice").post(address(shared, "partager/fin/"), {"principal": bob_place})
        with working_as("bob"):
            assert may_see(shared.pk)


class TestTheList:
    def test_it_says_who_why_until_when_and_who_did_open_it(self, signed_in, working_as, shared):
        signed_in("denis").get(address(shared))
        with working_as("bob"):
            page = access_page(shared)
        assert [one.label for one in page.shared] == ["Denis Weiss"]
        assert (page.shared[0].why, page.shared[0].by) == (WHY, "Bob Kerjean")
        assert {one.reason for one in page.team} == {"creation", "registration", "meeting"}
        (opening,) = page.openings
        assert (opening.actor, opening.organisation, opening.times) == ("Dr Denis Weiss", "Clinique des Dunes", 1)

    def test_a_team_that_holds_two_accesses_is_one_line_with_both_reasons(self, signed_in, working_as, shared):
        """The 3C that created the identity also asked for the meeting: one team, not two."""
        with working_as("bob"):
            page = access_page(shared)
        (_, lines, _), *_ = page.groups
        assert len({one.principal_id for one in page.team}) == len(lines) < len(page.team)
        theirs = next(
            one for one in lines if {access.reason for access in one.accesses} == {"creation", "registration"}
        )
        assert theirs.until is None
        assert theirs.since == min(one.since for one in theirs.accesses)
        for where in ("?rubrique=acces", "acces/imprimer/"):
            table = shown(signed_in("bob").get(address(shared, where))).partition("L’équipe de soins")[2]
            table = table.partition("</table>")[0]
            assert table.count(f">{theirs.label}</th>") == 1
            assert "Équipe qui a ouvert ce dossier" in table
            assert "Équipe qui demande la réunion, ou qui la tient" in table

    def test_the_tab_counts_teams_and_people(self, signed_in, working_as, shared):
        with working_as("bob"):
            page = access_page(shared)
        open_to = {one.principal_id for one in (*page.team, *page.shared, *page.exceptional)}
        tabs = signed_in("bob").get(address(shared)).context["tabs"]
        assert next(one.count for one in tabs if one.label == "Accès au dossier") == len(open_to)

    def test_it_is_printed_for_the_patient_in_plain_words(self, signed_in, working_as, shared):
        page = shown(signed_in("alice").get(address(shared, "acces/imprimer/")))
        for words in ("Qui peut lire votre dossier", "Équipe qui a ouvert ce dossier", WHY, "Denis Weiss"):
            assert words in page
        for jargon in ("principal", "break_glass", "wall"):
            assert jargon not in page.partition("<main")[2]
        with working_as("alice"):
            assert AuditEvent.objects.filter(event=PatientEvent.ACCESSES_PRINTED.value).count() == 1

    @pytest.mark.parametrize("short", ["denis", "oscar"])
    def test_it_is_not_for_those_to_whom_the_file_is_closed(self, signed_in, followed, short):
        assert signed_in(short).get(address(followed, "acces/imprimer/")).status_code == 404

    def test_the_section_costs_the_same_whatever_it_lists(
        self, signed_in, working_as, shared, django_assert_max_num_queries
    ):
        client = signed_in("bob")
        client.get(address(shared, "?rubrique=acces"))
        with django_assert_max_num_queries(40) as few:
            client.get(address(shared, "?rubrique=acces"))
        with working_as("bob") as bob:
            for short in ("metro", "oumarou"):
                to = membership_of(short).user.principal
                share_file(patient=shared, to=to, why=WHY, until=timezone.localdate(), by=bob)
        with django_assert_max_num_queries(len(few)):
            client.get(address(shared, "?rubrique=acces"))


class TestOpposition:
    """D3: the patient's will is held by the database, whoever asks."""

    def test_opposing_all_sharing_ends_what_was_opened_to_others(self, working_as, shared):
        with working_as("alice") as alice:
            record_opposition(patient=shared, given_on=timezone.localdate(), given_by="Dr Bob Kerjean", by=alice)
            page = access_page(shared)
            assert {one.reason for one in page.team} == {"creation", "registration"}, "the teams that wrote the file"
            assert not page.shared
            assert {one.reason for one in page.past} == {"sharing", "meeting"}
        with working_as("denis"):
            assert not may_see(shared.pk)

    def test_and_forbids_to_share_again(self, signed_in, working_as, followed):
        with working_as("alice") as alice:
            record_opposition(patient=followed, given_on=timezone.localdate(), given_by="Dr Bob Kerjean", by=alice)
            sent = to_denis()
        answer = signed_in("bob").post(address(followed, "partager/"), sent)
        assert answer.status_code == 422
        assert "La patiente s’oppose à ce partage" in shown(answer)

    def test_whoever_breaks_the_glass_is_told_first(self, signed_in, working_as, followed):
        with working_as("alice") as alice:
            record_opposition(patient=followed, given_on=timezone.localdate(), given_by="Dr Bob Kerjean", by=alice)
        page = shown(signed_in("denis").get(address(followed, "acces-exceptionnel/")))
        assert "Cette personne s’oppose au partage de ses données de santé" in page
        assert "Ouvrir le dossier pour quatre heures" in page, "D2: the immediate risk comes first"

    def test_it_tells_nothing_to_another_network(self, working_as, followed):
        with working_as("alice") as alice:
            record_opposition(patient=followed, given_on=timezone.localdate(), given_by="Dr Bob Kerjean", by=alice)
        with working_as("oscar"):
            assert opposition_to_me(followed) == ""


class TestUnusual:
    def test_the_reading_time_of_a_meeting_is_the_one_registration_gives(self):
        assert MEETING_READING == MEETING_ACCESS

    def test_opened_long_after_the_meeting_by_who_had_no_other_reason(self, signed_in, working_as, as_worker, followed):
        with as_worker(1, 2):
            past = timezone.now() + MEETING_READING - timedelta(days=8)
            Access.objects.filter(patient=followed, reason=AccessReason.MEETING).update(expires_at=past)
            Access.objects.filter(patient=followed, principal__kind="board").update(expires_at=timezone.now())
        signed_in("oumarou").get(address(followed))
        signed_in("bob").get(address(followed))
        assert [(one.actor, one.rule) for one in self.found(working_as)] == [("Dr Awa Oumarou", "after_meeting")]

    def test_of_the_same_name(self, signed_in, working_as):
        with working_as("alice") as alice:
            relative = created(alice, "Kerjean", "Soizic", "01041990")
            registered(alice, relative)
        signed_in("bob").get(address(relative))
        assert [one.rule for one in self.found(working_as)] == ["same_name"]

    def test_a_watched_file(self, signed_in, working_as, followed):
        with working_as("alice") as alice:
            Wish.objects.create(
                region_id=1, patient=followed, subject=WishSubject.WATCH, answer=WishAnswer.AGREED,
                said_on=timezone.localdate(), said_to="Dr Kerjean", means="oral", recorded_by=alice,
            )  # fmt: skip
        client = signed_in("bob")
        client.get(address(followed))
        client.get(address(followed))
        assert [one.rule for one in self.found(working_as)] == ["watched"], "once for one opening"

    def test_many_files_in_an_hour(self, signed_in, working_as, followed):
        client = signed_in("bob")
        session = client.session
        session["opened_files"] = {str(number): timezone.now().timestamp() for number in range(MANY - 1)}
        session.save()
        client.get(address(followed))
        assert [one.rule for one in self.found(working_as)] == ["many"]

    def test_an_ordinary_opening_is_nobodys_business(self, signed_in, working_as, followed):
        signed_in("bob").get(address(followed))
        assert self.found(working_as) == []

    def test_an_exceptional_access_is_listed_once_with_the_others_of_its_kind(self, signed_in, working_as, followed):
        signed_in("denis").post(address(followed, "acces-exceptionnel/"), {"reason": "Détresse respiratoire, urgences"})
        signed_in("denis").get(address(followed))
        assert self.found(working_as) == []

    def test_the_auditor_reads_the_rule_and_decides(self, signed_in, working_as):
        self.test_of_the_same_name(signed_in, working_as)
        client = signed_in("auditor")
        page = shown(client.get("/patients/acces-exceptionnels/?quoi=inhabituelles"))
        for rule in RULES.values():
            assert rule.explained in page, "each rule is explained"
        assert "Dr Bob Kerjean" in page
        assert "Soizic" not in page
        (found,) = self.found(working_as)
        one = f"/patients/acces-exceptionnels/{found.id}/"
        assert "Même nom" in shown(client.get(one))
        assert client.post(one, {"verdict": "justified", "comment": ""}).url.endswith("?quoi=inhabituelles")
        assert "Rien à relire" in shown(client.get("/patients/acces-exceptionnels/?quoi=inhabituelles"))

    def test_a_review_of_the_one_is_not_a_review_of_the_other(self, signed_in, working_as):
        self.test_of_the_same_name(signed_in, working_as)
        (found,) = self.found(working_as)
        with working_as("auditor") as aude:
            assert glass_breaks() == []
            review_glass(event_id=found.id, verdict=Verdict.JUSTIFIED, comment="", by=aude)
            assert glass_breaks(reviewed=True) == []
            assert glass_breaks(reviewed=True, what=Watched.UNUSUAL)[0].verdict == "justified"

    @staticmethod
    def found(working_as: Any) -> list[Any]:
        with working_as("auditor"):
            return glass_breaks(reviewed=False, what=Watched.UNUSUAL)
