"""Making and dropping databases, and putting the schema in them: a restoration starts from nothing."""

import os
import subprocess
import sys

from django.conf import settings
from psycopg import sql

from dcc.operations.connecting import connect


def create_database(name: str) -> None:
    """Create an empty database owned by dcc_owner, unless it is there."""
    with connect("dcc_owner", database="postgres") as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            return
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def drop_database(name: str) -> None:
    with connect("dcc_owner", database="postgres") as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


class SchemaFailed(Exception):
    """A command of manage.py ended badly; the message is the end of what it said."""


def manage(*command: str, database: str, role: str) -> str:
    """Run a command of manage.py on `database` as `role`, in a process of its own. Raises SchemaFailed."""
    owner_password = os.environ.get("DCC_DB_OWNER_PASSWORD", "")
    environment = os.environ | {"DCC_DB_NAME": database, "DCC_DB_USER": role}
    if role == "dcc_owner" and owner_password:
        environment |= {"DCC_DB_PASSWORD": owner_password}
    done = subprocess.run(  # noqa: S603
        [sys.executable, str(settings.ROOT / "manage.py"), *command],
        env=environment,
        cwd=settings.ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise SchemaFailed((done.stderr.strip() or done.stdout.strip())[-500:])
    return done.stdout
