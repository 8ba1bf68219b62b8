"""The document an MDM carries: its bytes out of OBX-5, forgiving on base64, and the identity it declares."""

import binascii
from base64 import b64decode
from dataclasses import dataclass

from interop.hl7v2.reader import Message, Segment
from interop.terminologies.identifiers import Identifier

_DOCUMENT_TYPES = frozenset({"TEXT", "MULTIPART"})


class UnreadableContent(ValueError):
    """OBX-5 does not hold a base64 document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedDocument:
    """The bytes of the document; `padding_repaired` tells that the base64 had lost its padding."""

    content: bytes
    padding_repaired: bool


def document_segment(message: Message) -> Segment | None:
    """The first OBX, which carries the document."""
    return message.first("OBX")


def decode_document(segment: Segment) -> CarriedDocument:
    """Decode OBX-5 (ED, base64); white space and missing padding are forgiven, anything else is UnreadableContent."""
    if segment.value(2) != "ED" or segment.value(5, 4).upper() != "BASE64":
        raise UnreadableContent("OBX-5 is not an encapsulated base64 document")
    if segment.value(5, 2).upper() not in _DOCUMENT_TYPES:
        raise UnreadableContent("OBX-5.2 is not a text document")
    data = b"".join(segment.raw_component(5, 5).split())
    missing = -len(data) % 4
    try:
        content = b64decode(data + b"=" * missing, validate=True)
    except binascii.Error:
        raise UnreadableContent("OBX-5.5 is not base64") from None
    if not content:
        raise UnreadableContent("OBX-5.5 is empty")
    return CarriedDocument(content=content, padding_repaired=missing > 0)


def entity_identifier(segment: Segment, field: int) -> Identifier | None:
    """Read a document id (TXA-12, TXA-13): `extension^^root^ISO`, or the root alone in component 1."""
    first, universal = segment.value(field, 1), segment.value(field, 3)
    if not first:
        return None
    return Identifier(root=universal, extension=first) if universal else Identifier(root=first)


def patient_identifiers(message: Message) -> list[tuple[str, Identifier]]:
    """Identifiers of PID-3 with their type (INS, PI…), in order."""
    pid = message.first("PID")
    if pid is None:
        return []
    found = []
    for repetition in range(1, len(pid.repetitions(3)) + 1):
        identifier = Identifier(root=pid.value(3, 4, 2, repetition), extension=pid.value(3, 1, 1, repetition))
        found.append((pid.value(3, 5, 1, repetition), identifier))
    return found


def metadata_values(message: Message) -> dict[str, str]:
    """Answers (Y, N or what was sent) of the metadata OBX, by code, in the order of the message."""
    return {
        segment.value(3): segment.value(5) for segment in message.named("OBX")[1:] if segment.value(2) in ("CWE", "CE")
    }
