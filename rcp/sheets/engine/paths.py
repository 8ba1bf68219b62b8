"""Instance paths: linkIds joined by ``/``, ``[…]`` on a repeating group instance, ``answer[n]`` under a question."""

import re
from collections.abc import Iterable

_SEGMENT = re.compile(r"(?P<link>[^\[\]]+)(?:\[(?P<instance>[^\[\]]*)\])?")


def split_path(path: str) -> list[str]:
    """Cut a path into its segments."""
    return path.split("/")


def instance_of(segment: str) -> tuple[str, str | None]:
    """Read a segment: its linkId, and its instance (index or UUID) when it has one."""
    match = _SEGMENT.fullmatch(segment)
    return (match["link"], match["instance"]) if match else (segment, None)


def link_id_of(path: str) -> str:
    """LinkId of the item a path ends on."""
    return instance_of(path.rsplit("/", 1)[-1])[0]


def link_ids(paths: Iterable[str]) -> set[str]:
    """LinkIds of a set of instance paths (contract helper)."""
    return {link_id_of(path) for path in paths}
