"""Rounds of six writers and a validation on one sheet while PostgreSQL, every commit on disk, is killed with SIGKILL.

    python -m tests.sheets.survival --seed 5eed --seconds 60 --state /tmp/survival

Makes a server of its own from the tests' template (DCC_DB_HOST, started by `make test`), prints what was done and
every broken rule as JSON. A case lives three versions: validated, then replaced twice, then comes another patient.
"""

import argparse
import json
import multiprocessing
import os
import random
import signal
import subprocess
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

from dcc.embedded.postgres import PORT, binaries
from dcc.embedded.processes import wait_until
from dcc.embedded.services import Services
from dcc.embedded.state import State
from tests.conftest import build_template, template_name

VERSIONS = 3  # of one case
PATIENCE = 60.0  # seconds for a round to end, whatever was killed
FORK = multiprocessing.get_context("fork")  # what the processes import is imported once
SETUP = ("rcp.cases.actions", "tests.sheets.casework", "tests.sheets.writers", "tests.sheets.writers_proof")


class Server:
    """A PostgreSQL of one's own, fsync on, filled from the tests' template, killed as one asks."""

    def __init__(self, state: State) -> None:
        self.services = Services(state=state, fast=False)
        self.kills: Counter[str] = Counter()

    def start(self, environment: dict[str, str]) -> None:
        """Make it; `environment` says where the template of the tests is."""
        dump = dumped(environment)
        self.services.state.prepare()
        self.services.postgres.start()
        where = ("-h", str(self.services.state.run), "-p", PORT, "-U", "postgres", "-d", "dcc")
        load = [str(binaries() / "psql"), "-q", "--single-transaction", "-v", "ON_ERROR_STOP=1", *where]
        subprocess.run(load, input=dump, check=True, capture_output=True)

    def owner(self) -> psycopg.Connection:
        return self.services.postgres.connect(user="dcc_owner", dbname="dcc")

    def kill(self, victim: str, chance: random.Random, *, down_for: float) -> None:
        """The whole server, back after a while; or one session in the middle of its work, which ends all the others."""
        postgres = self.services.postgres
        sessions = self.sessions() if victim == "session" else []
        if sessions:
            killed = chance.choice(sessions)
            os.kill(killed, signal.SIGKILL)
            wait_until(lambda: not Path(f"/proc/{killed}").exists(), 5.0)  # the server has seen it, and recovers
        else:
            postgres.kill()
            time.sleep(down_for)
        postgres.start()  # or wait until the one that is there answers
        self.kills["session" if sessions else "server"] += 1

    def sessions(self) -> list[int]:
        """Processes that serve the writers now; none while the server recovers."""
        busy = "SELECT pid FROM pg_stat_activity WHERE usename = 'dcc_web' AND state <> 'idle'"
        try:
            with self.services.postgres.connect() as connection:
                return [row[0] for row in connection.execute(busy).fetchall()]
        except psycopg.OperationalError:
            return []

    def deadlocks(self) -> int:
        """As the log tells, which survives what the counters do not."""
        return (self.services.state.log / "postgres.log").read_text(errors="replace").count("deadlock detected")


def dumped(environment: dict[str, str]) -> bytes:
    name = template_name()
    where = ("-h", environment["DCC_DB_HOST"], "-p", environment["DCC_DB_PORT"], "-U", "postgres")
    asked = {"host": environment["DCC_DB_HOST"], "port": environment["DCC_DB_PORT"], "user": "dcc_owner"}
    with psycopg.connect(**asked, dbname="postgres", autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(743)")  # nobody clones what somebody reads
        return subprocess.run([str(binaries() / "pg_dump"), *where, name], check=True, capture_output=True).stdout


class Rounds:
    """One sheet after another, each written by six, killed under them, and frozen."""

    def __init__(self, server: Server, *, seed: str, kills: int, pace: float) -> None:
        self.server, self.seed, self.kills_left, self.pace = server, seed, kills, pace
        self.chance = random.Random(seed)
        self.cases: list[UUID] = []
        self.versions = 0
        self.done: Counter[str] = Counter()
        self.broken: list[str] = []

    def run(self) -> None:
        from django.db import connections

        from rcp.sheets.definitions import compiled

        case_id, sheet_id, form_id = self.next_sheet()
        form = compiled(form_id)
        connections.close_all()  # a connection is not shared with a child
        self.play(case_id, sheet_id, form)

    def next_sheet(self) -> tuple[UUID, UUID, UUID]:
        """The replacement of the sheet validated last, or the first sheet of another patient."""
        from rcp.cases.actions import replace_report
        from tests.sheets.casework import complete, make_case, make_patient, sein_meeting, sit
        from tests.sheets.writers import Person

        number = len(self.cases)
        with Person.called("bob").working() as bob:
            if self.cases and self.versions % VERSIONS:
                sheet = replace_report(case_id=self.cases[-1], why="Latéralité corrigée", by=bob)
            else:
                if not self.cases:
                    sit(sein_meeting(), "bob", "helias", "oumarou")
                case = make_case(by=bob, patient=make_patient(f"RESCAPE{number}"), position=number + 1)
                sheet = case.sheets.get()
                complete(sheet, by=bob)
                self.cases.append(case.pk)
        self.versions += 1
        return sheet.case_id, sheet.pk, sheet.form_id

    def play(self, case_id: UUID, sheet_id: UUID, form: Any) -> None:
        """Start everybody, kill, wait for the end, and compare what was said with what is there."""
        from tests.sheets.writers import WRITERS, Writer, validate
        from tests.sheets.writers_proof import Proof, broken_board

        until, seed = time.monotonic() + PATIENCE, f"{self.seed}/{self.versions}"
        ready = FORK.Barrier(len(WRITERS) + 2, timeout=PATIENCE)  # the validation and the killer too
        wait = self.pace * self.chance.uniform(0.4, 1.2)
        pipes = [
            started(Writer(number, seed=seed, form=form, sheet_id=sheet_id, ready=ready, until=until).run)
            for number in range(len(WRITERS))
        ]
        pipes.append(started(lambda: validate(case_id, wait=wait, ready=ready, until=until)))
        ready.wait()
        self.kill_meanwhile(wait)
        reports = [pipe.recv() for pipe in pipes]
        acknowledged = [one for report in reports for one in report.acknowledged]
        for one in acknowledged:
            self.done[f"{one.saved.outcome}{' again' if one.saved.replayed else ''}"] += 1
            self.done["sent again after a lost connection"] += one.sent > 1
            self.done["of which already committed"] += one.sent > 1 and one.saved.replayed
        self.done["validation refused while racing"] += sum(report.refused_while_racing for report in reports)
        self.broken += [sentence for report in reports for sentence in report.broken]
        with self.server.owner() as owner:
            self.broken += Proof(owner, sheet_id=sheet_id, form=form, acknowledged=acknowledged).broken()
            self.broken += broken_board(owner, cases=len(self.cases), versions=self.versions)

    def kill_meanwhile(self, wait: float) -> None:
        """At random instants of the round, the validation's included."""
        began = time.monotonic()
        instants = sorted(self.chance.uniform(0.2, wait + 0.3) for _ in range(self.chance.choice((1, 1, 2))))
        for instant in instants[: max(self.kills_left, 0)]:
            time.sleep(max(0.0, began + instant - time.monotonic()))
            victim = self.chance.choice(("server", "server", "session"))
            self.server.kill(victim, self.chance, down_for=self.chance.uniform(0, 0.3))
            self.kills_left -= 1


def started(work: Any) -> Connection:
    """Run `work` in a process of its own; what it returns comes through the pipe."""
    here, there = FORK.Pipe(duplex=False)

    def report() -> None:
        there.send(work())

    FORK.Process(target=report, daemon=True).start()
    there.close()
    return here


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", required=True)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--kills", type=int, default=10**6, help="at most")
    parser.add_argument("--pace", type=float, default=2, help="seconds of writing before the validation, about")
    parser.add_argument("--state", type=Path, required=True)
    given = parser.parse_args()
    server = Server(State(root=given.state))
    build_template(template_name())
    template = dict(os.environ)
    os.environ.update(server.services.environment(role="dcc_web"), DJANGO_SETTINGS_MODULE="dcc.settings.dev")
    try:
        with ThreadPoolExecutor(1) as pool:
            ready = pool.submit(server.start, template)
            import_module("django").setup()
            for name in SETUP:
                import_module(name)
            ready.result()
        rounds, began = Rounds(server, seed=given.seed, kills=given.kills, pace=given.pace), time.monotonic()
        while not rounds.broken and (rounds.versions < 2 or time.monotonic() - began < given.seconds):
            rounds.run()
        with server.owner() as owner:
            fsync = owner.execute("SHOW fsync").fetchone()
        seconds = round(time.monotonic() - began, 1)
    finally:
        server.services.postgres.stop()
    found = {
        "seed": given.seed, "seconds": seconds, "fsync": fsync and fsync[0], "kills": dict(server.kills),
        "validated": rounds.versions, "done": dict(rounds.done), "deadlocks": server.deadlocks(),
        "broken": rounds.broken,
    }  # fmt: skip
    print(json.dumps(found, indent=1, default=str))  # noqa: T201


if __name__ == "__main__":
    main()
