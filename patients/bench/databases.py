"""What the owner makes for each bench of identities in an empty, migrated database, which the command drops."""

import time
from collections.abc import Iterator
from dataclasses import astuple
from typing import Any

from django.db import connection

from patients.bench import trigram
from patients.bench.filling import fill, population
from patients.bench.ground import make_ground
from patients.bench.pairing import Registered, to_look_up, with_doubles

_KEEP = """
CREATE TABLE bench_registered (first int, second int, rule text);
GRANT SELECT ON bench_registered TO dcc_worker;
"""


def for_search(owner: Any, *, size: int, secretaries: int, rival: bool) -> Iterator[str]:
    """Networks, those who search, the identities, and pg_trgm's own table; what was made, and how long it took.

    `owner` is a psycopg connection of the owner, autocommit; Django's own must be the owner's too.
    """
    make_ground(secretaries)
    started = time.perf_counter()
    count = fill(owner, population(size))
    yield _made(owner, count, size, started)
    yield from _rival(owner, rival)


def for_match(owner: Any, *, size: int, doubles: int, rival: bool) -> Iterator[str]:
    """The same with second registrations, which wait to be looked up."""
    make_ground(0)
    people: list[Registered] = []
    started = time.perf_counter()
    count = fill(owner, with_doubles(population(size), size=size, doubles=doubles, people=people))
    yield _made(owner, count, size, started)
    for statement in _KEEP.split(";\n")[:-1]:
        owner.execute(statement)
    with owner.cursor() as cursor, cursor.copy("COPY bench_registered FROM STDIN") as copy:
        for one in people:
            copy.write_row(astuple(one))
    to_look_up(owner, people)
    yield from _rival(owner, rival)


def registered() -> list[Registered]:
    """Who was registered twice or once, as `for_match` kept them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT first, second, rule FROM bench_registered")
        return [Registered(first=first, second=second, rule=rule) for first, second, rule in cursor.fetchall()]


def _made(owner: Any, count: int, size: int, started: float) -> str:
    sizes = owner.execute(
        "SELECT pg_table_size('patients_patient') / 1e6, pg_indexes_size('patients_patient') / 1e6"
    ).fetchone()
    fsync = owner.execute("SHOW fsync").fetchone()[0]
    return (
        f"{count} identités, dont {size} dans le réseau cherché et les autres dans deux réseaux, en "
        f"{time.perf_counter() - started:.0f} s ; table {sizes[0]:.0f} Mo, index {sizes[1]:.0f} Mo ; fsync {fsync}"
    )


def _rival(owner: Any, wanted: bool) -> Iterator[str]:
    if wanted:
        started = time.perf_counter()
        trigram.make(owner)
        size = owner.execute("SELECT pg_total_relation_size('bench_trigram') / 1e6").fetchone()[0]
        yield f"pg_trgm : sa table et ses index GIN, {size:.0f} Mo, en {time.perf_counter() - started:.0f} s"
