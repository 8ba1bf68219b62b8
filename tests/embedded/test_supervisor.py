"""The supervisor keeps programs running, gives up on those that cannot, and stops all of them in order."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dcc.embedded.processes import command_of, wait_until
from dcc.embedded.state import PROJECT, State
from dcc.embedded.supervisor import RESTARTS_ALLOWED, Program, ProgramFailed, Supervisor
from tests.embedded.conftest import PLAIN

# Says its pid, then sleeps; on SIGTERM writes its name in the order file and leaves.
POLITE = """
import os, signal, sys, time
def leave(*_):
    open(sys.argv[1], "a").write(sys.argv[2] + "\\n")
    sys.exit(0)
signal.signal(signal.SIGTERM, leave)
print(os.getpid(), flush=True)
time.sleep(60)
"""
DEAF = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
grandchild = subprocess.Popen(["sleep", "60"])
print(os.getpid(), grandchild.pid, flush=True)
time.sleep(60)
"""

# A thread that dies of an error nobody awaited would otherwise only be a line at the end of the run.
pytestmark = pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def supervisor(said: list[str]) -> Iterator[Supervisor]:
    made = Supervisor(say=said.append)
    yield made
    made.stop()


@pytest.fixture
def watch_in_background(supervisor: Supervisor) -> Iterator[Callable[[], list[BaseException]]]:
    """Run watch() aside; what it raises ends in the list. It ends with the test, whose folder it writes in."""
    raised: list[BaseException] = []

    def watch() -> None:
        try:
            supervisor.watch()
        except ProgramFailed as error:
            raised.append(error)

    def begin() -> list[BaseException]:
        thread.start()
        return raised

    thread = threading.Thread(target=watch, daemon=True)
    yield begin
    supervisor.stop()
    thread.join(10)
    assert not thread.is_alive()
    supervisor.stop()  # what the watch was starting again when it was told to end


@pytest.fixture
def program(state: State) -> Callable[..., Program]:
    def make(name: str, code: str, *arguments: str, **options: object) -> Program:
        return Program(
            name=name,
            command=[sys.executable, "-c", code, *arguments],
            environment=PLAIN,
            log=state.log / f"{name}.log",
            folder=PROJECT,
            **options,
        )

    return make


def pids_said(log: Path, starts: int = 1) -> list[int]:
    assert wait_until(lambda: log.exists() and log.read_text().count("\n") >= starts, 10)
    return [int(pid) for pid in log.read_text().split()]


def test_programs_stop_in_the_order_of_their_rank(
    supervisor: Supervisor, program: Callable[..., Program], tmp_path: Path
) -> None:
    order = tmp_path / "order"
    for name, rank in (("peer", 2), ("web", 0), ("worker", 1)):
        made = program(name, POLITE, str(order), name, stop_rank=rank)
        supervisor.start(made)
        pids_said(made.log)
    began = time.monotonic()
    supervisor.stop()
    assert order.read_text().split() == ["web", "worker", "peer"]
    assert time.monotonic() - began < 2


def test_a_program_deaf_to_sigterm_is_killed_with_all_it_started(
    supervisor: Supervisor, program: Callable[..., Program]
) -> None:
    made = program("deaf", DEAF, patience=0.3)
    supervisor.start(made)
    pids = pids_said(made.log)
    supervisor.stop()
    assert len(pids) == 2
    assert wait_until(lambda: not any(command_of(pid) for pid in pids), 2)


def test_a_program_that_dies_is_started_again(
    supervisor: Supervisor,
    program: Callable[..., Program],
    watch_in_background: Callable[[], list[BaseException]],
    tmp_path: Path,
    said: list[str],
) -> None:
    made = program("worker", POLITE, str(tmp_path / "order"), "worker")
    supervisor.start(made)
    (first,) = pids_said(made.log)
    watch_in_background()
    os.kill(first, signal.SIGKILL)
    assert pids_said(made.log, starts=2)[-1] != first
    assert "worker" in said[0]


def test_an_essential_program_that_keeps_dying_ends_the_watch(
    supervisor: Supervisor,
    program: Callable[..., Program],
    watch_in_background: Callable[[], list[BaseException]],
) -> None:
    made = program("web", "print('x', flush=True); raise SystemExit(3)", essential=True)
    supervisor.start(made)
    raised = watch_in_background()
    assert wait_until(lambda: bool(raised), 15)
    assert made.log.read_text().count("x") == RESTARTS_ALLOWED + 1


def test_a_secondary_program_that_keeps_dying_is_abandoned_and_the_others_live(
    supervisor: Supervisor,
    program: Callable[..., Program],
    watch_in_background: Callable[[], list[BaseException]],
    tmp_path: Path,
    said: list[str],
) -> None:
    broken, sound = program("broken", "raise SystemExit(3)"), program("sound", POLITE, str(tmp_path / "order"), "s")
    supervisor.start(broken)
    child = supervisor.start(sound)
    raised = watch_in_background()
    assert wait_until(lambda: any("abandonné" in sentence for sentence in said), 15)
    assert child.alive
    assert raised == []


def test_stop_interrupts_the_step_under_way(supervisor: Supervisor, state: State) -> None:
    codes: list[int] = []
    log = state.log / "step.log"

    def step() -> None:
        command = ["sh", "-c", "echo started; sleep 60"]
        codes.append(supervisor.run_step(command, environment=PLAIN, folder=PROJECT, log=log))

    thread = threading.Thread(target=step)
    thread.start()
    assert wait_until(lambda: log.exists() and "started" in log.read_text(), 10)
    supervisor.stop()
    thread.join(5)
    assert codes
    assert codes[0] != 0


def test_children_do_not_outlive_a_supervisor_that_is_killed(state: State, tmp_path: Path) -> None:
    log = state.log / "orphan.log"
    script = textwrap.dedent(f"""
        import sys, time
        from pathlib import Path
        from dcc.embedded.supervisor import Program, Supervisor
        Supervisor(say=print).start(Program(
            name="orphan", command=[sys.executable, "-c", {POLITE!r}, {str(tmp_path / "order")!r}, "orphan"],
            environment={{}}, log=Path({str(log)!r}), folder=Path({str(PROJECT)!r})))
        time.sleep(60)
    """)
    supervising = subprocess.Popen([sys.executable, "-c", script], cwd=PROJECT, env=PLAIN)
    (pid,) = pids_said(log)
    supervising.kill()
    supervising.wait()
    assert wait_until(lambda: not command_of(pid), 5)
