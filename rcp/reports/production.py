"""One document at a time: claimed, rendered with no transaction open, stored with its deliveries made due."""

import logging
from datetime import timedelta
from uuid import UUID

from django.db import OperationalError, connection, transaction
from django.utils import timezone

from dcc.audit.record import System, record
from messaging.planning import deliveries_failed, deliveries_ready
from patients.documents import content
from patients.documents.traceless import where
from patients.events import PatientEvent
from patients.models import ContentKind, Document, DocumentState
from rcp.reports.rendering import RenderingRefused, render, sources

logger = logging.getLogger(__name__)
LEASE = timedelta(seconds=120)
BACK_OFF = (10, 60, 300, 1800)  # seconds; after the last one a person must look
WORKER = System("production des documents")
UNEXPECTED = "Le document n’a pas pu être produit. Prévenez le support, avec le numéro du compte rendu."
CLAIM = """
UPDATE patients_document SET attempts = attempts + 1, next_attempt_at = statement_timestamp() + %(lease)s
 WHERE id = (SELECT id FROM patients_document
              WHERE state = 'producing' AND kind = 'rcp_report' AND next_attempt_at <= statement_timestamp()
              ORDER BY next_attempt_at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id
"""


def produce_next() -> int | None:
    """Produce the next document due in the scope; its founding region, or None when nothing is due."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(CLAIM, {"lease": LEASE})  # type: ignore[dict-item]  # psycopg adapts it
        row = cursor.fetchone()
    if row is None:
        return None
    with transaction.atomic():
        document = Document.objects.select_related("patient").get(pk=row[0])
    try:
        with transaction.atomic():
            given = sources(document)
        pdf, cda = render(given)
    except OperationalError:
        raise  # the database left: the lease runs out and another try follows
    except RenderingRefused as refused:
        with transaction.atomic():
            _failed(document, str(refused), final=True)
    except Exception as error:  # a document that cannot be rendered must not stop the others
        logger.error("document %s cannot be rendered: %s", document.pk, where(error))
        with transaction.atomic():
            _failed(document, UNEXPECTED, final=document.attempts > len(BACK_OFF))
    else:
        with transaction.atomic():
            _ready(document.pk, pdf, cda)
    return document.region_id


def _ready(document_id: UUID, pdf: bytes, cda: bytes) -> None:
    """Store both renderings, once; what was replaced or produced by another hand meanwhile stays as it is."""
    touched = Document.objects.filter(pk=document_id, state=DocumentState.PRODUCING).update(
        state=DocumentState.READY, ready_at=timezone.now(), last_error=""
    )
    if not touched:
        return
    document = Document.objects.get(pk=document_id)
    for kind, data in ((ContentKind.PDF, pdf), (ContentKind.CDA, cda)):
        content.store(
            owner_id=document.pk,
            region_id=document.region_id,
            patient_id=document.patient_id,
            kind=kind,
            data=data,
        )
    deliveries_ready(document)
    record(PatientEvent.DOCUMENT_READY, on=document, by=WORKER, title=document.title)


def _failed(document: Document, message: str, *, final: bool) -> None:
    """Try again later, or show the failure on every delivery that waits for the document."""
    wait = BACK_OFF[min(document.attempts, len(BACK_OFF)) - 1]
    touched = Document.objects.filter(pk=document.pk, state=DocumentState.PRODUCING).update(
        state=DocumentState.FAILED if final else DocumentState.PRODUCING,
        next_attempt_at=timezone.now() + timedelta(seconds=wait),
        last_error=message[:300],
    )
    if touched and final:
        deliveries_failed(document, message)
        record(PatientEvent.DOCUMENT_FAILED, on=document, by=WORKER)
