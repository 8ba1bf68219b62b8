"""The worker's side of what the cell decides of feeds: merges asked to be taken back."""

from uuid import UUID

from celery import shared_task
from django.db import connection, transaction

from dcc.audit.record import record
from dcc.tenancy.tasks import NetworkTask
from interop.pam_store.source import former_source_of
from interop.pam_store.undoing import UndoRefused, undo_merge
from patients.events import PatientEvent
from patients.models import FeedMerge


@shared_task(base=NetworkTask, name="interop.pam_store.tasks.take_back", acks_late=False, reject_on_worker_lost=False)
def take_back() -> None:
    """Take back every merge asked for in the scope, each in its own transaction."""
    with transaction.atomic():
        asked = FeedMerge.objects.filter(undo_asked_at__isnull=False, undone_at__isnull=True, undo_refused="")
        waiting = list(asked.order_by("undo_asked_at").values_list("pk", flat=True))
    for merge_id in waiting:
        take_back_one(merge_id)


def take_back_one(merge_id: UUID) -> None:
    """Take one merge back as the person who asked; what stops it is written for them, and nothing has changed."""
    with transaction.atomic():
        merge = FeedMerge.objects.select_related("undo_asked_by").get(pk=merge_id)
        source = former_source_of(merge.authority)
    assert merge.undo_asked_by is not None
    try:
        undo_merge(merge_id=merge_id, source=source, why=merge.undone_why, by=merge.undo_asked_by)
    except UndoRefused as refused:
        with transaction.atomic():
            FeedMerge.objects.filter(pk=merge_id, undone_at__isnull=True).update(undo_refused=str(refused)[:300])
            for patient_id in (merge.kept, merge.gone):
                record(
                    PatientEvent.FEED_UNDO_STOPPED, on=merge, patient_id=patient_id, by=merge.undo_asked_by,
                    why=str(refused),
                )  # fmt: skip


@shared_task(name="interop.pam_store.tasks.sweep", acks_late=False, reject_on_worker_lost=False)
def sweep() -> None:
    """Wake the worker for each region where somebody asked for something: a broker that was down loses nothing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT dcc_regions_with_feed_undos()")
        regions = [row[0] for row in cursor.fetchall()]
    for region in regions:
        take_back.apply_async(kwargs={"regions": [region]}, retry=False)
