"""A database of its own for what needs several connections: what they commit must be seen by the others."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections

from tests.conftest import clone, drop_database


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Every connection of this test works, and commits, in a clone that is dropped afterwards."""
    name = f"dcc_test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_meetings"
    clone(name)
    connection = connections["default"]
    former = connection.settings_dict["NAME"]
    with django_db_blocker.unblock():
        connections.close_all()
        connection.settings_dict["NAME"] = name
        try:
            yield
        finally:
            connections.close_all()
            connection.settings_dict["NAME"] = former
            drop_database(name)
