"""Sign-in of the tests: a cache of their own, mail in memory, the queue run in place."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from dcc.celery import app as celery
from dcc.lib.crypto import Keyring
from tests.world import PASSWORD

MASTER_KEYS = Keyring.generate_text(current="tests")


@pytest.fixture(autouse=True)
def alone(settings: Any) -> Iterator[None]:
    """Limits are counted for this test only, mail is sent in place, secrets have a keyring."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "tests"}}
    settings.MASTER_KEYS = MASTER_KEYS
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.MD5PasswordHasher",  # of the tests
        "django.contrib.auth.hashers.Argon2PasswordHasher",  # of the world, which was built once
    ]
    from django.core.cache import cache

    cache.clear()
    celery.conf.update(task_always_eager=True, task_eager_propagates=True)
    yield
    celery.conf.update(task_always_eager=False)


Commit = Callable[..., AbstractContextManager[Any]]


class Door:
    """Someone in front of the sign-in page."""

    def __init__(self, commit: Commit) -> None:
        self.client = Client()
        self._commit = commit

    def password(self, short: str, password: str = PASSWORD, **extra: Any) -> Any:
        with self._commit(execute=True):
            data = {"login": f"{short}@dcc.example", "password": password, **extra}
            return self.client.post(reverse("account_login"), data)

    def code(self, code: str, **extra: Any) -> Any:
        with self._commit(execute=True):
            return self.client.post(reverse("account_confirm_login_code"), {"code": code, **extra})

    def received(self) -> str:
        """The code of the last mail."""
        found = re.search(r"connexion\s*: (\d{6})$", str(mail.outbox[-1].body), re.MULTILINE)
        assert found, mail.outbox[-1].body
        return found[1]

    def enter(self, short: str, **extra: Any) -> Any:
        """The whole journey with an e-mailed code."""
        assert self.password(short, **extra).status_code == 302
        return self.code(self.received(), **extra)


@pytest.fixture
def door(db: None, django_capture_on_commit_callbacks: Commit) -> Door:
    return Door(django_capture_on_commit_callbacks)
