"""Producing documents: a worker renders the PDF and the CDA from frozen data, then makes the deliveries due."""

from celery import shared_task

from dcc.tenancy.tasks import NetworkTask, after_commit
from messaging.tasks import regions_due, send_due
from rcp.reports.production import produce_next

BATCH = 100


@shared_task(base=NetworkTask, name="rcp.tasks.produce_documents", acks_late=False, reject_on_worker_lost=False)
def produce_documents() -> None:
    """Render every document due in the scope, waking the sender after each."""
    done = 0
    while done < BATCH and (region := produce_next()) is not None:
        after_commit(send_due, regions=[region])  # at once: no transaction is open here
        done += 1


@shared_task(name="rcp.tasks.sweep_documents", acks_late=False, reject_on_worker_lost=False)
def sweep_documents() -> None:
    """Wake the renderer for each region that has a document to produce."""
    for region in regions_due("documents"):
        produce_documents.apply_async(kwargs={"regions": [region]}, retry=False)
