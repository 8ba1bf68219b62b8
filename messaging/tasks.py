"""Sending: claim in a short transaction, send with none open, settle in another (architecture §4, §7).

Celery only wakes `send_due`; `sweep` finds what is due by itself, so a dead broker loses nothing. The bytes and the
identifiers are fixed before the first try: a peer that de-duplicates by them stores each delivery once.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from threading import Condition

from celery import shared_task
from django.db import connection

from dcc.tenancy.tasks import NetworkTask
from messaging.sending import Claimed, claim, deliver

THREADS = 4  # a hanging peer holds one lane, the others go on
WATCH_SECONDS = 0.25  # how often a lane with nothing to do looks again while another one is busy
LONGEST_SECONDS = 120.0  # then the task gives its place; the sweep wakes another


class Lanes:
    """Lanes that send side by side; the idle ones keep watch until all of them are idle.

    Without that watch, what becomes due while one lane hangs would wait for the hanging peer.
    """

    def __init__(self) -> None:
        self.busy = 0
        self.changed = Condition()
        self.until = time.monotonic() + LONGEST_SECONDS

    def run(self) -> int:
        """Claim and deliver until nothing is due and no lane is busy; returns how many were tried."""
        tried = 0
        try:
            while time.monotonic() < self.until:
                if (claimed := claim()) is not None:
                    self._deliver(claimed)
                    tried += 1
                elif not self._watch():
                    break
        finally:
            connection.close()
        return tried

    def _deliver(self, claimed: Claimed) -> None:
        with self.changed:
            self.busy += 1
        try:
            deliver(claimed)
        finally:
            with self.changed:
                self.busy -= 1
                self.changed.notify_all()

    def _watch(self) -> bool:
        """Wait a little; False when no lane is busy any more."""
        with self.changed:
            if self.busy == 0:
                return False
            self.changed.wait(WATCH_SECONDS)
            return True


@shared_task(base=NetworkTask, name="messaging.tasks.send_due")
def send_due() -> None:
    """Send what is due in the scope, several destinations at a time, until nothing is."""
    lanes = Lanes()
    with ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix="envoi") as pool:
        running = [pool.submit(copy_context().run, lanes.run) for _ in range(THREADS)]
    for lane in running:
        lane.result()


@shared_task(name="messaging.tasks.sweep")
def sweep() -> None:
    """Wake the sender for each region that has something due."""
    for region in regions_due("deliveries"):
        send_due.apply_async(kwargs={"regions": [region]}, retry=False)


def regions_due(what: str) -> list[int]:
    """Founding regions with work due: deliveries or documents."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT dcc_regions_due(%s)", [what])
        return [row[0] for row in cursor.fetchall()]
