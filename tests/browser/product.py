"""The product running beside the tests as it runs in the demo: same programs, a database cloned for each story."""

import os
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import redis

from dcc.embedded.fakehospital import message_store
from dcc.embedded.mailbox import MailSummary, list_mails, read_mail
from dcc.embedded.mailserver import mssante_store
from dcc.embedded.peerstore import PeerStore
from dcc.embedded.processes import free_port, port_answers, wait_until
from dcc.embedded.programs import Demo, Ports
from dcc.embedded.services import Services
from dcc.embedded.state import State
from dcc.embedded.supervisor import Child, Program
from tests.conftest import clone, owner_connection

CODE = re.compile(r"\b(\d{6})\b")
LINK = re.compile(r"https?://\S+")


@dataclass(slots=True, kw_only=True)
class Product:
    """One running product: where it answers, what its peers received, its processes."""

    database: str
    state: State
    ports: Ports
    demo: Demo
    services: Services
    children: dict[str, Child] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"http://localhost:{self.ports.web}"

    @property
    def mssante(self) -> PeerStore:
        return mssante_store(self.state.mail)

    @property
    def hospital(self) -> PeerStore:
        return message_store(self.state.hospital)

    def start(self) -> None:
        """Web, the worker of codes and the mail server: what signing in needs."""
        self.services.valkey.start()
        for program in (self.demo.web(), *self.demo.peers()):
            self._run(program)
        self._run(self._background("code-worker"))
        assert wait_until(self._answers, 40, every=0.1), (self.state.log / "web.log").read_text()
        doors = (self.ports.mail, self.ports.mssante, self.ports.hospital)
        assert wait_until(lambda: all(map(port_answers, doors)), 20)

    def start_senders(self) -> None:
        """The worker that makes documents and sends them, and the beat that wakes it."""
        for name in ("worker", "beat"):
            if name not in self.children:
                self._run(self._background(name))

    def stop(self) -> None:
        for child in self.children.values():
            child.kill()
        self.services.valkey.stop()

    def anew(self) -> None:
        """The world of tests/world.py again, nothing of the former story left, limits on attempts forgotten."""
        hang_up(self.database)
        clone(self.database)
        cache = redis.Redis(unix_socket_path=str(self.services.valkey.socket))
        for key in cache.scan_iter(":1:*"):
            cache.delete(key)
        cache.close()

    def mails_to(self, address: str) -> list[MailSummary]:
        """Ordinary mails to this address, newest first."""
        found = list_mails(self.state.mail, limit=200)
        return [mail for mail in found if mail.channel == "ordinary" and address in mail.recipients]

    def mail_after(self, known: set[str], address: str, *, about: str = "") -> str:
        """Text of the next mail to `address` with `about` in its subject, those of `known` keys aside."""
        fresh: list[MailSummary] = []

        def came() -> bool:
            fresh[:] = [
                mail for mail in self.mails_to(address) if mail.key not in known and about in mail.subject.lower()
            ]
            return bool(fresh)

        assert wait_until(came, 30, every=0.1), f"no mail to {address}\n{self.tail('code-worker')}"
        return read_mail(self.state.mail, fresh[0].key).text

    def tail(self, program: str) -> str:
        log = self.state.log / f"{program}.log"
        return log.read_text(errors="replace")[-3000:] if log.exists() else ""

    def _background(self, name: str) -> Program:
        return next(program for program in self.demo.background() if program.name == name)

    def _run(self, program: Program) -> None:
        child = Child(program)
        child.start()
        self.children[program.name] = child

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/compte/login/", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False


def hang_up(database: str) -> None:
    """Close the connections the programs keep: the owner may drop a database, not hang up for other roles."""
    with owner_connection("postgres") as owner:
        owner.execute(f'ALTER DATABASE "{database}" ALLOW_CONNECTIONS false')
    host, port = os.environ["DCC_DB_HOST"], os.environ["DCC_DB_PORT"]
    with psycopg.connect(host=host, port=port, user="dcc_test", dbname="postgres", autocommit=True) as connection:
        for role in ("dcc_web", "dcc_worker"):
            connection.execute(f"SET ROLE {role}")
            connection.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s AND usename = %s",
                [database, role],
            )
            connection.execute("RESET ROLE")


@contextmanager
def running_product(folder: Path, worker: str) -> Iterator[Product]:
    """Everything but PostgreSQL is private: two runs of the tests never take each other's tasks or mails."""
    state = State(root=folder)
    services = Services(state=state)
    ports = Ports(web=free_port(), mssante=free_port(), mail=free_port(), hospital=free_port())
    database = f"dcc_test_browser_{worker}"
    environment = {
        **os.environ,
        **services.environment(),
        **ports.environment(),
        "DCC_DB_HOST": os.environ["DCC_DB_HOST"],
        "DCC_DB_PORT": os.environ["DCC_DB_PORT"],
        "DCC_DB_NAME": database,
        "DCC_MASTER_KEYS": os.environ["DCC_MASTER_KEYS"],
        "DCC_SECRET_KEY": os.environ["DCC_SECRET_KEY"],
        "DCC_BEAT_SCHEDULE": str(state.root / "beat"),
        "DJANGO_SETTINGS_MODULE": "dcc.settings.dev",
        "PYTHONUNBUFFERED": "1",
    }
    demo = Demo(state=state, ports=ports, environment=environment)
    product = Product(database=database, state=state, ports=ports, demo=demo, services=services)
    clone(database)
    try:
        product.start()
        yield product
    finally:
        product.stop()
