"""Connections of the operations, under the role each one is written for; never the role of the web."""

import os
from typing import Any

import psycopg
from django.conf import settings

PASSWORDS = {"dcc_owner": "DCC_DB_OWNER_PASSWORD", "dcc_backup": "DCC_DB_BACKUP_PASSWORD"}


def connect(role: str, *, database: str = "") -> psycopg.Connection[Any]:
    """An autocommit connection as `role` (dcc_owner or dcc_backup); its password, if any, is in the environment."""
    given: dict[str, Any] = settings.DATABASES["default"]
    return psycopg.connect(
        host=given["HOST"],
        port=given["PORT"],
        user=role,
        password=os.environ.get(PASSWORDS[role]) or None,
        dbname=database or given["NAME"],
        autocommit=True,
    )
