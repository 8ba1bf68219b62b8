"""Real peers for the whole session (mail server, hospital), and databases of which every commit is seen by all."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

import pytest
from django.db import connections

from dcc.embedded.certificates import ensure_certificates
from dcc.embedded.fakehospital import message_store
from dcc.embedded.faults import Fault, set_fault
from dcc.embedded.mailserver import mssante_store
from dcc.embedded.peerstore import PeerStore
from dcc.embedded.processes import free_port, port_answers, wait_until
from dcc.embedded.state import PROJECT, State
from dcc.embedded.supervisor import Child, Program
from tests.conftest import clone, owner_connection

PLAIN = {name: value for name, value in os.environ.items() if not name.startswith(("DCC_", "DJANGO_"))}


@dataclass(frozen=True, slots=True, kw_only=True)
class Peers:
    """A mail server and a hospital that run as in the demo."""

    state: State
    mssante: int
    mllp: int
    mllps: int

    @property
    def mails(self) -> PeerStore:
        return mssante_store(self.state.mail)

    @property
    def messages(self) -> PeerStore:
        return message_store(self.state.hospital)

    def mail_fault(self, fault: Fault | None) -> None:
        set_fault(self.state.faults / "mail.json", fault)

    def hospital_fault(self, fault: Fault | None) -> None:
        set_fault(self.state.faults / "hospital.json", fault)


def _start(state: State, module: str, **ports: int) -> Child:
    options = [part for name, port in ports.items() for part in (f"--{name.replace('_', '-')}", str(port))]
    child = Child(
        Program(
            name=module,
            command=[sys.executable, "-m", f"dcc.embedded.{module}", "--state", str(state.root), *options],
            environment=PLAIN,
            log=state.log / f"{module}.log",
            folder=PROJECT,
        )
    )
    child.start()
    return child


@pytest.fixture(scope="session")
def running_peers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peers]:
    state = State(root=tmp_path_factory.mktemp("peers"))
    state.prepare()
    ensure_certificates(state.certs)
    found = Peers(state=state, mssante=free_port(), mllp=free_port(), mllps=free_port())
    children = [
        _start(state, "mailserver", mssante_port=found.mssante, ordinary_port=free_port()),
        _start(state, "fakehospital", port=found.mllp, tls_port=found.mllps),
    ]
    ports = (found.mssante, found.mllp, found.mllps)
    assert wait_until(lambda: all(map(port_answers, ports)), 20), "the peers do not start"
    yield found
    for child in children:
        child.kill()


@pytest.fixture
def peers(running_peers: Peers, settings: object) -> Iterator[Peers]:
    """The peers, behaving; the platform's mailbox is set to write to them."""
    certificates = ensure_certificates(running_peers.state.certs)
    settings.MSSANTE = {  # type: ignore[attr-defined]
        "host": "localhost",
        "port": running_peers.mssante,
        "client_cert": str(certificates.client),
        "client_key": str(certificates.client_key),
        "ca": str(certificates.authority),
        "sender": "rcp@dcc.ligea-essai.mssante.fr",
        "software_id": "DCC-ESSAI",
    }
    running_peers.mail_fault(None)
    running_peers.hospital_fault(None)
    yield running_peers
    running_peers.mail_fault(None)
    running_peers.hospital_fault(None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Committed:
    """A database of its own, where threads and processes see what was committed."""

    name: str
    as_user: Callable[[str], AbstractContextManager[object]]
    as_worker: Callable[[int], AbstractContextManager[None]]

    def owner(self) -> object:
        return owner_connection(self.name)


@pytest.fixture
def committed(django_db_blocker: object, settings: object, request: pytest.FixtureRequest) -> Iterator[Committed]:
    """`with committed.as_user("alice") as alice:` commits; `with committed.as_worker(1):` runs as dcc_worker does."""
    name = f"dcc_test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_committed"
    clone(name)
    connection = connections["default"]
    former = connection.settings_dict["NAME"]
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        connections.close_all()
        connection.settings_dict["NAME"] = name
        try:
            yield Committed(name=name, as_user=_as_user(settings), as_worker=_as_worker(settings))
        finally:
            connections.close_all()
            connection.settings_dict["NAME"] = former


def _role(settings: object, role: str) -> None:
    connections["default"].close()
    settings.DB_SET_ROLE = role  # type: ignore[attr-defined]


def _as_user(settings: object) -> Callable[[str], AbstractContextManager[object]]:
    @contextmanager
    def opened(short: str) -> Iterator[object]:
        from dcc.accounts.models import Membership, User
        from dcc.accounts.queries import my_memberships
        from dcc.tenancy.scope import user_scope

        _role(settings, "dcc_web")
        user = User.objects.get(email=f"{short}@dcc.example")
        with user_scope(user_id=user.pk, membership_id=None):
            found = my_memberships()[0]
        with user_scope(user_id=user.pk, membership_id=found.id):
            membership = Membership.objects.select_related("organisation").get(pk=found.id)
            user.acting_as, user.acting_in = membership.organisation, membership.region_id
            yield user

    return opened


def _as_worker(settings: object) -> Callable[[int], AbstractContextManager[None]]:
    @contextmanager
    def opened(*regions: int) -> Iterator[None]:
        from dcc.tenancy.scope import RegionScope, no_transaction_scope

        _role(settings, "dcc_worker")
        with no_transaction_scope(RegionScope(regions=regions)):
            yield

    return opened
