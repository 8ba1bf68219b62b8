"""The worker's side: pairs are looked for, merges that people asked for are carried out or undone, late rows follow."""

import logging
from uuid import UUID

from celery import shared_task
from django.db import connection, transaction

from dcc.audit.record import System, record
from dcc.tenancy.tasks import NetworkTask
from patients.doubles.counting import count_identities
from patients.doubles.lifecycle import DOUBLE_LIFECYCLE, DoubleTransition
from patients.doubles.moving import Miscounted, follow_late_rows, merge_pair
from patients.doubles.obstacles import Stopped
from patients.doubles.proposals import propose_some
from patients.doubles.undoing import undo_merge
from patients.models import Double, DoubleStatus, Merge

logger = logging.getLogger(__name__)
WORKER = System("fusion des identités")
BATCHES = 200  # of proposals.BATCH identities; the next sweep goes on
# What each order does, and where the pair goes when something stops it.
ORDERS = {
    DoubleStatus.MERGING: (merge_pair, DoubleTransition.STOPPED),
    DoubleStatus.UNDOING: (undo_merge, DoubleTransition.KEPT),
}


@shared_task(base=NetworkTask, name="patients.doubles.tasks.carry_out", acks_late=False, reject_on_worker_lost=False)
def carry_out() -> None:
    """Carry out every merge and undoing asked for in the scope, each in its own transaction."""
    with transaction.atomic():
        waiting = list(Double.objects.filter(status__in=ORDERS).order_by("decided_at").values_list("pk", flat=True))
    for double_id in waiting:
        try:
            carry_out_one(double_id)
        except Miscounted as error:  # somebody wrote at that very moment: the next sweep tries again
            logger.warning("merge of pair %s tried again later: %s", double_id, error)
    with transaction.atomic():
        follow_late_rows()


@shared_task(base=NetworkTask, name="patients.doubles.tasks.propose", acks_late=False, reject_on_worker_lost=False)
def propose() -> None:
    """Look up doubles of the identities that appeared or changed, a few at a time; count identities once a day."""
    for _ in range(BATCHES):
        with transaction.atomic():
            if not propose_some():
                break
    with transaction.atomic():
        count_identities()


@shared_task(name="patients.doubles.tasks.sweep", acks_late=False, reject_on_worker_lost=False)
def sweep() -> None:
    """Wake both for each region that has something to do: a broker that was down loses nothing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT dcc_regions_with_doubles()")
        regions = [row[0] for row in cursor.fetchall()]
    for region in regions:
        carry_out.apply_async(kwargs={"regions": [region]}, retry=False)
        propose.apply_async(kwargs={"regions": [region]}, retry=False)


def carry_out_one(double_id: UUID) -> Merge | None:
    """Carry out what was asked for one pair; None when it was done, or is being done, by another hand.

    What stops it is written for who decided, and nothing has moved. Raises Miscounted, with nothing moved either.
    """
    with transaction.atomic():
        double = _locked(double_id)
        if double is None:
            return None
        act, when_stopped = ORDERS[DoubleStatus(double.status)]
        try:
            with transaction.atomic():
                merge = act(double)
        except Stopped as stopped:
            return _stop(double, when_stopped, stopped)
        double.save(update_fields=["status"])
        return merge


def _locked(double_id: UUID) -> Double | None:
    locked = Double.objects.select_for_update(of=("self",), skip_locked=True, no_key=True)
    return locked.filter(pk=double_id, status__in=ORDERS).first()


def _stop(double: Double, transition: DoubleTransition, stopped: Stopped) -> Merge:
    merge = double.merges.get(closed_at=None, undone_at=None)
    event = DOUBLE_LIFECYCLE.move(double, transition).event
    double.save(update_fields=["status"])
    allocated = [one for one in merge.unallocated if one["to"]]
    merge.obstacles, merge.unallocated = [reason[:300] for reason in stopped.reasons], allocated + stopped.unallocated
    if transition == DoubleTransition.STOPPED:
        merge.close()
    merge.save(update_fields=["obstacles", "unallocated", "closed_at"])
    for patient_id in (double.first_id, double.second_id):
        record(event, on=double, patient_id=patient_id, by=WORKER, why=" ".join(stopped.reasons))
    return merge
