"""The file: open to its teams, said to be closed to the others, broken open only with a reason (PAT-10…16, D2, D9)."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from dcc.audit.models import AuditEvent
from dcc.organisations.models import Organisation
from patients.access import may_see
from patients.actions import GlassExhausted, break_glass, update_contact
from patients.events import PatientEvent
from patients.models import Access, Contact, Document, DocumentKind, Patient, PatientIdentifier
from tests.patients.conftest import created
from tests.registration.conftest import in_ten_days, meeting_of, registered  # noqa: F401 - the fixture

WHY = "Urgence, patiente inconsciente aux urgences"


def page_of(patient: Patient, section: str = "") -> str:
    return f"/patients/{patient.pk}/" + (f"?rubrique={section}" if section else "")


def a_minute_later(as_worker: Any, patient: Patient) -> None:
    """What was opened just now was opened before: a click is no longer a second click."""
    with as_worker(1):
        Access.objects.filter(patient=patient).update(granted_at=timezone.now() - timedelta(minutes=2))


def glass_of(patient: Patient) -> str:
    return f"/patients/{patient.pk}/acces-exceptionnel/"


@pytest.fixture
def followed(working_as, francoise) -> Patient:
    """Françoise with a passage to come, a GP and a document."""
    with working_as("alice") as alice:
        case = registered(alice, francoise)
        update_contact(patient=francoise, values={"city": "Nantes", "gp_name": "Dr Claire Mazurier"}, by=alice)
        Document.objects.create(
            region_id=1,
            patient=francoise,
            kind=DocumentKind.RCP_REPORT,
            title="Compte rendu SEI-2026-0001",
            state="ready",
            data={},
            data_hash=b"x" * 32,
            source_id=case.pk,
            issued_by="Dr Bob Kerjean",
        )
    return francoise


def test_the_file_says_what_is_next_who_is_around_and_where_she_lives(signed_in, followed):
    page = signed_in("alice").get(page_of(followed))
    text = page.content.decode()
    assert page.status_code == 200
    assert "À venir\u00a0: RCP Sein – 1er passage" in text
    assert "Indication d’une chimiothérapie adjuvante" in text
    assert "Demandé par Dr Bob Kerjean, CH Rochebrune" in text
    assert "Compte rendu SEI-2026-0001" in text
    assert "Dr Claire Mazurier" in text
    assert "Inscrire en RCP" in text
    assert "LE GUILLOU" in text and "ABHERVE" in text  # noqa: PT018


@pytest.mark.parametrize(
    ("section", "sentence"),
    [
        ("documents", "Compte rendu SEI-2026-0001"),
        ("correspondants", "kerjean@"),
        ("information", "Dr Bob Kerjean"),
        ("acces", "inscription en RCP"),
    ],
)
def test_each_section_is_an_address(signed_in, followed, section, sentence):
    assert sentence in signed_in("alice").get(page_of(followed, section)).content.decode()


def test_the_list_of_accesses_names_teams_reasons_and_ends(signed_in, followed):
    text = signed_in("bob").get(page_of(followed, "acces")).content.decode()
    for label in ("3C Estuaire", "Centre hospitalier de Rochebrune", "RCP Sein", "création de l’identité", "réunion"):
        assert label in text


def test_a_file_opened_by_nobody_yet_says_so(signed_in, francoise):
    text = signed_in("alice").get(page_of(francoise)).content.decode()
    assert "Aucun passage en RCP" in text
    assert "Ni adresse ni médecin traitant" in text


def test_opening_is_an_event_once_per_session_and_hour(signed_in, working_as, francoise):
    client = signed_in("alice")
    for _ in range(3):
        client.get(page_of(francoise))
    session = client.session
    session["opened_files"] = {str(francoise.pk): timezone.now().timestamp() - 3700}
    session.save()
    client.get(page_of(francoise))
    with working_as("alice"):
        opened = AuditEvent.objects.filter(patient_id=francoise.pk, event=PatientEvent.OPENED.value)
        assert opened.count() == 2


def test_the_page_costs_the_same_whatever_the_file_holds(
    signed_in, followed, django_assert_max_num_queries, working_as
):
    client = signed_in("alice")
    client.get(page_of(followed))
    with django_assert_max_num_queries(40) as few:
        client.get(page_of(followed))
    count = len(few)
    with working_as("alice") as alice:
        digestive = registered(alice, followed, meeting=meeting_of("DIG", region=2))
        assert digestive.position == 1
    with django_assert_max_num_queries(count):
        client.get(page_of(followed))


class TestClosed:
    def test_another_team_sees_who_she_is_and_what_can_be_done(self, signed_in, followed):
        page = signed_in("denis").get(page_of(followed))
        text = page.content.decode()
        assert page.status_code == 403
        assert "Ce dossier n’est pas ouvert à votre équipe" in text
        assert "née" in text
        for hidden in ("Mazurier", "chimiothérapie", "SEI-2026-0001", "Nantes (", "RCP Sein"):
            assert hidden not in text
        assert "Inscrire en RCP" in text
        assert "3C Estuaire" in text
        assert "Ouvrir le dossier pour quatre heures" in text

    def test_who_may_not_break_the_glass_is_not_offered_it(self, signed_in, followed):
        text = signed_in("metro").get(page_of(followed)).content.decode()
        assert "Ouvrir le dossier pour quatre heures" not in text
        assert signed_in("metro").post(glass_of(followed), {"reason": WHY}).status_code == 403

    @pytest.mark.parametrize("address", ["coordonnees", "ipp"])
    def test_nothing_of_it_is_changed_from_outside(self, signed_in, working_as, followed, address):
        answer = signed_in("denis").post(f"/patients/{followed.pk}/{address}/", {"city": "Brest", "value": "1"})
        assert answer.url == page_of(followed)
        with working_as("alice"):
            assert Contact.objects.get(patient=followed).city == "Nantes"
            assert not PatientIdentifier.objects.exists()

    @pytest.mark.parametrize("address", ["", "coordonnees/", "ipp/"])
    def test_in_another_network_she_does_not_exist(self, signed_in, followed, address):
        assert signed_in("oscar").get(f"/patients/{followed.pk}/{address}").status_code == 404

    def test_nor_can_the_glass_be_broken_from_there(self, signed_in, followed):
        assert signed_in("both", "CH Causses").post(glass_of(followed), {"reason": WHY}).status_code == 404

    def test_who_has_no_clinical_data_does_not_even_ask(self, signed_in, followed):
        assert signed_in("network").get(page_of(followed)).status_code == 403


class TestGlass:
    def test_it_opens_to_one_person_for_four_hours_and_alerts(self, signed_in, working_as, followed):
        client = signed_in("denis")
        opened = client.post(glass_of(followed), {"reason": WHY}, follow=True)
        assert opened.status_code == 200
        assert "Accès exceptionnel ouvert" in opened.content.decode()
        assert 'class="breakglass"' in opened.content.decode()
        with working_as("denis"):
            access = Access.objects.get(patient=followed)
            assert timedelta(hours=3, minutes=59) < access.expires_at - timezone.now() <= timedelta(hours=4)
            event = AuditEvent.objects.get(event=PatientEvent.GLASS_BROKEN.value)
            assert event.details["why"] == WHY

    @pytest.mark.parametrize("reason", ["", "urgence", "..................", "a" + " " * 30 + "b"])
    def test_a_reason_that_says_nothing_is_refused_and_kept_on_the_page(self, signed_in, working_as, followed, reason):
        page = signed_in("denis").post(glass_of(followed), {"reason": reason})
        assert page.status_code == 422
        assert reason.strip() in page.content.decode()
        with working_as("denis"):
            assert not may_see(followed.pk)

    def test_it_is_renewed_once_within_a_day(self, working_as, followed, as_worker):
        with working_as("denis") as denis:
            break_glass(patient=followed, reason=WHY, by=denis)
        a_minute_later(as_worker, followed)
        with working_as("denis") as denis:
            break_glass(patient=followed, reason=WHY, by=denis)
        a_minute_later(as_worker, followed)
        with working_as("denis") as denis, pytest.raises(GlassExhausted):
            break_glass(patient=followed, reason=WHY, by=denis)

    def test_a_second_click_does_not_spend_the_renewal(self, signed_in, working_as, followed, as_worker):
        client = signed_in("denis")
        said = [client.post(glass_of(followed), {"reason": WHY}) for _ in range(3)]
        assert [one.url for one in said] == [page_of(followed)] * 3
        with working_as("denis"):
            assert AuditEvent.objects.filter(event=PatientEvent.GLASS_BROKEN.value).count() == 1
            first = Access.objects.get(patient=followed).expires_at
        a_minute_later(as_worker, followed)
        assert client.post(glass_of(followed), {"reason": WHY}).status_code == 302
        with working_as("denis"):
            assert AuditEvent.objects.filter(event=PatientEvent.GLASS_BROKEN.value).count() == 2
            assert Access.objects.get(patient=followed).expires_at > first

    def test_the_third_time_is_refused_even_once_it_has_closed(self, signed_in, working_as, followed, as_worker):
        with working_as("denis") as denis:
            break_glass(patient=followed, reason=WHY, by=denis)
        a_minute_later(as_worker, followed)
        with working_as("denis") as denis:
            break_glass(patient=followed, reason=WHY, by=denis)
            principal = denis.principal_id
        with as_worker(1):
            Access.objects.filter(patient=followed, principal_id=principal).update(
                expires_at=timezone.now() - timedelta(minutes=1)
            )
        page = signed_in("denis").post(glass_of(followed), {"reason": WHY})
        assert page.status_code == 422
        assert "déjà été ouvert puis renouvelé" in page.content.decode()
        with working_as("denis"):
            assert not may_see(followed.pk)

    def test_a_file_already_open_needs_no_breaking(self, signed_in, working_as, followed):
        assert signed_in("bob").post(glass_of(followed), {"reason": WHY}).url == page_of(followed)
        with working_as("bob"):
            assert not AuditEvent.objects.filter(event=PatientEvent.GLASS_BROKEN.value).exists()

    def test_registering_ends_the_exception(self, signed_in, working_as, followed):
        """Once the team follows her, the red strip has no reason left."""
        with working_as("denis") as denis:
            break_glass(patient=followed, reason=WHY, by=denis)
        assert 'class="breakglass"' in signed_in("denis").get(page_of(followed)).content.decode()
        with working_as("alice") as alice:
            from patients.access import grant
            from patients.models import AccessReason

            dunes = Organisation.objects.get(short_name="Clinique des Dunes")
            grant(patient_id=followed.pk, to=dunes.principal, reason=AccessReason.REGISTRATION, by=alice)
        assert 'class="breakglass"' not in signed_in("denis").get(page_of(followed)).content.decode()


class TestContact:
    def test_it_is_read_back_and_changed(self, signed_in, working_as, followed):
        client = signed_in("alice")
        address = f"/patients/{followed.pk}/coordonnees/"
        assert 'value="Dr Claire Mazurier"' in client.get(address).content.decode()
        values = {
            "city": "Rezé",
            "gp_name": "Dr Claire Mazurier",
            "gp_mssante_address": "c.mazurier@medecin.mssante.fr",
        }
        assert client.post(address, values).url == page_of(followed)
        with working_as("alice"):
            assert Contact.objects.get(patient=followed).city == "Rezé"

    @pytest.mark.parametrize(
        ("values", "sentence"),
        [
            ({"gp_address": "3, rue du Port"}, "Indiquez le nom du médecin traitant"),
            ({"gp_name": "Dr Riou", "gp_rpps": "123"}, "Un numéro RPPS compte 11 chiffres"),
            ({"gp_name": "Dr Riou", "gp_mssante_address": "riou@gmail.example"}, "n’est pas une adresse MSSanté"),
        ],
    )
    def test_each_refusal_loses_nothing(self, signed_in, followed, values, sentence):
        page = signed_in("alice").post(f"/patients/{followed.pk}/coordonnees/", {"city": "Rezé"} | values)
        assert page.status_code == 422
        assert sentence in page.content.decode()
        assert all(f'value="{value}"' in page.content.decode() for value in values.values())


def test_an_ipp_is_added_on_the_file(signed_in, working_as, followed):
    with working_as("alice") as alice:
        roche = str(Organisation.objects.get(short_name="CH Rochebrune").pk)
        other = created(alice, "Tanguy", "Maël", sex="M")
    client = signed_in("alice")
    values: dict[str, Any] = {"organisation": roche, "value": "0048 217 306"}
    assert client.post(f"/patients/{followed.pk}/ipp/", values).status_code == 302
    refused = client.post(f"/patients/{other.pk}/ipp/", values)
    assert refused.status_code == 422
    assert "Cet IPP est déjà celui de" in refused.content.decode()
    assert "0048217306" in client.get(page_of(followed)).content.decode()  # the banner of the 3C


def test_a_merged_identity_leads_to_the_one_that_stays(signed_in, working_as, francoise):
    with working_as("alice") as alice:
        double = created(alice, "Abhervé", "Françoise", reason="Homonyme connu")
        Patient.objects.filter(pk=double.pk).update(merged_into=francoise)
    assert signed_in("alice").get(page_of(double)).url == page_of(francoise)
