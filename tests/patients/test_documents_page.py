"""Adding documents and reading them in their page, as a secretary and a physician do (PAT-12, FRM-01)."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from dcc.audit.models import AuditEvent
from patients.documents.received_actions import withdraw_document
from patients.models import Content, Patient, ReceivedDocument, ReceivedStatus
from tests.documents import samples_received as samples
from tests.documents.filing import filed, received
from tests.patients.conftest import created
from tests.sheets.casework import make_case

READ = "patients.document_read"


@pytest.fixture
def in_scope(working_as: Any) -> Any:
    """`in_scope(f)`: what f reads as Alice."""

    def look(read: Any) -> Any:
        with working_as("alice"):
            return read()

    return look


def documents(in_scope: Any) -> list[ReceivedDocument]:
    return in_scope(lambda: list(ReceivedDocument.objects.order_by("added_at", "pk")))


def send(client: Client, patient: Patient, *files: tuple[str, bytes], **more: Any) -> Any:
    sent = [SimpleUploadedFile(name, data) for name, data in files]
    return client.post(reverse("patients:document_add", args=[patient.pk]), {"fichiers": sent, **more})


def fields(document: ReceivedDocument, **typed: str) -> dict[str, str]:
    prefix = f"d{document.pk.hex[-8:]}"
    usual = {"kind": "imaging", "dated_on": "02/11/2026", "author": "Dr Le Roux", "origin": "Imagerie Sainte-Odile"}
    return {f"{prefix}-{name}": value for name, value in (usual | {"title": "IRM mammaire"} | typed).items()}


def test_several_files_are_added_then_described_and_filed_together(signed_in, francoise, in_scope):
    alice = signed_in("alice")
    answer = send(alice, francoise, ("IRM.pdf", samples.pdf()), ("photo.jpg", samples.picture("JPEG")))
    describe = reverse("patients:document_describe", args=[francoise.pk])
    assert answer.url == describe
    page = alice.get(describe).content.decode()
    assert "IRM.pdf" in page
    assert "Classer 2" in page
    first, second = documents(in_scope)
    lacking = alice.post(describe, fields(first) | fields(second, author="", dated_on="31/02/2026"))
    assert lacking.status_code == 422
    body = lacking.content.decode()
    assert "Indiquez qui a écrit ce document" in body
    assert "n’est pas une date" in body
    assert 'value="Imagerie Sainte-Odile"' in body  # nothing typed is lost
    assert {one.status for one in documents(in_scope)} == {ReceivedStatus.DRAFT}
    alice.post(describe, fields(first) | fields(second, title="Cicatrice"))
    assert {one.status for one in documents(in_scope)} == {ReceivedStatus.FILED}
    listed = alice.get(reverse("patients:file", args=[francoise.pk]), {"rubrique": "documents"}).content.decode()
    assert "IRM mammaire" in listed
    assert "Cicatrice" in listed
    timeline = alice.get(reverse("patients:file", args=[francoise.pk])).content.decode()
    assert "<b>Compte rendu d’imagerie</b>, Cicatrice" in timeline
    assert re.search(r'Documents <span class="pill">2<', timeline)


def test_a_file_of_the_batch_can_be_given_up_without_describing_it(signed_in, francoise, in_scope):
    alice = signed_in("alice")
    send(alice, francoise, ("a.pdf", samples.pdf()), ("b.png", samples.picture()))
    kept, dropped = documents(in_scope)
    prefix = f"d{dropped.pk.hex[-8:]}"
    answer = alice.post(
        reverse("patients:document_describe", args=[francoise.pk]), fields(kept) | {f"{prefix}-discard": "on"}
    )
    assert answer.status_code == 302
    assert [one.status for one in documents(in_scope)] == [ReceivedStatus.FILED, ReceivedStatus.WITHDRAWN]


def test_refused_files_say_why_and_the_others_wait(signed_in, francoise, in_scope):
    answer = send(signed_in("alice"), francoise, ("lettre.docx", samples.docx()), ("cr.pdf", samples.pdf()))
    assert answer.status_code == 422
    body = answer.content.decode()
    assert "lettre.docx" in body
    assert "enregistrez-le en PDF" in body
    assert "Fichiers prêts à être décrits" in body
    assert [one.file_name for one in documents(in_scope)] == ["cr.pdf"]


def test_sent_one_by_one_by_the_script_each_file_has_its_answer(signed_in, francoise, working_as, in_scope):
    alice = signed_in("alice")

    def one(name: str, data: bytes) -> dict[str, str]:
        sent = {"fichiers": [SimpleUploadedFile(name, data)]}
        address = reverse("patients:document_add", args=[francoise.pk])
        answer = alice.post(address, sent, headers={"accept": "application/json"})
        assert answer.status_code == 200
        (told,) = answer.json()["files"]
        return told

    assert one("IRM.pdf", samples.pdf())["state"] == "added"
    assert one("IRM.pdf", samples.pdf())["state"] == "added"  # the first answer was lost: it is not a second document
    assert len(documents(in_scope)) == 1
    refused = one("lettre.docx", samples.docx())
    assert refused["state"] == "refused"
    assert "document Word" in refused["words"]
    assert "PDF" in refused["words"]
    with working_as("alice") as by:
        known = filed(francoise, by, samples.pdf(mark=b"2"))
    again = one("encore.pdf", samples.pdf(mark=b"2"))
    assert (again["state"], again["href"]) == ("known", page_of(known))
    assert "déjà dans le dossier" in again["words"]


def test_the_same_file_twice_is_said(signed_in, francoise, in_scope):
    alice = signed_in("alice")
    send(alice, francoise, ("cr.pdf", samples.pdf()))
    answer = send(alice, francoise, ("cr (1).pdf", samples.pdf()))
    assert "déjà dans le dossier" in answer.content.decode()
    assert len(documents(in_scope)) == 1


def test_bounds_of_a_sending(signed_in, francoise, in_scope, settings):
    settings.DOCUMENT_MAX_BYTES = 3 * 1024 * 1024
    big = samples.pdf() + b"\n%" + b"x" * (3 * 1024 * 1024)
    within = samples.pdf() + b"\n%" + b"x" * (2800 * 1024)  # more than Django keeps in memory by default
    answer = send(signed_in("alice"), francoise, ("gros.pdf", big), ("moyen.pdf", within))
    assert "dépasse 3 Mo" in answer.content.decode()
    (kept,) = documents(in_scope)
    assert kept.size == len(within)
    many = [(f"{rank}.png", samples.picture(size=(10 + rank, 9))) for rank in range(22)]
    answer = send(signed_in("alice"), francoise, *many)
    assert answer.content.decode().count("Plus de 20 fichiers") == 2
    assert len(documents(in_scope)) == 21


def test_a_name_is_shown_and_never_trusted(signed_in, francoise, in_scope):
    send(signed_in("alice"), francoise, ("..\\..\\<b>x</b>\x07.pdf", samples.pdf()))
    (kept,) = documents(in_scope)
    assert "/" not in kept.file_name.replace("</b>", "")
    assert "\x07" not in kept.file_name
    page = signed_in("alice").get(reverse("patients:document_describe", args=[francoise.pk])).content.decode()
    assert "<b>x</b>" not in page


def test_a_forged_form_is_refused(people, francoise, signed_in):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = signed_in("alice").cookies
    answer = send(strict, francoise, ("cr.pdf", samples.pdf()))
    assert answer.status_code == 403
    page = strict.get(reverse("patients:document_add", args=[francoise.pk])).content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
    assert send(strict, francoise, ("cr.pdf", samples.pdf()), csrfmiddlewaretoken=token).status_code == 302


def page_of(document: ReceivedDocument, name: str = "received", *more: Any) -> str:
    return reverse(f"patients:{name}", args=[document.pk, *more])


def frame_in(body: str) -> str:
    return re.search(r'<(?:iframe|img)[^>]*src="([^"]+)"', body)[1].replace("&amp;", "&")


def test_a_pdf_is_read_in_its_page_under_a_policy_of_its_own(signed_in, francoise, working_as, in_scope):
    with working_as("alice") as alice:
        document = filed(francoise, alice)
    client = signed_in("alice")
    body = client.get(page_of(document)).content.decode()
    answer = client.get(frame_in(body))
    assert answer.content == samples.pdf()
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("inline")
    assert "ABHERVE" not in answer["Content-Disposition"].upper()
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert "script-src" not in policy
    reads = in_scope(lambda: AuditEvent.objects.filter(event=READ, object_id=str(document.pk)).count())
    assert reads == 1  # the page and its frame are one reading
    client.get(page_of(document, "received_content"))
    client.get(page_of(document, "received_content") + "?vu=forged")
    reads = in_scope(lambda: AuditEvent.objects.filter(event=READ, object_id=str(document.pk)).count())
    assert reads == 3  # asked alone, it is one more each time


def test_paper_never_carries_a_pdf_cut_at_its_frame(signed_in, francoise, working_as):
    """The pages of a PDF are printed from its own viewer; whatever is our own page is printed as it is."""
    with working_as("alice") as alice:
        framed, drawn = filed(francoise, alice), filed(francoise, alice, samples.picture("PNG"))
    client = signed_in("alice")
    body = client.get(page_of(framed)).content.decode()
    assert re.search(
        r'<a class="btn" href="[^"]*\?vu=[^"]*" target="_blank" rel="noopener noreferrer">.*?Imprimer', body
    )
    assert "impriment depuis son plein écran" in body
    assert "data-print" not in body
    other = client.get(page_of(drawn)).content.decode()
    assert "data-print" in other
    assert "plein écran" not in other


def test_a_picture_and_each_page_of_a_fax(signed_in, francoise, working_as):
    with working_as("alice") as alice:
        picture = filed(francoise, alice, samples.picture("PNG"))
        fax = filed(francoise, alice, samples.picture("TIFF", pages=3))
    alice = signed_in("alice")
    answer = alice.get(frame_in(alice.get(page_of(picture)).content.decode()))
    assert answer.content == samples.picture("PNG")
    assert "sandbox" in answer["Content-Security-Policy"]
    body = alice.get(page_of(fax)).content.decode()
    assert "Page 3 sur 3" in body
    shown = alice.get(page_of(fax, "received_page", 3))
    assert shown.content.startswith(b"\x89PNG")
    assert alice.get(page_of(fax, "received_page", 4)).status_code == 404
    assert alice.get(page_of(fax, "received_content")).status_code == 404


def test_a_text_and_a_cda_are_shown_as_our_own_words(signed_in, francoise, working_as):
    with working_as("alice") as alice:
        text = filed(francoise, alice, "Conclusion : <script>alert(1)</script> pas de récidive".encode("cp1252"))
        cda = filed(francoise, alice, samples.cda())
        level_1 = filed(francoise, alice, samples.cda(body=samples.wrapped(samples.pdf())))
    alice = signed_in("alice")
    body = alice.get(page_of(text)).content.decode()
    assert "&lt;script&gt;alert(1)" in body
    body = alice.get(page_of(cda)).content.decode()
    assert "<strong>HER2 1+</strong>" in body
    assert "Dr Anne Morvan" in body
    assert "ne concorde pas avec ce dossier" not in body
    assert alice.get(page_of(cda, "received_content")).status_code == 404
    assert alice.get(frame_in(alice.get(page_of(level_1)).content.decode())).content == samples.pdf()


def test_a_cda_about_somebody_else_is_loud_before_and_after_it_is_filed(signed_in, francoise, working_as, in_scope):
    with working_as("alice") as alice:
        document = received(francoise, alice, samples.cda(birth_name="TANGUY", birth="19710202"))
    alice = signed_in("alice")
    describe = reverse("patients:document_describe", args=[francoise.pk])
    body = alice.get(describe).content.decode()
    assert "ne concorde pas avec ce dossier" in body
    assert "<mark>TANGUY</mark>" in body
    assert "<mark>02/02/1971</mark>" in body
    assert "Confirmez que ce document concerne" in alice.post(describe, fields(document)).content.decode()
    assert alice.post(describe, fields(document, confirmed="on")).status_code == 302
    assert "ne concorde pas avec ce dossier" in alice.get(page_of(document)).content.decode()
    listed = alice.get(reverse("patients:file", args=[francoise.pk]), {"rubrique": "documents"}).content.decode()
    assert "autre identité" in listed


def test_the_same_file_in_another_file_is_said_before_it_is_filed(signed_in, francoise, working_as):
    with working_as("alice") as alice:
        filed(created(alice, "Tanguy", "Maël", "02021971", sex="M"), alice)
        received(francoise, alice)
    body = signed_in("alice").get(reverse("patients:document_describe", args=[francoise.pk])).content.decode()
    assert "Le même fichier est dans un autre dossier" in body
    assert "TANGUY Maël" in body


def test_a_document_replaces_another_from_its_page(signed_in, francoise, working_as, in_scope):
    with working_as("alice") as alice:
        old = filed(francoise, alice)
    alice = signed_in("alice")
    assert f"?remplace={old.pk}" in alice.get(page_of(old)).content.decode()
    send(alice, francoise, ("v2.pdf", samples.pdf(mark=b"v2")), remplace=str(old.pk))
    new = documents(in_scope)[-1]
    assert new.author == old.author  # taken over, to be corrected
    alice.post(reverse("patients:document_describe", args=[francoise.pk]), fields(new, replaces=str(old.pk)))
    body = alice.get(page_of(old)).content.decode()
    assert "Une version plus récente existe" in body
    assert page_of(new) in body
    assert "<iframe" in body  # still readable


def test_withdrawing_wants_a_reason_and_hides_the_document(signed_in, francoise, working_as, in_scope):
    with working_as("alice") as alice:
        document = filed(francoise, alice)
    alice = signed_in("alice")
    assert alice.post(page_of(document, "document_withdraw"), {"because": "non"}).status_code == 422
    alice.post(page_of(document, "document_withdraw"), {"because": "Document d’un autre patient"})
    body = alice.get(page_of(document)).content.decode()
    assert "Document d’un autre patient" in body
    assert "<iframe" not in body
    assert alice.get(page_of(document, "received_content")).status_code == 404
    address = reverse("patients:file", args=[francoise.pk])
    assert page_of(document) not in alice.get(address, {"rubrique": "documents"}).content.decode()
    assert page_of(document) not in alice.get(address).content.decode()
    assert page_of(document) in alice.get(address, {"rubrique": "documents", "type": "retires"}).content.decode()
    assert in_scope(lambda: Content.objects.filter(owner_id=document.pk).count()) == 1


def test_who_read_it_is_for_those_allowed(signed_in, working_as, people):
    with working_as("bob") as bob:
        case = make_case(by=bob)
        document = filed(case.patient, bob)
    signed_in("carol").get(page_of(document))
    assert "Qui l’a lu" not in signed_in("carol").get(page_of(document)).content.decode()
    body = signed_in("bob").get(page_of(document)).content.decode()
    assert "Qui l’a lu" in body
    assert "Carol Jézéquel" in body
    assert "2 fois" in body


def test_a_document_is_new_until_it_is_read(signed_in, working_as):
    with working_as("bob") as bob:
        case = make_case(by=bob)
        document = filed(case.patient, bob)
    address = reverse("patients:file", args=[case.patient_id])
    carol = signed_in("carol")
    assert "nouveau" in carol.get(address, {"rubrique": "documents"}).content.decode()
    carol.get(page_of(document))
    assert "nouveau" not in carol.get(address, {"rubrique": "documents"}).content.decode()
    assert "nouveau" not in signed_in("bob").get(address, {"rubrique": "documents"}).content.decode()  # his own


def test_the_list_is_filtered_by_type_and_says_when_it_is_empty(signed_in, francoise, working_as):
    with working_as("alice") as alice:
        filed(francoise, alice, title="Pièce opératoire")
        filed(francoise, alice, samples.picture(), kind="imaging", title="IRM mammaire")
    address, alice = reverse("patients:file", args=[francoise.pk]), signed_in("alice")
    one = alice.get(address, {"rubrique": "documents", "type": "imaging"}).content.decode()
    assert "IRM mammaire" in one
    assert '<a class="who"' in one
    assert one.count('class="who"') == 1
    unknown = alice.get(address, {"rubrique": "documents", "type": "nonsense"}).content.decode()
    assert unknown.count('class="who"') == 2  # an unknown filter is no filter


def test_a_file_closed_to_the_reader_takes_nothing(signed_in, francoise, in_scope):
    answer = send(signed_in("denis"), francoise, ("cr.pdf", samples.pdf()))
    assert answer.url == reverse("patients:file", args=[francoise.pk])
    assert documents(in_scope) == []


def test_an_eliminated_content_says_so(signed_in, francoise, working_as, as_worker):
    with working_as("alice") as alice:
        document = filed(francoise, alice)
    with as_worker(1):
        Content.objects.filter(owner_id=document.pk).update(wrapped_key=b"")
    alice = signed_in("alice")
    assert "est éliminé" in alice.get(page_of(document)).content.decode()
    assert alice.get(page_of(document, "received_content")).status_code == 404


def test_a_trace_never_says_what_somebody_typed(signed_in, francoise, working_as, in_scope):
    with working_as("alice") as alice:
        document = filed(francoise, alice, title="Courrier de Mme Abhervé")
        withdraw_document(document_id=document.pk, because="Document d’un autre patient", by=alice)
        told = str(list(AuditEvent.objects.filter(patient_id=francoise.pk).values_list("details", flat=True)))
    assert "Abhervé" not in told
