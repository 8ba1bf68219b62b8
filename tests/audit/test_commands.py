"""The sealer and `manage.py audit`, as processes of their own under dcc_sealer, on a database of their own.

The owner of the tables plays the villain here: the only one who can still change an event, and it shows.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, clone, drop_database, owner_connection

DATABASE = f"dcc_test_audit_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
INSERT = (
    "INSERT INTO audit_auditevent (id, region_id, recorded_at, event, actor, organisation, object_type, object_id,"
    " details, reference) VALUES (uuidv7(), %s, now(), 'signin.done', 'essai', '', '', '', '{}', '')"
)
ENVIRONMENT = {"DCC_DB_NAME": DATABASE, "DCC_DB_USER": "dcc_sealer", "DJANGO_SETTINGS_MODULE": "dcc.settings.dev"}


@pytest.fixture(scope="module")
def owner() -> Iterator[Any]:
    clone(DATABASE)
    with owner_connection(DATABASE) as connection:
        yield connection
    drop_database(DATABASE)


def manage(*commands: str) -> subprocess.CompletedProcess[str]:
    """Run commands one after the other in one process, as `manage.py` would."""
    script = "import sys; from django.core.management import execute_from_command_line as run\n"
    script += "".join(f"run(['manage.py', *{command.split()!r}])\n" for command in commands)
    environment = os.environ | ENVIRONMENT
    run = [sys.executable, "-c", script]
    return subprocess.run(run, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def until(condition: Callable[[], bool], seconds: float = 60) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False


def sealed(owner: Any) -> int:
    found: int = owner.execute("SELECT count(*) FROM audit_auditseal").fetchone()[0]
    return found


def test_the_loop_seals_within_seconds_and_stops_when_asked(owner: Any) -> None:
    command = [sys.executable, "manage.py", "seal_audit", "--loop"]
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | ENVIRONMENT)
    try:
        for region in (1, 2, None):
            owner.execute(INSERT, [region])
        assert until(lambda: sealed(owner) == 3)
        owner.execute(INSERT, [1])
        assert until(lambda: sealed(owner) == 4, seconds=5)
    finally:
        process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0


def test_verify_tells_an_untouched_audit_from_a_changed_one(owner: Any, tmp_path: Path) -> None:
    anchors = tmp_path / "ancres.jsonl"
    owner.execute(INSERT, [1])
    done = manage("seal_audit", f"audit anchor --file {anchors}")
    assert done.returncode == 0, done.stderr
    owner.execute(INSERT, [2])
    intact = manage(f"audit verify --anchors {anchors}")
    assert intact.returncode == 0, intact.stderr
    assert "Non scellés\u00a0: 1" in intact.stdout
    tampered = "SELECT event_id, position FROM audit_auditseal WHERE chain = 1 ORDER BY position OFFSET 1 LIMIT 1"
    event, position = owner.execute(tampered).fetchone()
    owner.execute("ALTER TABLE audit_auditevent DISABLE TRIGGER insert_only")
    owner.execute("UPDATE audit_auditevent SET actor = 'quelqu’un d’autre' WHERE id = %s", [event])
    owner.execute("ALTER TABLE audit_auditevent ENABLE TRIGGER insert_only")
    broken = manage(f"audit verify --anchors {anchors}")
    assert broken.returncode == 1
    assert f"rompue au maillon {position} (évènement {event})" in broken.stdout
    assert "modifié" in broken.stdout
