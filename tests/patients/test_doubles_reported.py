"""Somebody at a desk sees that one person has two identities: the cell is told by whom, when and why (PAT-05)."""

import html
from typing import Any

import pytest

from dcc.audit.models import AuditEvent
from dcc.organisations.models import Organisation
from patients.actions import add_ipp
from patients.doubles.actions import judge
from patients.doubles.lifecycle import DoubleTransition
from patients.doubles.proposals import propose_for
from patients.doubles.reporting import AlreadyReported, OtherRegion, SamePatient, report_double
from patients.events import PatientEvent
from patients.models import Double, DoubleStatus, Patient
from tests.patients.conftest import created
from tests.patients.merging import merged, paired
from tests.registration.conftest import in_ten_days  # noqa: F401 - the fixture

WHY = "La même dame est venue avec sa carte Vitale au nom de jeune fille"


def shown(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def address(patient: Patient) -> str:
    return f"/patients/{patient.pk}/doublon/"


@pytest.fixture
def other(working_as) -> Patient:
    """Nothing alike: no score would ever find this pair."""
    with working_as("alice") as alice:
        return created(alice, "Kermorvan", "Soizic", "05071971")


def searched(client: Any, patient: Patient, **typed: str) -> str:
    typed = typed or {"name": "Kermorvan", "given_name": "", "birth_date": "05071971", "number": ""}
    answer = client.post(address(patient), typed)
    assert answer.status_code == 302
    assert "Kermorvan" not in answer.url, "traits are never in an address"
    return str(answer.url)


def reported(client: Any, patient: Patient, other: Any, *, why: str = WHY, follow: bool = True) -> Any:
    token = searched(client, patient).partition("r=")[2]
    return client.post(address(patient), {"other": str(other), "why": why, "token": token}, follow=follow)


class TestFromTheFile:
    def test_the_other_identity_is_looked_for_chosen_and_reported(self, signed_in, working_as, francoise, other):
        client = signed_in("alice")
        assert "Signaler un doublon" in shown(client.get(f"/patients/{francoise.pk}/"))
        assert "Cherchez l’autre identité" in shown(client.get(address(francoise)))
        found = shown(client.get(searched(client, francoise)))
        assert "1 identité" in found
        assert "KERMORVAN Soizic" in found
        assert "Doublon signalé à la cellule" in shown(reported(client, francoise, other.pk))
        with working_as("vigilance"):
            double = Double.objects.get()
            assert {double.first_id, double.second_id} == {francoise.pk, other.pk}
            assert (double.status, double.reported_why) == (DoubleStatus.REPORTED, WHY)
            assert double.reported_by.email == "alice@dcc.example"
        with working_as("alice"):
            event = AuditEvent.objects.filter(event=PatientEvent.DOUBLE_REPORTED.value, patient_id=francoise.pk).get()
            assert (event.actor, event.details["why"]) == ("Alice Le Bihan", WHY)

    def test_the_cell_finds_it_first_with_the_name_and_the_day(
        self, signed_in, working_as, as_worker, francoise, other
    ):
        with working_as("alice") as alice:
            close = created(alice, "Abherve", "Françoise", "11041963", reason="Homonyme connu")
        found = paired(as_worker, francoise, close)
        reported(signed_in("alice"), francoise, other.pk)
        cell = signed_in("vigilance")
        listed = shown(cell.get("/patients/doublons/"))
        assert "2 paires d’identités attendent" in listed
        assert "par Alice Le Bihan" in listed
        with working_as("vigilance"):
            double = Double.objects.get(status=DoubleStatus.REPORTED)
        assert listed.index(str(double.pk)) < listed.index(str(found.pk)), "what a person saw comes first"
        page = shown(cell.get(f"/patients/doublons/{double.pk}/"))
        assert "Signalé par une personne" in page
        assert WHY in page
        assert "Fusionner" in page
        assert "Deux personnes différentes" in page

    def test_the_search_never_offers_the_file_itself(self, signed_in, francoise):
        client = signed_in("alice")
        typed = {"name": "Abhervé", "given_name": "", "birth_date": "11031963", "number": ""}
        assert "Aucune autre identité trouvée" in shown(client.get(searched(client, francoise, **typed)))

    def test_identities_of_nearly_the_same_name_are_told_apart(self, signed_in, working_as, francoise, other):
        with working_as("alice") as alice:
            created(alice, "Kermorvan", "Soizig", "05071971", insee="29232", reason="Née ailleurs")
            roche = Organisation.objects.get(short_name="CH Rochebrune")
            add_ipp(patient=other, value="8000123", organisation=roche, by=alice)
        client = signed_in("alice")
        found = shown(client.get(searched(client, francoise)))
        assert "née KERMORVAN Soizig, F, 05/07/1971, Quimper. Identité provisoire<" in found
        assert "née KERMORVAN Soizic, F, 05/07/1971, Nantes. Identité provisoire, IPP 8000123 (CH Rochebrune)<" in found

    @pytest.mark.parametrize(
        ("typed", "sentence"),
        [({"name": "Kermorvan"}, "le nom seul ne suffit pas"), ({"birth_date": "05071971"}, "trois lettres")],
    )
    def test_a_search_too_broad_is_refused_where_it_was_typed(self, signed_in, francoise, typed, sentence):
        answer = signed_in("alice").post(address(francoise), typed)
        assert answer.status_code == 422
        assert sentence in shown(answer)

    def test_a_reason_is_asked_for_and_what_was_chosen_stays(self, signed_in, working_as, francoise, other):
        answer = reported(signed_in("alice"), francoise, other.pk, why="pareil")
        assert answer.status_code == 422
        assert "Dites pourquoi" in shown(answer)
        assert "checked" in shown(answer)
        with working_as("vigilance"):
            assert not Double.objects.exists()

    @pytest.mark.parametrize("chosen", ["", "nobody", "01000000-0000-7000-8000-000000000000"])
    def test_only_what_was_found_is_reported(self, signed_in, working_as, francoise, other, chosen):
        assert reported(signed_in("alice"), francoise, chosen).status_code == 422
        with working_as("vigilance"):
            assert not Double.objects.exists()


class TestTwice:
    def test_a_second_click_adds_nothing_and_says_who_did(self, signed_in, working_as, francoise, other):
        client = signed_in("alice")
        reported(client, francoise, other.pk)
        again = shown(reported(client, francoise, other.pk))
        assert "déjà signalé" in again
        assert "Alice Le Bihan" in again
        with working_as("alice"):
            assert Double.objects.count() == 1
            assert AuditEvent.objects.filter(event=PatientEvent.DOUBLE_REPORTED.value).count() == 2, "one for each file"

    def test_from_the_other_file_it_is_the_same_pair(self, working_as, francoise, other):
        with working_as("alice") as alice:
            double = report_double(patient=francoise, other_id=other.pk, why=WHY, by=alice)
            with pytest.raises(AlreadyReported) as known:
                report_double(patient=other, other_id=francoise.pk, why=WHY, by=alice)
            assert known.value.double.pk == double.pk

    def test_a_pair_the_worker_found_is_now_reported(self, working_as, as_worker, francoise, other):
        double = paired(as_worker, francoise, other)
        with working_as("alice") as alice:
            assert report_double(patient=francoise, other_id=other.pk, why=WHY, by=alice).pk == double.pk
            double.refresh_from_db()
            assert (double.status, double.score) == (DoubleStatus.REPORTED, 20.0)

    def test_what_the_cell_judged_is_asked_again_with_the_new_reason(self, working_as, as_worker, francoise, other):
        double = paired(as_worker, francoise, other)
        with working_as("vigilance") as vera:
            judge(double_id=double.pk, transition=DoubleTransition.HOMONYM, reason="Deux cousines", by=vera)
        with working_as("alice") as alice:
            report_double(patient=francoise, other_id=other.pk, why=WHY, by=alice)
            double.refresh_from_db()
            assert (double.status, double.reason) == (DoubleStatus.REPORTED, "Deux cousines")

    def test_already_merged_there_is_nothing_to_report(self, signed_in, working_as, as_worker, francoise, other):
        merged(working_as, as_worker, paired(as_worker, francoise, other))
        with working_as("alice") as alice:
            with pytest.raises(SamePatient):
                report_double(patient=francoise, other_id=other.pk, why=WHY, by=alice)
            with pytest.raises(SamePatient):
                report_double(patient=francoise, other_id=francoise.pk, why=WHY, by=alice)

    def test_a_search_of_the_worker_never_clears_what_a_person_saw(self, working_as, as_worker, francoise, other):
        with working_as("alice") as alice:
            double = report_double(patient=francoise, other_id=other.pk, why=WHY, by=alice)
        with as_worker(1):
            for one in (francoise, other):
                propose_for(Patient.objects.get(pk=one.pk))
            double.refresh_from_db()
            assert double.status == DoubleStatus.REPORTED

    def test_merged_elsewhere_meanwhile_the_report_follows(self, working_as, as_worker, francoise, other):
        with working_as("alice") as alice:
            third = created(alice, "Abherve", "Françoise", "11041963", reason="Homonyme connu")
            report_double(patient=third, other_id=other.pk, why=WHY, by=alice)
        merged(working_as, as_worker, paired(as_worker, francoise, third))
        with working_as("vigilance"):
            follows = Double.objects.about(francoise.pk).get(status=DoubleStatus.REPORTED)
            assert other.pk in (follows.first_id, follows.second_id)
            assert (follows.reported_why, follows.reported_by.email) == (WHY, "alice@dcc.example")


class TestWho:
    def test_the_file_must_be_open(self, signed_in, francoise, other):
        assert signed_in("denis").get(address(francoise)).status_code == 404
        assert signed_in("oscar").get(address(francoise)).status_code == 404
        assert signed_in("network").get(address(francoise)).status_code == 403

    def test_identities_of_two_founding_regions_stay_two_files(self, working_as, francoise):
        with working_as("metro") as mona:
            elsewhere = created(mona, "Kermorvan", "Soizic", "05071971")
        with working_as("alice") as alice, pytest.raises(OtherRegion):
            report_double(patient=francoise, other_id=elsewhere.pk, why=WHY, by=alice)

    def test_the_identities_of_another_network_do_not_exist(self, signed_in, working_as, francoise):
        with working_as("oscar") as oscar:
            stranger = created(oscar, "Kermorvan", "Soizic", "05071971")
        client = signed_in("alice")
        assert "Aucune autre identité trouvée" in shown(client.get(searched(client, francoise)))
        with working_as("alice") as alice, pytest.raises(Patient.DoesNotExist):
            report_double(patient=francoise, other_id=stranger.pk, why=WHY, by=alice)
        with working_as("oscar"):
            assert not Double.objects.exists()

    def test_the_page_costs_little(self, signed_in, francoise, other, django_assert_max_num_queries):
        client = signed_in("alice")
        found = searched(client, francoise)
        client.get(found)
        with django_assert_max_num_queries(25):
            client.get(found)
