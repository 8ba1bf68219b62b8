"""Issuing documents: the frozen data is a row in the transaction that decided it; a worker renders it afterwards."""

import hashlib
import json
from typing import Any
from uuid import UUID

from dcc.accounts.models import User
from dcc.tenancy.tasks import after_commit
from patients.models import Document, DocumentKind, DocumentState, Patient


def canonical(data: dict[str, Any]) -> bytes:
    """The one text whose hash is the hash of the data."""
    return json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def issue_document(
    *,
    patient: Patient,
    kind: DocumentKind,
    title: str,
    data: dict[str, Any],
    source_id: UUID,
    version: int,
    replaces: Document | None,
    renderer: Any,
    by: User,
) -> Document:
    """Freeze `data` as a document and wake `renderer`, the task that will make its PDF and CDA.

    `data` holds no INS: the renderer reads it from the sealed identity (D21).
    """
    document = Document.objects.create(
        region_id=patient.region_id,
        patient=patient,
        kind=kind,
        title=title,
        data=data,
        data_hash=hashlib.sha256(canonical(data)).digest(),
        source_id=source_id,
        version=version,
        replaces=replaces,
        issued_by=by.display_name,
    )
    if replaces is not None:
        touched = Document.objects.filter(pk=replaces.pk).update(state=DocumentState.REPLACED)
        assert touched == 1, "the replaced document is out of reach"
    after_commit(renderer, regions=[patient.region_id])
    return document
