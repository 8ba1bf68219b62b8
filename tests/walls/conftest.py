"""A database of their own for the tests of the walls: what they write is committed, and read back as dcc_web."""

import os
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import connections

from tests.conftest import clone, drop_database
from tests.walls.population import OWNER


@pytest.fixture(scope="module")
def walls_database(django_db_setup: None, django_db_blocker: object) -> Iterator[str]:
    """The default connection of Django looks at a fresh clone as dcc_web; `OWNER` is the same one as its owner.

    One for each module: what a module finds does not depend on what another drew before it.
    """
    name = f"dcc_walls_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    clone(name)
    default = connections["default"]
    before = default.settings_dict["NAME"]
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        default.close()
        default.settings_dict["NAME"] = name
        connections.databases[OWNER] = {
            **default.settings_dict,
            "ENGINE": "django.db.backends.postgresql",
            "USER": "dcc_owner",
            "ATOMIC_REQUESTS": False,
        }
        yield name
        connections[OWNER].close()
        del connections[OWNER], connections.databases[OWNER]
        default.close()
        default.settings_dict["NAME"] = before
        settings.DATABASES.pop(OWNER, None)
    drop_database(name)


@pytest.fixture(autouse=True)
def unblocked(walls_database: str, django_db_blocker: object) -> Iterator[None]:
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        yield
