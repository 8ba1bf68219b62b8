"""Sending: claim in a short transaction, send with none open, settle in another (architecture §4, §7).

Celery only wakes `send_due`; `sweep` finds what is due by itself, so a dead broker loses nothing. The bytes and the
identifiers are fixed before the first try: a peer that de-duplicates by them stores each delivery once.

Wakes are acknowledged before they run: what they must do is a row, and acknowledging late to a broker that has died
meanwhile stops the whole worker.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from threading import Condition

from celery import shared_task
from django.db import connection

from dcc.tenancy.tasks import NetworkTask
from messaging.sending import claim, deliver

THREADS = 4  # a hanging peer holds one lane, the others go on
WATCH_SECONDS = 0.25  # how often a lane with nothing to do looks again while another one is busy
LONGEST_SECONDS = 120.0  # then the task gives its place; the sweep wakes another


class Lanes:
    """Lanes that send side by side; those with nothing to do keep watch until all of them have nothing.

    Without that watch, what becomes due while one lane hangs would wait for the hanging peer.
    """

    def __init__(self, count: int) -> None:
        self.count, self.idle = count, 0
        self.changed = Condition()
        self.until = time.monotonic() + LONGEST_SECONDS

    def run(self) -> int:
        """Claim and deliver until no lane has anything to do; returns how many were tried."""
        tried = 0
        try:
            while time.monotonic() < self.until:
                if (claimed := claim()) is not None:
                    deliver(claimed)
                    tried += 1
                elif not self._watch():
                    break
        finally:
            with self.changed:
                self.count -= 1
                self.changed.notify_all()
            connection.close()
        return tried

    def _watch(self) -> bool:
        """Wait a little; False once every lane waits."""
        with self.changed:
            self.idle += 1
            if self.idle >= self.count:
                self.changed.notify_all()
                return False  # counted as idle for ever: the others leave too
            self.changed.wait(WATCH_SECONDS)
            if self.idle >= self.count:
                return False
            self.idle -= 1
            return True


@shared_task(base=NetworkTask, name="messaging.tasks.send_due", acks_late=False, reject_on_worker_lost=False)
def send_due() -> None:
    """Send what is due in the scope, several destinations at a time, until nothing is."""
    lanes = Lanes(THREADS)
    with ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix="envoi") as pool:
        running = [pool.submit(copy_context().run, lanes.run) for _ in range(THREADS)]
    for lane in running:
        lane.result()


@shared_task(name="messaging.tasks.sweep", acks_late=False, reject_on_worker_lost=False)
def sweep() -> None:
    """Wake the sender for each region that has something due."""
    for region in regions_due("deliveries"):
        send_due.apply_async(kwargs={"regions": [region]}, retry=False)


def regions_due(what: str) -> list[int]:
    """Founding regions with work due: deliveries or documents."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT dcc_regions_due(%s)", [what])
        return [row[0] for row in cursor.fetchall()]
