"""Production has neither the accounts nor the mailbox of the demonstration, and its cookies are strict."""

import os
import subprocess
import sys

from dcc.lib.crypto import Keyring
from tests.conftest import ROOT

SCRIPT = """
import django; django.setup()
from django.conf import settings
from django.template import engines
from django.urls import NoReverseMatch, reverse
assert settings.DEMO is False and settings.DEBUG is False
assert "dcc.demo" not in settings.INSTALLED_APPS
assert settings.SESSION_COOKIE_NAME.startswith("__Host-") and settings.SESSION_COOKIE_SECURE
try:
    reverse("demo:mailbox")
except NoReverseMatch:
    pass
else:
    raise SystemExit("the mailbox has an address in production")
page = engines["django"].from_string("{% load sign_in %}{% demo_help %}").render()
assert page.strip() == "", page
"""


def test_production_settings_have_no_demo() -> None:
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "dcc.settings.base",
        "DCC_ALLOWED_HOSTS": "dcc.example",
        "DCC_MASTER_KEYS": Keyring.generate_text(current="prod"),
    }
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
