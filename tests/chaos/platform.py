"""A whole platform of its own, of which PostgreSQL, Valkey, worker, mail server and hospital may be killed."""

import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import psycopg

from dcc.embedded.certificates import ensure_certificates
from dcc.embedded.fakehospital import message_store
from dcc.embedded.mailserver import mssante_store
from dcc.embedded.postgres import PORT, binaries
from dcc.embedded.processes import free_port, port_answers, wait_until
from dcc.embedded.programs import WORKER
from dcc.embedded.services import Services
from dcc.embedded.state import PROJECT, State
from dcc.embedded.supervisor import Child, Program
from interop.hl7v2.reader import parse
from tests.conftest import build_template, owner_connection, template_name


@dataclass(slots=True)
class Platform:
    """Starts everything, kills anything, starts it again."""

    state: State
    services: Services = field(init=False)
    mssante: int = field(default_factory=free_port)
    mllp: int = field(default_factory=free_port)
    children: dict[str, Child] = field(default_factory=dict)
    kills: Counter[str] = field(default_factory=Counter)
    revived: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        # As in production, every commit on disk: a throwaway server killed just after one forgets it.
        self.services = Services(state=self.state, fast=False)

    def environment(self) -> dict[str, str]:
        plain = {name: value for name, value in os.environ.items() if not name.startswith(("DCC_", "PYTEST_"))}
        return {
            **plain,
            **self.services.environment(role="dcc_worker"),
            "DCC_SMTP_PORT": str(self.mssante),
            "DCC_MSSANTE_SENDER": "rcp@dcc.ligea-essai.mssante.fr",
            "DJANGO_SETTINGS_MODULE": "dcc.settings.dev",
            "DCC_BEAT_SCHEDULE": str(self.state.root / "beat"),
        }

    def start(self) -> None:
        """Servers, schema, the usual characters, then the programs."""
        self.services.up()
        ensure_certificates(self.state.certs)
        copy_the_template(to=self.state)
        doors = ("--mssante-port", str(self.mssante), "--ordinary-port", str(free_port()))
        self._program("mail", ("dcc.embedded.mailserver", "--state", str(self.state.root), *doors))
        self._program(
            "hospital", ("dcc.embedded.fakehospital", "--state", str(self.state.root), "--port", str(self.mllp))
        )
        worker = tuple("tests.chaos.app" if word == "dcc.celery" else word for word in WORKER)
        self._program(
            "worker", (*worker, "--hostname", "chaos@%h", "--beat", "--schedule", str(self.state.root / "beat"))
        )
        ports = (self.mssante, self.mllp)
        assert wait_until(lambda: all(map(port_answers, ports)), 20), "the peers do not start"

    def stop(self) -> None:
        for child in self.children.values():
            child.kill()
        self.services.down()

    def kill(self, victim: str, *, down_for: float) -> None:
        """Kill one of the five with SIGKILL, and start it again after a while."""
        self.kills[victim] += 1
        match victim:
            case "postgresql":
                self.services.postgres.kill()
                time.sleep(down_for)
                self.services.postgres.start()
            case "valkey":
                self.services.valkey.kill()
                time.sleep(down_for)
                self.services.valkey.start()
            case _:
                child = self.children[victim]
                child.kill()
                time.sleep(down_for)
                child.start()

    def revive(self) -> None:
        """Start what ended by itself, as the supervisor of the demo and docker do in production."""
        for name, child in self.children.items():
            if not child.alive:
                self.revived[name] += 1
                child.kill()
                child.start()

    def query(self, statement: str, *values: object) -> list[tuple[object, ...]]:
        """Read as the owner; [] while PostgreSQL is down."""
        try:
            with self.services.postgres.connect(user="dcc_owner", dbname="dcc") as connection:
                return connection.execute(statement, values).fetchall()  # type: ignore[call-overload,no-any-return]
        except psycopg.OperationalError:
            return []

    def mails_kept(self) -> Counter[str]:
        """Message-IDs of the mails kept, each counted by the files that hold it."""
        kept = mssante_store(self.state.mail).kept()
        return Counter(_header(path.read_bytes(), b"Message-ID: ") for path in kept)

    def messages_kept(self) -> Counter[str]:
        return Counter(parse(path.read_bytes()).control_id for path in message_store(self.state.hospital).kept())

    def on_the_wire(self) -> Counter[str]:
        """Every arrival at a peer's door, by identifier."""
        seen: Counter[str] = Counter()
        for store in (mssante_store(self.state.mail), message_store(self.state.hospital)):
            counts = store.counts()
            seen.update(counts.repeated)
        return seen

    def _program(self, name: str, command: tuple[str, ...]) -> None:
        child = Child(
            Program(
                name=name,
                command=[sys.executable, "-m", *command],
                environment=self.environment(),
                log=self.state.log / f"{name}.log",
                folder=PROJECT,
            )
        )
        child.start()
        self.children[name] = child


def _header(raw: bytes, name: bytes) -> str:
    return next(line[len(name) :] for line in raw.split(b"\r\n") if line.startswith(name)).decode().strip()


def copy_the_template(*, to: State) -> None:
    """The database that every test clones, in a server that cannot: as dcc_backup reads it, as dcc_owner makes it."""
    template = template_name()
    build_template(template)
    from_here = ("--host", os.environ["DCC_DB_HOST"], "--port", os.environ["DCC_DB_PORT"], "--username", "dcc_backup")
    to_there = ("--host", str(to.run), "--port", PORT, "--username", "dcc_owner", "--dbname", "dcc")
    at_once = ("--no-psqlrc", "--quiet", "--single-transaction", "--set", "ON_ERROR_STOP=1")
    with owner_connection("postgres") as connection:
        connection.execute("SELECT pg_advisory_lock(743)")  # nobody clones what somebody reads
        dump = subprocess.run([binaries() / "pg_dump", *from_here, template], check=True, capture_output=True).stdout
    subprocess.run([binaries() / "psql", *at_once, *to_there], input=dump, check=True, capture_output=True)


VICTIMS = ("worker", "mail", "hospital", "valkey", "postgresql")


def kill_at_random(platform: Platform, chance: random.Random, *, kills: int) -> None:
    """Kill at random instants, then leave everything up; in the main thread, since children die with their parent."""
    for _ in range(kills):
        time.sleep(chance.uniform(0.05, 1.2))
        platform.kill(chance.choice(VICTIMS), down_for=chance.uniform(0.0, 0.6))


def eventually(condition: Callable[[], bool], seconds: float) -> bool:
    return wait_until(condition, seconds, every=0.2)
