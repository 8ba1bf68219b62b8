"""Heads of the chains, copied every day outside the database: who owns it can rewrite a chain, not this file."""

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from dcc.audit.models import AuditSeal
from dcc.audit.sealing import Head, chains, head


class AnchorUnreadable(ValueError):
    """A line of the file is not an anchor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    at: str
    head: Head

    def line(self) -> str:
        return json.dumps(
            {"at": self.at, "chain": self.head.chain, "position": self.head.position, "link": self.head.link.hex()}
        )


def current_anchors() -> list[Anchor]:
    at = datetime.now(UTC).isoformat(timespec="seconds")
    return [Anchor(at=at, head=head(chain)) for chain in chains()]


def append_anchors(path: Path, anchors: Iterable[Anchor]) -> None:
    """Add lines at the end of the file, on the disk before returning."""
    with path.open("a", encoding="utf-8") as file:
        file.writelines(f"{anchor.line()}\n" for anchor in anchors)
        file.flush()
        os.fsync(file.fileno())


def read_anchors(path: Path) -> list[Anchor]:
    return [_read(line, number) for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1) if line]


def broken_anchors(anchors: Iterable[Anchor]) -> list[Anchor]:
    """Those whose place in the chain no longer holds the link that was written down."""
    return [anchor for anchor in anchors if not _holds(anchor.head)]


def _holds(known: Head) -> bool:
    found = AuditSeal.objects.filter(chain=known.chain, position=known.position).first()
    return found is not None and bytes(found.link) == known.link


def _read(line: str, number: int) -> Anchor:
    try:
        read = json.loads(line)
        known = Head(chain=read["chain"], position=read["position"], link=bytes.fromhex(read["link"]))
        return Anchor(at=str(read["at"]), head=known)
    except (ValueError, KeyError, TypeError) as error:
        raise AnchorUnreadable(f"ligne {number}") from error
