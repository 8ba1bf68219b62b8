"""Where an embedded installation keeps its things: one folder, one layout.

Everything the demo or the tests create lives under a single ignored folder (./.dcc), so that forgetting
is removing it, and so that two checkouts never meet.
"""

import fcntl
import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]

# A socket's path must fit in the 108 bytes of sun_path, of which PostgreSQL's file name takes 20.
SOCKET_FOLDER_LIMIT = 80


class StateRefused(RuntimeError):
    """The folder cannot be used safely; the message says why, in French, for the terminal."""


class AlreadyRunning(RuntimeError):
    """Another process holds the named lock of this state folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Layout of one embedded installation; `root` is absolute and need not exist yet."""

    root: Path

    @classmethod
    def locate(cls, root: str | Path | None = None) -> "State":
        """The state at `root`, else at $DCC_STATE, else ./.dcc of this checkout; relative to the checkout."""
        chosen = Path(root or os.environ.get("DCC_STATE") or ".dcc")
        return cls(root=Path(os.path.normpath(PROJECT / chosen)))

    @property
    def pg(self) -> Path:
        return self.root / "pg"

    @property
    def log(self) -> Path:
        return self.root / "log"

    @property
    def certs(self) -> Path:
        return self.root / "certs"

    @property
    def mail(self) -> Path:
        return self.root / "mail"

    @property
    def hospital(self) -> Path:
        return self.root / "hospital"

    @property
    def faults(self) -> Path:
        return self.root / "faults"

    @property
    def secrets(self) -> Path:
        return self.root / "secrets.json"

    @property
    def run(self) -> Path:
        """Folder of the unix sockets: inside the state, or a short private one when the checkout is deep."""
        inside = self.root / "run"
        if len(str(inside).encode()) <= SOCKET_FOLDER_LIMIT:
            return inside
        digest = hashlib.sha256(str(self.root).encode()).hexdigest()[:12]
        return Path(tempfile.gettempdir(), f"dcc-{os.geteuid()}-{digest}")

    def prepare(self) -> None:
        """Create the folders, private to this user; StateRefused if the socket folder belongs to someone else."""
        for folder in (self.root, self.log, self.faults, self.run):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        details = self.run.lstat()
        if not stat.S_ISDIR(details.st_mode) or (os.geteuid() != 0 and details.st_uid != os.geteuid()):
            raise StateRefused(f"Le dossier {self.run} appartient à quelqu’un d’autre\u00a0: supprimez-le et relancez.")
        self.run.chmod(0o700)

    @contextmanager
    def lock(self, name: str, *, wait: bool) -> Iterator[None]:
        """Hold the named lock of this state; without `wait`, AlreadyRunning when another process has it."""
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self.root / f"{name}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError as error:
                raise AlreadyRunning(name) from error
            yield
        finally:
            os.close(descriptor)

    def forget(self) -> None:
        """Remove what an embedded installation creates, and only that: a wrong $DCC_STATE must not cost a home."""
        for folder in ("pg", "pg.new", "log", "certs", "mail", "hospital", "faults", "run", "static"):
            _remove_tree(self.root / folder)
        if self.run.parent != self.root:
            _remove_tree(self.run)
        for pattern in ("secrets.json", "demo.*", "celerybeat-schedule*", "*.lock"):
            for file in self.root.glob(pattern):
                file.unlink()
        if (self.root / "test").is_dir():
            State(root=self.root / "test").forget()
        if self.root.is_dir() and not any(self.root.iterdir()):
            self.root.rmdir()


def _remove_tree(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
