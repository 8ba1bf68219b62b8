"""A database of their own for facts: what a validation files is committed, then read by the owner, who alone may."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from django.db import connection, connections

from tests.conftest import clone, drop_database, owner_connection

Base = Callable[[], list[tuple[Any, ...]]]


@pytest.fixture
def facts_database(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """The default connection commits in a fresh clone, as dcc_web."""
    name = f"dcc_test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_facts"
    clone(name)
    default = connections["default"]
    former = default.settings_dict["NAME"]
    with django_db_blocker.unblock():
        default.close()
        default.settings_dict["NAME"] = name
        try:
            yield name
        finally:
            default.close()
            default.settings_dict["NAME"] = former
            drop_database(name)


@pytest.fixture
def base(facts_database: str) -> Base:
    """The base table as its owner reads it: whole rows, the stat key by its name, sorted."""

    def rows() -> list[tuple[Any, ...]]:
        with owner_connection(facts_database) as owner:
            found = owner.execute(
                "SELECT k.key, f.instance, f.code, f.number, f.flag, f.day, f.first, f.case_key, f.region_id,"
                " f.pathology, f.centre_id, f.held_on FROM rcp_fact f JOIN rcp_statkey k ON k.id = f.stat_key_id"
            )
            return sorted(found.fetchall(), key=str)

    return rows


@pytest.fixture
def as_the_worker(facts_database: str) -> Callable[[], AbstractContextManager[None]]:
    """`with as_the_worker():` the role of commands, which opens its regions itself."""

    @contextmanager
    def worker() -> Iterator[None]:
        with connection.cursor() as cursor:
            cursor.execute("SET ROLE dcc_worker")
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SET ROLE dcc_web")

    return worker
