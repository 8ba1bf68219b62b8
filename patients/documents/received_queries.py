"""What pages show of documents: the list of a file, one document with its versions, who read it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import connection
from django.urls import reverse
from django.utils import timezone

from dcc.accounts.models import User
from dcc.audit.models import AuditEvent
from patients.documents.kinds import kind_name
from patients.events import PatientEvent
from patients.models import Document, DocumentState, MergedTable, Patient, ReceivedDocument, ReceivedStatus
from patients.naming import shown_name

MOST_SHOWN = 300
NEW_FOR_DAYS = 30
ISSUED = "issued"  # the filter of what this platform produced
_TABLES = (Document._meta.db_table, ReceivedDocument._meta.db_table)
_READABLE = (DocumentState.READY, DocumentState.REPLACED)
_ISSUED_BADGES = {
    DocumentState.PRODUCING: ("info", "en production"),
    DocumentState.FAILED: ("bad", "production en échec"),
    DocumentState.REPLACED: ("neutral", "remplacé"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One document of the list, received or issued here; `href` is '' when there is nothing to open."""

    name: str
    kind: str
    kind_name: str
    note: str
    day: date
    href: str
    badge: tuple[str, str] | None
    joined: str = ""  # « TANGUY MAËL », the identity it was of before that one was joined to this file
    issued: Document | None = None
    received: ReceivedDocument | None = None

    @property
    def key(self) -> str:
        """The key of its row, as a merge notes it."""
        row = self.received or self.issued
        return str(row.pk) if row else ""

    @property
    def is_replaced(self) -> bool:
        """Whether a newer version took its place."""
        if self.received is not None:
            return self.received.status == ReceivedStatus.REPLACED
        return self.issued is not None and self.issued.state == DocumentState.REPLACED


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Somebody who opened the document, how often and when last."""

    name: str
    organisation: str
    times: int
    last: datetime


def received_url(document: ReceivedDocument) -> str:
    return reverse("patients:received", args=[document.pk])


@dataclass(frozen=True, slots=True, kw_only=True)
class FileDocuments:
    """Everything a file holds: what it shows (received and issued, the latest first), what waits, what was taken out.

    Files abandoned before they were described are nowhere.
    """

    lines: tuple[Line, ...]
    drafts: tuple[ReceivedDocument, ...]
    withdrawn: tuple[Line, ...]


def file_documents(patient: Patient, issued: Sequence[Document], *, reader: User) -> FileDocuments:
    """Read all of it in a constant number of queries beside what was issued."""
    rows = list(ReceivedDocument.objects.filter(patient=patient).order_by("-dated_on", "-pk")[:MOST_SHOWN])
    received = [one for one in rows if one.status in (ReceivedStatus.FILED, ReceivedStatus.REPLACED)]
    fresh = unread(received, reader=reader)
    lines = [received_line(one, is_new=one.pk in fresh) for one in received]
    lines += [issued_line(one) for one in issued]
    former = joined_from(patient)
    lines = [replace(line, joined=former.get(line.key, "")) for line in lines] if former else lines
    return FileDocuments(
        lines=tuple(sorted(lines, key=lambda line: line.day, reverse=True)),
        drafts=tuple(one for one in rows if one.status == ReceivedStatus.DRAFT),
        withdrawn=tuple(received_line(one) for one in rows if one.status == ReceivedStatus.WITHDRAWN and one.filed_at),
    )


def joined_from(patient: Patient) -> dict[str, str]:
    """The documents that came with an identity joined to this one, by their key: who it was."""
    moved = MergedTable.objects.filter(
        merge__kept=patient, merge__done_at__isnull=False, merge__undone_at=None, table_name__in=_TABLES
    ).select_related("merge__lost")
    return {key: shown_name(one.merge.lost) for one in moved for key in one.moved}


def received_line(one: ReceivedDocument, *, is_new: bool = False) -> Line:
    """How a received document is told in a list."""
    badge = {
        ReceivedStatus.REPLACED: ("neutral", "remplacé"),
        ReceivedStatus.WITHDRAWN: ("neutral", "retiré"),
        ReceivedStatus.DRAFT: ("warn", "à décrire"),
    }.get(ReceivedStatus(one.status))
    named = kind_name(one.kind)
    return Line(
        name=one.title or named or one.file_name,
        kind=one.kind,
        kind_name=named,
        note=" · ".join(part for part in (one.author, one.origin, _version(one.version)) if part),
        day=one.dated_on or timezone.localdate(one.added_at),
        href=received_url(one),
        badge=badge or (("info", "nouveau") if is_new else None),
        received=one,
    )


def issued_line(one: Document) -> Line:
    """How a document of this platform is told in the same list."""
    return Line(
        name=one.title,
        kind=ISSUED,
        kind_name=one.get_kind_display().capitalize().replace("rcp", "RCP"),
        note=" · ".join(part for part in (one.issued_by, _version(one.version)) if part),
        day=timezone.localdate(one.issued_at),
        href=reverse("patients:document", args=[one.pk, "pdf"]) if one.state in _READABLE else "",
        badge=_ISSUED_BADGES.get(DocumentState(one.state)),
        issued=one,
    )


def unread(documents: Sequence[ReceivedDocument], *, reader: User) -> set[UUID]:
    """Which of these are recent and were never opened by this reader: one query."""
    since = timezone.now() - timedelta(days=NEW_FOR_DAYS)
    recent = {
        str(one.pk): one.pk
        for one in documents
        if one.filed_at and one.filed_at > since and one.added_by_id != reader.pk
    }
    if not recent:
        return set()
    read = AuditEvent.objects.filter(
        object_id__in=list(recent), actor_id=reader.pk, event=PatientEvent.DOCUMENT_READ.value
    ).values_list("object_id", flat=True)
    return {key for text, key in recent.items() if text not in set(read)}


def drafts(patient: Patient) -> list[ReceivedDocument]:
    """Files added and not described yet, in the order they came."""
    rows = ReceivedDocument.objects.filter(patient=patient, status=ReceivedStatus.DRAFT)
    return list(rows.order_by("added_at", "pk")[:MOST_SHOWN])


def versions(document: ReceivedDocument) -> list[ReceivedDocument]:
    """The other versions of a document, newest first: those before, and those after."""
    found: dict[UUID, ReceivedDocument] = {}
    before = document.replaces_id
    while before and before not in found and len(found) < MOST_SHOWN:
        one = ReceivedDocument.objects.get(pk=before)
        found[one.pk], before = one, one.replaces_id
    after = document
    while following := after.replacements.filter(status__in=["filed", "replaced"]).first():
        found[following.pk] = after = following
    return sorted(found.values(), key=lambda one: one.version, reverse=True)


def readers_of(document: ReceivedDocument) -> list[Reader]:
    """Who opened this document, the last one first; before a merge and after it alike."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT actor, organisation, times, last FROM dcc_document_readers(%s, %s)", [document.pk, MOST_SHOWN]
        )
        rows = cursor.fetchall()
    return [
        Reader(name=name, organisation=organisation, times=times, last=last) for name, organisation, times, last in rows
    ]


def same_bytes_elsewhere(document: ReceivedDocument) -> list[ReceivedDocument]:
    """The same file in other files this reader sees: very often, a document added to the wrong patient."""
    rows = ReceivedDocument.objects.filter(region_id=document.region_id, sha256=bytes(document.sha256))
    rows = rows.exclude(patient_id=document.patient_id).exclude(status=ReceivedStatus.WITHDRAWN)
    return list(rows.select_related("patient")[:3])


def _version(number: int) -> str:
    return f"version {number}" if number > 1 else ""
