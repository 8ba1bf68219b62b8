"""The programs that make the product run, and the one-shot commands that prepare it, for the demo.

docker-compose.yml runs the same commands in production; tests/embedded compares the two.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dcc.embedded.state import PROJECT, State
from dcc.embedded.supervisor import Program

PYTHON = sys.executable

GUNICORN = (
    *("gunicorn", "dcc.wsgi:application", "--worker-class", "gthread", "--workers", "4", "--threads", "4"),
    *("--preload", "--timeout", "60", "--keep-alive", "20", "--graceful-timeout", "2", "--no-control-socket"),
)
CELERY = ("celery", "--app", "dcc.celery")
_QUIET = ("--loglevel", "INFO", "--without-gossip", "--without-mingle", "--without-heartbeat")
# Sign-in codes never queue behind deliveries: a doctor waits in front of the screen.
CODE_WORKER = (*CELERY, "worker", "--queues", "mail_code", "--pool", "threads", "--concurrency", "2", *_QUIET)
WORKER = (*CELERY, "worker", "--queues", "default", "--concurrency", "2", *_QUIET)
BEAT = (*CELERY, "beat", "--loglevel", "INFO")
SEALER = ("manage.py", "seal_audit", "--loop")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """TCP ports of one demo; only `web` is chosen by the user."""

    web: int
    mssante: int
    mail: int
    hospital: int

    def environment(self) -> dict[str, str]:
        """Variables that settings read to reach the fake peers."""
        return {
            "DCC_WEB_PORT": str(self.web),
            "DCC_SMTP_PORT": str(self.mssante),
            "DCC_MAIL_PORT": str(self.mail),
            "DCC_HOSPITAL_MLLP_PORT": str(self.hospital),
        }


def module(command: tuple[str, ...]) -> list[str]:
    """A command line that uses this interpreter, whatever is on PATH."""
    if command[0] == "manage.py":
        return [PYTHON, str(PROJECT / "manage.py"), *command[1:]]
    return [PYTHON, "-m", *command]


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """The programs of one demo, given its state, its ports and the environment common to all."""

    state: State
    ports: Ports
    environment: Mapping[str, str]

    def web(self) -> Program:
        shared_memory = ("--worker-tmp-dir", "/dev/shm") if Path("/dev/shm").is_dir() else ()  # noqa: S108
        bind = ("--bind", f"127.0.0.1:{self.ports.web}")
        return self._program("web", (*GUNICORN, *bind, *shared_memory), role="dcc_web", essential=True)

    def background(self) -> list[Program]:
        """Workers, beat and sealer."""
        schedule = ("--schedule", str(self.state.root / "celerybeat-schedule"), "--pidfile", "")
        return [
            self._program("code-worker", (*CODE_WORKER, "--hostname", "code@%h"), stop_rank=1, patience=1.5),
            self._program("worker", (*WORKER, "--hostname", "default@%h"), stop_rank=1, patience=1.5),
            self._program("beat", (*BEAT, *schedule)),
            self._program("sealer", SEALER, role="dcc_sealer", stop_rank=1),
        ]

    def peers(self) -> list[Program]:
        """The mail server and the hospital, which outlive those who write to them."""
        doors = ("--mssante-port", str(self.ports.mssante), "--ordinary-port", str(self.ports.mail))
        mail = ("dcc.embedded.mailserver", "--state", str(self.state.root), *doors)
        hospital = ("dcc.embedded.fakehospital", "--state", str(self.state.root), "--port", str(self.ports.hospital))
        return [
            self._program("mail", mail, stop_rank=2, patience=0.5),
            self._program("hospital", hospital, stop_rank=2, patience=0.5),
        ]

    def _program(
        self,
        name: str,
        command: tuple[str, ...],
        *,
        role: str = "dcc_worker",
        stop_rank: int = 0,
        patience: float = 1.0,
        essential: bool = False,
    ) -> Program:
        return Program(
            name=name,
            command=module(command),
            environment={**self.environment, "DCC_DB_USER": role},
            log=self.state.log / f"{name}.log",
            folder=PROJECT,
            stop_rank=stop_rank,
            patience=patience,
            essential=essential,
        )
