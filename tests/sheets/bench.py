"""Server time and queries of the desk pages, one warm client: `python -m tests.sheets.bench [code of a form]`.

Without a code the breast form, answered as a meeting would. With one, that form opened at its widest: every question
answered by its first option, number or word, until nothing more opens; `largest` picks the form with the most items.

The database is a clone of the tests' template, made here and thrown away. Prints p50 and p95 in milliseconds.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from tests.conftest import clone, drop_database

DATABASE = "dcc_bench_desk"
ROUNDS = 60


def measured(name: str, run: Callable[[], Any]) -> str:
    from django.db import connection

    asked = []

    def counter(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        asked.append(sql)
        return execute(sql, params, many, context)

    run()
    with connection.execute_wrapper(counter):
        run()
    times, works = [], []
    for _ in range(ROUNDS):
        start, worked = time.perf_counter(), time.process_time()
        run()
        times.append((time.perf_counter() - start) * 1000)
        works.append((time.process_time() - worked) * 1000)
    times.sort()
    work = statistics.median(works)  # what this process computes, whoever else works on the machine
    p95 = times[int(len(times) * 0.95) - 1]
    wall = f"p50 {statistics.median(times):6.1f} ms   p95 {p95:6.1f} ms"
    return f"{name:<20} {wall}   cpu {work:6.1f} ms   {len(asked):3d} queries"


def largest() -> str:
    """The published form that asks the most."""
    from rcp.models import FormVersion
    from rcp.sheets.definitions import compiled

    return max(FormVersion.objects.only("pk", "code"), key=lambda one: len(compiled(one.pk).items)).code


def widest(sheet: Any, *, by: Any) -> int:
    """Answer every open question until nothing more opens; how many are open then."""
    from rcp.models import Answer
    from rcp.sheets.draft import Draft
    from rcp.sheets.given import is_given

    for _ in range(5):
        draft = Draft(case=sheet.case, sheet=sheet)
        todo = [
            (path, item)
            for path in draft.evaluation.enabled
            if (item := draft.item(path)).is_question and path not in draft.answers and "[" not in path
        ]
        todo = [(path, item) for path, item in todo if not (item.calculated or item.value_set)]
        todo = [(path, item) for path, item in todo if not is_given(draft.form, item)]
        shared = {"region_id": sheet.region_id, "patient_id": sheet.patient_id, "sheet": sheet, "rev": 1, "author": by}
        Answer.objects.bulk_create(Answer(**shared, path=path, value=some(item)) for path, item in todo)
    return len(Draft(case=sheet.case, sheet=sheet).evaluation.enabled)


def some(item: Any) -> Any:
    """An answer a question accepts: several options of a list, so that they open what they open."""
    if item.options:
        values = [one.value for one in item.options if not one.exclusive]
        return values if item.repeats else item.options[-1].value
    plain = {"boolean": True, "date": "2026-01-15", "integer": 10, "decimal": "10", "quantity": {"value": 10}}
    value = plain.get(item.type, "précision")
    return [value] if item.repeats else value


def main(code: str = "") -> list[str]:
    from django.test import Client

    from dcc.accounts.models import User
    from dcc.accounts.queries import my_memberships
    from dcc.tenancy.middleware import MEMBERSHIP_KEY
    from dcc.tenancy.scope import user_scope
    from rcp.models import Board
    from rcp.sheets.definitions import compiled
    from tests.cases.test_golden_report import fill
    from tests.sheets.casework import make_case, sit
    from tests.sheets.schedules import working

    said = []
    with working("bob") as bob:
        if code:
            code = largest() if code == "largest" else code
            Board.objects.filter(code="SEI", region_id=1).update(form_code=code)
        case = make_case(by=bob)
        sit(case.meeting, "bob", "helias", "oumarou")
        sheet = case.sheets.get()
        form = compiled(sheet.form_id)
        if code:
            said = [f"form {code}: {len(form.items)} items, {widest(sheet, by=bob)} open"]
        else:
            fill(sheet, by=bob)
        path = form.path("tronc.allergies")
        known = sheet.answers.filter(path=path).first()
    client, user = Client(headers={"host": "localhost"}), User.objects.get(email="bob@dcc.example")
    client.force_login(user, backend="dcc.accounts.backends.StaffBackend")
    with user_scope(user_id=user.pk, membership_id=None):
        chosen = my_memberships()[0].id
    session = client.session
    session[MEMBERSHIP_KEY] = str(chosen)
    session.save()
    base, ver = f"/dossiers/{case.pk}/", [known.ver if known else 0]

    def save() -> None:
        data = {"path": path, "value": f"allergie {ver[0]}", "base_ver": ver[0], "op_id": str(uuid4())}
        ver[0] = client.post(f"{base}champ/", data).json()["ver"]

    def poll_still() -> None:
        assert client.get(f"{base}depuis/{10**6}/", headers={"X-DCC-Poll": "1"}).status_code == 200

    return said + [
        measured("sheet, whole page", lambda: client.get(base)),
        measured("conclusion", lambda: client.get(f"{base}conclusion/")),
        measured("autosave", save),
        measured("paper", lambda: client.get(f"{base}imprimer/")),
        measured("projection", lambda: client.get(f"/reunions/{case.meeting_id}/projection/{case.pk}/?relu=1")),
        measured("poll, nothing new", poll_still),
    ]


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dcc.settings.test")
    os.environ["DCC_DB_NAME"] = DATABASE
    import django

    django.setup()
    clone(DATABASE)
    from django.db import connections

    connections["default"].settings_dict["CONN_MAX_AGE"] = 60  # as in production
    try:
        print("\n".join(main(*sys.argv[1:2])))  # noqa: T201
    finally:
        connections.close_all()
        drop_database(DATABASE)
