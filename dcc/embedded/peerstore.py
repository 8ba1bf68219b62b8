"""What a fake peer keeps: each message once, whatever the number of times it came, and the count of arrivals.

The arrival is written before the message is stored, both before the answer: killed at any instant, the peer has
never acknowledged what it does not hold, and a repetition on the wire is always seen.
"""

import datetime
import hashlib
import json
import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class WireCounts:
    """How many messages came, how many different ones, and those that came more than once (identifier → times)."""

    arrivals: int
    distinct: int
    repeated: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerStore:
    """A Maildir-like folder: `tmp` for writing, `new` for what is kept, `wire.log` for what came."""

    folder: Path

    def arrived(self, identifier: str) -> None:
        """Note that a message came; the identifier only, since an address or a content may hold an identity."""
        self._prepare()
        line = json.dumps({"at": datetime.datetime.now(datetime.UTC).isoformat(), "id": identifier})
        with open(self.folder / "wire.log", "a", encoding="utf-8") as log:
            log.write(line + "\n")

    def store_once(self, identifier: str, content: bytes) -> bool:
        """Keep the message durably unless it is there already; whether it was new."""
        self._prepare()
        name = hashlib.sha256(identifier.encode()).hexdigest()[:40]
        draft = self.folder / "tmp" / f"{name}.{os.getpid()}"
        with open(draft, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, self.folder / "new" / name)  # atomic, and refuses a second one
        except FileExistsError:
            return False
        finally:
            draft.unlink()
        self._sync_folder()
        return True

    def kept(self) -> list[Path]:
        """Files of the messages kept, newest first."""
        files = [path for path in (self.folder / "new").glob("*") if path.is_file()]
        return sorted(files, key=lambda path: (path.stat().st_mtime_ns, path.name), reverse=True)

    def counts(self) -> WireCounts:
        """What the wire saw since the store exists."""
        try:
            lines = (self.folder / "wire.log").read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            lines = []
        seen = Counter(json.loads(line)["id"] for line in lines if line.endswith("}"))
        return WireCounts(
            arrivals=seen.total(),
            distinct=len(seen),
            repeated={identifier: times for identifier, times in seen.items() if times > 1},
        )

    def _prepare(self) -> None:
        for name in ("tmp", "new", "cur"):
            (self.folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)

    def _sync_folder(self) -> None:
        descriptor = os.open(self.folder / "new", os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
