"""The MSSanté mail: subject, X-MSS headers, attachments, receipts, and no INS in clear (SND-04, EXC-04)."""

from collections.abc import Callable
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from interop.cda.parties import Patient
from interop.xdm.archive import build_archive, read_archive
from interop.xdm.mail import AttachedPdf, MailRefused, MssanteMail, build_mail, envelope, pdf_name
from interop.xdm.metadata import Submission
from tests.interop.samples import INS_TEST


def read(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=default)  # type: ignore[return-value]


def test_the_mail_is_the_one_reviewed(mail: MssanteMail, golden: Callable[[str, bytes], None]) -> None:
    raw = build_mail(mail)
    golden("mssante_mail.eml", raw)
    assert build_mail(mail) == raw  # a retry is the same mail


def test_the_headers_tell_software_what_is_inside(mail: MssanteMail) -> None:
    message = read(build_mail(mail))
    assert message["Subject"] == "XDM/1.0/DDM+CR RCP PAT-TROIS DOMINIQUE 28/03/1979"
    assert message["Message-ID"] == mail.message_id
    assert [message[f"X-MSS-{name}"] for name in ("CODECDA", "INS", "NIL", "MES")] == ["34794-8", "O", "DCC-0001", None]
    assert message["Disposition-Notification-To"] == "rcp@dcc.armorgne.mssante.fr"
    assert message["Reply-To"] == "secretariat@3c.armorgne.mssante.fr"
    assert message["From"].addresses[0].display_name == "RCP Sein – 3C Armorgne"


def test_an_unqualified_identity_is_announced(mail: MssanteMail, unqualified_patient: Patient) -> None:
    assert read(build_mail(replace(mail, patient=unqualified_patient)))["X-MSS-INS"] == "N"


def test_the_archive_and_the_pdf_are_attached(mail: MssanteMail, submission: Submission) -> None:
    message = read(build_mail(replace(mail, archive=build_archive(submission))))
    archive, pdf = message.iter_attachments()
    assert (archive.get_filename(), archive.get_content_type()) == ("IHE_XDM.zip", "application/zip")
    assert read_archive(archive.get_content()).documents[0].content == submission.documents[0]  # type: ignore[attr-defined]
    assert pdf.get_filename() == "20261120_CR-RCP_PAT-TROIS_DOMINIQUE_2026-17.pdf"
    assert pdf.get_content() == mail.pdfs[0].content  # type: ignore[attr-defined]
    body = message.get_body()
    assert body is not None
    assert body.get_content().replace("\r\n", "\n") == mail.body  # type: ignore[attr-defined]


def test_file_names_are_plain_ascii(mail: MssanteMail, patient: Patient) -> None:
    pdf = AttachedPdf(content=b"%PDF-", act_on=mail.pdfs[0].act_on, label="Programme de l’après-cancer")
    accented = replace(patient, birth_name="ŒUVRARD D'ÉTÉ", first_birth_given_name="Maël/..\\x")
    assert pdf_name(pdf, accented) == "20261120_Programme-de-l-apres-cancer_OEUVRARD-D-ETE_Mael-x.pdf"


def test_the_envelope_asks_for_delivery_receipts(mail: MssanteMail) -> None:
    asked = envelope(replace(mail, message_id="<a+b=c@x.mssante.fr>"))
    assert asked.mail_options == ("RET=HDRS", "ENVID=a+2Bb+3Dc@x.mssante.fr")
    assert asked.recipient_options == ("NOTIFY=SUCCESS,FAILURE",)
    assert envelope(mail, delivery_receipt=False).mail_options == ()


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"recipients": ()}, "aucun destinataire"),
        ({"recipients": ("anne.colin@gmail.com",)}, "espace de confiance"),
        ({"recipients": ("anne@mssante.fr.evil.example",)}, "espace de confiance"),
        ({"reply_to": "x@exemple.fr"}, "espace de confiance"),
        ({"message_id": "<a@b>\r\nBcc: x@y.fr"}, "identifiant de courriel"),
        ({"pdfs": ()}, "absent"),
        ({"body": f"Patient {INS_TEST.extension}"}, "INS"),
        ({"body": "INS 2 79 03 51 215 189 89"}, "INS"),
        ({"subject_label": INS_TEST.extension}, "INS"),
        ({"sender_label": f"INS {INS_TEST.extension}"}, "INS"),
        ({"message_id": f"<{INS_TEST.extension}@x.mssante.fr>"}, "INS"),
        ({"recipients": (f"{INS_TEST.extension}@patient.mssante.fr", "gp@cabinet.mssante.fr")}, "même courriel"),
        ({"recipients": ("279035121518900@patient.mssante.fr",)}, "autre que celui du document"),
    ],
)
def test_a_mail_that_breaks_a_rule_is_refused(mail: MssanteMail, change: dict[str, object], problem: str) -> None:
    with pytest.raises(MailRefused, match=problem):
        build_mail(replace(mail, **change))  # type: ignore[arg-type]


def test_a_patient_is_written_to_alone_and_may_be_asked_not_to_answer(mail: MssanteMail) -> None:
    to_patient = replace(mail, recipients=(f"{INS_TEST.extension}@patient.mssante.fr",), ends_exchange=True)
    assert read(build_mail(to_patient))["X-MSS-MES"] == "FIN"


def test_a_mail_too_large_is_refused(mail: MssanteMail) -> None:
    with pytest.raises(MailRefused, match="2 Mo"):
        build_mail(replace(mail, archive=b"x" * 1_200_000), max_size=1_000_000)


def test_the_ins_is_nowhere_in_the_text_of_the_mail(mail: MssanteMail, submission: Submission) -> None:
    raw = build_mail(replace(mail, archive=build_archive(submission)))
    assert INS_TEST.extension.encode() not in raw


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60), st.text(max_size=200), st.text(min_size=1, max_size=40))
def test_no_text_can_add_a_header(mail: MssanteMail, label: str, body: str, name: str) -> None:
    patient = replace(mail.patient, birth_name=name)
    try:
        raw = build_mail(replace(mail, subject_label=label, body=body, patient=patient, sender_label=name))
    except MailRefused:
        return
    message = read(raw)
    assert set(message.keys()) == {
        "From",
        "To",
        "Subject",
        "Date",
        "Message-ID",
        "Reply-To",
        "Disposition-Notification-To",
        "X-MSS-CODECDA",
        "X-MSS-INS",
        "X-MSS-NIL",
        "MIME-Version",
        "Content-Type",
    }
    assert len(list(message.iter_attachments())) == 2
