"""The patient's requests: a day an answer is due, an answer in words, a complete copy that disappears (PAT-08)."""

import html
import io
import json
import zipfile
from datetime import date, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.utils import timezone
from fhir.resources.R4B.bundle import Bundle

from dcc.audit.models import AuditEvent
from dcc.organisations.models import Organisation
from patients.actions import add_ipp, update_contact
from patients.documents import content
from patients.events import PatientEvent
from patients.models import (
    Content,
    ContentKind,
    Document,
    DocumentKind,
    Export,
    ExportState,
    Means,
    Patient,
    PatientModel,
    Request,
    RequestKind,
    RequestStatus,
    WishAnswer,
    WishSubject,
)
from patients.requests.actions import AlreadyClosed, Asked, ask_export, close_request, month_after, register_request
from patients.requests.archive import bundle_of, copy_of
from patients.requests.gathering import LEFT_OUT, OPENED, PRINTS, SECRET, Undeclared, copied_tables, rows_of
from patients.requests.producing import delete_next, make_next
from patients.requests.tasks import requests_due
from tests.patients.test_consent import record_wish, said, shown, today
from tests.registration.conftest import QUESTION, in_ten_days, registered  # noqa: F401 - the fixture

PDF = b"%PDF-1.4 essai"


@pytest.fixture
def followed(working_as, francoise) -> Patient:
    """Françoise with a passage, a number, a GP, a report and a decision of hers."""
    with working_as("alice") as alice:
        case = registered(alice, francoise)
        roche = Organisation.objects.get(short_name="CH Rochebrune")
        add_ipp(patient=francoise, value="80061742", organisation=roche, by=alice)
        update_contact(patient=francoise, values={"city": "Nantes", "gp_name": "Dr Claire Mazurier"}, by=alice)
        record_wish(patient=francoise, subject=WishSubject.HOSTING, answer=WishAnswer.AGREED, said=said(), by=alice)
        report = Document.objects.create(
            region_id=1,
            patient=francoise,
            kind=DocumentKind.RCP_REPORT,
            title="Compte rendu SEI-2026-0001",
            state="ready",
            data={"report": {"order_number": "SEI-2026-0001"}},
            data_hash=b"x" * 32,
            source_id=case.pk,
            issued_by="Dr Bob Kerjean",
        )
        content.store(owner_id=report.pk, region_id=1, patient_id=francoise.pk, kind=ContentKind.PDF, data=PDF)
    return francoise


@pytest.fixture
def ready(working_as, as_worker, followed) -> Export:
    with working_as("alice") as alice:
        asked = ask_export(patient=followed, by=alice)
    with as_worker(1):
        assert make_next()
        assert not make_next()
    return asked


def form(**changes: str) -> dict[str, str]:
    base = {"kind": "access", "asked_on": f"{today():%d/%m/%Y}", "asked_by": "Elle-même", "means": "post", "about": ""}
    return base | changes


class TestRequests:
    @pytest.mark.parametrize(
        ("asked", "due"),
        [
            (date(2026, 1, 31), date(2026, 2, 28)),
            (date(2028, 1, 30), date(2028, 2, 29)),
            (date(2026, 12, 5), date(2027, 1, 5)),
            (date(2026, 11, 22), date(2026, 12, 22)),
        ],
    )
    def test_an_answer_is_due_a_month_later(self, asked, due):
        assert month_after(asked) == due

    def test_it_is_registered_listed_and_answered(self, signed_in, working_as, followed):
        client = signed_in("alice")
        page = shown(client.post(f"/patients/{followed.pk}/demandes/", form(), follow=True))
        assert "Accès au dossier" in page
        assert f"le {month_after(today()):%d/%m/%Y}" in page
        assert "LE GUILLOU" in shown(client.get("/patients/demandes/"))
        with working_as("alice"):
            request = Request.objects.get()
        given = {"request": str(request.pk), "status": "answered", "answer": "Copie remise en main propre"}
        page = shown(client.post(f"/patients/{followed.pk}/demandes/reponse/", given, follow=True))
        assert "satisfaite" in page
        assert given["answer"] in page
        assert "LE GUILLOU" not in shown(client.get("/patients/demandes/"))
        with working_as("alice"):
            events = AuditEvent.objects.filter(event__startswith="patients.request_").order_by("recorded_at")
            assert [one.event for one in events] == ["patients.request_recorded", "patients.request_closed"]

    def test_a_rectification_says_what_is_wrong_and_what_was_done(self, signed_in, working_as, followed):
        refused = signed_in("alice").post(f"/patients/{followed.pk}/demandes/", form(kind="rectification"))
        assert refused.status_code == 422
        assert "Écrivez ce qui est faux" in shown(refused)
        with working_as("alice") as alice:
            asked = Asked(
                kind=RequestKind.RECTIFICATION,
                asked_on=today(),
                asked_by="Elle-même",
                means=Means.POST,
                about="Pas d’antécédent de diabète",
            )
            made = register_request(patient=followed, asked=asked, by=alice)
            answer = "Annotation ajoutée à la fiche du 26/11"
            close_request(request_id=made.pk, patient=followed, status=RequestStatus.ANSWERED, answer=answer, by=alice)
            with pytest.raises(AlreadyClosed):
                close_request(request_id=made.pk, patient=followed, status=RequestStatus.REFUSED, answer="x", by=alice)

    def test_a_late_one_says_so(self, signed_in, followed):
        day = today() - timedelta(days=40)
        client = signed_in("alice")
        client.post(f"/patients/{followed.pk}/demandes/", form(asked_on=f"{day:%d/%m/%Y}"))
        assert "en retard" in shown(client.get("/patients/demandes/"))

    def test_another_team_neither_lists_nor_answers_it(self, signed_in, working_as, followed):
        signed_in("alice").post(f"/patients/{followed.pk}/demandes/", form())
        assert "LE GUILLOU" not in shown(signed_in("denis").get("/patients/demandes/"))
        with working_as("alice"):
            request = Request.objects.get()
        given = {"request": str(request.pk), "status": "refused", "answer": "Je ne la connais pas"}
        assert signed_in("denis").post(f"/patients/{followed.pk}/demandes/reponse/", given).status_code == 404


class TestCopy:
    def test_it_is_a_row_before_it_is_made_and_says_how_far_it_is(self, signed_in, working_as, followed):
        client = signed_in("alice")
        page = shown(client.post(f"/patients/{followed.pk}/copie/", follow=True))
        assert "en préparation" in page
        assert "every 3s" in shown(client.get(f"/patients/{followed.pk}/copie/etat/"))
        assert client.get(f"/patients/{followed.pk}/copie/").status_code == 404, "not yet"
        client.post(f"/patients/{followed.pk}/copie/")
        with working_as("alice"):
            assert Export.objects.count() == 1, "asked twice, made once"

    def test_it_holds_a_page_the_data_and_the_documents(self, signed_in, working_as, followed, ready):
        answer = signed_in("alice").get(f"/patients/{followed.pk}/copie/")
        assert answer["Content-Type"] == "application/zip"
        assert "GUILLOU" not in answer["Content-Disposition"]
        folder = zipfile.ZipFile(io.BytesIO(answer.content))
        names = set(folder.namelist())
        assert {"LISEZMOI.txt", "dossier.pdf", "dossier.json", "dossier.fhir.json"} < names
        assert folder.read("dossier.pdf").startswith(b"%PDF")
        (document,) = [name for name in names if name.startswith("documents/")]
        assert folder.read(document) == PDF
        said = json.loads(folder.read("dossier.json"))
        tables = said["tables"]
        assert tables["patients_patient"][0]["birth_name"] == "ABHERVE"
        assert tables["rcp_case"][0]["question"] == QUESTION
        assert tables["patients_information"][0]["recorded_by"] == "Alice Le Bihan", "people are named"
        assert tables["patients_access"], "who it is open to"
        with working_as("alice"):
            assert AuditEvent.objects.filter(event=PatientEvent.EXPORT_READ.value).count() == 1

    def test_it_says_who_opened_the_file(self, signed_in, working_as, as_worker, followed):
        signed_in("bob").get(f"/patients/{followed.pk}/")
        with working_as("alice") as alice:
            asked = ask_export(patient=followed, by=alice)
        assert [(one["who"], one["times"]) for one in asked.readers] == [("Dr Bob Kerjean", 1)]

    def test_it_holds_no_key_and_no_secret(self, signed_in, followed, ready):
        answer = signed_in("alice").get(f"/patients/{followed.pk}/copie/")
        said = zipfile.ZipFile(io.BytesIO(answer.content)).read("dossier.json").decode()
        for secret in ("wrapped_key", "ciphertext", "ins_sealed", "ins_hash", "traits_hash", "answer_sealed"):
            assert secret not in said

    def test_every_column_of_bytes_was_decided_upon(self):
        copied = {
            f"{table._meta.db_table}.{column.name}"
            for table in (Patient, *copied_tables())
            for column in table._meta.concrete_fields
            if isinstance(column, models.BinaryField)
        }
        decided = [*SECRET, *OPENED, *PRINTS]
        assert set(decided) == copied
        assert len(decided) == len(set(decided)), "one fate each"

    def test_a_column_of_bytes_nobody_decided_upon_stops_the_copy(self, as_worker, followed, monkeypatch):
        monkeypatch.delitem(SECRET, "patients_patient.ins_hash")
        with as_worker(1), pytest.raises(Undeclared, match=r"patients_patient\.ins_hash"):
            rows_of(followed)

    def test_no_table_about_patients_is_forgotten(self):
        about = {
            one
            for one in apps.get_models()
            if issubclass(one, PatientModel)
            or any(column.name == "patient" and column.related_model is Patient for column in one._meta.concrete_fields)
        }
        assert about <= {*copied_tables(), *LEFT_OUT}
        assert len(copied_tables()) > 10

    def test_the_bundle_is_fhir_r4(self, working_as, as_worker, followed):
        """Made by hand; an independent library reads it."""
        with as_worker(1):
            made = bundle_of(copy_of(Patient.objects.get(pk=followed.pk), readers=[], made_at=timezone.localtime()))
        read = Bundle.model_validate_json(json.dumps(made))
        kinds = [entry.resource.get_resource_type() for entry in read.entry]
        assert kinds == ["Patient", "Encounter", "DocumentReference", "Consent"]
        patient = read.entry[0].resource
        assert patient.birthDate == date(1963, 3, 11)
        assert [one.value for one in patient.identifier] == ["80061742"]
        assert {name.use: name.family for name in patient.name} == {"official": "ABHERVE", "usual": "LE GUILLOU"}
        assert len({entry.fullUrl for entry in read.entry}) == len(read.entry)

    def test_a_document_whose_key_is_gone_is_named_not_forgotten(self, signed_in, working_as, as_worker, followed):
        with as_worker(1):
            Content.objects.filter(patient=followed).update(wrapped_key=b"")
        with working_as("alice") as alice:
            ask_export(patient=followed, by=alice)
        with as_worker(1):
            assert make_next()
        folder = zipfile.ZipFile(io.BytesIO(signed_in("alice").get(f"/patients/{followed.pk}/copie/").content))
        assert "Compte rendu SEI-2026-0001" in folder.read("documents-absents.txt").decode()

    def test_it_is_deleted_after_seven_days_and_its_row_remains(
        self, signed_in, working_as, as_worker, followed, ready
    ):
        with as_worker(1):
            assert not delete_next()
            over = timezone.now() - timedelta(minutes=1)
            Export.objects.filter(pk=ready.pk).update(expires_at=over, next_attempt_at=over)
            assert requests_due("exports") == [1]
            assert delete_next()
            assert not delete_next()
        assert signed_in("alice").get(f"/patients/{followed.pk}/copie/").status_code == 404
        with working_as("alice"):
            kept = Export.objects.get(pk=ready.pk)
            assert (kept.state, kept.ciphertext, kept.wrapped_key) == (ExportState.DELETED, None, None)
            events = AuditEvent.objects.filter(event__startswith="patients.export_").values_list("event", flat=True)
            assert set(events) == {"patients.export_asked", "patients.export_ready", "patients.export_deleted"}

    def test_what_cannot_be_made_says_so_and_stops_no_other(
        self, signed_in, working_as, as_worker, followed, monkeypatch
    ):
        def broken(*args: Any, **kwargs: Any) -> bytes:
            raise ValueError("no page")

        with working_as("alice") as alice:
            asked = ask_export(patient=followed, by=alice)
        with monkeypatch.context() as patched, as_worker(1):
            patched.setattr("patients.requests.producing.archive", broken)
            for _ in range(3):
                Export.objects.filter(pk=asked.pk).update(next_attempt_at=timezone.now())
                assert make_next()
            assert not make_next()
        page = html.unescape(signed_in("alice").get(f"/patients/{followed.pk}/copie/etat/").content.decode())
        assert "la préparation a échoué" in page

    def test_one_whose_master_key_was_withdrawn_says_to_ask_again(self, signed_in, as_worker, followed, ready):
        with as_worker(1):
            Export.objects.filter(pk=ready.pk).update(key_id="gone")
        page = shown(signed_in("alice").get(f"/patients/{followed.pk}/copie/", follow=True))
        assert "demandez-en une autre" in page

    def test_it_is_stored_encrypted(self, working_as, ready):
        with working_as("alice"):
            held = Export.objects.get(pk=ready.pk)
        assert held.ciphertext is not None
        assert b"ABHERVE" not in bytes(held.ciphertext)
        assert not bytes(held.ciphertext).startswith(b"PK")

    @pytest.mark.parametrize(("short", "status"), [("denis", 404), ("oscar", 404), ("carol", 403), ("network", 403)])
    def test_it_is_for_those_who_may(self, signed_in, followed, ready, short, status):
        assert signed_in(short).get(f"/patients/{followed.pk}/copie/").status_code == status
