"""Small questions about processes and sockets that every embedded service asks."""

import socket
import time
from collections.abc import Callable
from pathlib import Path


def wait_until(condition: Callable[[], bool], timeout: float, *, every: float = 0.02) -> bool:
    """Poll `condition` for at most `timeout` seconds; whether it came true."""
    deadline = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(every)
    return True


def command_of(pid: int) -> str:
    """Command line of a live process, words separated by spaces; empty for a dead one or a zombie.

    A pid read from a file may have been given to another process since: only the command tells.
    """
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return ""


def socket_answers(path: Path) -> bool:
    """Whether someone listens on this unix socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return False
        return True


def port_answers(port: int, host: str = "127.0.0.1") -> bool:
    """Whether someone listens on this TCP port."""
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True


def free_port(host: str = "127.0.0.1") -> int:
    """A TCP port that nobody uses at this instant."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port


def ensure_executable(program: Path) -> None:
    """Some installers drop the executable bit of programs shipped in wheels."""
    mode = program.stat().st_mode
    if not mode & 0o100:
        program.chmod(mode | 0o111)
