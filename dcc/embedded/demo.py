"""`make demo`: prepares what is missing, runs the whole product on this machine, stops it all on Ctrl-C.

Nothing but the web port is fixed, so several checkouts run side by side. Data are kept between runs in ./.dcc.
"""

import contextlib
import json
import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from dcc.embedded import system_packages
from dcc.embedded.postgres import major_version
from dcc.embedded.processes import free_port
from dcc.embedded.programs import PYTHON, Demo, Ports
from dcc.embedded.services import LAUNCH_ERRORS, Services
from dcc.embedded.state import PROJECT, AlreadyRunning, State
from dcc.embedded.supervisor import ProgramFailed, Supervisor


class Stopped(BaseException):
    """Ctrl-C or SIGTERM."""


class StepFailed(RuntimeError):
    """A preparation step ended badly; `log` tells why."""

    def __init__(self, name: str, log: Path) -> None:
        super().__init__(name)
        self.name = name
        self.log = log


@dataclass(slots=True)
class Progress:
    """One line a step, with the seconds elapsed since the user typed the command."""

    began: float = field(default_factory=lambda: float(os.environ.get("DCC_STARTED", time.time())))

    def say(self, sentence: str) -> None:
        elapsed = f"{time.time() - self.began:.1f}".replace(".", ",")
        self.write(f"[{elapsed:>5} s]  {sentence}\n")

    def write(self, text: str) -> None:
        sys.stdout.write(text)
        sys.stdout.flush()


@dataclass(slots=True, kw_only=True)
class Preparation:
    """The steps that come before the first page, run side by side where they can be."""

    services: Services
    supervisor: Supervisor
    progress: Progress
    environment: dict[str, str]

    @property
    def _loaded(self) -> Path:
        return self.services.state.root / "demo.loaded"

    @property
    def _loading(self) -> Path:
        return self.services.state.root / "demo.loading"

    def start_services(self) -> None:
        """PostgreSQL and Valkey; a load that was interrupted is forgotten, so that it starts again from nothing."""
        if not self.services.postgres.state.pg.exists():
            self._loaded.unlink(missing_ok=True)
            self._loading.unlink(missing_ok=True)
        self.services.up()
        if self._loading.exists():
            self.services.postgres.recreate_database()
            self._loading.unlink()
        self.progress.say(f"PostgreSQL {major_version()} et Valkey en marche")

    def build_assets(self) -> None:
        self._step("Polices et bibliothèques d’interface prêtes", "assets", [PYTHON, "-m", "dcc.ui.assets"])

    def fill_database(self) -> None:
        """Migrate, then load the demo networks, once."""
        self._manage("Base de données à jour", "migrate", "migrate", "--no-input", "--verbosity", "1")
        if self._loaded.exists():
            return
        self._loading.touch()
        self._manage("Réseaux de démonstration chargés", "demo", "demo")
        self._loading.rename(self._loaded)

    def accounts(self) -> str:
        """What to show once ready: accounts and what to try first."""
        output = self.services.state.root / "demo.accounts"
        output.unlink(missing_ok=True)
        command = [PYTHON, str(PROJECT / "manage.py"), "demo", "--accounts"]
        environment = {**self.environment, "PYTHONWARNINGS": "ignore"}
        code = self.supervisor.run_step(command, environment=environment, folder=PROJECT, log=output)
        if code != 0:
            raise StepFailed("Comptes de démonstration", output)
        return output.read_text()

    def system_packages(self) -> list[str]:
        return system_packages.ensure(["pango"])

    def _manage(self, done: str, log: str, *arguments: str) -> None:
        self._step(done, log, [PYTHON, str(PROJECT / "manage.py"), *arguments])

    def _step(self, done: str, log_name: str, command: list[str]) -> None:
        log = self.services.state.log / f"{log_name}.log"
        log.unlink(missing_ok=True)
        environment = {**self.environment, "DCC_DB_USER": "dcc_owner"}
        if self.supervisor.run_step(command, environment=environment, folder=PROJECT, log=log) != 0:
            raise StepFailed(done, log)
        self.progress.say(done)


def main() -> int:
    """Run the demo until Ctrl-C; returns the exit code."""
    progress = Progress()
    port = int(os.environ.get("PORT") or 8000)
    state = State.locate()
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    try:
        with state.lock("demo", wait=False):
            if _port_taken(port):
                progress.write(
                    f"Le port {port} est déjà pris sur cette machine. "
                    f"Choisissez-en un autre\u00a0: make demo PORT={port + 1}\n"
                )
                return 1
            return _run(state, port, progress)
    except AlreadyRunning:
        progress.write("La démonstration tourne déjà dans ce dossier\u00a0: arrêtez-la d’abord (Ctrl-C).\n")
        return 1
    except Stopped:
        return 0


def _run(state: State, port: int, progress: Progress) -> int:
    services = Services(state=state)
    supervisor = Supervisor(say=progress.say)
    try:
        with _explained(progress):
            state.prepare()
            _prepare_and_watch(services, supervisor, progress, port)
        return 1
    except Stopped:
        return 0
    finally:
        _shut_down(services, supervisor, progress)


def _prepare_and_watch(services: Services, supervisor: Supervisor, progress: Progress, port: int) -> None:
    ports = choose_ports(services.state, web=port)
    environment = {
        **os.environ,
        **services.environment(),
        **ports.environment(),
        "DJANGO_SETTINGS_MODULE": "dcc.settings.dev",
        "PYTHONUNBUFFERED": "1",
    }
    demo = Demo(state=services.state, ports=ports, environment=environment)
    preparation = Preparation(services=services, supervisor=supervisor, progress=progress, environment=environment)
    with ThreadPoolExecutor(max_workers=4) as pool:
        packages = pool.submit(preparation.system_packages)
        assets = pool.submit(preparation.build_assets)
        pool.submit(preparation.start_services).result()
        filling = pool.submit(preparation.fill_database)
        assets.result()
        supervisor.start(demo.web())  # loads while the database is filled; nobody is told its address yet
        filling.result()
        accounts = pool.submit(preparation.accounts)
        pool.submit(_wait_for_page, port, supervisor).result()
        progress.say("Première page servie")
        warnings = _result_of_packages(packages)
        for program in (*demo.peers(), *demo.background()):
            supervisor.start(program)
        progress.say("Messagerie, hôpital, tâches de fond et scellement du journal lancés")
        shown = accounts.result()
    _welcome(progress, port, shown, warnings)
    supervisor.watch()


def choose_ports(state: State, *, web: int) -> Ports:
    """The ports of the last run where they are still free: addresses written in the data stay true."""
    file = state.root / "demo.ports"
    try:
        kept = json.loads(file.read_text())
    except (OSError, ValueError):
        kept = {}
    chosen: dict[str, int] = {}
    for name in ("mssante", "mail", "hospital"):
        last = kept.get(name)
        chosen[name] = last if isinstance(last, int) and not _port_taken(last) else free_port()
    file.write_text(json.dumps(chosen))
    return Ports(web=web, **chosen)


def _result_of_packages(packages: "Future[list[str]]") -> list[str]:
    if not packages.done():
        sys.stdout.write("          Installation d’une bibliothèque du système (Pango), une seule fois…\n")
    return packages.result()


def _wait_for_page(port: int, supervisor: Supervisor) -> None:
    """Return once the first page is served; ProgramFailed when the server dies or says nothing for a minute."""
    web = supervisor.children[0]
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and web.alive and not supervisor.stopping:
        try:
            with urllib.request.urlopen(f"http://localhost:{port}/", timeout=30):
                return
        except urllib.error.HTTPError as error:
            if error.code < 500:
                return
            break
        except OSError:
            time.sleep(0.05)
    raise ProgramFailed(web.program.name, web.program.log)


def _welcome(progress: Progress, port: int, accounts: str, warnings: list[str]) -> None:
    lines = ["", f"  DCC est prêt\u00a0: http://localhost:{port}", "", accounts.rstrip(), ""]
    lines += [f"  Attention\u00a0: {warning}" for warning in warnings]
    lines += ["  Ctrl-C arrête tout, les données restent (make reset les oublie). Journaux\u00a0: .dcc/log/", ""]
    progress.write("\n".join(lines) + "\n")


@contextlib.contextmanager
def _explained(progress: Progress) -> Iterator[None]:
    """Turn what can go wrong into a French sentence and the end of the log that tells why."""
    try:
        yield
    except LAUNCH_ERRORS as error:
        progress.write(f"{error}\n")
    except (StepFailed, ProgramFailed) as error:
        tail = error.log.read_text(errors="replace")[-3000:] if error.log.exists() else ""
        progress.write(f"\nÉchec de l’étape «\u00a0{error.name}\u00a0» (journal\u00a0: {error.log})\n{tail}\n")


def _shut_down(services: Services, supervisor: Supervisor, progress: Progress) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    began = time.monotonic()
    progress.write("\nArrêt…\n")
    supervisor.stop()
    services.down()
    progress.write(f"Tout est arrêté ({time.monotonic() - began:.1f} s).\n".replace(".", ",", 1))


def _port_taken(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
        return False


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise Stopped


if __name__ == "__main__":
    sys.exit(main())
