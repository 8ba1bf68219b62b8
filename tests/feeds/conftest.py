"""A database of its own for feeds: each message is committed by dcc_worker, as in production."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connections

from tests.conftest import clone, drop_database
from tests.feeds.hospitals import Feeds


@pytest.fixture(scope="session")
def feeds_name(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    name = f"dcc_test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_feeds"
    clone(name)
    yield name
    drop_database(name)


@pytest.fixture
def feeds(feeds_name: str, django_db_blocker: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Feeds]:
    """Two hospitals of one network in the regime « esclave », nobody known yet."""
    default = connections["default"]
    former = default.settings_dict["NAME"]
    with django_db_blocker.unblock():
        default.close()
        default.settings_dict["NAME"] = feeds_name
        monkeypatch.setattr(settings, "DB_SET_ROLE", "dcc_worker")
        made = Feeds(feeds_name)
        made.forget_everything()
        made.open()
        try:
            yield made
        finally:
            default.close()
            default.settings_dict["NAME"] = former
