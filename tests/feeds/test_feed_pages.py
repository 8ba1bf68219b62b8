"""The desk of the identity-vigilance cell about feeds: what waits, the evidence side by side, who settled it, why."""

from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from dcc.audit.models import AuditEvent
from dcc.audit.record import System
from dcc.organisations.models import Organisation
from patients.events import PatientEvent
from patients.feed.proposing import Demand, propose_files
from patients.models import Double, FeedConflict, FeedMerge, FeedMergeKind, Patient
from tests.patients.conftest import created

WHY = "Vu avec le bureau des entrées : deux sœurs."
LIST = "/patients/doublons/flux/"
SAID = {"birth_name": "ABHERVÉ", "first_given_name": "SOLENE", "birth_date": "1963-03-11", "sex": "F"}


@pytest.fixture
def people_of_the_matter(working_as: Any) -> tuple[Patient, Patient]:
    with working_as("alice") as alice:
        one = created(alice, "Abhervé", "Françoise", "11031963")
        return one, created(alice, "Abherve", "Solène", "11031963", reason="Jumelles")


@pytest.fixture
def conflict(as_worker: Any, people_of_the_matter: tuple[Patient, Patient]) -> FeedConflict:
    one, other = people_of_the_matter
    with as_worker(1):
        hospital = str(Organisation.objects.get(short_name="CH Rochebrune").pk)
        return FeedConflict.objects.create(
            region_id=1, kind="identifier_taken", about_authority=hospital, about_value="4711", other_value="4712",
            other_authority=hospital, identity=one.pk, other_identity=other.pk, said=SAID, times=2,
        )  # fmt: skip


@pytest.fixture
def merge(as_worker: Any, people_of_the_matter: tuple[Patient, Patient]) -> FeedMerge:
    one, other = people_of_the_matter
    with as_worker(1):
        hospital = str(Organisation.objects.get(short_name="CH Rochebrune").pk)
        return FeedMerge.objects.create(
            region_id=1, kept=one.pk, gone=other.pk, moved={}, kept_number=uuid4(), authority=hospital,
            gone_value="4712", kept_value="4711", kind=FeedMergeKind.MERGED,
        )  # fmt: skip


def address(one: FeedConflict | FeedMerge) -> str:
    return f"{LIST}{'fusions/' if isinstance(one, FeedMerge) else ''}{one.pk}/"


def read(client: Any, url: str) -> str:
    found = client.get(url)
    assert found.status_code == 200
    return str(found.content.decode())


def settled(client: Any, conflict: FeedConflict, verdict: str = "different", reason: str = WHY) -> Any:
    return client.post(address(conflict), {"verdict": verdict, "reason": reason})


def events(working_as: Any, event: PatientEvent) -> list[AuditEvent]:
    with working_as("vigilance"):
        return list(AuditEvent.objects.filter(event=event.value))


class TestWorklist:
    def test_what_waits_is_listed_and_counted_in_the_navigation(self, signed_in: Any, conflict: FeedConflict) -> None:
        client = signed_in("vigilance")
        text = read(client, LIST)
        assert "1 conflit que les flux des établissements ne peuvent pas régler seuls" in text
        assert "Nouveau numéro déjà en usage" in text
        assert all(
            one in text
            for one in ("4711", "CH Rochebrune", "ABHERVE Françoise", "2 fois, la dernière", address(conflict))
        )
        assert "Conflits des flux (1)" in read(client, "/patients/doublons/")
        assert "1 à examiner" in read(client, LIST).replace("\u00a0", " ").replace(
            '<span class="visually-hidden"> ', " "
        )

    @pytest.mark.parametrize("tab", ["a-regler", "regles", "fusions", "nowhere"])
    def test_nothing_to_do_is_said(self, signed_in: Any, tab: str) -> None:
        text = read(signed_in("vigilance"), f"{LIST}?etat={tab}")
        assert "Aucun conflit" in text or "Aucune fusion" in text

    def test_the_pages_cost_the_same_whatever_their_length(
        self,
        signed_in: Any,
        as_worker: Any,
        conflict: FeedConflict,
        merge: FeedMerge,
        django_assert_max_num_queries: Any,
    ) -> None:
        client = signed_in("vigilance")
        read(client, LIST)
        with as_worker(1):
            FeedConflict.objects.bulk_create(
                FeedConflict(
                    region_id=1, kind="collision", about_authority="x", about_value=str(n), identity=merge.kept
                )
                for n in range(30)
            )
            FeedMerge.objects.bulk_create(
                FeedMerge(region_id=1, kept=merge.kept, gone=merge.gone, moved={}, kept_number=uuid4())
                for n in range(30)
            )
        for url in (LIST, f"{LIST}?etat=fusions", address(conflict), address(merge)):
            with django_assert_max_num_queries(25):
                read(client, url)


def test_the_pair_that_a_hospital_asked_to_merge_says_so_first(
    signed_in: Any, as_worker: Any, people_of_the_matter: tuple[Patient, Patient]
) -> None:
    one, other = people_of_the_matter
    with as_worker(1):
        hospital = Organisation.objects.get(short_name="CH Rochebrune")
        demand = Demand(
            organisation_id=hospital.pk, source_name=hospital.short_name, kind=FeedMergeKind.MERGED, gone="4712",
            kept="4711", at=timezone.now(),
        )  # fmt: skip
        assert propose_files(first=one, second=other, demand=demand, by=System("flux de CH Rochebrune"))
        pair = Double.objects.get()
    text = read(signed_in("vigilance"), f"/patients/doublons/{pair.pk}/")
    assert "IPP 4712, devenu 4711" in text
    assert 0 < text.index("Demandé par le DPI de CH Rochebrune") < text.index("Nom de naissance")


class TestMatter:
    def test_the_evidence_is_side_by_side_and_its_reading_is_traced(
        self, signed_in: Any, working_as: Any, as_worker: Any, conflict: FeedConflict
    ) -> None:
        with as_worker(1):
            first, second = sorted((conflict.identity, conflict.other_identity), key=str)
            pair = Double.objects.create(region_id=1, first_id=first, second_id=second, score=12)
        text = read(signed_in("vigilance"), address(conflict))
        assert all(
            one in text for one in ("IPP 4711, CH Rochebrune", "IPP 4712, CH Rochebrune", "Ce que dit le message")
        )
        assert "<mark>SOLENE</mark>" in text
        assert "11/03/1963" in text
        assert f"/patients/doublons/{pair.pk}/" in text
        assert [one.object_id for one in events(working_as, PatientEvent.FEED_CONFLICT_READ)] == [str(conflict.pk)]

    def test_it_is_settled_by_somebody_with_a_reason(
        self, signed_in: Any, working_as: Any, conflict: FeedConflict
    ) -> None:
        client = signed_in("vigilance")
        assert settled(client, conflict).status_code == 302
        with working_as("vigilance") as person:
            conflict.refresh_from_db()
            assert (conflict.settled_by, conflict.settled_how) == (
                person.display_name,
                f"Deux personnes différentes\u00a0: {WHY}",
            )
        (event,) = events(working_as, PatientEvent.FEED_CONFLICT_SETTLED)
        assert WHY in event.details["how"]
        text = read(client, address(conflict))
        assert "Régler ce conflit" not in text
        assert WHY in text
        assert WHY in read(client, f"{LIST}?etat=regles")
        assert "Aucun conflit n’attend" in read(client, LIST)

    def test_a_second_decision_is_refused_politely_and_changes_nothing(
        self, signed_in: Any, working_as: Any, conflict: FeedConflict
    ) -> None:
        client = signed_in("vigilance")
        settled(client, conflict)
        again = client.post(address(conflict), {"verdict": "same", "reason": "Une autre décision"}, follow=True)
        assert "vient d’être réglé par une autre personne" in again.content.decode()
        assert "Une autre décision" not in again.content.decode()
        assert len(events(working_as, PatientEvent.FEED_CONFLICT_SETTLED)) == 1

    @pytest.mark.parametrize(
        ("verdict", "reason"), [("", WHY), ("different", ""), ("different", "Vu."), ("other", WHY)]
    )
    def test_a_decision_without_a_verdict_or_a_reason_is_no_decision(
        self, signed_in: Any, conflict: FeedConflict, verdict: str, reason: str
    ) -> None:
        assert settled(signed_in("vigilance"), conflict, verdict, reason).status_code == 422


class TestMerge:
    def test_it_is_read_and_its_undoing_asked_once(self, signed_in: Any, working_as: Any, merge: FeedMerge) -> None:
        client = signed_in("vigilance")
        assert all(one in read(client, address(merge)) for one in ("4711", "4712", "CH Rochebrune", "Séparer les deux"))
        assert client.post(address(merge), {"reason": ""}).status_code == 422
        assert client.post(address(merge), {"reason": WHY}).status_code == 302
        again = client.post(address(merge), {"reason": "Encore une fois"}, follow=True).content.decode()
        assert "C’est déjà demandé" in again
        assert "Séparer les deux" not in again
        with working_as("vigilance") as person:
            merge.refresh_from_db()
            assert (merge.undo_asked_by_id, merge.undone_why) == (person.pk, WHY)
        assert len(events(working_as, PatientEvent.FEED_MERGE_READ)) >= 1
        assert "séparation demandée" in read(client, f"{LIST}?etat=fusions")

    def test_what_stopped_it_is_shown_and_it_may_be_asked_again(
        self, signed_in: Any, as_worker: Any, merge: FeedMerge
    ) -> None:
        client = signed_in("vigilance")
        client.post(address(merge), {"reason": WHY})
        with as_worker(1):
            FeedMerge.objects.update(undo_refused="La cellule a réuni les deux dossiers.")
        text = read(client, address(merge))
        assert "La cellule a réuni les deux dossiers." in text
        assert "Séparer les deux" in text


class TestOthers:
    @pytest.mark.parametrize("person", ["alice", "bob", "oscar"])
    def test_nobody_else_comes_in(self, signed_in: Any, conflict: FeedConflict, merge: FeedMerge, person: str) -> None:
        client = signed_in(person)
        assert {client.get(url).status_code for url in (LIST, address(conflict), address(merge))} == {403}
        assert settled(client, conflict).status_code == 403

    def test_the_cell_of_another_network_sees_nothing(
        self, signed_in: Any, working_as: Any, as_worker: Any, conflict: FeedConflict, merge: FeedMerge
    ) -> None:
        """Rows of another founding region, out of the reader's network, are not there at all."""
        with as_worker(9):
            elsewhere = FeedConflict.objects.create(region_id=9, kind="collision", about_authority="x", about_value="9")
            theirs = FeedMerge.objects.create(region_id=9, kept=uuid4(), gone=uuid4(), moved={}, kept_number=uuid4())
        client = signed_in("vigilance")
        assert client.get(address(elsewhere)).status_code == 404
        assert client.get(address(theirs)).status_code == 404
        assert settled(client, elsewhere).status_code == 404
        assert "1 conflit" in read(client, LIST)
