"""Celery: it only wakes what the database already says is due; the schedule lives in code."""

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dcc.settings.base")

app = Celery("dcc")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(
    [
        "dcc.accounts",
        "dcc.audit",
        "interop.pam_store",
        "messaging",
        "patients.doubles",
        "patients.lifecycle",
        "patients.requests",
        "rcp",
    ]
)
app.conf.beat_schedule = {
    "sweep-deliveries": {"task": "messaging.tasks.sweep", "schedule": 5.0, "options": {"expires": 5}},
    "anchor-audit": {"task": "dcc.audit.tasks.anchor", "schedule": crontab(hour=3, minute=10)},
    "sweep-doubles": {"task": "patients.doubles.tasks.sweep", "schedule": 10.0, "options": {"expires": 10}},
    "sweep-feeds": {"task": "interop.pam_store.tasks.sweep", "schedule": 10.0, "options": {"expires": 10}},
    "sweep-answers-of-insi": {"task": "patients.lifecycle.tasks.sweep", "schedule": 600.0, "options": {"expires": 600}},
    "sweep-requests": {"task": "patients.requests.tasks.sweep", "schedule": 5.0, "options": {"expires": 5}},
    "sweep-documents": {"task": "rcp.tasks.sweep_documents", "schedule": 5.0, "options": {"expires": 5}},
}
app.conf.beat_schedule_filename = os.environ.get("DCC_BEAT_SCHEDULE", "/tmp/dcc-celerybeat-schedule")  # noqa: S108
