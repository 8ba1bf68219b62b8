"""A document attached to a case in one click is at hand on the sheet, the list and the screen of the room (MTG-11)."""

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from dcc.audit.models import AuditEvent
from patients.documents.received_actions import withdraw_document
from patients.models import ReceivedDocument
from patients.requests.gathering import files_of, rows_of
from rcp.attachments.actions import AttachmentRefused, attach_document, detach_document
from rcp.attachments.queries import attached_documents
from rcp.models import Case, CaseAttachment, CaseStatus
from tests.documents import samples_received as samples
from tests.documents.filing import filed
from tests.patients.conftest import created
from tests.sheets.casework import make_case


@pytest.fixture
def case(working_as: Any) -> Case:
    with working_as("bob") as bob:
        return make_case(by=bob)


@pytest.fixture
def document(working_as: Any, case: Case) -> ReceivedDocument:
    with working_as("bob") as bob:
        return filed(case.patient, bob)


def test_one_click_from_the_list_of_the_file_and_it_is_on_every_page_of_the_case(signed_in, case, document):
    bob = signed_in("bob")
    page = bob.get(reverse("patients:file", args=[case.patient_id]), {"rubrique": "documents"})
    address = reverse("rcp:attach", args=[case.pk])
    assert address in page.content.decode()
    said = bob.post(address, {"document": document.pk, "next": "file"})
    assert said.url.endswith("rubrique=documents")
    here = reverse("patients:received", args=[document.pk])
    projection = reverse("rcp:projection_case", args=[case.meeting_id, case.pk])
    for path in (
        reverse("rcp:case", args=[case.pk]),
        reverse("rcp:meeting", args=[case.meeting_id]),
        f"{projection}?documents=1",
    ):
        assert here in bob.get(path).content.decode(), path
    assert "documents 1" in bob.get(projection).content.decode()
    page = bob.get(reverse("patients:file", args=[case.patient_id]), {"rubrique": "documents"})
    assert address not in page.content.decode()  # nothing left to attach


def test_an_anonymous_case_shows_no_document_to_the_room(signed_in, working_as, case, document):
    with working_as("bob") as bob:
        attach_document(case=case, document=document, by=bob)
        Case.objects.filter(pk=case.pk).update(anonymous=True)
    bob = signed_in("bob")
    here = reverse("patients:received", args=[document.pk])
    projection = reverse("rcp:projection_case", args=[case.meeting_id, case.pk])
    assert here not in bob.get(f"{projection}?documents=1").content.decode()
    assert here not in bob.get(reverse("rcp:meeting", args=[case.meeting_id])).content.decode()


def test_attaching_twice_is_once_and_detaching_is_traced(working_as, case, document):
    with working_as("bob") as bob:
        attach_document(case=case, document=document, by=bob)
        attach_document(case=case, document=document, by=bob)
        assert detach_document(case=case, document=document, by=bob)
        assert not detach_document(case=case, document=document, by=bob)
        found = AuditEvent.objects.filter(event__startswith="rcp.document_").order_by("pk")
        assert [one.event for one in found] == ["rcp.document_attached", "rcp.document_detached"]


def test_a_replaced_document_is_followed_and_a_withdrawn_one_disappears(working_as, case, document):
    with working_as("bob") as bob:
        attach_document(case=case, document=document, by=bob)
        new = filed(case.patient, bob, samples.pdf(mark=b"new"), replaces=document)
        assert attached_documents([case.pk]) == {case.pk: [new]}
        copied = rows_of(case.patient)
        assert [row["document"] for row in copied["rcp_caseattachment"]] == [str(new.pk)]
        withdraw_document(document_id=new.pk, because="Document d’un autre patient", by=bob)
        assert attached_documents([case.pk]) == {case.pk: [document]}
        document.refresh_from_db()
        withdraw_document(document_id=document.pk, because="Document d’un autre patient", by=bob)
        assert attached_documents([case.pk]) == {}
        assert CaseAttachment.objects.filter(case=case).exists()
        assert rows_of(case.patient)["rcp_caseattachment"] == [], "the copy names no document of another patient"


def test_what_the_room_had_stays_once_the_case_is_closed(working_as, case, document):
    with working_as("bob") as bob:
        attach_document(case=case, document=document, by=bob)
        Case.objects.filter(pk=case.pk).update(status=CaseStatus.POSTPONED)
        case.refresh_from_db()
        for act in (attach_document, detach_document):
            with pytest.raises(AttachmentRefused):
                act(case=case, document=document, by=bob)
        filed(case.patient, bob, samples.pdf(mark=b"new"), replaces=document)
        assert [one.document for one in CaseAttachment.objects.all()] == [document]


def test_a_document_of_somebody_else_is_never_attached(working_as, signed_in, case):
    with working_as("bob") as bob:
        other = filed(created(bob, "Tanguy", "Maël", "02021971", sex="M"), bob)
        with pytest.raises(AttachmentRefused):
            attach_document(case=case, document=other, by=bob)
    assert signed_in("bob").post(reverse("rcp:attach", args=[case.pk]), {"document": other.pk}).status_code == 404
    assert signed_in("bob").post(reverse("rcp:attach", args=[case.pk]), {"document": "x"}).status_code == 404


def test_a_list_of_many_documents_costs_no_more_queries(signed_in, working_as, case, django_assert_max_num_queries):
    with working_as("bob") as bob:
        for rank in range(6):
            one = filed(case.patient, bob, samples.pdf(mark=b"%d" % rank), dated_on=date(2026, 1, 1 + rank))
            attach_document(case=case, document=one, by=bob)
    client = signed_in("bob")
    client.get(reverse("patients:file", args=[case.patient_id]))  # traced once an hour
    with django_assert_max_num_queries(26):
        client.get(reverse("patients:file", args=[case.patient_id]), {"rubrique": "documents"})
    with django_assert_max_num_queries(26):
        client.get(reverse("patients:received", args=[one.pk]))


def test_once_withdrawn_a_document_of_another_patient_is_in_no_copy_nor_page(signed_in, working_as, case, document):
    """Neither in the patient's copy, nor on any page of the case; its trace and its reason stay."""
    with working_as("bob") as bob:
        right = filed(case.patient, bob, samples.pdf(mark=b"right"))
        for one in (document, right):
            attach_document(case=case, document=one, by=bob)
        withdraw_document(document_id=document.pk, because="Document d’un autre patient", by=bob)
        assert [one.owner_id for one in files_of(case.patient)] == [right.pk]
        assert [row["id"] for row in rows_of(case.patient)["patients_receiveddocument"]] == [str(right.pk)]
        assert attached_documents([case.pk])[case.pk] == [right]
        kept = ReceivedDocument.objects.get(pk=document.pk)
        assert (kept.status, kept.withdrawn_because) == ("withdrawn", "Document d’un autre patient")
    client = signed_in("bob")
    body = client.get(reverse("rcp:case", args=[case.pk])).content.decode()
    assert reverse("patients:received", args=[right.pk]) in body
    assert reverse("patients:received", args=[document.pk]) not in body
    assert client.get(reverse("patients:received_content", args=[document.pk])).status_code == 404
