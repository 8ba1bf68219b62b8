"""One scene for the whole table, in a database of its own; each request is forgotten once its status is known."""

import os
from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.db import connections, transaction

from tests.conftest import clone, drop_database
from tests.rights.scene import Scene, set_the_scene
from tests.rights.table import PEOPLE


@pytest.fixture(scope="package")
def scene(django_db_setup: None, django_db_blocker: object) -> Iterator[Scene]:
    name = f"dcc_rights_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    clone(name)
    default = connections["default"]
    before = default.settings_dict["NAME"]
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        default.close()
        default.settings_dict["NAME"] = name
        try:
            yield set_the_scene(PEOPLE)
        finally:
            default.close()
            default.settings_dict["NAME"] = before
    drop_database(name)


@pytest.fixture
def forgotten(scene: Scene, django_db_blocker: object) -> Iterator[None]:
    """Nothing that the test asks for is kept, limits per minute included."""
    cache.clear()
    with django_db_blocker.unblock(), transaction.atomic():  # type: ignore[attr-defined]
        yield
        transaction.set_rollback(True)
