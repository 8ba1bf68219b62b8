"""A state folder of its own for each test, and fake peers running as the demo runs them."""

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dcc.embedded.certificates import Certificates, ensure_certificates
from dcc.embedded.processes import free_port, port_answers, wait_until
from dcc.embedded.state import PROJECT, State
from dcc.embedded.supervisor import Child, Program

# The programs of the embedded package need no Django: a stray setting must not make them load it.
PLAIN = {name: value for name, value in os.environ.items() if not name.startswith(("DCC_", "DJANGO_"))}


@pytest.fixture
def state() -> Iterator[State]:
    """Short enough for its sockets to be inside, and gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="dcc-test-") as folder:
        made = State(root=Path(folder) / "state")
        made.prepare()
        yield made


@pytest.fixture
def certificates(state: State) -> Certificates:
    return ensure_certificates(state.certs)


@pytest.fixture
def run_peer(state: State) -> Iterator[Callable[..., Child]]:
    """Start a module of the embedded package as a process and wait for its ports."""
    children: list[Child] = []

    def start(module: str, **ports: int) -> Child:
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
        children.append(child)
        assert wait_until(lambda: all(port_answers(port) for port in ports.values()), 15), child.program.log.read_text()
        return child

    yield start
    for child in children:
        child.kill()


@pytest.fixture
def port() -> int:
    return free_port()
