"""A validated report becomes a PDF/A and a national document that carries it (SND-01, SND-07, PLN-14, EXC-03)."""

import io
from pathlib import Path

import pikepdf
import pytest

from dcc.lib.pdf_checks import check_pdfa1a
from interop.cda.reader import read_n1
from interop.cda.rules import check_n1
from interop.cda.schema import validate
from interop.terminologies.identifiers import oid_of_uuid
from messaging.models import Delivery, DeliveryStatus
from patients.documents import content
from patients.models import Content, ContentKind, Document, DocumentState, Patient
from rcp.reports.header import split_name
from rcp.reports.production import produce_next
from tests.documents.making import INS, POSTED, deliveries_of, give_rpps, issue, make_case, make_patient, report_of
from tests.reports.reading import pages

SHARED = Path(__file__).resolve().parents[2] / "../shared"


def produced(document: Document) -> tuple[bytes, bytes]:
    assert produce_next() == document.region_id
    return (
        content.read(owner_id=document.pk, kind=ContentKind.PDF),
        content.read(owner_id=document.pk, kind=ContentKind.CDA),
    )


def text_of(pdf: bytes) -> str:
    return " ".join(pages(pdf))


def test_the_report_becomes_a_pdf_and_a_cda_that_carries_the_same_bytes(working_as, as_worker):
    with working_as("alice") as alice:
        give_rpps()
        document = issue(by=alice)
    with as_worker(1):
        pdf, cda = produced(document)
        document.refresh_from_db()
        assert document.state == DocumentState.READY
        assert deliveries_of(document)[0].status == DeliveryStatus.DUE
    assert check_pdfa1a(pdf) == []
    assert check_n1(cda) == []
    said, carried = read_n1(cda)
    assert carried == pdf
    assert said.header.document_id.root == oid_of_uuid(document.pk)
    assert said.header.set_id.root == oid_of_uuid(document.source_id)
    assert said.ins is None
    assert said.legal_authenticator.family == "Kerjean"
    assert said.legal_authenticator.identifier.extension == "810000000012"
    assert said.legal_authenticator.organisation_id.extension == "1440000016"
    assert (said.birth_name, said.birth_date, said.birth_place_code) == ("ABHERVE", "19630311", "35288")


def test_the_national_document_is_valid_against_the_schema(working_as, as_worker):
    xsd = SHARED / "data/cda/xsd"
    if not xsd.is_dir():
        pytest.skip("reference material ../shared is absent: the official schema cannot be compared")
    with working_as("alice") as alice:
        give_rpps()
        first = issue(by=alice, patient=make_patient(alice, qualified=True))
    with as_worker(1):
        _, cda = produced(first)
        assert validate(cda, xsd) == []
    with working_as("alice") as alice:
        second = issue(by=alice, replaces=first)
    with as_worker(1):
        _, cda = produced(second)
        assert validate(cda, xsd) == []
        assert read_n1(cda)[0].header.replaces.root == oid_of_uuid(first.pk)
        assert read_n1(cda)[0].header.version == 2


def test_a_qualified_identity_carries_its_ins_in_the_renderings_only(working_as, as_worker):
    with working_as("alice") as alice:
        give_rpps()
        document = issue(by=alice, patient=make_patient(alice, qualified=True))
        assert INS not in str(document.data)
    with as_worker(1):
        pdf, cda = produced(document)
    assert read_n1(cda)[0].ins.extension == INS
    assert INS[:13] in text_of(pdf).replace(" ", "").replace("\u202f", "").replace("\u00a0", "")


@pytest.mark.parametrize(
    "change", [{"birth_name": "ABHERVEE"}, {"status": "VALI"}], ids=["trait corrected", "no longer qualified"]
)
def test_the_ins_stays_home_when_the_identity_is_not_the_one_frozen(working_as, as_worker, change):
    with working_as("alice") as alice:
        give_rpps()
        patient = make_patient(alice, qualified=True)
        document = issue(by=alice, patient=patient)
        Patient.objects.filter(pk=patient.pk).update(**change)
    with as_worker(1):
        _, cda = produced(document)
    said = read_n1(cda)[0]
    assert said.ins is None
    assert said.birth_name == "ABHERVE"


def test_an_anonymous_case_keeps_the_traits_off_the_pages(working_as, as_worker):
    with working_as("alice") as alice:
        give_rpps()
        patient = make_patient(alice)
        document = issue(by=alice, patient=patient, report=report_of(patient).anonymised())
    with as_worker(1):
        pdf, cda = produced(document)
    assert "ABHERVE" not in text_of(pdf)
    assert "MAZURIER" not in cda.decode().split("<participant")[1]
    assert read_n1(cda)[0].birth_name == "ABHERVE"  # the envelope is filed by those who treat her


def test_the_logo_is_the_establishment_s(working_as, as_worker):
    with working_as("alice") as alice:
        give_rpps()
        document = issue(by=alice)
    with as_worker(1):
        pdf, _ = produced(document)
    with pikepdf.open(io.BytesIO(pdf)) as document_pages:
        assert any(page.get_images() for page in document_pages.pages)


def test_a_validator_without_rpps_fails_visibly_and_is_repaired_by_completing_the_account(working_as, as_worker):
    with working_as("alice") as alice:
        give_rpps(rpps="")
        document = issue(by=alice, recipients=(POSTED,))
    with as_worker(1):
        assert produce_next() == 1
        document.refresh_from_db()
        assert document.state == DocumentState.FAILED
        assert document.last_error.startswith("Le numéro RPPS de Dr Bob Kerjean, qui a validé, manque")
        delivery = Delivery.objects.get(document=document)
        assert (delivery.status, delivery.last_error) == (DeliveryStatus.REFUSED, document.last_error)
        assert not Content.objects.filter(owner_id=document.pk).exists()
    with working_as("alice") as alice:
        from messaging.actions import retry_delivery

        give_rpps()
        retry_delivery(delivery_id=delivery.pk, by=alice)
    with as_worker(1):
        produced(document)
        delivery.refresh_from_db()
        assert delivery.status == DeliveryStatus.TO_PRINT


def test_data_that_cannot_be_read_again_fail_visibly(working_as, as_worker):
    with working_as("alice") as alice:
        document = issue(by=alice)
    with as_worker(1):
        Document.objects.filter(pk=document.pk).update(next_attempt_at="2100-01-01T00:00Z")
    with working_as("alice") as alice:
        patient = make_patient(alice, birth_name="AUTRE")
        case = make_case(alice, patient)
        from patients.documents.actions import issue_document
        from rcp.tasks import produce_documents

        broken = issue_document(
            patient=patient,
            kind="rcp_report",
            title="Compte rendu illisible",
            data={"report": {"schema": 7}, "header": {}},
            source_id=case.pk,
            version=1,
            replaces=None,
            renderer=produce_documents,
            by=alice,
        )
    with as_worker(1):
        produce_next()
        broken.refresh_from_db()
        assert broken.state == DocumentState.FAILED
        assert "ne se relisent pas" in broken.last_error


@pytest.mark.parametrize(
    ("display", "parts"),
    [
        ("Dr Paul MAZURIER", ("Dr", "Paul", "MAZURIER")),
        ("Pr Anne-Marie LE GOFF", ("Pr", "Anne-Marie", "LE GOFF")),
        ("Mme Anne Le Goff", ("Mme", "Anne", "Le Goff")),
        ("Yann Hélias", ("", "Yann", "Hélias")),
        ("Cabinet", ("", "", "Cabinet")),
        ("Dr Jean-Luc de La Tour", ("Dr", "Jean-Luc", "de La Tour")),
        ("", ("", "", "")),
    ],
)
def test_names_written_in_one_are_cut(display, parts):
    assert split_name(display) == parts
