"""Backup and restoration of the database by COPY, whatever client programs are installed.

pg_dump must be as recent as the server and the packages that bring our PostgreSQL do not bring it, so the schema comes
from the migrations (recorded, compared) and the rows from binary COPY in one snapshot. Rows are read by dcc_backup, who
sees past row-level security and can write nothing, and loaded by dcc_owner into an empty database.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from dcc.lib.crypto import Keyring
from dcc.operations.frames import read_frames, write_frame, write_json
from dcc.operations.sealed import SealedWriter, unsealed

# Sessions end with the machine they were opened on; the migrations themselves are replayed, not copied.
SESSIONS = frozenset({"django_session", "usersessions_usersession"})
LEFT_OUT = SESSIONS | {"django_migrations"}


class RestoreRefused(Exception):
    """The restoration would mix or lose something; the message, in French, says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup says of itself: when, from which schema, how many rows of each table."""

    made_at: str
    database: str
    migrations: frozenset[tuple[str, str]]
    rows: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.rows.values())


def back_up(connection: psycopg.Connection, target: Path, *, keyring: Keyring) -> Manifest:
    """Write every table to a new encrypted file, as of one instant. Raises FileExistsError."""
    connection.autocommit = False
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    connection.read_only = True
    with target.open("xb") as file, connection.transaction():
        connection.execute("SET LOCAL row_security = off")  # refuse rather than back up half of the rows
        about = {"made_at": datetime.now(UTC).isoformat(timespec="seconds"), "database": connection.info.dbname}
        migrations = connection.execute("SELECT app, name FROM django_migrations ORDER BY id").fetchall()
        writer = SealedWriter(file, keyring=keyring, about=about)
        write_json(writer, b"M", {**about, "migrations": migrations, "sequences": dict(_sequences(connection))})
        rows = {table: _copy_out(connection, table, writer) for table in tables(connection)}
        write_json(writer, b"Z", rows)
        writer.close()
    return Manifest(
        made_at=about["made_at"],
        database=about["database"],
        migrations=frozenset((app, name) for app, name in migrations),
        rows=rows,
    )


def check_empty(connection: psycopg.Connection) -> None:
    """Raises RestoreRefused when the database holds any table."""
    if tables(connection):
        raise RestoreRefused("Cette base n’est pas vide. La restauration se fait dans une base neuve.")


def read_start(source: Path, *, keyring: Keyring) -> Manifest:
    """The manifest of a backup, its counts of rows aside. Raises KeyMissing or ContentTampered."""
    with source.open("rb") as file:
        _, data = next(read_frames(unsealed(file, keyring=keyring)))
    return _manifest(data, {})


def restore(connection: psycopg.Connection, source: Path, *, keyring: Keyring) -> Manifest:
    """Load a backup into a database that the migrations have just made; all of it or nothing.

    Raises RestoreRefused when the schemas differ, KeyMissing or ContentTampered when the file does not open.
    """
    with source.open("rb") as file, connection.transaction():
        frames = read_frames(unsealed(file, keyring=keyring))
        _, data = next(frames)
        _check_schema(connection, _manifest(data, {}))
        forced = _stand_aside(connection)
        counted = _copy_in(connection, frames)
        _stand_back(connection, forced)
        for name, (last, called) in json.loads(data)["sequences"].items():
            connection.execute("SELECT setval(%s::regclass, %s, %s)", [name, last, called])
    connection.execute("ANALYZE")
    return _manifest(data, counted)


def tables(connection: psycopg.Connection) -> list[str]:
    """The tables whose rows are kept."""
    found = connection.execute(
        "SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace"
        " WHERE nspname = 'public' AND relkind = 'r' ORDER BY 1"
    ).fetchall()
    return [name for (name,) in found if name not in LEFT_OUT]


def counts(connection: psycopg.Connection) -> dict[str, int]:
    """How many rows each table holds."""
    found = {}
    for table in tables(connection):
        row = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchone()
        found[table] = row[0] if row else 0
    return found


def _copy_out(connection: psycopg.Connection, table: str, writer: SealedWriter) -> int:
    columns = _columns(connection, table)
    write_json(writer, b"T", {"table": table, "columns": columns})
    cursor = connection.cursor()
    with cursor.copy(_copy("COPY {} ({}) TO STDOUT (FORMAT binary)", table, columns)) as pieces:
        for piece in pieces:
            write_frame(writer, b"D", bytes(piece))
    count = cursor.rowcount
    write_json(writer, b"E", count)
    return count


def _copy_in(connection: psycopg.Connection, frames: Iterator[tuple[bytes, bytes]]) -> dict[str, int]:
    counted: dict[str, int] = {}
    for letter, data in frames:
        if letter == b"Z":
            if json.loads(data) != counted:
                raise RestoreRefused("Le nombre de lignes lues n’est pas celui qui a été écrit.")
            return counted
        assert letter == b"T", "rows come after the name of their table"
        table, columns = json.loads(data)["table"], json.loads(data)["columns"]
        cursor = connection.cursor()
        with cursor.copy(_copy("COPY {} ({}) FROM STDIN (FORMAT binary)", table, columns)) as copy:
            for letter, piece in frames:
                if letter == b"E":
                    expected = json.loads(piece)
                    break
                copy.write(piece)
        if cursor.rowcount != expected:
            raise RestoreRefused(f"La table {table} est incomplète.")
        counted[table] = expected
    raise AssertionError("frames end with Z")


def _copy(statement: str, table: str, columns: list[str]) -> sql.Composed:
    return sql.SQL(statement).format(sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns)))  # type: ignore[arg-type]


def _columns(connection: psycopg.Connection, table: str) -> list[str]:
    found = connection.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
        " AND attgenerated = '' ORDER BY attnum",
        [f'public."{table}"'],
    ).fetchall()
    return [name for (name,) in found]


def _sequences(connection: psycopg.Connection) -> Iterator[tuple[str, tuple[int, bool]]]:
    names = connection.execute(
        "SELECT quote_ident(schemaname) || '.' || quote_ident(sequencename) FROM pg_sequences"
        " WHERE schemaname = 'public' ORDER BY 1"
    ).fetchall()
    for (name,) in names:
        row = connection.execute(sql.SQL("SELECT last_value, is_called FROM {}").format(sql.SQL(name))).fetchone()
        assert row is not None
        yield name, (row[0], row[1])


def _check_schema(connection: psycopg.Connection, manifest: Manifest) -> None:
    here = {(app, name) for app, name in connection.execute("SELECT app, name FROM django_migrations").fetchall()}
    if here != manifest.migrations:
        raise RestoreRefused(
            "Cette sauvegarde vient d’une autre version du logiciel. Installez celle-là, restaurez, puis mettez à jour."
        )


def _stand_aside(connection: psycopg.Connection) -> list[str]:
    """Empty what the migrations wrote, and hold triggers and walls off the load; gives the tables whose wall is forced.

    Foreign keys stay: they are deferred, and checked at the end of this very transaction.
    """
    names = [*tables(connection), *sorted(SESSIONS)]
    forced = connection.execute(
        "SELECT relname FROM pg_class WHERE relforcerowsecurity AND relnamespace = 'public'::regnamespace"
    ).fetchall()
    for name in names:
        table = sql.Identifier(name)
        connection.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(table))
        connection.execute(sql.SQL("ALTER TABLE {} NO FORCE ROW LEVEL SECURITY").format(table))
    connection.execute(sql.SQL("TRUNCATE {}").format(sql.SQL(", ").join(map(sql.Identifier, names))))
    connection.execute("SET CONSTRAINTS ALL DEFERRED")
    return [name for (name,) in forced]


def _stand_back(connection: psycopg.Connection, forced: list[str]) -> None:
    connection.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with pending checks cannot be altered
    for name in [*tables(connection), *sorted(SESSIONS)]:
        connection.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(sql.Identifier(name)))
    for name in forced:
        connection.execute(sql.SQL("ALTER TABLE {} FORCE ROW LEVEL SECURITY").format(sql.Identifier(name)))


def _manifest(data: bytes, rows: dict[str, int]) -> Manifest:
    read: dict[str, Any] = json.loads(data)
    return Manifest(
        made_at=read["made_at"],
        database=read["database"],
        migrations=frozenset((app, name) for app, name in read["migrations"]),
        rows=rows,
    )
