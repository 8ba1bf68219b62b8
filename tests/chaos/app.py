"""The product's Celery with its watch running fast: leases, back-offs and time-outs in seconds, sweeps every second."""

from datetime import timedelta

import django

from dcc.celery import app

django.setup()

from messaging import sending  # noqa: E402
from messaging.channels.hl7 import channel  # noqa: E402
from messaging.channels.mssante import submission  # noqa: E402
from rcp.reports import production  # noqa: E402

LEASE = timedelta(seconds=5)
sending.LEASE = production.LEASE = LEASE
sending.BACK_OFF = (0.3, 0.5, 1)
production.BACK_OFF = (0.5, 1, 1, 1)
channel.EXCHANGE_SECONDS = 3
submission.ANSWER_SECONDS, submission.CONVERSATION_SECONDS = 3.0, 4.0
for entry in app.conf.beat_schedule.values():
    entry["schedule"], entry["options"] = 0.5, {"expires": 2}

__all__ = ["app"]
