"""Rules of the ANS profile that any receiver may refuse a message for; the emission rules add stricter ones."""

from collections.abc import Iterator
from dataclasses import dataclass

from interop.cda.header import DocumentHeader, UnreadableDocument, read_header
from interop.hl7v2.carried import (
    UnreadableContent,
    decode_document,
    document_segment,
    entity_identifier,
    metadata_values,
    patient_identifiers,
)
from interop.hl7v2.reader import Message, Segment
from interop.terminologies import oids
from interop.terminologies.hl7v2 import (
    IDENTITY_STATUSES,
    LPS_METADATA,
    LPS_PROFILE,
    QUALIFIED_IDENTITY,
    DocumentEvent,
    ErrorCode,
    Metadata,
)

_ORDER = ("MSH", "EVN", "PID", "PV1", "ORC", "OBR", "TXA", "OBX")
_AFTER_OBX = frozenset({"PRT", "NTE"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A broken rule: where (segment, its rank among its kind, field), the code of table 0357, a French sentence."""

    segment: str
    field: int = 0
    rank: int = 1
    code: ErrorCode
    text: str

    def __str__(self) -> str:
        place = f"{self.segment}-{self.field}" if self.field else self.segment
        return f"{place}\u00a0: {self.text}"


def structural_problems(message: Message, profiles: tuple[str, ...]) -> list[Problem]:
    """Return what makes the message unacceptable for any receiver; the header alone is judged when it is wrong."""
    problems = list(_header(message, profiles))
    if problems:
        return problems
    problems = list(_structure(message))
    if problems:
        return problems
    return [*_patient(message), *_document(message), *_metadata(message), *_participations(message)]


def _missing(segment: str, field: int, text: str) -> Problem:
    return Problem(segment=segment, field=field, code=ErrorCode.REQUIRED_FIELD, text=text)


def _wrong(segment: str, field: int, text: str) -> Problem:
    return Problem(segment=segment, field=field, code=ErrorCode.TABLE_VALUE, text=text)


def _header(message: Message, profiles: tuple[str, ...]) -> Iterator[Problem]:
    msh = message.msh
    for field in (3, 4, 5, 6, 7, 10):
        if not msh.value(field):
            yield _missing("MSH", field, "champ obligatoire absent")
    if msh.value(9, 1) != "MDM" or msh.value(9, 3) != "MDM_T02":
        yield Problem(segment="MSH", field=9, code=ErrorCode.MESSAGE_TYPE, text="type de message autre que MDM")
    elif msh.value(9, 2) not in {event.value for event in DocumentEvent}:
        yield Problem(segment="MSH", field=9, code=ErrorCode.EVENT, text="événement hors profil (T02, T10 ou T04)")
    if msh.value(11) not in ("P", "T", "D"):
        yield Problem(segment="MSH", field=11, code=ErrorCode.PROCESSING_ID, text="mode de traitement inconnu")
    if msh.value(12) != "2.6":
        yield Problem(segment="MSH", field=12, code=ErrorCode.VERSION, text="version HL7 autre que 2.6")
    declared = f"{msh.value(21, 1)}^{msh.value(21, 2)}"
    if declared not in profiles:
        yield _wrong("MSH", 21, f"profil non pris en charge (attendu\u00a0: {' ou '.join(profiles)})")


def _structure(message: Message) -> Iterator[Problem]:
    names = [segment.name for segment in message.segments]
    for name in _ORDER:
        if name not in names:
            yield Problem(segment=name, code=ErrorCode.SEGMENT_SEQUENCE, text="segment obligatoire absent")
        elif name not in ("MSH", "OBX") and names.count(name) > 1:
            yield Problem(segment=name, code=ErrorCode.CARDINALITY, text="segment présent plusieurs fois")
    ranks = [names.index(name) for name in _ORDER if name in names]
    if ranks != sorted(ranks):
        yield Problem(segment="MSH", code=ErrorCode.SEGMENT_SEQUENCE, text="segments dans le désordre")


def _patient(message: Message) -> Iterator[Problem]:
    pid = message.first("PID") or message.msh
    identifiers = patient_identifiers(message)
    statuses = [pid.value(32, repetition=number) for number in range(1, len(pid.repetitions(32)) + 1)]
    if not identifiers or any(not identifier.extension for _, identifier in identifiers):
        yield _missing("PID", 3, "identifiant du patient absent")
    if not any(
        pid.value(5, 7, repetition=number) == "L" and pid.value(5, 1, repetition=number)
        for number in range(1, len(pid.repetitions(5)) + 1)
    ):
        yield _missing("PID", 5, "nom de naissance (type L) absent")
    for field, text in ((7, "date de naissance absente"), (8, "sexe absent")):
        if not pid.value(field):
            yield _missing("PID", field, text)
    if not statuses:
        yield _missing("PID", 32, "statut de l’identité absent")
    for status in statuses:
        if status not in IDENTITY_STATUSES:
            yield _wrong("PID", 32, "statut de l’identité hors table 0445")
    if any(kind == "INS" for kind, _ in identifiers):
        yield from _qualified_identity(pid, [item.root for kind, item in identifiers if kind == "INS"], statuses)


def _qualified_identity(pid: Segment, roots: list[str], statuses: list[str]) -> Iterator[Problem]:
    if QUALIFIED_IDENTITY not in statuses:
        yield _wrong("PID", 32, "INS transmise sans identité qualifiée (VALI)")
    if any(root not in oids.INS_ROOTS for root in roots):
        yield _wrong("PID", 3, "OID de l’INS inconnu")


def _document(message: Message) -> Iterator[Problem]:
    event = DocumentEvent(message.msh.value(9, 2))
    obx, txa, obr = document_segment(message), message.first("TXA"), message.first("OBR")
    if obx is None or txa is None or obr is None:
        return
    if message.value("ORC", 1) != event.order_control:
        yield _wrong("ORC", 1, f"{event.order_control} attendu pour l’événement {event.value}")
    if obx.value(11) != event.result_status:
        yield _wrong("OBX", 11, f"{event.result_status} attendu pour l’événement {event.value}")
    if not obr.value(4) or len({obr.value(4), obx.value(3), txa.value(2)}) > 1:
        yield _wrong("TXA", 2, "code du document différent entre OBR-4, OBX-3 et TXA-2")
    try:
        header = read_header(decode_document(obx).content)
    except UnreadableContent:
        yield Problem(segment="OBX", field=5, code=ErrorCode.DATA_TYPE, text="document base64 illisible")
    except UnreadableDocument:
        yield Problem(segment="OBX", field=5, code=ErrorCode.DATA_TYPE, text="le document n’est pas un CDA lisible")
    else:
        yield from _agreement(event, header, obx, txa)


def _agreement(event: DocumentEvent, header: DocumentHeader, obx: Segment, txa: Segment) -> Iterator[Problem]:
    if header.code.code != obx.value(3):
        yield _wrong("OBX", 3, "code différent de celui du CDA")
    if not txa.value(12):
        yield _missing("TXA", 12, "identifiant du document absent")
    elif entity_identifier(txa, 12) != header.document_id:
        yield _wrong("TXA", 12, "identifiant différent de celui du CDA")
    if event is DocumentEvent.REPLACEMENT:
        if not txa.value(13) or header.replaces is None:
            yield _missing("TXA", 13, "identifiant du document remplacé absent")
        elif entity_identifier(txa, 13) != header.replaces:
            yield _wrong("TXA", 13, "document remplacé différent de celui du CDA")
    elif txa.value(13):
        yield _wrong("TXA", 13, "document remplacé annoncé sans remplacement (T10)")


def _metadata(message: Message) -> Iterator[Problem]:
    values = metadata_values(message)
    lps = f"{message.msh.value(21, 1)}^{message.msh.value(21, 2)}" == LPS_PROFILE
    optional = (Metadata.RECEPTION_RECEIPT, Metadata.READING_RECEIPT)
    required = LPS_METADATA if lps else tuple(item for item in Metadata if item not in optional)
    for metadata in required:
        if metadata.value not in values:
            yield Problem(
                segment="OBX", field=3, code=ErrorCode.REQUIRED_FIELD, text=f"métadonnée {metadata.value} absente"
            )
    present = [code for code in values if code in {item.value for item in Metadata}]
    if present != [item.value for item in Metadata if item.value in present]:
        yield Problem(segment="OBX", field=3, code=ErrorCode.SEGMENT_SEQUENCE, text="métadonnées dans le désordre")
    for code in present:
        if values[code] not in ("Y", "N"):
            yield _wrong("OBX", 5, f"valeur de {code} autre que Y ou N")


def _participations(message: Message) -> Iterator[Problem]:
    obx = document_segment(message)
    if obx is None:
        return
    parts = [item for item in message.following(obx, _AFTER_OBX) if item.name == "PRT"]
    kinds = [part.value(4) for part in parts]
    for part, kind in zip(parts, kinds, strict=True):
        if kind not in ("SB", "RCT", "REPLY"):
            yield _wrong("PRT", 4, "rôle de participation inconnu")
        elif kind != "SB" and (part.value(15, 3) != "X.400" or "@" not in part.value(15, 4)):
            yield _missing("PRT", 15, "adresse MSSanté absente")
    if kinds.count("REPLY") > 1:
        yield Problem(segment="PRT", field=4, code=ErrorCode.CARDINALITY, text="plusieurs adresses de réponse")
    if metadata_values(message).get(Metadata.TO_DMP) == "Y" and "SB" not in kinds:
        yield _missing("PRT", 4, "expéditeur (SB) absent, requis pour le DMP")
