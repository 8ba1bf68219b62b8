"""What workers do for identities: answers of INSi are not kept longer than somebody may accept them."""

from celery import shared_task
from django.db import connection

from dcc.tenancy.tasks import ScopedTask
from patients.lifecycle import asking


@shared_task(base=ScopedTask, name="patients.lifecycle.tasks.forget_answers")
def forget_answers() -> int:
    """Erase the answers of the scope that nobody decided upon within a day."""
    return asking.forget_answers()


@shared_task(name="patients.lifecycle.tasks.sweep", acks_late=False, reject_on_worker_lost=False)
def sweep() -> None:
    """Wake a worker for each region that holds an answer past its day."""
    for region in answers_due():
        forget_answers.apply_async(kwargs={"regions": [region]}, retry=False)


def answers_due() -> list[int]:
    """Founding regions that hold an answer past its day."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT dcc_insi_answers_due()")
        return [row[0] for row in cursor.fetchall()]
