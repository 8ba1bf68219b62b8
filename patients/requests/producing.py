"""One export at a time: claimed, read, made with no transaction open, stored; and deleted after its seven days."""

import hashlib
import logging
from datetime import timedelta
from uuid import UUID

from django.db import OperationalError, connection, transaction
from django.utils import timezone

from dcc.audit.record import System, record
from dcc.lib.crypto import Sealed, decrypt, encrypt
from dcc.master_keys import keyring
from patients.documents.traceless import where
from patients.events import PatientEvent
from patients.models import Export, ExportState
from patients.models.requests import EXPORT_KEPT
from patients.requests.archive import archive, copy_of

logger = logging.getLogger(__name__)
LEASE = timedelta(seconds=300)
BACK_OFF = (30, 300)  # seconds; after the last one a person must ask again
WORKER = System("copies de dossiers")
CLAIM = """
UPDATE patients_export SET attempts = attempts + 1, progress = 10, next_attempt_at = statement_timestamp() + %(lease)s
 WHERE id = (SELECT id FROM patients_export WHERE state = 'producing' AND next_attempt_at <= statement_timestamp()
              ORDER BY next_attempt_at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id
"""


def make_next() -> bool:
    """Make the next export due in the scope; False when none is."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(CLAIM, {"lease": LEASE})  # type: ignore[dict-item]  # psycopg adapts it
        row = cursor.fetchone()
    if row is None:
        return False
    try:
        with transaction.atomic():
            asked = Export.objects.select_related("patient").get(pk=row[0])
            copy = copy_of(asked.patient, readers=asked.readers, made_at=timezone.localtime())
        _progress(asked.pk, 50)
        made = archive(copy)
        _progress(asked.pk, 90)
        with transaction.atomic():
            _store(asked, made)
    except OperationalError:
        raise  # the database left: the lease runs out and another try follows
    except Exception as error:  # a copy that cannot be made must not stop the others
        logger.error("export %s cannot be made: %s", row[0], where(error))
        with transaction.atomic():
            _failed(row[0])
    return True


def delete_next() -> bool:
    """Delete the bytes of one export whose time is over; its row stays. False when there is none."""
    with transaction.atomic():
        over = Export.objects.filter(state=ExportState.READY, expires_at__lte=timezone.now())
        found = over.defer("ciphertext").select_for_update(skip_locked=True).first()
        if found is None:
            return False
        Export.objects.filter(pk=found.pk).update(
            state=ExportState.DELETED, ciphertext=None, wrapped_key=None, key_id=""
        )
        record(PatientEvent.EXPORT_DELETED, on=found, by=WORKER)
        return True


def read_export(export: Export) -> bytes:
    """The archive of a ready export. Raises dcc.lib.crypto.CryptoError."""
    assert export.state == ExportState.READY
    assert export.wrapped_key is not None
    assert export.ciphertext is not None
    sealed = Sealed(wrapped_key=bytes(export.wrapped_key), key_id=export.key_id, ciphertext=bytes(export.ciphertext))
    return decrypt(sealed, keyring=keyring(), context=_context(export.pk))


def _store(asked: Export, made: bytes) -> None:
    sealed = encrypt(made, keyring=keyring(), context=_context(asked.pk))
    now = timezone.now()
    touched = Export.objects.filter(pk=asked.pk, state=ExportState.PRODUCING).update(
        state=ExportState.READY,
        progress=100,
        ready_at=now,
        expires_at=now + EXPORT_KEPT,
        next_attempt_at=now + EXPORT_KEPT,
        size=len(made),
        sha256=hashlib.sha256(made).digest(),
        key_id=sealed.key_id,
        wrapped_key=sealed.wrapped_key,
        ciphertext=sealed.ciphertext,
    )
    if touched:
        record(PatientEvent.EXPORT_READY, on=asked, by=WORKER)


def _progress(export_id: UUID, hundredths: int) -> None:
    with transaction.atomic():
        Export.objects.filter(pk=export_id).update(progress=hundredths)


def _failed(export_id: UUID) -> None:
    asked = Export.objects.defer("ciphertext").get(pk=export_id)
    final = asked.attempts > len(BACK_OFF)
    wait = BACK_OFF[min(asked.attempts, len(BACK_OFF)) - 1]
    touched = Export.objects.filter(pk=export_id, state=ExportState.PRODUCING).update(
        state=ExportState.FAILED if final else ExportState.PRODUCING,
        next_attempt_at=timezone.now() + timedelta(seconds=wait),
    )
    if touched and final:
        record(PatientEvent.EXPORT_FAILED, on=asked, by=WORKER)


def _context(export_id: UUID) -> str:
    return f"export:{export_id}"
