"""Runs several long-lived programs as one: started, watched, restarted within reason, stopped in order.

Children live in sessions of their own, so that Ctrl-C in the terminal reaches only the supervisor, which then
decides the order; and they ask the kernel for SIGTERM when it dies, so that even `kill -9` leaves no orphan.
"""

import contextlib
import functools
import os
import signal
import subprocess
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dcc.embedded.processes import wait_until

RESTARTS_ALLOWED = 5
RESTART_WINDOW = 60.0  # seconds


class ProgramFailed(RuntimeError):
    """An essential program keeps dying; `log` tells why."""

    def __init__(self, name: str, log: Path) -> None:
        super().__init__(name)
        self.name = name
        self.log = log


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A long-lived command. Programs of a lower `stop_rank` are stopped first, then given `patience` seconds."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    folder: Path
    stop_rank: int = 0
    patience: float = 1.0
    essential: bool = False


@functools.cache
def _dies_with_parent() -> tuple[str, ...]:
    """Prefix that makes a command receive SIGTERM when its parent dies; empty where the tool is missing."""
    prefix = ("setpriv", "--pdeathsig", "TERM")
    try:
        works = subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        works = False
    return prefix if works else ()


@dataclass(slots=True)
class Child:
    """A running program and its history."""

    program: Program
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    starts: deque[float] = field(default_factory=deque, init=False)

    def start(self) -> None:
        """Start it; call from the main thread, whose death the kernel watches."""
        with self.program.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*_dies_with_parent(), *self.program.command],
                env=dict(self.program.environment),
                cwd=self.program.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.starts.append(time.monotonic())

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def exhausted(self) -> bool:
        """Whether it died too often lately to be started again."""
        while self.starts and time.monotonic() - self.starts[0] > RESTART_WINDOW:
            self.starts.popleft()
        return len(self.starts) > RESTARTS_ALLOWED

    def signal(self, number: int) -> None:
        """Signal the program itself, which tells its own children."""
        if self.process is not None and self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(number)

    def kill(self) -> None:
        """Kill the program and everything it started."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@dataclass(slots=True)
class Supervisor:
    """The programs of one demo. `say` receives French sentences for the terminal."""

    say: Callable[[str], None]
    children: list[Child] = field(default_factory=list, init=False)
    steps: set[subprocess.Popen[bytes]] = field(default_factory=set, init=False)
    stopping: bool = field(default=False, init=False)

    def start(self, program: Program) -> Child:
        """Start a program and keep it running until stop()."""
        child = Child(program)
        self.children.append(child)
        child.start()
        return child

    def run_step(self, command: Sequence[str], *, environment: Mapping[str, str], folder: Path, log: Path) -> int:
        """Run a command to its end, output in `log`, from any thread; stop() interrupts it. Returns its exit code."""
        with log.open("ab") as output:
            process = subprocess.Popen(
                list(command),
                env=dict(environment),
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.steps.add(process)
        try:
            if self.stopping:
                process.terminate()
            return process.wait()
        finally:
            self.steps.discard(process)

    def watch(self) -> None:
        """Restart what dies until stop(); ProgramFailed when an essential program cannot be kept alive."""
        watched = list(self.children)
        while not self.stopping:
            watched = [child for child in watched if child.alive or self.stopping or self._revived(child)]
            time.sleep(0.2)

    def _revived(self, child: Child) -> bool:
        """Start a dead program again, unless it dies too often."""
        child.kill()  # what it may have left behind
        name, log = child.program.name, child.program.log
        if not child.exhausted:
            self.say(f"«\u00a0{name}\u00a0» s’est arrêté\u00a0: relancé (voir {log})")
            child.start()
            return True
        if child.program.essential:
            raise ProgramFailed(name, log)
        self.say(f"«\u00a0{name}\u00a0» s’arrête sans cesse\u00a0: abandonné (voir {log})")
        return False

    def stop(self) -> None:
        """Interrupt steps, then stop the programs rank by rank: asked first, killed after their patience."""
        self.stopping = True
        for process in tuple(self.steps):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
        for rank in sorted({child.program.stop_rank for child in self.children}):
            group = [child for child in self.children if child.program.stop_rank == rank]
            for child in group:
                child.signal(signal.SIGTERM)
            patience = max(child.program.patience for child in group)
            wait_until(lambda group=group: not any(child.alive for child in group), patience)  # type: ignore[misc]
            for child in group:
                child.kill()
        for process in tuple(self.steps):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
