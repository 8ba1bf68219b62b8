"""Server time and queries of the desk pages, one warm client: `DCC_DB_NAME=… python -m tests.sheets.bench`.

The database is a clone of the tests' template, made here and thrown away. Prints p50 and p95 in milliseconds.
"""

import os
import statistics
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from tests.conftest import clone, owner_connection

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
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        run()
        times.append((time.perf_counter() - start) * 1000)
    times.sort()
    p95 = times[int(len(times) * 0.95) - 1]
    return f"{name:<28} p50 {statistics.median(times):6.1f} ms   p95 {p95:6.1f} ms   {len(asked):3d} queries"


def main() -> list[str]:
    from django.test import Client

    from dcc.accounts.models import User
    from dcc.accounts.queries import my_memberships
    from dcc.tenancy.middleware import MEMBERSHIP_KEY
    from dcc.tenancy.scope import user_scope
    from rcp.sheets.definitions import compiled
    from tests.cases.test_golden_report import fill
    from tests.sheets.casework import make_case, sit
    from tests.sheets.schedules import working

    with working("bob") as bob:
        case = make_case(by=bob)
        sit(case.meeting, "bob", "helias", "oumarou")
        fill(case.sheets.get(), by=bob)
        path = compiled(case.sheets.get().form_id).path("tronc.allergies")
    client, user = Client(headers={"host": "localhost"}), User.objects.get(email="bob@dcc.example")
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    with user_scope(user_id=user.pk, membership_id=None):
        chosen = my_memberships()[0].id
    session = client.session
    session[MEMBERSHIP_KEY] = str(chosen)
    session.save()
    base, ver = f"/dossiers/{case.pk}/", [0]

    def save() -> None:
        data = {"path": path, "value": f"allergie {ver[0]}", "base_ver": ver[0], "op_id": str(uuid4())}
        ver[0] = client.post(f"{base}champ/", data).json()["ver"]

    def poll_still() -> None:
        assert client.get(f"{base}depuis/{10**6}/", headers={"X-DCC-Poll": "1"}).status_code == 200

    return [
        measured("sheet, whole page", lambda: client.get(base)),
        measured("conclusion", lambda: client.get(f"{base}conclusion/")),
        measured("autosave", save),
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
        print("\n".join(main()))  # noqa: T201
    finally:
        connections.close_all()
        with owner_connection("postgres") as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{DATABASE}" WITH (FORCE)')
