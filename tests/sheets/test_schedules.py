"""Save, validate, postpone, attend on one meeting at random: no deadlock, no gap, nothing written after a freeze."""

import json
import os
import random
import subprocess
import sys

import pytest

from tests.conftest import ROOT, clone, drop_database


def schedule(seed: int, *, seconds: float, writers: int) -> dict[str, object]:
    database = f"dcc_schedule_{os.getpid()}"
    clone(database)
    try:
        done = subprocess.run(
            [
                sys.executable, "-m", "tests.sheets.schedules",
                "--seed", str(seed), "--seconds", str(seconds), "--writers", str(writers),
            ],
            cwd=ROOT, env=os.environ | {"DCC_DB_NAME": database}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-4000:]
        return json.loads(done.stdout)
    finally:
        drop_database(database)


EXPECTED = ("save: applied", "save: conflict", "validate: validated", "replay: applied again")


def unseen(found: dict[str, object], met: set[str]) -> list[str]:
    """Add what a sound schedule met to `met`; what is expected and was not met yet."""
    print(json.dumps(found, indent=1))  # noqa: T201  the seed, to play it again
    assert found["broken"] == [], f"seed {found['seed']}"
    met.update(found["done"])
    return [expected for expected in EXPECTED if not any(name.startswith(expected) for name in met)]


def test_a_few_seconds_of_everything_at_once():
    """On a busy machine a few seconds may not meet two hands on one answer: longer ones follow until all is met."""
    met: set[str] = set()
    for seed, seconds in enumerate((4, 8, 16, 32)):
        missing = unseen(schedule(seed, seconds=seconds, writers=6), met)
        if not missing:
            return
    pytest.fail(f"never seen: {missing}")


@pytest.mark.soak
@pytest.mark.parametrize("round_", range(10))
def test_ten_minutes_of_everything_at_once(round_):
    assert unseen(schedule(random.SystemRandom().randrange(10**6), seconds=60, writers=8), set()) == []
