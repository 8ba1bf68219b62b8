"""`manage.py seal_audit [--loop]`: chain the committed events, once or about every second. Runs as dcc_sealer."""

import logging
import signal
import threading
import time
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from dcc.audit.sealing import seal

logger = logging.getLogger(__name__)

EVERY = 1.0  # seconds
# An event carries the instant it was recorded at, its transaction commits later: look back, further from time to time.
USUAL_LOOK_BACK = timedelta(minutes=2)
SWEEP_EVERY, SWEEP_LOOK_BACK = 300.0, timedelta(days=1)


class Command(BaseCommand):
    help = "Scelle les évènements de l’audit."
    requires_system_checks: list[str] = []  # the audit depends on nothing else being right

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--loop", action="store_true", help="continue jusqu’à SIGTERM")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["loop"]:
            self.stdout.write(f"{seal()} évènement(s) scellé(s)")
            return
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        run(stop)
        connection.close()


def run(stop: threading.Event) -> None:
    """Seal until told to stop; a database that is down is waited for."""
    swept_at = float("-inf")  # the first pass reads everything
    logger.info("Sealer: started")
    while not stop.is_set():
        try:
            if swept_at == float("-inf"):
                seal(stopping=stop.is_set)
                swept_at = time.monotonic()
            elif time.monotonic() - swept_at > SWEEP_EVERY:
                seal(since=timezone.now() - SWEEP_LOOK_BACK, stopping=stop.is_set)
                swept_at = time.monotonic()
            else:
                seal(since=timezone.now() - USUAL_LOOK_BACK, stopping=stop.is_set)
        except (OperationalError, InterfaceError):
            logger.warning("Sealer: the database does not answer, trying again")
            connection.close()
        stop.wait(EVERY)
    logger.info("Sealer: stopped")
