"""Tests: the demonstration's settings with a role that may become any unprivileged one, and a fast hasher."""

import os

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
# The clones of the template hold the same identifiers: workers must not share what is cached about them.
CACHES["default"]["KEY_PREFIX"] = os.environ.get("PYTEST_XDIST_WORKER", "main")
