"""Figures of the running demonstration: page times and queries, saves under load, and a validation until delivered.

    make manage ARGS="demo --scale 75" ROLE=dcc_owner      # 150 000 patients, beside a running `make demo`
    .venv/bin/python -m dcc.embedded run --role dcc_web -- .venv/bin/python -m tests.figures pages
    .venv/bin/python -m dcc.embedded run --role dcc_web -- .venv/bin/python -m tests.figures saves 8000 20 60
    .venv/bin/python -m dcc.embedded run --role dcc_web -- .venv/bin/python -m tests.figures report 10

`saves PORT SCREENS SECONDS` is seen from outside: as many signed-in sessions, each on a sheet of its own, answer one
question every 2 s over plain HTTP (session, CSRF, row-level security, every commit on disk), and what is printed is
the time until the whole answer is there. It writes in the sheets of the demonstration. Elsewhere times are the
server's own, in one warm process, through every middleware. `report N` reads what happened to the cases validated on
the screen in the last N minutes: validate a few before.
"""

import json
import os
import random
import secrets
import statistics
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

ROUNDS = 40
EVERY = 2.0  # seconds between two saves of one person, half as much to half as much again
FILLERS = ("medecin@dcc.example", "demandeur@dcc.example", "radiotherapeute@dcc.example", "secretaire@dcc.example")
SEARCHES = 10  # fewer than what one person may ask in a minute
BACKEND = "dcc.accounts.backends.StaffBackend"


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


class Screen:
    """One signed-in browser on one sheet: a connection kept open, the versions its page knows, one save at a time."""

    def __init__(self, *, port: int, session: str, case_id: Any, questions: list[tuple[str, Any]], known: Any) -> None:
        from http.client import HTTPConnection

        token = secrets.token_hex(16)
        self.connection = HTTPConnection("localhost", port, timeout=30)
        self.cookies = {"Cookie": f"dcc-{port}={session}; dcc-csrf-{port}={token}", "X-CSRFToken": token}
        self.address = f"/dossiers/{case_id}/"
        self.questions, self.versions = questions, dict(known)
        self.chance = random.Random()
        self.times: list[float] = []
        self.pages: list[float] = []
        self.answers: Counter[int | str] = Counter()

    def save(self) -> None:
        path, item = self.chance.choice(self.questions)
        asked = {"op": "set", "path": path, "op_id": uuid4(), "base_ver": self.versions.get(path, 0)}
        asked["value"] = self.typed(item)
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        start = time.perf_counter()
        status, content = self.ask("POST", f"{self.address}champ/", urlencode(asked).encode(), form)
        self.times.append((time.perf_counter() - start) * 1000)
        self.answers[status] += 1
        if status in (200, 409):
            self.versions[path] = json.loads(content)["ver"]

    def read(self) -> None:
        start = time.perf_counter()
        status, _ = self.ask("GET", self.address, None, {})
        self.pages.append((time.perf_counter() - start) * 1000)
        self.answers[status] += status != 200

    def typed(self, item: Any) -> str:
        if item.options:
            return str(self.chance.choice(item.options).value["code"])
        if item.type == "boolean":
            return self.chance.choice(("true", "false"))
        return f"saisie {self.chance.randrange(10**6)}"

    def ask(self, method: str, address: str, body: bytes | None, headers: dict[str, str]) -> tuple[int, bytes]:
        """As a browser: a connection the server closed meanwhile is opened again."""
        from http.client import RemoteDisconnected

        for last in (False, True):
            try:
                self.connection.request(method, address, body, self.cookies | headers)
                answer = self.connection.getresponse()
                return answer.status, answer.read()
            except (RemoteDisconnected, ConnectionError):
                self.connection.close()
                if last:
                    raise
        raise AssertionError

    def type_until(self, end: float, act: Callable[[], None]) -> None:
        time.sleep(self.chance.uniform(0, EVERY))
        while time.monotonic() < end:
            try:
                act()
            except OSError as error:  # said with the answers: a save that never arrived is not left out of the count
                self.connection.close()
                self.answers[type(error).__name__] += 1
            time.sleep(EVERY * self.chance.uniform(0.5, 1.5))


def screens(port: int, count: int) -> tuple[list[Screen], Screen, int]:
    """So many screens on sheets that take answers, one more on the one that shows most, and how many questions."""
    from django.conf import settings

    found: dict[Any, tuple[str, list[tuple[str, Any]], list[tuple[str, int]], int]] = {}
    for email in FILLERS:
        for case_id, *rest in seen(email, drafts):
            found.setdefault(case_id, (email, *rest))
    chosen = list(found.items())[:count]
    widest = max(found.items(), key=lambda one: one[1][-1])

    def opened(case_id: Any, email: str, questions: Any, known: Any, _: int) -> Screen:
        client, *_rest = person(email)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        return Screen(port=port, session=session, case_id=case_id, questions=questions, known=known)

    return [opened(case_id, *rest) for case_id, rest in chosen], opened(widest[0], *widest[1]), widest[1][-1]


def drafts() -> list[tuple[Any, list[tuple[str, Any]], list[tuple[str, int]], int]]:
    """Sheets one may answer: case, plain open questions, versions of their answers, open items in all."""
    from rcp.models import Sheet, SheetStatus
    from rcp.sheets.desk import DECISION, RELATED
    from rcp.sheets.draft import Draft
    from rcp.sheets.given import is_given
    from rcp.sheets.storing import CLOSED

    sheets = Sheet.objects.filter(status=SheetStatus.DRAFT, version=1).exclude(case__status__in=CLOSED)
    found = []
    for sheet in sheets.select_related(*(f"case__{name}" for name in RELATED)).order_by("pk")[:120]:
        draft = Draft(case=sheet.case, sheet=sheet)
        enabled = draft.evaluation.enabled
        items = [(path, draft.item(path)) for path in sorted(enabled) if "[" not in path]
        questions = [
            (path, item) for path, item in items
            if item.is_question and not (item.repeats or item.read_only or item.calculated or item.value_set)
            and not is_given(draft.form, item) and item.chapter != DECISION
            and (item.options or (item.type in ("string", "text", "boolean") and not item.pattern))
        ]  # fmt: skip
        found.append((sheet.case_id, questions, list(sheet.answers.values_list("path", "ver")), len(enabled)))
    return found


def saves() -> Iterator[str]:
    """A save every 2 s from each screen, and the largest page asked for by somebody else meanwhile."""
    port, count, seconds = (int(one) for one in (*sys.argv[2:5], *("8000", "20", "60")[len(sys.argv[2:5]) :]))
    typing, reader, shown = screens(port, count)
    for one in (reader, *typing):  # each browser has read its page once
        one.read()
        one.pages.clear()
    end = time.monotonic() + seconds
    threads = [threading.Thread(target=one.type_until, args=(end, one.save)) for one in typing]
    threads.append(threading.Thread(target=reader.type_until, args=(end, reader.read)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    answers = sum((one.answers for one in (*typing, reader)), Counter())
    yield f"{len(typing)} screens, {seconds} s, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors"
    yield spread("save", [one for screen in typing for one in screen.times])
    yield spread(f"page of a sheet, {shown} open items", reader.pages)
    yield f"answers: {dict(sorted(answers.items(), key=str))}"


def spread(name: str, times: list[float]) -> str:
    times = sorted(times)
    p50, p95, p99 = (times[min(int(len(times) * part), len(times) - 1)] for part in (0.50, 0.95, 0.99))
    return (
        f"{name:<34} p50 {p50:6.1f} ms  p95 {p95:6.1f} ms  p99 {p99:6.1f} ms  max {times[-1]:6.1f} ms  ({len(times)})"
    )


CHOICES = {"pages": pages, "saves": saves, "report": report}

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dcc.settings.dev")
    import django

    django.setup()
    for line in CHOICES[sys.argv[1]]():
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
