"""The patient's requests: a day an answer is due, an answer in words, a complete copy that disappears (PAT-08)."""

import html
import io
import json
import zipfile
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.utils import timezone
from fhir.resources.R4B.bundle import Bundle

from dcc.audit.models import AuditEvent
from dcc.lib.crypto import Keyring
from dcc.organisations.models import Organisation
from patients.actions import add_ipp, update_contact
from patients.documents import content
from patients.events import PatientEvent
from patients.identity.ins import Ins, InsKind
from patients.lifecycle import asking
from patients.lifecycle.matricules import remember
from patients.lifecycle.states import InsEnd
from patients.models import (
    Content,
    ContentKind,
    Document,
    DocumentKind,
    Export,
    ExportState,
    Means,
    Patient,
    PatientIdentifier,
    PatientModel,
    Request,
    RequestKind,
    RequestStatus,
    WishAnswer,
    WishSubject,
)
from patients.requests.actions import AlreadyClosed, Asked, ask_export, close_request, month_after, register_request
from patients.requests.archive import Copy, bundle_of, copy_of, summary_of
from patients.requests.fhir import known_birth
from patients.requests.gathering import LEFT_OUT, OPENED, PRINTS, SECRET, Undeclared, copied_tables, rows_of
from patients.requests.producing import delete_next, make_next
from patients.requests.tasks import requests_due
from tests.patients.conftest import created
from tests.patients.identities import MATRICULE, OID, again, pat_trois, retrieved, validated
from tests.patients.test_consent import record_wish, said, shown, today
from tests.registration.conftest import QUESTION, in_ten_days, registered  # noqa: F401 - the fixture

PDF = b"%PDF-1.4 essai"
FORMER, DOUBTED = "277076322082910", "109076322083489"  # of the public test data


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


def copied(patient: Patient) -> Copy:
    return copy_of(Patient.objects.get(pk=patient.pk), readers=[], made_at=timezone.localtime())


def patient_of(said: Copy) -> Any:
    """The Patient of the Bundle, read by an independent library."""
    return Bundle.model_validate_json(json.dumps(bundle_of(said))).entry[0].resource


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

    def test_each_number_says_what_it_is_and_since_when_it_is_no_more(self, working_as, as_worker, followed):
        with working_as("alice") as alice:
            dunes = Organisation.objects.get(short_name="Clinique des Dunes")
            gone = add_ipp(patient=followed, value="77012", organisation=dunes, by=alice)
        with as_worker(1):
            PatientIdentifier.objects.filter(pk=gone.pk).update(ended_at=datetime(2026, 3, 4, 12, tzinfo=UTC))
            said = copied(followed)
        usual, old = patient_of(said).identifier
        assert (usual.use, usual.value, usual.type.coding[0].code) == ("usual", "80061742", "PI")
        assert (old.use, old.value, old.period.end.isoformat()) == ("old", "77012", "2026-03-04")
        assert [one.given_by for one in said.numbers] == [
            "Centre hospitalier de Rochebrune",
            "Clinique des Dunes, jusqu’au 04/03/2026",
        ]

    def test_a_qualified_identity_leaves_with_its_ins_and_the_one_before(self, working_as, as_worker):
        with working_as("alice") as alice:
            patient = again(validated(retrieved(pat_trois(alice), alice), alice))
            remember(patient, Ins(matricule=FORMER, kind=InsKind.NIR_TEST), InsEnd.DECLARED, ended_on=date(2019, 5, 2))
            remember(patient, Ins(matricule=DOUBTED, kind=InsKind.NIR_TEST), InsEnd.DOUBTED, ended_on=date(2020, 1, 7))
        with as_worker(1):
            said = copied(patient)
        now, former = patient_of(said).identifier
        assert (now.use, now.value, now.system) == ("official", MATRICULE, f"urn:oid:{OID}")
        assert [(one.code, one.system) for one in now.type.coding] == [
            ("INS-NIR-TEST", "https://hl7.fr/ig/fhir/core/CodeSystem/fr-core-cs-v2-0203")
        ]
        assert (former.use, former.value, former.period.end.isoformat()) == ("old", FORMER, "2019-05-02")
        assert said.rows["patients_patient"][0]["ins_matricule"] == MATRICULE
        assert {one["ins_matricule"] for one in said.rows["patients_formerins"]} == {FORMER, DOUBTED}
        shown = {given_by: number.replace("\xa0", "") for given_by, number in summary_of(said).numbers}
        assert shown == {
            "INS (identité qualifiée)": MATRICULE,
            "Ancien INS, jusqu’au 02/05/2019 (ancien matricule donné par INSi)": FORMER,
            "Ancien INS, jusqu’au 07/01/2020 (identité douteuse, fictive ou anonyme)": DOUBTED,
        }

    def test_an_ins_that_is_not_qualified_is_told_to_the_patient_and_to_no_software(self, working_as, as_worker):
        with working_as("alice") as alice:
            patient = again(retrieved(pat_trois(alice), alice))
        with as_worker(1):
            said = copied(patient)
        assert not patient_of(said).identifier
        assert said.rows["patients_patient"][0]["ins_matricule"] == MATRICULE
        assert [given_by for given_by, _ in summary_of(said).numbers] == ["INS (identité récupérée)"]

    def test_an_answer_nobody_decided_upon_is_not_handed_out(self, working_as, as_worker):
        with working_as("alice") as alice:
            patient = pat_trois(alice)
            asking.ask(patient=patient, given_name="DOMINIQUE", by=alice)
        with as_worker(1):
            (call,) = copied(patient).rows["patients_insicall"]
        assert not {"answer_sealed", "traits_hash"} & call.keys()

    def test_an_ins_whose_key_is_gone_says_so(self, working_as, as_worker, settings):
        with working_as("alice") as alice:
            patient = again(validated(retrieved(pat_trois(alice), alice), alice))
        settings.MASTER_KEYS = Keyring.generate_text(current="k9")
        with as_worker(1):
            said = copied(patient)
        assert not patient_of(said).identifier
        assert "illisible" in said.rows["patients_patient"][0]["ins_matricule"]

    @pytest.mark.parametrize(
        ("died_on", "expected", "words"),
        [(None, (True, None), "sans sa date"), (date(2026, 2, 1), (None, date(2026, 2, 1)), "01/02/2026")],
    )
    def test_who_died_does_not_read_as_alive(self, working_as, as_worker, followed, died_on, expected, words):
        with working_as("alice"):
            Patient.objects.filter(pk=followed.pk).update(is_deceased=True, died_on=died_on)
        with as_worker(1):
            said = copied(followed)
        read = patient_of(said)
        assert (read.deceasedBoolean, read.deceasedDateTime) == expected
        assert words in " ".join(summary_of(said).remarks)

    @pytest.mark.parametrize(
        ("typed", "known", "words"),
        [
            ("1960", "1960", "l’année, 1960. Le 31/12/1960"),
            ("05/1960", "1960-05", "le mois et l’année, 05/1960. Le 01/05/1960"),
            ("17/00/1960", "1960", "l’année, 1960. Le 17/01/1960"),
        ],
    )
    def test_a_partial_birth_date_is_said_as_far_as_it_is_known(self, working_as, as_worker, typed, known, words):
        with working_as("alice") as alice:
            patient = created(alice, "Tanguy", "Maël", typed, sex="M")
        with as_worker(1):
            said = copied(patient)
        read = bundle_of(said)["entry"][0]["resource"]
        assert read["birthDate"] == known
        assert [one["valueBoolean"] for one in read["extension"]] == [True]
        assert patient_of(said).birthDate
        assert words in " ".join(summary_of(said).remarks)

    def test_a_birth_date_that_is_known_is_whole(self):
        assert known_birth(date(1960, 12, 31), interpreted=False) == "1960-12-31"
        assert known_birth(date(1960, 1, 1), interpreted=True) == "1960"

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
