"""The MDM that carries a report to a hospital, its self-check, reception and acknowledgement (EXC-03, SND-07)."""

from base64 import b64decode
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from interop.cda.builder import build_n1
from interop.cda.model import ClinicalDocumentN1
from interop.cda.parties import Patient, Professional
from interop.cda.reader import read_n1
from interop.hl7v2.ack import build_ack, parse_ack
from interop.hl7v2.emission import check_emission, mailing_warnings
from interop.hl7v2.mdm import DocumentMessage, EmissionRefused, Handling, MailRecipient, build_mdm
from interop.hl7v2.reader import MalformedMessage, parse
from interop.hl7v2.reception import accept_mdm
from interop.hl7v2.text import Charset
from interop.terminologies.hl7v2 import AckCode, ApplicationError, DocumentEvent, ErrorCode, Metadata
from interop.terminologies.identifiers import Identifier
from tests.interop.samples import DOCUMENT_ID, INS_TEST, PREVIOUS_ID, small_cda

Golden = Callable[[str, bytes], None]


def test_the_message_is_the_one_reviewed(message: DocumentMessage, golden: Golden) -> None:
    raw = build_mdm(message)
    golden("mdm_t02.hl7", raw)
    assert build_mdm(message) == raw  # a retry is the same bytes


def test_every_segment_of_the_profile_is_there_in_order(message: DocumentMessage) -> None:
    read = parse(build_mdm(message))
    names = [item.name for item in read.segments]
    assert names == ["MSH", "EVN", "PID", "PV1", "ORC", "OBR", "TXA", "OBX", "PRT", *["OBX"] * 10]
    assert [item.value(3) for item in read.named("OBX")[1:]] == [item.value for item in Metadata]
    assert read.msh.raw_field(9) == b"MDM^T02^MDM_T02"
    assert read.msh.raw_field(21) == b"2.1^CISIS_CDA_HL7_V2"
    assert read.value("PID", 3) == INS_TEST.extension
    assert read.value("PID", 5, 7, repetition=2) == "D"
    assert read.value("PID", 11, 9, repetition=2) == "51215"
    assert read.value("TXA", 12) == DOCUMENT_ID.root
    assert b64decode(read.first("OBX").raw_component(5, 5)) == message.document  # type: ignore[union-attr]


def test_without_qualified_identity_only_local_numbers_leave(
    message: DocumentMessage, unqualified_patient: Patient
) -> None:
    cda = small_cda(*unqualified_patient.identifiers)
    read = parse(build_mdm(replace(message, patient=unqualified_patient, document=cda)))
    assert [read.value("PID", 3, 5), read.value("PID", 32)] == ["PI", "PROV"]


def test_an_ins_never_leaves_with_an_unqualified_identity(message: DocumentMessage, patient: Patient) -> None:
    with pytest.raises(EmissionRefused) as refused:
        build_mdm(replace(message, patient=replace(patient, identity_statuses=("PROV",))))
    assert refused.value.problems == ("PID-32\u00a0: INS transmise sans identité qualifiée (VALI)",)


def test_a_replacement_names_what_it_replaces(message: DocumentMessage, patient: Patient) -> None:
    cda = small_cda(*patient.identifiers, replaces=PREVIOUS_ID)
    read = parse(build_mdm(replace(message, event=DocumentEvent.REPLACEMENT, replaced_id=PREVIOUS_ID, document=cda)))
    assert read.msh.raw_field(9) == b"MDM^T10^MDM_T02"
    assert [read.value("ORC", 1), read.value("OBX", 11), read.value("TXA", 13)] == ["RO", "C", PREVIOUS_ID.root]


def test_a_deletion_cancels_the_document_itself(message: DocumentMessage) -> None:
    read = parse(build_mdm(replace(message, event=DocumentEvent.DELETION)))
    assert [read.value("MSH", 9, 2), read.value("ORC", 1), read.value("OBX", 11)] == ["T04", "CA", "D"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"event": DocumentEvent.REPLACEMENT}, "TXA-13"),
        ({"replaced_id": PREVIOUS_ID}, "TXA-13"),
        ({"document": b"%PDF-1.7"}, "OBX-5"),
        ({"document_id": PREVIOUS_ID}, "TXA-12"),
        ({"document": small_cda(Identifier(root="1.2.250.1.999.1.1", extension="another"))}, "PID-3"),
        ({"control_id": "X" * 21}, "MSH-10"),
        ({"control_id": ""}, "MSH-10"),
        ({"processing_id": "Z"}, "MSH-11"),
        ({"reply_to": "nulle-part"}, "PRT-15"),
    ],
)
def test_a_contradictory_message_does_not_leave(
    message: DocumentMessage, change: dict[str, object], field: str
) -> None:
    with pytest.raises(EmissionRefused) as refused:
        build_mdm(replace(message, **change))  # type: ignore[arg-type]
    assert any(problem.startswith(field) for problem in refused.value.problems)


def test_what_is_hidden_from_the_patient_is_never_addressed_to_the_patient(message: DocumentMessage) -> None:
    address = f"{INS_TEST.extension}@patient.mssante.fr"
    to_patient = replace(message, recipients=(MailRecipient(address=address, is_patient=True),))
    with pytest.raises(EmissionRefused, match="invisible du patient"):
        build_mdm(to_patient)
    read = parse(build_mdm(replace(to_patient, handling=Handling(invisible_to_patient=False))))
    assert read.value("NTE", 4) == "FIN"
    assert read.named("PRT")[1].value(5, 13) == "INS"


def test_mailboxes_the_hospital_must_serve_are_participations(
    message: DocumentMessage, oncologist: Professional
) -> None:
    recipient = MailRecipient(address="gp@cabinet.mssante.fr", professional=oncologist)
    read = parse(
        build_mdm(
            replace(
                message,
                recipients=(recipient,),
                reply_to="rcp@reseau.mssante.fr",
                mail_body_professionals="Cher confrère…",
            )
        )
    )
    sender, copy, reply = read.named("PRT")
    assert [sender.value(4), copy.value(4), reply.value(4)] == ["SB", "RCT", "REPLY"]
    assert [copy.value(5), copy.value(5, 13)] == ["810000000001", "IDNPS"]
    assert [copy.value(15, 3), copy.value(15, 4)] == ["X.400", "gp@cabinet.mssante.fr"]
    assert reply.raw_field(15) == b"^^X.400^rcp@reseau.mssante.fr"
    assert (
        sender.raw_field(8)
        == ("Centre hospitalier d’Armorgne^^^^^ASIP-SANTE-ST&1.2.250.1.71.4.2.2&ISO^FINEG^^^990000019").encode()
    )
    assert read.named("OBX")[-1].value(3) == "CORPSMAIL_PS"


def test_the_mailing_matrix_only_warns(message: DocumentMessage, oncologist: Professional) -> None:
    recipients = (MailRecipient(address="gp@cabinet.mssante.fr", professional=oncologist),)
    careful = build_mdm(replace(message, recipients=recipients))
    assert check_emission(careful) == []
    assert len(mailing_warnings(parse(careful))) == 1
    usual = Handling(invisible_to_legal_representatives=False)
    assert mailing_warnings(parse(build_mdm(replace(message, recipients=recipients, handling=usual)))) == []


def test_a_message_can_be_written_in_8859_15(message: DocumentMessage, centre: object) -> None:
    western = replace(message, charset=Charset.LATIN9)
    with pytest.raises(EmissionRefused, match="MSH-18"):  # the typographic apostrophe is not in 8859-15
        build_mdm(western)
    plain = replace(message.sender_organisation, name="Hôpital de l'Été")
    patient = replace(message.patient, address=None)
    raw = build_mdm(replace(western, sender_organisation=plain, patient=patient))
    assert "Hôpital de l'Été".encode("iso-8859-15") in raw
    assert parse(raw).value("PRT", 8) == "Hôpital de l'Été"


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(min_size=1, max_size=30).filter(lambda text: text.strip()))
def test_a_name_cannot_break_the_message(message: DocumentMessage, name: str) -> None:
    patient = replace(message.patient, birth_name=name)
    try:
        raw = build_mdm(replace(message, patient=patient))
    except EmissionRefused:
        assert not name.isprintable()
        return
    read = parse(raw)
    assert read.first("PID").value(7) == "19790328"  # type: ignore[union-attr]
    assert accept_mdm(raw)[1] is not None


def test_a_hospital_accepts_the_message_and_files_the_document(
    message: DocumentMessage, now: datetime, golden: Golden
) -> None:
    answer, stored = accept_mdm(build_mdm(message), control_id="PFI1", now=now)
    golden("ack_aa.hl7", answer)
    ack = parse_ack(answer)
    assert ack.accepted
    assert ack.answers(message.control_id)
    assert stored is not None
    assert stored.content == message.document
    assert stored.document_id == DOCUMENT_ID
    assert ("INS", INS_TEST) in stored.patient_ids
    assert stored.sender == ("DCC", "RESEAU-ARMORGNE")


def test_the_same_message_twice_has_the_same_answer(message: DocumentMessage, now: datetime) -> None:
    raw = build_mdm(message)
    assert accept_mdm(raw, now=now) == accept_mdm(raw, now=now)


@pytest.mark.parametrize(
    ("sent", "changed", "code"),
    [
        (b"2.1^CISIS_CDA_HL7_V2", b"9.9^AUTRE", ErrorCode.TABLE_VALUE),
        (b"MDM^T02^MDM_T02", b"MDM^T01^MDM_T02", ErrorCode.EVENT),
        (b"MDM^T02^MDM_T02", b"ORU^R01^ORU_R01", ErrorCode.MESSAGE_TYPE),
        (b"|P|2.6|", b"|P|2.5|", ErrorCode.VERSION),
        (b"|P|2.6|", b"|X|2.6|", ErrorCode.PROCESSING_ID),
        (b"\rTXA|1", b"\rZXA|1", ErrorCode.SEGMENT_SEQUENCE),
        (b"\rORC|NW", b"\rORC|NW\rORC|NW", ErrorCode.CARDINALITY),
        (b"\rORC|NW", b"\rORC|CA", ErrorCode.TABLE_VALUE),
        (b"|VALI|", b"||", ErrorCode.REQUIRED_FIELD),
        (b"^Base64^", b"^Base64^!", ErrorCode.DATA_TYPE),
        (b"||Y^^expandedYes", b"||O^^expandedYes", ErrorCode.TABLE_VALUE),
        (b"MASQUE_PS^", b"MASQUE^", ErrorCode.REQUIRED_FIELD),
    ],
)
def test_a_hospital_refuses_a_wrong_message_with_its_code(
    message: DocumentMessage, sent: bytes, changed: bytes, code: ErrorCode
) -> None:
    raw = build_mdm(message)
    assert sent in raw
    answer, stored = accept_mdm(raw.replace(sent, changed, 1))
    ack = parse_ack(answer)
    assert stored is None
    assert ack.code is AckCode.ERROR
    assert ack.answers(message.control_id)
    assert code.value in [error.code for error in ack.errors]
    assert ack.reasons


def test_unreadable_bytes_are_answered_too() -> None:
    answer, stored = accept_mdm(b"GET / HTTP/1.1\r\n")
    assert (parse_ack(answer).code, parse_ack(answer).acknowledged_id, stored) == (AckCode.ERROR, "", None)


def test_the_acknowledgement_names_the_event_the_country_and_the_character_set(
    message: DocumentMessage, now: datetime
) -> None:
    received = parse(build_mdm(message))
    ack = parse(build_ack(received, code=AckCode.REJECTED, control_id="1", now=now, text="base indisponible"))
    assert ack.msh.raw_field(9) == b"ACK^T02^ACK"
    assert [ack.msh.value(number) for number in (3, 4, 5, 6, 11, 12, 17, 18)] == [
        "PFI",
        "CH-ARMORGNE",
        "DCC",
        "RESEAU-ARMORGNE",
        "P",
        "2.6",
        "FRA",
        "UNICODE UTF-8",
    ]
    assert parse_ack(ack.to_bytes()).reasons == "base indisponible"


def test_an_application_refusal_is_understood() -> None:
    ack = parse_ack(
        b"MSH|^~\\&|DPI|H|DCC|R|20260101||ACK^T02^ACK|9|P|2.6|||||FRA|UNICODE UTF-8\rMSA|AE|DCC1\r"
        b"ERR||PID^1^3|207^Application error^messageErrorCondition|E|"
        b"902^Patient inconnu^applicationErrorCode\r"
    )
    assert ack.errors[0].application_code == ApplicationError.UNKNOWN_PATIENT
    assert ack.errors[0].location == "PID^1^3"
    assert ack.reasons == "Patient inconnu"


def test_a_commit_acknowledgement_counts_as_accepted() -> None:
    ack = parse_ack(b"MSH|^~\\&|P|H|DCC|R|20260101||ACK^T02^ACK|9|P|2.6\rMSA|CA|DCC1\r")
    assert (ack.accepted, ack.sent_code) == (True, "CA")


@pytest.mark.parametrize("raw", [b"", b"MSH|^~\\&|A\r", b"MSH|^~\\&|A\rMSA|ZZ|1\r", b"bonjour"])
def test_an_answer_that_acknowledges_nothing_is_refused(raw: bytes) -> None:
    with pytest.raises(MalformedMessage):
        parse_ack(raw)


@pytest.mark.parametrize(
    "name",
    [
        "Vague_2_Trans_Doc-CDA-HL7V2_MDM_Transmission_initiale_MDM_message_MDM_CR_Radio_INIT_N1_Base64.er7",
        "Vague_2_Trans_Doc-CDA-HL7V2_MDM_Remplacement_MDM_message_MDM_CR_Radio_RPLC_N1.er7",
        "Vague_2_Trans_LPS_CDA_MSSante_Transmission_initiale_MDM_message_MDM__LPS_MSS_CR_Radio_INIT_N1_Base64.er7",
    ],
)
def test_official_samples_are_accepted(shared: Path, name: str) -> None:
    answer, stored = accept_mdm((shared / "data/hl7" / name).read_bytes())
    assert parse_ack(answer).accepted
    assert stored is not None
    assert stored.code.code == "18748-4"


def test_the_report_goes_from_the_pdf_to_the_hospital_record(
    message: DocumentMessage, report: ClinicalDocumentN1
) -> None:
    """The bytes validated are the bytes filed: PDF → CDA → MDM → hospital → CDA → PDF (large PDF included)."""
    large = replace(report, pdf=b"%PDF-1.7\n" + bytes(range(256)) * 12_000)
    raw = build_mdm(replace(message, document=build_n1(large), document_id=large.document_id))
    answer, stored = accept_mdm(raw)
    assert parse_ack(answer).accepted
    assert stored is not None
    metadata, pdf = read_n1(stored.content)
    assert pdf == large.pdf
    assert metadata.header.document_id == stored.document_id
