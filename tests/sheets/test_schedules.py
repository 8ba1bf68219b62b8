"""Save, validate, postpone, attend on one meeting at random: no deadlock, no gap, nothing written after a freeze."""

import json
import os
import random
import subprocess
import sys

import pytest

from tests.conftest import ROOT, clone, owner_connection


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
        with owner_connection("postgres") as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')


# What a minute always meets; a few seconds of a busy machine may not meet two hands on one answer.
EVERYTHING = ("save: applied", "save: conflict", "validate: validated", "replay: applied again")


def sound(found: dict[str, object], seen: tuple[str, ...]) -> None:
    print(json.dumps(found, indent=1))  # noqa: T201  the seed, to play it again
    assert found["broken"] == [], f"seed {found['seed']}"
    done = found["done"]
    for expected in seen:
        assert any(name.startswith(expected) for name in done), f"never seen: {expected} (seed {found['seed']})"


def test_a_few_seconds_of_everything_at_once():
    sound(schedule(random.SystemRandom().randrange(10**6), seconds=4, writers=6), ("save: applied",))


@pytest.mark.soak
@pytest.mark.skipif(os.environ.get("DCC_SOAK") != "1", reason="the long version: DCC_SOAK=1")
@pytest.mark.parametrize("round_", range(10))
def test_ten_minutes_of_everything_at_once(round_):
    sound(schedule(random.SystemRandom().randrange(10**6), seconds=60, writers=8), EVERYTHING)
