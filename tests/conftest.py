"""Databases, people and scopes of the tests.

A template is migrated and filled once (keyed by what it is made of), then cloned for each xdist worker; tests log in as
dcc_test, which may become any unprivileged role and owns nothing. Run through `make test`, which starts the services.
"""

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.test import Client
from hypothesis import settings as drawing

from tests.world import PASSWORD

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
# The short version draws the same examples each time; `make soak` draws others.
drawing.register_profile("short", derandomize=True)
if os.environ.get("DCC_SOAK") != "1":
    drawing.load_profile("short")
# They wait for other programs more than they compute: begun first, none is left alone at the end.
WAITING = ("tests/browser/", "tests/chaos/", "tests/embedded/")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if os.environ.get("DCC_SOAK") != "1":
        for item in items:
            if item.get_closest_marker("soak"):
                item.add_marker(pytest.mark.skip(reason="the long version: make soak"))
    items.sort(key=lambda item: not item.nodeid.startswith(WAITING))


def owner_connection(database: str) -> psycopg.Connection:
    return psycopg.connect(
        host=os.environ["DCC_DB_HOST"],
        port=os.environ["DCC_DB_PORT"],
        user="dcc_owner",
        dbname=database,
        autocommit=True,
    )


def drop_database(name: str) -> None:
    """Forget a database and whoever is still connected to it.

    FORCE may not end an autovacuum that passes by, which leaves by itself when its database is to be dropped.
    """
    with owner_connection("postgres") as connection:
        for _ in range(100):
            try:
                connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
                return
            except psycopg.errors.InsufficientPrivilege:
                time.sleep(0.1)
        connection.execute(f'DROP DATABASE IF EXISTS "{name}"')


def template_name() -> str:
    made_of = hashlib.sha256()
    paths = [*ROOT.glob("*/migrations/*.py"), *ROOT.glob("dcc/*/migrations/*.py"), *ROOT.glob("rcp/sheets/packaged/*")]
    for path in sorted([*paths, ROOT / "tests/world.py", ROOT / "dcc/tenancy/isolation.py", ROOT / "dcc/roles.py"]):
        made_of.update(path.read_bytes())
    return f"dcc_template_{made_of.hexdigest()[:12]}"


def build_template(name: str) -> None:
    """Migrate and fill the template; only one process does, the others wait on the advisory lock."""
    with owner_connection("postgres") as connection:
        connection.execute("SELECT pg_advisory_lock(742)")
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            return
        draft = f"{name}_draft"
        drop_database(draft)
        connection.execute(f'CREATE DATABASE "{draft}"')
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "dcc.settings.dev",
            "DCC_DB_NAME": draft,
            "DCC_DB_USER": "dcc_owner",
        }
        for command in (["manage.py", "migrate", "-v0", "--skip-checks"], ["-m", "tests.world"]):
            subprocess.run([sys.executable, *command], cwd=ROOT, env=environment, check=True)
        connection.execute(f'ALTER DATABASE "{draft}" RENAME TO "{name}"')


def clone(database: str) -> None:
    name = template_name()
    build_template(name)
    with owner_connection("postgres") as connection:
        connection.execute("SELECT pg_advisory_lock(743)")
        drop_database(database)
        connection.execute(f'CREATE DATABASE "{database}" TEMPLATE "{name}" STRATEGY FILE_COPY')


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    database = f"dcc_test_{worker}"
    clone(database)
    from django.db import connections

    settings.DATABASES["default"]["NAME"] = database
    connections["default"].settings_dict["NAME"] = database
    yield
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        connections.close_all()


@pytest.fixture
def people(db: None) -> Callable[[str], object]:
    """`people("alice")`: one of the characters of tests/world.py."""
    from dcc.accounts.models import User

    return lambda short: User.objects.get(email=f"{short}@dcc.example")


@pytest.fixture
def working_as(people: Callable[[str], object]) -> Callable[..., AbstractContextManager[object]]:
    """`with working_as("alice") as alice:` opens the scope of Alice (under a short organisation name if given)."""
    from dcc.accounts.models import Membership
    from dcc.accounts.queries import my_memberships
    from dcc.tenancy.scope import user_scope

    @contextmanager
    def opened(short: str, organisation: str = "") -> Iterator[object]:
        user = people(short)
        with user_scope(user_id=user.pk, membership_id=None):  # type: ignore[attr-defined]
            found = next(one for one in my_memberships() if organisation in ("", one.organisation))
        with user_scope(user_id=user.pk, membership_id=found.id):  # type: ignore[attr-defined]
            membership = Membership.objects.select_related("organisation").get(pk=found.id)
            user.acting_as, user.acting_in = membership.organisation, membership.region_id  # type: ignore[attr-defined]
            yield user

    return opened


@pytest.fixture
def as_worker(db: None) -> Callable[..., AbstractContextManager[None]]:
    """`with as_worker(1, 2):` becomes dcc_worker in the scope of these founding regions."""
    from django.db import connection

    from dcc.tenancy.scope import regions_scope

    @contextmanager
    def opened(*regions: int) -> Iterator[None]:
        with connection.cursor() as cursor:
            cursor.execute("SET ROLE dcc_worker")
        try:
            with regions_scope(regions):
                yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SET ROLE dcc_web")

    return opened


@pytest.fixture
def signed_in(people: Callable[[str], object]) -> Callable[..., Client]:
    """`signed_in("alice")`: a client with Alice's session, her second factor done, her membership chosen."""
    from dcc.accounts.queries import my_memberships
    from dcc.tenancy.middleware import MEMBERSHIP_KEY
    from dcc.tenancy.scope import user_scope

    def client(short: str, organisation: str = "") -> Client:
        made = Client()
        user = people(short)
        made.force_login(user, backend="dcc.accounts.backends.StaffBackend")  # type: ignore[arg-type]
        with user_scope(user_id=user.pk, membership_id=None):  # type: ignore[attr-defined]
            chosen = next(one for one in my_memberships() if organisation in ("", one.organisation))
        session = made.session
        session[MEMBERSHIP_KEY] = str(chosen.id)
        session.save()
        return made

    return client


__all__ = ["PASSWORD", "SHARED"]
