"""Tests: the demonstration's settings with a role that may become any unprivileged one, and a fast hasher."""

import os
from zlib import crc32

from dcc.settings.base import CACHES, DATABASES
from dcc.settings.dev import *  # noqa: F403

DATABASES["default"]["USER"] = "dcc_test"
DB_SET_ROLE = "dcc_web"
DATABASES["default"]["CONN_MAX_AGE"] = 0
DATABASES["default"]["OPTIONS"] = {"options": "-c statement_timeout=30s"}
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.MD5PasswordHasher",
    "django.contrib.auth.hashers.Argon2PasswordHasher",  # the passwords of the template database
]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CELERY_TASK_ALWAYS_EAGER = False
# The clones of the template hold the same identifiers: workers must not share what is cached about them. A prefix
# keeps names apart, and a logical database of one's own keeps cache.clear() from emptying a neighbour's.
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
CACHES["default"]["KEY_PREFIX"] = WORKER
_number = WORKER.removeprefix("gw")
CACHES["default"]["OPTIONS"] = {"db": 1 + int(_number) % 7 if _number.isdigit() else 8 + crc32(WORKER.encode()) % 8}
