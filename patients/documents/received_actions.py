"""Adding a document to a file, describing it, replacing it, withdrawing it (PAT-12).

Lock order: the patient, then the documents by key. The antivirus is asked before anything is locked or written.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils import timezone

from dcc.accounts.models import User
from dcc.audit.record import record
from patients.documents import content
from patients.documents.antivirus import AntivirusUnavailable, Infected, scan
from patients.documents.attaching import attaching
from patients.documents.identity_check import differences
from patients.documents.inspection import Inspected, inspect
from patients.documents.intake import Sent
from patients.documents.kinds import kind_name
from patients.documents.received_lifecycle import RECEIVED_LIFECYCLE, ReceivedTransition
from patients.documents.refusal import FileRefused
from patients.events import PatientEvent
from patients.models import ContentKind, Patient, ReceivedDocument, ReceivedFormat, ReceivedStatus

ABANDONED = "Fichier abandonné avant classement"
DESCRIBED = ("kind", "title", "author", "origin", "dated_on")


class AnotherPatient(Exception):
    """The document names somebody else than the file, and nobody confirmed that it is about them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What a reader must know before opening; `replaces` is the version this one takes the place of."""

    kind: str
    title: str
    author: str
    origin: str
    dated_on: date
    replaces: ReceivedDocument | None = None
    confirmed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reception:
    """What became of the files of one sending, each under the name it had."""

    added: tuple[ReceivedDocument, ...]
    refused: tuple[tuple[str, FileRefused], ...]
    known: tuple[tuple[str, ReceivedDocument], ...]


def receive_files(
    *, patient: Patient, sent: Sequence[Sent], by: User, replaces: ReceivedDocument | None = None
) -> Reception:
    """Check each file and keep the good ones as documents to describe; the same bytes are kept once a patient."""
    accepted, refused = [], []
    for one in sent:
        try:
            accepted.append((one, _checked(one, patient=patient, by=by)))
        except FileRefused as refusal:
            refused.append((one.name, refusal))
    added: list[ReceivedDocument] = []
    known: list[tuple[str, ReceivedDocument]] = []
    if accepted:
        Patient.objects.select_for_update(of=("self",)).get(pk=patient.pk)
    for one, inspected in accepted:
        digest = hashlib.sha256(one.data).digest()
        same = ReceivedDocument.objects.filter(patient=patient, sha256=digest)
        if double := same.exclude(status=ReceivedStatus.WITHDRAWN).first():
            known.append((one.name, double))
        else:
            added.append(_keep(one, inspected, digest, patient=patient, replaces=None if added else replaces, by=by))
    return Reception(added=tuple(added), refused=tuple(refused), known=tuple(known))


def _checked(sent: Sent, *, patient: Patient, by: User) -> Inspected:
    if sent.refused is not None:
        raise sent.refused
    inspected = inspect(sent.data, name=sent.name)
    try:
        scan(sent.data)
    except Infected as found:
        record(PatientEvent.DOCUMENT_INFECTED, on=patient, by=by, signature=found.signature)
        raise FileRefused(
            f"L’antivirus a reconnu un fichier dangereux ({found.signature}).",
            "Ne l’ouvrez pas et prévenez votre service informatique.",
        ) from found
    except AntivirusUnavailable as error:
        raise FileRefused(
            "L’antivirus ne répond pas\u00a0: le fichier n’a pas été ajouté.",
            "Ajoutez-le de nouveau dans quelques minutes. Si cela dure, prévenez votre service informatique.",
        ) from error
    return inspected


def _keep(
    sent: Sent, found: Inspected, digest: bytes, *, patient: Patient, replaces: ReceivedDocument | None, by: User
) -> ReceivedDocument:
    document = ReceivedDocument.objects.create(
        region_id=patient.region_id,
        patient=patient,
        kind=found.kind or (replaces.kind if replaces else ""),
        title=found.title or (replaces.title if replaces else ""),
        author=found.author or (replaces.author if replaces else ""),
        origin=found.origin or (replaces.origin if replaces else ""),
        dated_on=found.dated_on,
        format=found.format,
        file_name=sent.name,
        sha256=digest,
        size=len(sent.data),
        pages=found.pages,
        identity_differs=bool(found.cda and differences(found.cda.patient, patient)),
        replaces=replaces,
        added_by=by,
        added_by_name=by.display_name,
    )
    content.store(
        owner_id=document.pk,
        region_id=patient.region_id,
        patient_id=patient.pk,
        kind=ContentKind(found.format),
        data=sent.data,
    )
    record(PatientEvent.DOCUMENT_ADDED, on=document, by=by, format=ReceivedFormat(found.format).label)
    return document


def file_document(*, document_id: UUID, description: Description, by: User) -> ReceivedDocument:
    """Describe a document and put it in the file; the version it replaces stays readable, marked.

    Raises AnotherPatient without a confirmation, TransitionRefused when it is filed already or gone.
    """
    document, former = _locked(document_id, description.replaces)
    RECEIVED_LIFECYCLE.move(document, ReceivedTransition.FILE)
    if document.identity_differs and not description.confirmed:
        raise AnotherPatient
    _describe(document, description)
    document.filed_at = timezone.now()
    document.replaces = former
    if former is not None:
        RECEIVED_LIFECYCLE.move(former, ReceivedTransition.REPLACE)
        former.save(update_fields=["status"])
        document.version = former.version + 1
    document.save(update_fields=[*DESCRIBED, "status", "filed_at", "version", "replaces"])
    named = kind_name(document.kind)
    record(PatientEvent.DOCUMENT_FILED, on=document, by=by, kind=named)
    if document.identity_differs:
        record(PatientEvent.DOCUMENT_OF_ANOTHER, on=document, by=by, fields="traits du CDA")
    if former is not None:
        record(PatientEvent.DOCUMENT_REPLACED, on=former, by=by, kind=named)
        attaching().follow(former=former, document=document, by=by)
    return document


def edit_document(*, document_id: UUID, description: Description, by: User) -> ReceivedDocument:
    """Correct the description of a filed document; what it was before is kept by the history of the table."""
    document, _ = _locked(document_id, None)
    before = {name: getattr(document, name) for name in DESCRIBED}
    _describe(document, description)
    changed = [name for name in DESCRIBED if getattr(document, name) != before[name]]
    if changed:
        document.save(update_fields=changed)
        labels = [str(getattr(ReceivedDocument._meta.get_field(name), "verbose_name", name)) for name in changed]
        record(PatientEvent.DOCUMENT_EDITED, on=document, by=by, fields=", ".join(labels))
    return document


def withdraw_document(*, document_id: UUID, because: str, by: User) -> ReceivedDocument:
    """Hide a document that should not be there: kept with the reason, and what it had replaced comes back.

    Raises TransitionRefused when it is withdrawn already.
    """
    document, former = _locked(document_id, None)
    was_current = document.status == ReceivedStatus.FILED
    RECEIVED_LIFECYCLE.move(document, ReceivedTransition.WITHDRAW)
    document.withdrawn_at, document.withdrawn_by, document.withdrawn_because = timezone.now(), by.display_name, because
    document.save(update_fields=["status", "withdrawn_at", "withdrawn_by", "withdrawn_because"])
    record(PatientEvent.DOCUMENT_WITHDRAWN, on=document, by=by, why=because)
    if was_current and former is not None and former.status == ReceivedStatus.REPLACED:
        RECEIVED_LIFECYCLE.move(former, ReceivedTransition.RESTORE)
        former.save(update_fields=["status"])
        record(PatientEvent.DOCUMENT_RESTORED, on=former, by=by, kind=kind_name(former.kind))
        attaching().follow(former=document, document=former, by=by)
    return document


def _locked(document_id: UUID, replaces: ReceivedDocument | None) -> tuple[ReceivedDocument, ReceivedDocument | None]:
    """The document and the version before it, locked in the order of their keys."""
    wanted = replaces.pk if replaces is not None else None
    former_id = wanted or ReceivedDocument.objects.values_list("replaces_id", flat=True).get(pk=document_id)
    keys = [key for key in (document_id, former_id) if key is not None]
    rows = ReceivedDocument.objects.filter(pk__in=keys).select_for_update(of=("self",)).order_by("pk")
    found = {row.pk: row for row in rows}
    assert document_id in found, "the document is out of reach"
    return found[document_id], found.get(former_id) if former_id else None


def _describe(document: ReceivedDocument, description: Description) -> None:
    for name in DESCRIBED:
        setattr(document, name, getattr(description, name))
