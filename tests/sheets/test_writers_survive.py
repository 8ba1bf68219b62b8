"""Six people type on one sheet while PostgreSQL is killed and a validation races them: not one word is lost (FRM-07).

Nothing acknowledged is missing or there twice, every path holds what was applied last, revisions and order numbers
have no gap, nothing deadlocks, and what is frozen is what was there, with nothing written since (VAL-03).

The short version runs in `make test`; DCC_SOAK=1 runs ten minutes (DCC_WRITERS_SECONDS to change). The seed is
printed: the same one draws the same answers and the same kills (DCC_WRITERS_SEED=…), the machine decides their order.
"""

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dcc.embedded.services import Services
from dcc.embedded.state import State
from tests.conftest import ROOT

SOAK = os.environ.get("DCC_SOAK") == "1"
LONG = os.environ.get("DCC_WRITERS_SECONDS", "600")
Survive = Callable[..., dict[str, Any]]


@pytest.fixture
def survive(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """`survive("--seconds", "60")`: what was found, after saying it."""
    state = State(root=tmp_path)

    def run(*options: str) -> dict[str, Any]:
        seed = os.environ.get("DCC_WRITERS_SEED") or (secrets.token_hex(4) if SOAK else "1848")
        command = [sys.executable, "-m", "tests.sheets.survival", "--seed", seed, "--state", str(tmp_path), *options]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"seed {seed}\n{done.stderr[-4000:]}"
        found: dict[str, Any] = json.loads(done.stdout)
        with capsys.disabled():
            sys.stdout.write(f"\nsix personnes, graine {seed} : {done.stdout}")
        return found

    yield run
    Services(state=state, fast=False).postgres.stop()  # when the process could not


def sound(found: dict[str, Any], *, expected: tuple[str, ...]) -> None:
    assert found["broken"] == [], f"seed {found['seed']}"
    assert found["deadlocks"] == 0
    assert found["fsync"] == "on"
    for name in expected:
        assert found["done"].get(name), f"never seen: {name} (seed {found['seed']})"


def test_six_writers_lose_nothing_when_postgresql_is_killed(survive: Survive) -> None:
    found = survive("--seconds", "0", "--kills", "1", "--pace", "1")
    sound(found, expected=("applied", "applied again", "refused", "sent again after a lost connection"))
    assert sum(found["kills"].values()) == 1
    assert found["validated"] == 2, "a sheet, then the one that replaces it"


@pytest.mark.soak
def test_six_writers_lose_nothing_in_ten_minutes(survive: Survive) -> None:
    found = survive("--seconds", LONG)
    seen = ("conflict", "applied again", "refused", "of which already committed", "validation refused while racing")
    sound(found, expected=seen if float(LONG) >= 300 else seen[:3])
    assert sum(found["kills"].values()) >= float(LONG) / 30
