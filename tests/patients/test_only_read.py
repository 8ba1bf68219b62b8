"""A file opened exceptionally, or shown for a time: read and printed; the care team alone writes in it (D2, PAT-16)."""

import html
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from dcc.tenancy.models import Principal
from patients.access import AccessRefused, grant
from patients.actions import break_glass
from patients.models import Access, AccessReason, Contact, Export, Information, Patient
from patients.sharing.actions import share_file
from tests.registration.conftest import another_meeting, asked_by, in_ten_days, meeting_of, membership_of, registered  # noqa: F401 - the fixture

WHY = "Détresse respiratoire aux urgences"
WRITES = {
    "coordonnees/": {"city": "Brest"},
    "ipp/": {"value": "1"},
    "identite/deces/": {"died_on": "01112026"},
    "identite/traits/": {"birth_name": "Durand"},
    "identite/proches/": {"relation": "trusted", "name": "Yves Riou"},
    "information/": {"given_on": "01112026", "given_by": "Dr Weiss", "opposition": "sharing"},
    "volontes/": {"subject": "hosting"},
    "demandes/": {"kind": "access"},
    "copie/": {},
    "partager/": {"to": "Mona"},
}
OFFERS = ("Modifier", "Ajouter un document", "Tracer", "Demandes et copie", "Ajouter un IPP", "Partager", "Joindre")


def address(patient: Patient, rest: str = "") -> str:
    return f"/patients/{patient.pk}/{rest}"


def shown(answer: Any) -> str:
    return html.unescape(answer.content.decode())


@pytest.fixture
def followed(working_as, francoise) -> Patient:
    with working_as("alice") as alice:
        registered(alice, francoise)
    return francoise


@pytest.fixture(params=["glass", "sharing"])
def only_read(request, working_as, followed) -> str:
    """By Denis, of another establishment."""
    if request.param == "glass":
        with working_as("denis") as denis:
            break_glass(patient=followed, reason=WHY, by=denis)
    else:
        with working_as("bob") as bob:
            to, until = membership_of("denis").user.principal, timezone.localdate() + timedelta(days=30)
            share_file(patient=followed, to=to, why="Avis chirurgical demandé", until=until, by=bob)
    return request.param


@pytest.mark.parametrize("rest", WRITES)
def test_nothing_is_written_nor_copied(signed_in, working_as, followed, only_read, rest):
    answer = signed_in("denis").post(address(followed, rest), WRITES[rest])
    page = shown(answer)
    assert answer.status_code == 403
    assert "Réservé à l’équipe de soins" in page
    assert "Rochebrune" in page, "whom to ask"
    assert "Inscrire en RCP" in page, "what to do instead"
    assert ("à titre exceptionnel" in page) == (only_read == "glass")
    assert ("montré pour un temps" in page) == (only_read == "sharing")
    with working_as("alice"):
        assert not Contact.objects.filter(patient=followed, city="Brest").exists()
        assert Patient.objects.get(pk=followed.pk).birth_name == followed.birth_name
        assert not Patient.objects.get(pk=followed.pk).is_deceased
        assert not Export.objects.exists()
        assert not Information.objects.filter(patient=followed, opposition="sharing").exists()


@pytest.mark.parametrize("section", ["parcours", "documents", "correspondants", "information", "acces"])
def test_every_part_is_read_and_offers_nothing_that_would_be_refused(signed_in, followed, only_read, section):
    answer = signed_in("denis").get(address(followed, f"?rubrique={section}"))
    page = shown(answer)
    assert answer.status_code == 200
    assert not [word for word in OFFERS if word in page]
    assert "Inscrire en RCP" in page


def test_the_places_of_the_role_stay_in_the_bar(signed_in, followed, only_read):
    """What is withheld is withheld about this file only."""
    assert "/patients/demandes/" in shown(signed_in("denis").get(address(followed)))


def test_the_care_team_goes_on_as_before(signed_in, followed, only_read):
    page = shown(signed_in("bob").get(address(followed, "?rubrique=information")))
    assert "Tracer une information" in page
    assert signed_in("bob").post(address(followed, "copie/")).status_code == 302


def test_nor_does_an_opposition_of_all_sharing_come_from_who_was_shown_it(signed_in, working_as, followed, only_read):
    sent = WRITES["information/"] | {"means": "oral", "document": "", "document_version": ""}
    signed_in("denis").post(address(followed, "information/"), sent)
    with working_as("denis"):
        assert Access.objects.filter(patient=followed, expires_at__gt=timezone.now()).exists(), "still open to him"


def test_registering_her_makes_his_team_a_care_team(signed_in, working_as, followed, only_read):
    client = signed_in("denis")
    with working_as("denis") as denis:
        later = another_meeting(meeting_of("SEI"))
        registered(denis, followed, meeting=later, requester=asked_by("denis"))
    assert client.get(address(followed, "coordonnees/")).status_code == 200
    assert "Réservé" not in shown(client.get(address(followed, "demandes/")))


@pytest.mark.parametrize("reason", [AccessReason.TREATING, AccessReason.REFERRING, AccessReason.MEETING])
def test_the_database_holds_it_no_door_is_made_for_good(working_as, followed, only_read, reason):
    """Neither for oneself nor for anybody else, whatever the page."""
    ends = timezone.now() + timedelta(days=1) if reason == AccessReason.MEETING else None
    with working_as("denis") as denis:
        for to in (denis.principal, denis.acting_as.principal, *Principal.objects.filter(kind="team")[:1]):
            with pytest.raises(AccessRefused, match="care team"), transaction.atomic():
                grant(patient_id=followed.pk, to=to, reason=reason, by=denis, expires_at=ends)
    with working_as("bob") as bob:
        denis = membership_of("denis").user.principal
        assert grant(patient_id=followed.pk, to=denis, reason=reason, by=bob, expires_at=ends)
