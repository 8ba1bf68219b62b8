"""The demonstration on a laptop: plain HTTP on localhost, local mailbox, test identities."""

from typing import Any

from dcc.settings.base import *  # noqa: F403
from dcc.settings.base import INSTALLED_APPS, MSSANTE, env

SECRET_KEY = env("SECRET_KEY", "demo-only-key-of-a-laptop-never-used-in-production-0123456789")
DEMO = True
TEST_IDENTITIES = True
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
INSTALLED_APPS = [*INSTALLED_APPS, "dcc.demo"]
# Cookies ignore ports: two demonstrations on localhost would sign each other out.
SESSION_COOKIE_NAME = f"dcc-{env('WEB_PORT', '8000')}"
SESSION_COOKIE_SECURE = False
CSRF_COOKIE_NAME = f"dcc-csrf-{env('WEB_PORT', '8000')}"
CSRF_COOKIE_SECURE = False
SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 0
SECURE_PROXY_SSL_HEADER = None
ALLAUTH_TRUSTED_PROXY_COUNT = 0
EMAIL_USE_TLS = False
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_ROOT = None  # type: ignore[assignment]  # nothing is collected: files are served from where they are written
WHITENOISE_USE_FINDERS = True
MSSANTE: dict[str, Any] = {  # type: ignore[no-redef]  # an invented application mailbox, on the local server only
    **MSSANTE,
    "sender": env("MSSANTE_SENDER", "dcc@demo-ligea.mssante.fr"),
    "software_id": env("MSSANTE_NIL", "DCC-DEMO"),
}
