"""Writes the MDM messages that hand a CDA to a hospital (T02 initial, T10 replacement, T04 deletion).

Source: ANS volet « Transmission d'un document CDA-R2 en HL7 v2 », profile 2.1^CISIS_CDA_HL7_V2, HL7 2.6; PID of PAM FR.
"""

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from interop.cda.parties import Organisation, Patient, Professional
from interop.hl7v2 import writer
from interop.hl7v2.emission import check_emission
from interop.hl7v2.patient import pid
from interop.hl7v2.text import Charset
from interop.terminologies import oids
from interop.terminologies.hl7v2 import (
    COUNTRY,
    CREATOR_PROFILE,
    MAIL_BODY_PATIENT,
    MAIL_BODY_PROFESSIONALS,
    MDM_VERSION,
    METADATA_LABELS,
    METADATA_SYSTEM,
    YES_NO_SYSTEM,
    DocumentEvent,
    Metadata,
)
from interop.terminologies.identifiers import Code, Identifier

CONTROL_ID_MAX = 20


class EmissionRefused(ValueError):
    """The message would break the emission rules; `problems` are the broken rules, without patient data."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """An application and its facility (MSH-3/4, MSH-5/6)."""

    application: str
    facility: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MailRecipient:
    """Someone the hospital's platform must write to: an MSSanté address and whose it is (the patient's own or not)."""

    address: str
    is_patient: bool = False
    professional: Professional | None = None
    organisation: Organisation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Handling:
    """What the receiver must do with the document; the defaults only file it in the hospital record.

    A report is hidden from the patient until a physician has announced it: invisible_to_patient is the caution.
    """

    masked_from_professionals: bool = False
    invisible_to_patient: bool = True
    invisible_to_legal_representatives: bool = True
    secret_connection: bool = False
    changes_confidentiality: bool = False
    to_dmp: bool = False
    patient_may_answer: bool = False
    reception_receipt: bool = False
    reading_receipt: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentMessage:
    """All an MDM says; `control_id` (≤ 20 characters) is kept by the caller so that a retry is the same message.

    `replaced_id` goes with a replacement only. `recipients` are mailboxes the hospital must serve (usually none: we
    send the mails ourselves). `activity_at` is the date of the act, `recorded_at` the validation.
    """

    control_id: str
    event: DocumentEvent
    sending: Endpoint
    receiving: Endpoint
    sent_at: datetime
    recorded_at: datetime
    activity_at: datetime
    patient: Patient
    document_code: Code
    document_id: Identifier
    document: bytes
    sender: Professional
    sender_organisation: Organisation
    replaced_id: Identifier | None = None
    authenticator: Professional | None = None
    recipients: tuple[MailRecipient, ...] = ()
    reply_to: str = ""
    handling: Handling = field(default_factory=Handling)
    mail_body_professionals: str = ""
    mail_body_patient: str = ""
    processing_id: str = "P"
    charset: Charset = Charset.UTF8


def build_mdm(message: DocumentMessage) -> bytes:
    """Write the message and check it against the emission rules; EmissionRefused lists the rules it would break."""
    if not 0 < len(message.control_id) <= CONTROL_ID_MAX:
        raise EmissionRefused([f"MSH-10: the control id must hold 1 to {CONTROL_ID_MAX} characters"])
    text = "".join(line + "\r" for line in _lines(message))
    try:
        raw = text.encode(message.charset.codec)
    except UnicodeEncodeError:
        raise EmissionRefused([f"MSH-18: a character cannot be written in {message.charset.value}"]) from None
    problems = check_emission(raw)
    if problems:
        raise EmissionRefused(problems)
    return raw


def _lines(message: DocumentMessage) -> Iterator[str]:
    code = writer.components(
        message.document_code.code,
        message.document_code.label,
        "LN" if message.document_code.system == oids.LOINC else "TRE_A05",
    )
    yield _msh(message)
    yield writer.segment("EVN", {2: writer.timestamp(message.recorded_at), 6: writer.timestamp(message.recorded_at)})
    yield pid(message.patient)
    yield writer.segment("PV1", {1: "1", 2: "N"})
    yield writer.segment("ORC", {1: message.event.order_control})
    yield writer.segment("OBR", {1: "1", 4: code})
    yield _txa(message)
    document = "^".join(["", "text", "XML", "Base64", b64encode(message.document).decode("ascii")])
    yield writer.segment("OBX", {1: "1", 2: "ED", 3: code, 5: document, 11: message.event.result_status})
    yield from _participations(message)
    yield from _metadata(message)


def _msh(message: DocumentMessage) -> str:
    return writer.segment(
        "MSH",
        {
            3: writer.components(message.sending.application),
            4: writer.components(message.sending.facility),
            5: writer.components(message.receiving.application),
            6: writer.components(message.receiving.facility),
            7: writer.timestamp(message.sent_at),
            9: writer.components("MDM", message.event.value, "MDM_T02"),
            10: writer.components(message.control_id),
            11: message.processing_id,
            12: MDM_VERSION,
            17: COUNTRY,
            18: message.charset.value,
            21: CREATOR_PROFILE,
        },
    )


def _txa(message: DocumentMessage) -> str:
    authenticator = message.authenticator.identifier if message.authenticator else None
    return writer.segment(
        "TXA",
        {
            1: "1",
            2: writer.components(message.document_code.code),
            3: "TEXT",
            4: writer.timestamp(message.activity_at),
            12: entity(message.document_id),
            13: entity(message.replaced_id) if message.replaced_id else "",
            17: "AU",
            22: writer.components(authenticator.extension) if authenticator else "",
        },
    )


def entity(identifier: Identifier) -> str:
    """Write a document id as the profile maps it: `extension^^root^ISO`, or the bare root in component 1."""
    if identifier.extension:
        return writer.components(identifier.extension, "", identifier.root, "ISO")
    return writer.components(identifier.root)


def _participations(message: DocumentMessage) -> Iterator[str]:
    yield writer.segment(
        "PRT",
        {
            2: "UC",
            4: writer.components("SB", "Send By", "participation"),
            5: _person(message.sender),
            8: _structure(message.sender_organisation),
        },
    )
    for recipient in message.recipients:
        yield writer.segment(
            "PRT",
            {
                2: "UC",
                4: writer.components("RCT", "Result Copies To", "participation"),
                5: _addressee(recipient, message.patient),
                8: _structure(recipient.organisation) if recipient.organisation else "",
                15: _mailbox(recipient.address),
            },
        )
    if message.reply_to:
        reply = writer.components("REPLY", "Reply To", "participation")
        yield writer.segment("PRT", {2: "UC", 4: reply, 15: _mailbox(message.reply_to)})


def _addressee(recipient: MailRecipient, patient: Patient) -> str:
    if recipient.is_patient and patient.ins:
        authority = (oids.INS_AUTHORITIES.get(patient.ins.root, ""), patient.ins.root, "ISO")
        return writer.placed(
            {
                1: patient.ins.extension,
                2: patient.birth_name,
                3: patient.first_birth_given_name,
                9: authority,
                10: "L",
                13: "INS",
            }
        )
    return _person(recipient.professional) if recipient.professional else ""


def _person(person: Professional) -> str:
    """XCN of a professional; the type IDNPS goes with the 12-character number (8 + RPPS), as in ANS samples."""
    parts: dict[int, writer.Component] = {2: person.family, 3: person.given, 10: "D"}
    if person.identifier:
        authority = ("ASIP-SANTE-PS", oids.PROFESSIONALS, "ISO")
        parts |= {1: person.identifier.extension, 9: authority, 13: "IDNPS"}
    return writer.placed(parts)


def _structure(organisation: Organisation) -> str:
    parts: dict[int, writer.Component] = {1: organisation.name}
    if organisation.identifier:
        authority = ("ASIP-SANTE-ST", oids.STRUCTURES, "ISO")
        finess_type = "FINEJ" if organisation.finess_of_legal_entity else "FINEG"
        typed = (
            (finess_type, organisation.finess) if organisation.finess else ("IDNST", organisation.identifier.extension)
        )
        parts |= {6: authority, 7: typed[0], 10: typed[1]}
    return writer.placed(parts)


def _mailbox(address: str) -> str:
    return writer.placed({3: "X.400", 4: address})


def _metadata(message: DocumentMessage) -> Iterator[str]:
    handling = message.handling
    to_patient = any(recipient.is_patient for recipient in message.recipients)
    answers = {
        Metadata.MASKED_FROM_PROFESSIONALS: handling.masked_from_professionals,
        Metadata.INVISIBLE_TO_PATIENT: handling.invisible_to_patient,
        Metadata.INVISIBLE_TO_LEGAL_REPRESENTATIVES: handling.invisible_to_legal_representatives,
        Metadata.SECRET_CONNECTION: handling.secret_connection,
        Metadata.CHANGES_CONFIDENTIALITY: handling.changes_confidentiality,
        Metadata.TO_DMP: handling.to_dmp,
        Metadata.TO_PROFESSIONALS: any(not item.is_patient for item in message.recipients),
        Metadata.TO_PATIENT: to_patient,
        Metadata.RECEPTION_RECEIPT: handling.reception_receipt,
        Metadata.READING_RECEIPT: handling.reading_receipt,
    }
    number = 2
    for metadata in Metadata:
        answer = writer.components("Y" if answers[metadata] else "N", "", YES_NO_SYSTEM)
        name = writer.components(metadata.value, METADATA_LABELS[metadata], METADATA_SYSTEM)
        yield writer.segment("OBX", {1: str(number), 2: "CWE", 3: name, 5: answer, 11: "F"})
        if metadata is Metadata.TO_PATIENT and to_patient and not handling.patient_may_answer:
            yield writer.segment("NTE", {1: "1", 4: "FIN"})
        number += 1
    bodies = (
        (MAIL_BODY_PROFESSIONALS, "Corps du mail pour un PS", message.mail_body_professionals),
        (MAIL_BODY_PATIENT, "Corps du mail pour le patient", message.mail_body_patient),
    )
    for code, label, body in bodies:
        if body:
            content = writer.components("", "TEXT", "", "Base64", b64encode(body.encode()).decode("ascii"))
            name = writer.components(code, label, METADATA_SYSTEM)
            yield writer.segment("OBX", {1: str(number), 2: "ED", 3: name, 5: content, 11: "F"})
            number += 1
