"""The daily anchor: heads of the chains appended to a file outside the database."""

from pathlib import Path

from celery import shared_task
from django.conf import settings
from django.db import transaction

from dcc.audit.anchors import append_anchors, current_anchors


@shared_task(name="dcc.audit.tasks.anchor")
def anchor() -> None:
    """Append today's anchors where AUDIT_ANCHOR_FILE says; nothing where it says nothing."""
    if settings.AUDIT_ANCHOR_FILE:
        with transaction.atomic():
            anchors = current_anchors()
        append_anchors(Path(settings.AUDIT_ANCHOR_FILE), anchors)
