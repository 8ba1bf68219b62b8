"""The review of exceptional accesses: who, when, which patient by its number, why, what the auditor says (D2)."""

import html
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from dcc.accounts.models import Membership
from dcc.audit.catalogue import sentence
from dcc.audit.models import AuditEvent
from dcc.audit.record import record
from dcc.organisations.models import Organisation
from patients import reviews
from patients.actions import add_ipp, break_glass
from patients.events import PatientEvent
from patients.models import Patient
from patients.reviews import AlreadyReviewed, OwnAccess, Verdict, glass_breaks, review_glass
from tests.patients.conftest import created

WHY = "Patiente inconsciente aux urgences, traitement en cours inconnu"
LIST = "/patients/acces-exceptionnels/"


@pytest.fixture
def followed(francoise, working_as):
    """Françoise, known at Rochebrune by her number there."""
    with working_as("alice") as alice:
        roche = Organisation.objects.get(short_name="CH Rochebrune")
        add_ipp(patient=francoise, value="80061742", organisation=roche, by=alice)
    return francoise


@pytest.fixture
def broken(followed, working_as):
    """Denis opened Françoise's file exceptionally, and read it."""
    with working_as("denis") as denis:
        break_glass(patient=followed, reason=WHY, by=denis)
        record(PatientEvent.OPENED, on=followed, by=denis)
    with working_as("auditor"):
        (found,) = glass_breaks()
    return found


def shown(client, address=LIST):
    answer = client.get(address)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def test_the_auditor_reads_who_when_which_file_and_why(broken, followed, signed_in):
    page = shown(signed_in("auditor"))
    rows = page.partition("<tbody")[2]
    at = f"{timezone.localtime(broken.at):%d/%m/%Y %H:%M}"
    for told in ("Dr Denis Weiss", "Clinique des Dunes", WHY, "à relire", at):
        assert told in rows
    for trait in (followed.birth_name, followed.first_given_name, str(followed.birth_date.year)):
        assert trait not in page, "the reference of the file, never the identity"
    one = shown(signed_in("auditor"), f"{LIST}{broken.id}/")
    assert "Dossier ouvert." in one, "what was done while it was open"
    assert followed.birth_name not in one


def test_the_file_is_named_by_its_ipp_or_else_by_its_reference(broken, followed, signed_in, working_as):
    client = signed_in("auditor")
    numbers = [number for number, _ in broken.numbers]
    page = shown(client)
    assert numbers, "Françoise has an IPP"
    assert all(number in page for number in numbers)
    with working_as("alice"):
        followed.identifiers.update(ended_at=timezone.now())
    page = shown(client)
    assert numbers[0] not in page
    assert str(followed.pk) in page


def test_a_review_is_signed_dated_and_traced(broken, followed, signed_in, working_as):
    client = signed_in("auditor")
    said = {"verdict": "follow_up", "comment": "Le chef de service confirmera vendredi"}
    assert client.post(f"{LIST}{broken.id}/", said).url == LIST
    page = shown(client)
    assert "Rien à relire" in page
    assert "à suivre" in page
    assert "Aude Prigent, le" in page
    assert said["comment"] in shown(client, f"{LIST}{broken.id}/")
    with working_as("alice"):  # who sees the file sees that its opening was reviewed
        event = AuditEvent.objects.get(event=PatientEvent.GLASS_REVIEWED.value)
        assert (event.object_id, event.patient_id) == (str(broken.id), followed.pk)
        assert event.actor == "Aude Prigent"
        assert sentence(event.event, event.details).startswith("Accès exceptionnel relu")


@pytest.mark.parametrize(
    ("sent", "sentence_of_refusal"),
    [({}, "Dites si cet accès est justifié"), ({"verdict": "unjustified"}, "Dites ce qui ne va pas")],
)
def test_a_review_says_something(broken, signed_in, sent, sentence_of_refusal):
    answer = signed_in("auditor").post(f"{LIST}{broken.id}/", sent)
    assert answer.status_code == 422
    assert sentence_of_refusal in html.unescape(answer.content.decode())


def test_a_second_review_writes_nothing(broken, signed_in, working_as):
    with working_as("auditor") as aude:
        review_glass(event_id=broken.id, verdict=Verdict.JUSTIFIED, comment="", by=aude)
        with pytest.raises(AlreadyReviewed):
            review_glass(event_id=broken.id, verdict=Verdict.UNJUSTIFIED, comment="non", by=aude)
    page = signed_in("auditor").post(f"{LIST}{broken.id}/", {"verdict": "unjustified", "comment": "non"}, follow=True)
    assert "vient d’être relu" in html.unescape(page.content.decode())
    with working_as("auditor"):
        assert glass_breaks()[0].verdict == "justified"


def test_nobody_reviews_their_own_access(broken, working_as, signed_in, monkeypatch):
    with working_as("auditor") as aude:
        aude.pk = broken.actor_id  # the same person under another of their roles
        with pytest.raises(OwnAccess):
            review_glass(event_id=broken.id, verdict=Verdict.JUSTIFIED, comment="", by=aude)


def test_a_review_is_due_within_seven_days(broken, signed_in, monkeypatch):
    assert not broken.late
    later = timezone.now() + timedelta(days=7, minutes=1)
    monkeypatch.setattr("patients.reviews.timezone.now", lambda: later)
    assert broken.late
    assert "en retard" in shown(signed_in("auditor"))


def test_the_bar_counts_what_waits(broken, signed_in):
    page = shown(signed_in("auditor"), "/traces/")
    assert "Accès exceptionnels" in page
    assert re.search(r"Accès exceptionnels.{0,80}>1<.{0,40}à relire", " ".join(page.split()))


@pytest.mark.parametrize("short", ["alice", "denis", "network", "admin3c", "vigilance", "oscar"])
def test_it_is_nobody_elses(broken, signed_in, short):
    assert signed_in(short).get(LIST).status_code == 403
    assert signed_in(short).post(f"{LIST}{broken.id}/", {"verdict": "justified"}).status_code == 403


def test_another_network_knows_nothing_of_it(broken, working_as, signed_in, people):
    """Its own auditor neither lists it nor opens it."""
    with working_as("oscar"):
        ardele = Organisation.objects.get(short_name="Ardèle")
        given = {"organisation": ardele, "role": "auditor", "clinical": False}
        since = timezone.now() - timedelta(days=1)
        Membership.objects.create(region_id=9, user=people("stats"), starts_at=since, **given)
    client = signed_in("stats", "Ardèle")
    assert "Rien à relire" in shown(client)
    assert client.get(f"{LIST}{broken.id}/").status_code == 404
    assert client.post(f"{LIST}{broken.id}/", {"verdict": "justified"}).status_code == 404


def test_the_functions_answer_only_who_audits(broken, followed, working_as):
    for short, expected in {"auditor": True, "alice": False, "network": False, "denis": False, "oscar": False}.items():
        with working_as(short), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) > 0 FROM dcc_glass_breaks(NULL, NULL, NULL, NULL, 10)")
            assert cursor.fetchone() == (expected,), short
            cursor.execute(
                "SELECT count(*) > 0 FROM dcc_audited_events(NULL, NULL, '', '', '', %s, NULL, NULL, 10)", [followed.pk]
            )
            assert cursor.fetchone() == (expected,), short


def test_the_oldest_are_shown_first_however_many_wait(broken, signed_in, working_as, monkeypatch):
    """D2: seven days run for the oldest; the list goes on as they are reviewed."""
    monkeypatch.setattr(reviews, "AT_MOST", 2)
    monkeypatch.setattr(reviews, "_AT_ONCE", 2)
    with working_as("denis") as denis:
        opened = AuditEvent.objects.get(event=PatientEvent.GLASS_BROKEN.value)
        for hours in (30, 20, 10, 40):
            AuditEvent.objects.create(
                region_id=opened.region_id,
                event=opened.event,
                actor_id=denis.pk,
                actor=opened.actor,
                patient_id=opened.patient_id,
                details={"why": f"Il y a {hours} heures"},
                recorded_at=opened.recorded_at - timedelta(hours=hours),
            )
    with working_as("auditor"):
        shown_first, count = reviews.waiting()
    assert ([one.why for one in shown_first], count) == (["Il y a 40 heures", "Il y a 30 heures"], 5)
    page = shown(signed_in("auditor"))
    assert "les 2 plus anciens sur 5" in page
    assert "Il y a 10 heures" not in page


def test_an_identity_that_was_merged_is_named_by_the_numbers_of_the_one_kept(
    broken, followed, working_as, as_worker, signed_in
):
    with working_as("alice") as alice:
        later = created(alice, "Abhervé", "Francoise", reason="Homonyme connu")
    with as_worker(1):
        Patient.objects.filter(pk=followed.pk).update(merged_into=later)
        followed.identifiers.update(patient_id=later.pk)
    with working_as("auditor"):
        (found,) = glass_breaks()
    assert found.patient_id == followed.pk
    assert [number for number, _ in found.numbers] == ["80061742"]
