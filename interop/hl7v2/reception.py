"""Receives an MDM as a hospital platform does: cheap checks, an acknowledgement, the document ready to file."""

from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from interop.cda.header import read_header
from interop.hl7v2.ack import build_ack, build_unreadable_ack
from interop.hl7v2.carried import (
    decode_document,
    document_segment,
    entity_identifier,
    metadata_values,
    patient_identifiers,
)
from interop.hl7v2.profile import Problem, structural_problems
from interop.hl7v2.reader import MalformedMessage, Message, parse
from interop.terminologies.hl7v2 import CREATOR_PROFILE, LPS_PROFILE, AckCode, DocumentEvent, ErrorCode
from interop.terminologies.identifiers import Code, Identifier

PROFILES = (CREATOR_PROFILE, LPS_PROFILE)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDocument:
    """What a hospital files: the CDA, whose it is, what it replaces, what the sender asks for.

    `control_id` with `sender` (MSH-3, MSH-4) is the key to recognise a message sent twice.
    """

    control_id: str
    sender: tuple[str, str]
    event: DocumentEvent
    document_id: Identifier
    replaced_id: Identifier | None
    code: Code
    title: str
    content: bytes
    sha256: str
    patient_ids: tuple[tuple[str, Identifier], ...]
    birth_name: str
    first_birth_given_name: str
    birth_date: str
    sex: str
    metadata: tuple[tuple[str, str], ...]
    recipients: tuple[str, ...]
    alerts: tuple[str, ...]


def accept_mdm(
    raw: bytes, *, control_id: str = "", now: datetime | None = None, profiles: tuple[str, ...] = PROFILES
) -> tuple[bytes, StoredDocument | None]:
    """Return the acknowledgement of the message and, when it is AA, the document; the caller stores before answering.

    Without `control_id` the acknowledgement's own id derives from the message, so a duplicate gets the same answer.
    """
    now = now or datetime.now(UTC)
    control_id = control_id or f"ACK{sha256(raw).hexdigest()[:16].upper()}"
    try:
        message = parse(raw)
    except MalformedMessage:
        problem = Problem(segment="MSH", code=ErrorCode.SEGMENT_SEQUENCE, text="message illisible")
        return build_unreadable_ack(control_id=control_id, now=now, problem=problem), None
    problems = structural_problems(message, profiles)
    code = AckCode.ERROR if problems else AckCode.ACCEPTED
    ack = build_ack(message, code=code, control_id=control_id, now=now, problems=problems)
    return ack, None if problems else _stored(message)


def _stored(message: Message) -> StoredDocument:
    obx, txa, pid = document_segment(message), message.first("TXA"), message.first("PID")
    if obx is None or txa is None or pid is None:
        raise ValueError("a message without document cannot be stored")
    carried = decode_document(obx)
    header = read_header(carried.content)
    names = range(1, len(pid.repetitions(5)) + 1)
    birth = next(number for number in names if pid.value(5, 7, repetition=number) == "L")
    return StoredDocument(
        control_id=message.control_id,
        sender=(message.msh.value(3), message.msh.value(4)),
        event=DocumentEvent(message.msh.value(9, 2)),
        document_id=header.document_id,
        replaced_id=entity_identifier(txa, 13),
        code=header.code,
        title=header.title,
        content=carried.content,
        sha256=sha256(carried.content).hexdigest(),
        patient_ids=tuple(patient_identifiers(message)),
        birth_name=pid.value(5, 1, repetition=birth),
        first_birth_given_name=pid.value(5, 2, repetition=birth),
        birth_date=pid.value(7),
        sex=pid.value(8),
        metadata=tuple(metadata_values(message).items()),
        recipients=tuple(part.value(15, 4) for part in message.named("PRT") if part.value(4) == "RCT"),
        alerts=message.alerts,
    )
