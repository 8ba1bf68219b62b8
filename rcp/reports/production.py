"""One document at a time: claimed, rendered with no transaction open, stored with its deliveries made due."""

import logging
from datetime import timedelta
from uuid import UUID

from django.db import OperationalError, connection, transaction
from django.db.models import F
from django.utils import timezone

from dcc.audit.record import System, record
from messaging.models import ChannelKind, Delivery, DeliveryStatus
from patients.documents import content
from patients.events import PatientEvent
from patients.models import ContentKind, Document, DocumentState
from rcp.reports.rendering import render

logger = logging.getLogger(__name__)
LEASE = timedelta(seconds=120)
BACK_OFF = (10, 60, 300, 1800)  # seconds; after the last one a person must look
WORKER = System("production des documents")
CLAIM = """
UPDATE patients_document SET attempts = attempts + 1, next_attempt_at = now() + %(lease)s
 WHERE id = (SELECT id FROM patients_document WHERE state = 'producing' AND next_attempt_at <= now()
              ORDER BY next_attempt_at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id
"""


def produce_next() -> int | None:
    """Produce the next document due in the scope; its founding region, or None when nothing is due."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(CLAIM, {"lease": LEASE})
        row = cursor.fetchone()
    if row is None:
        return None
    with transaction.atomic():
        document = Document.objects.select_related("patient", "replaces").get(pk=row[0])
        sources = render.sources(document)
    try:
        pdf, cda = render(document, sources)
    except OperationalError:
        raise
    except Exception as error:  # a document that cannot be rendered must not stop the others
        logger.exception("document %s cannot be rendered", document.pk)
        with transaction.atomic():
            _failed(document, type(error).__name__)
        return document.region_id
    with transaction.atomic():
        _ready(document.pk, pdf, cda)
    return document.region_id


def _ready(document_id: UUID, pdf: bytes, cda: bytes) -> None:
    document = Document.objects.select_for_update(of=("self",)).get(pk=document_id)
    for kind, data in ((ContentKind.PDF, pdf), (ContentKind.CDA, cda)):
        content.store(
            owner_id=document.pk,
            region_id=document.region_id,
            patient_id=document.patient_id,
            kind=kind,
            data=data,
        )
    touched = Document.objects.filter(pk=document.pk, state=DocumentState.PRODUCING).update(
        state=DocumentState.READY, ready_at=timezone.now(), last_error=""
    )
    waiting = Delivery.objects.filter(document=document, status=DeliveryStatus.WAITING)
    waiting.filter(channel=ChannelKind.PAPER).update(status=DeliveryStatus.TO_PRINT)
    waiting.exclude(channel=ChannelKind.PAPER).update(status=DeliveryStatus.DUE, next_attempt_at=timezone.now())
    if touched:
        record(PatientEvent.DOCUMENT_READY, on=document, by=WORKER, title=document.title)


def _failed(document: Document, error: str) -> None:
    over = document.attempts > len(BACK_OFF)
    Document.objects.filter(pk=document.pk).update(
        state=DocumentState.FAILED if over else F("state"),
        next_attempt_at=timezone.now() + timedelta(seconds=BACK_OFF[min(document.attempts, len(BACK_OFF)) - 1]),
        last_error=error[:300],
    )
    if over:
        record(PatientEvent.DOCUMENT_FAILED, on=document, by=WORKER)
