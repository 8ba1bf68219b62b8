"""Self-check before sending: liberal on receipt, strict on emission."""

from collections.abc import Iterator

from interop.cda.header import UnreadableDocument, read_header
from interop.hl7v2.carried import (
    UnreadableContent,
    decode_document,
    document_segment,
    entity_identifier,
    metadata_values,
    patient_identifiers,
)
from interop.hl7v2.profile import Problem, structural_problems
from interop.hl7v2.reader import Message, parse
from interop.hl7v2.text import Charset
from interop.terminologies.hl7v2 import COUNTRY, CREATOR_PROFILE, ErrorCode, Metadata
from interop.terminologies.identifiers import is_oid

# PID fields that France forbids or PAM FR does not allow.
_FORBIDDEN_PID = (2, 4, 9, 10, 12, 17, 19, 20, 22, 28)
_DOCUMENT_FIELDS = frozenset({1, 2, 3, 5, 11})


def check_emission(message: Message | bytes) -> list[str]:
    """Return every emission rule the message breaks, as French sentences; empty means that it may leave."""
    message = parse(message) if isinstance(message, bytes) else message
    problems = structural_problems(message, (CREATOR_PROFILE,))
    if any(problem.segment == "MSH" for problem in problems):
        return [str(problem) for problem in problems]
    found = [*problems, *_header(message), *_patient(message), *_document(message), *_metadata(message)]
    return [str(problem) for problem in found]


def mailing_warnings(message: Message) -> list[str]:
    """Return where the message leaves the IG's MSSanté matrix: warnings only, for ANS's own samples contradict it."""
    values = metadata_values(message)
    masked, hidden, hidden_rep = (
        values.get(item.value) == "Y"
        for item in (
            Metadata.MASKED_FROM_PROFESSIONALS,
            Metadata.INVISIBLE_TO_PATIENT,
            Metadata.INVISIBLE_TO_LEGAL_REPRESENTATIVES,
        )
    )
    to_professionals = values.get(Metadata.TO_PROFESSIONALS) == "Y"
    to_patient = values.get(Metadata.TO_PATIENT) == "Y"
    warnings = []
    if to_professionals and (masked or hidden_rep):
        warnings.append("envoi à un professionnel d’un document masqué ou invisible des représentants légaux")
    if to_professionals and hidden == to_patient:
        warnings.append("visibilité par le patient contraire à la liste des destinataires")
    if (
        to_patient
        and not to_professionals
        and "Y" in (values.get(Metadata.SECRET_CONNECTION), values.get(Metadata.TO_DMP))
    ):
        warnings.append("envoi au seul patient avec DMP ou connexion secrète")
    return warnings


def _problem(segment: str, field: int, text: str) -> Problem:
    return Problem(segment=segment, field=field, code=ErrorCode.OTHER, text=text)


def _header(message: Message) -> Iterator[Problem]:
    msh = message.msh
    if message.alerts:
        yield _problem("MSH", 0, "fins de segment ou jeu de caractères non conformes")
    if len(msh.value(10)) > 20:
        yield _problem("MSH", 10, "identifiant de plus de 20 caractères")
    if msh.value(17) != COUNTRY:
        yield _problem("MSH", 17, "FRA attendu")
    if msh.value(18) not in {charset.value for charset in Charset}:
        yield _problem("MSH", 18, "jeu de caractères hors profil")
    if msh.value(15) or msh.value(16):
        yield _problem("MSH", 15, "le mode amélioré n’est pas utilisé par le profil")
    if message.value("EVN", 1):
        yield _problem("EVN", 1, "champ interdit en France")
    if not message.value("EVN", 2):
        yield _problem("EVN", 2, "date d’enregistrement absente")
    if message.value("EVN", 3) and message.value("EVN", 6):
        yield _problem("EVN", 3, "date prévue et date de survenue à la fois")
    if message.value("PV1", 2) != "N" and not message.value("PV1", 19):
        yield _problem("PV1", 19, "numéro de venue absent")


def _patient(message: Message) -> Iterator[Problem]:
    pid = message.first("PID")
    if pid is None:
        return
    for field in _FORBIDDEN_PID:
        if pid.raw_field(field):
            yield _problem("PID", field, "champ interdit en France")
    for kind, identifier in patient_identifiers(message):
        if not is_oid(identifier.root):
            yield _problem("PID", 3, "identifiant sans OID d’autorité")
        if kind == "INS":
            if len(identifier.extension) != 15:
                yield _problem("PID", 3, "matricule INS autre que 15 caractères")
            if not _has_strict_traits(message):
                yield _problem("PID", 5, "INS transmise sans tous les traits stricts")


def _has_strict_traits(message: Message) -> bool:
    pid = message.first("PID")
    if pid is None:
        return False
    birth_names = [
        number for number in range(1, len(pid.repetitions(5)) + 1) if pid.value(5, 7, repetition=number) == "L"
    ]
    birth_places = [
        number
        for number in range(1, len(pid.repetitions(11)) + 1)
        if pid.value(11, 7, repetition=number) == "BDL" and pid.value(11, 9, repetition=number)
    ]
    named = any(pid.value(5, 2, repetition=number) and pid.value(5, 3, repetition=number) for number in birth_names)
    return bool(named and birth_places and pid.value(7) and pid.value(8))


def _document(message: Message) -> Iterator[Problem]:
    obx, txa = document_segment(message), message.first("TXA")
    if obx is None or txa is None:
        return
    if obx.value(5, 2) != "text" or obx.value(5, 3) != "XML":
        yield _problem("OBX", 5, "text^XML attendu pour un MDM")
    if any(obx.raw_field(field) for field in range(1, len(obx) + 1) if field not in _DOCUMENT_FIELDS):
        yield _problem("OBX", 0, "champ superflu dans l’OBX du document")
    for field, expected in ((1, "1"), (3, "TEXT"), (17, "AU")):
        if txa.value(field) != expected:
            yield _problem("TXA", field, f"{expected} attendu")
    for field in (12, 13):
        identifier = entity_identifier(txa, field)
        if identifier and (identifier.extension or not is_oid(identifier.root)):
            yield _problem("TXA", field, "identifiant autre qu’un OID seul, refusé par le DMP")
    try:
        carried = decode_document(obx)
        header = read_header(carried.content)
    except (UnreadableContent, UnreadableDocument):
        return  # already said by the structural rules
    if carried.padding_repaired:
        yield _problem("OBX", 5, "base64 sans bourrage")
    if {identifier for _, identifier in patient_identifiers(message)} != set(header.patient_ids):
        yield _problem("PID", 3, "identifiants du patient différents de ceux du CDA")


def _metadata(message: Message) -> Iterator[Problem]:
    observations = message.named("OBX")
    if [item.value(1) for item in observations] != [str(number + 1) for number in range(len(observations))]:
        yield _problem("OBX", 1, "numérotation discontinue")
    values = metadata_values(message)
    if list(values) != [item.value for item in Metadata]:
        yield _problem("OBX", 3, "métadonnées incomplètes ou dans le désordre")
    parts = message.named("PRT")
    to_patient = [
        part
        for part in parts
        if part.value(4) == "RCT" and (part.value(5, 13) == "INS" or part.value(15, 4).endswith("@patient.mssante.fr"))
    ]
    to_others = [part for part in parts if part.value(4) == "RCT" and part not in to_patient]
    if to_patient and values.get(Metadata.INVISIBLE_TO_PATIENT) == "Y":
        yield _problem("PRT", 15, "document invisible du patient adressé au patient")
    if to_patient and not any(kind == "INS" for kind, _ in patient_identifiers(message)):
        yield _problem("PRT", 15, "envoi au patient sans identité qualifiée")
    if bool(to_patient) != (values.get(Metadata.TO_PATIENT) == "Y"):
        yield _problem("OBX", 3, "DESTMSSANTEPAT contraire aux destinataires")
    if bool(to_others) != (values.get(Metadata.TO_PROFESSIONALS) == "Y"):
        yield _problem("OBX", 3, "DESTMSSANTEPS contraire aux destinataires")
    if values.get(Metadata.TO_DMP) == "Y" and not any(kind == "INS" for kind, _ in patient_identifiers(message)):
        yield _problem("OBX", 3, "envoi au DMP sans INS qualifiée")
    if parts and parts[0].value(4) != "SB":
        yield _problem("PRT", 4, "l’expéditeur (SB) vient en premier")
