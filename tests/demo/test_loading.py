"""The demonstration as `make demo` loads it: everything in place for each character, by what the database holds."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.conftest import ROOT, drop_database, owner_connection

DATABASE = "dcc_test_demo"
# What each desk finds on the first day; each gives at least that many.
FOUND = {
    "cell, pairs to examine": (5, "SELECT count(*) FROM patients_double WHERE status = 'to_examine'"),
    "cell, a merge to confirm": (1, "SELECT count(*) FROM patients_double WHERE status = 'asked'"),
    "cell, a merge to undo": (1, "SELECT count(*) FROM patients_merge WHERE done_at IS NOT NULL AND undone_at IS NULL"),
    "cell, a collision told twice": (
        1,
        "SELECT count(*) FROM patients_feedconflict"
        " WHERE kind = 'collision' AND times = 2 AND settled_at IS NULL AND reported_at < last_reported_at",
    ),
    "cell, a new number that was in use": (
        1,
        "SELECT count(*) FROM patients_feedconflict"
        " WHERE kind = 'identifier_taken' AND settled_at IS NULL AND identity <> other_identity",
    ),
    "secretary, identities by status": (4, "SELECT count(DISTINCT status) FROM patients_patient"),
    "physician, documents with the cases": (10, "SELECT count(*) FROM rcp_caseattachment"),
    "physician, a version replaced": (1, "SELECT count(*) FROM patients_receiveddocument WHERE status = 'replaced'"),
    "secretary, a wrong name": (1, "SELECT count(*) FROM patients_receiveddocument WHERE identity_differs"),
    "secretary, requests that wait": (3, "SELECT count(*) FROM patients_request WHERE status = 'open'"),
    "officer, exceptional": (5, "SELECT count(*) FROM audit_auditevent WHERE event = 'patients.glass_broken'"),
    "officer, unusual": (3, "SELECT count(*) FROM audit_auditevent WHERE event = 'patients.opened_unusually'"),
    "3C, files whose time is over": (3, "SELECT count(*) FROM patients_retentionline"),
    "hospital, identities it says": (3, "SELECT count(*) FROM patients_patient WHERE fed_by_id IS NOT NULL"),
}  # fmt: skip


@pytest.fixture(scope="module")
def loaded() -> Iterator[str]:
    drop_database(DATABASE)
    with owner_connection("postgres") as connection:
        connection.execute(f'CREATE DATABASE "{DATABASE}"')
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "dcc.settings.dev",
        "DCC_DB_NAME": DATABASE,
        "DCC_DB_USER": "dcc_owner",
    }
    for command in (["migrate", "-v0", "--skip-checks"], ["demo"]):
        done = subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
    yield DATABASE
    drop_database(DATABASE)


@pytest.mark.parametrize("what", FOUND)
def test_each_desk_finds_its_work(loaded: str, what: str) -> None:
    least, query = FOUND[what]
    with owner_connection(loaded) as owner:
        (count,) = owner.execute(query).fetchone() or (0,)
    assert count >= least
