"""Sending: claim in a short transaction, send with none open, settle in another (architecture §4, §7).

Celery only wakes `send_due`; `sweep` finds what is due by itself, so a dead broker loses nothing. The bytes and the
identifiers are fixed before the first try: a peer that de-duplicates by them stores each delivery once.
"""

from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

from celery import shared_task
from django.db import connection

from dcc.tenancy.tasks import NetworkTask
from messaging.sending import claim, deliver

BATCH = 100
THREADS = 4  # a hanging peer holds one lane, the others go on


@shared_task(base=NetworkTask, name="messaging.tasks.send_due")
def send_due() -> None:
    """Send what is due in the scope, several destinations at a time, until nothing is."""
    with ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix="envoi") as pool:
        lanes = [pool.submit(copy_context().run, send_until_none_is_due) for _ in range(THREADS)]
    for lane in lanes:
        lane.result()


def send_until_none_is_due() -> int:
    """One lane: claim and deliver, one after the other; returns how many were tried."""
    tried = 0
    try:
        while tried < BATCH and (claimed := claim()) is not None:
            deliver(claimed)
            tried += 1
    finally:
        connection.close()
    return tried


@shared_task(name="messaging.tasks.sweep")
def sweep() -> None:
    """Wake the sender for each region that has something due."""
    for region in regions_due("deliveries"):
        send_due.apply_async(kwargs={"regions": [region]})


def regions_due(what: str) -> list[int]:
    """Founding regions with work due: deliveries or documents."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT dcc_regions_due(%s)", [what])
        return [row[0] for row in cursor.fetchall()]
