"""Figures of the running demonstration: page times and queries, and what a validation costs until it is delivered.

    make manage ARGS="demo --scale 75" ROLE=dcc_owner      # 150 000 patients, beside a running `make demo`
    .venv/bin/python -m dcc.embedded run --role dcc_web -- .venv/bin/python -m tests.figures pages
    .venv/bin/python -m dcc.embedded run --role dcc_web -- .venv/bin/python -m tests.figures report 10

Times are the server's own, in one warm process, through every middleware. `report N` reads what happened to the cases
validated on the screen in the last N minutes: validate a few before.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

ROUNDS = 40
SEARCHES = 10  # fewer than what one person may ask in a minute
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def person(email: str) -> Any:
    """A signed-in client, at the first habilitation."""
    from django.test import Client

    from dcc.accounts.models import User
    from dcc.accounts.queries import my_memberships
    from dcc.tenancy.middleware import MEMBERSHIP_KEY
    from dcc.tenancy.scope import user_scope

    user = User.objects.get(email=email)
    client = Client(headers={"host": "localhost"})
    client.force_login(user, backend=BACKEND)
    with user_scope(user_id=user.pk, membership_id=None):
        membership = my_memberships()[0].id
    session = client.session
    session[MEMBERSHIP_KEY] = str(membership)
    session.save()
    return client, user.pk, membership


def seen(email: str, read: Callable[[], Any]) -> Any:
    """What one finds in the database as that person."""
    from dcc.tenancy.scope import user_scope

    _, user_id, membership = person(email)
    with user_scope(user_id=user_id, membership_id=membership):
        return read()


def measured(name: str, client: Any, address: str, rounds: int = ROUNDS) -> str:
    from django.db import connection

    asked: list[str] = []

    def counter(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        asked.append(sql)
        return execute(sql, params, many, context)

    first = client.get(address)
    assert first.status_code == 200, (address, first.status_code)
    with connection.execute_wrapper(counter):
        client.get(address)
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        assert client.get(address).status_code == 200
        times.append((time.perf_counter() - start) * 1000)
    times.sort()
    p95 = times[int(len(times) * 0.95) - 1]
    asked_in_all = f"{len(asked):4d} queries {len(first.content) / 1024:6.0f} KB"
    return f"{name:<34} p50 {statistics.median(times):6.1f} ms  p95 {p95:6.1f} ms {asked_in_all}"


def pages() -> Iterator[str]:
    from django.db.models import Count
    from django.urls import reverse

    from patients.models import Patient
    from rcp.models import Case, Meeting

    secretary, *_ = person("secretaire@dcc.example")
    physician, *_ = person("medecin@dcc.example")
    admin, *_ = person("reseau@dcc.example")

    def objects() -> tuple[Any, Any, Any]:
        meetings = Meeting.objects.annotate(size=Count("cases")).order_by("-size", "pk")
        meeting = meetings.filter(cases__sheets__isnull=False)[0]
        case = Case.objects.filter(meeting=meeting, sheets__isnull=False).select_related("patient")[0]
        return meeting, case, Patient.objects.filter(pk=case.patient_id)[0]

    meeting, case, patient = seen("medecin@dcc.example", objects)
    known = seen("secretaire@dcc.example", lambda: Patient.objects.all()[0])
    yield f"{seen('reseau@dcc.example', count_patients)} patients"
    typed = {"name": patient.birth_name[:4], "birth_date": patient.birth_date.strftime("%d/%m/%Y")}
    found = secretary.post(reverse("patients:search"), typed)["Location"]
    yield measured("patient search", secretary, found, SEARCHES)
    for name, client, address in (
        ("cockpit, secretary", secretary, reverse("rcp:cockpit")),
        ("cockpit, physician", physician, reverse("rcp:cockpit")),
        ("calendar", secretary, reverse("rcp:calendar")),
        ("boards", secretary, reverse("rcp:boards")),
        ("patient file", secretary, reverse("patients:file", args=[known.pk])),
        ("registration", secretary, reverse("rcp:register", args=[known.pk])),
        ("meeting", physician, reverse("rcp:meeting", args=[meeting.pk])),
        ("projection", physician, reverse("rcp:projection_case", args=[meeting.pk, case.pk])),
        ("sheet", physician, reverse("rcp:case", args=[case.pk])),
        ("conclusion", physician, reverse("rcp:conclusion", args=[case.pk])),
        ("deliveries", secretary, reverse("messaging:deliveries")),
        ("users", admin, reverse("accounts:users")),
    ):
        yield measured(name, client, address)


def count_patients() -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples::bigint FROM pg_class WHERE relname = 'patients_patient'")
        return f"{cursor.fetchone()[0]:,}".replace(",", " ")


def report() -> Iterator[str]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT extract(epoch FROM d.ready_at - d.issued_at), v.channel, extract(epoch FROM v.sent_at - d.issued_at)
            FROM patients_document d JOIN messaging_delivery v ON v.document_id = d.id
            WHERE d.kind = 'rcp_report' AND d.issued_at > now() - %s * interval '1 minute' AND v.sent_at IS NOT NULL
            """,
            [sys.argv[2]],
        )
        rows = cursor.fetchall()
    for what, seconds in [
        ("validated to PDF and CDA ready", [ready for ready, _, _ in rows]),
        *[
            (f"validated to sent, {channel}", [sent for _, one, sent in rows if one == channel])
            for channel in ("mssante", "hl7")
        ],
    ]:
        if seconds:
            yield f"{what:<34} p50 {statistics.median(seconds):5.1f} s  max {max(seconds):5.1f} s  ({len(seconds)})"


CHOICES = {"pages": pages, "report": report}

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dcc.settings.dev")
    import django

    django.setup()
    for line in CHOICES[sys.argv[1]]():
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
