"""What workers do for patients' requests: copies made and deleted, lists of eliminations drawn and executed."""

from celery import shared_task
from django.db import connection

from dcc.tenancy.tasks import NetworkTask
from patients.requests.eliminating import draw_next, execute_next
from patients.requests.producing import delete_next, make_next

BATCH = 20


@shared_task(
    base=NetworkTask, name="patients.requests.tasks.make_exports", acks_late=False, reject_on_worker_lost=False
)
def make_exports() -> None:
    """Make every export due in the scope, and delete those whose seven days are over."""
    for work in (make_next, delete_next):
        done = 0
        while done < BATCH and work():
            done += 1


@shared_task(base=NetworkTask, name="patients.requests.tasks.work_lists", acks_late=False, reject_on_worker_lost=False)
def work_lists() -> None:
    """Draw the lists that were asked for, execute those that two persons signed."""
    for work in (draw_next, execute_next):
        while work():
            pass


@shared_task(name="patients.requests.tasks.sweep", acks_late=False, reject_on_worker_lost=False)
def sweep() -> None:
    """Wake the workers for each region that has something due: a dead broker loses nothing."""
    for what, task in (("exports", make_exports), ("retention", work_lists)):
        for region in requests_due(what):
            task.apply_async(kwargs={"regions": [region]}, retry=False)


def requests_due(what: str) -> list[int]:
    """Founding regions with work due: exports or retention."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT dcc_requests_due(%s)", [what])
        return [row[0] for row in cursor.fetchall()]
