"""Lines of a repeating group: added, removed, moved. A line is its UUID, never its place, so that two never mix.

The path of a line itself holds its rank; removing it empties everything below it, unless somebody has just written
there.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from dcc.accounts.models import User
from rcp.models import Answer, Outcome
from rcp.sheets.actions import Saved, operate, trace, write
from rcp.sheets.storing import Locked


def add_line(
    *, sheet_id: UUID, group: str, line: UUID, op_id: UUID, by: User, starts_with: Mapping[str, Any] | None = None
) -> Saved | None:
    """Add a line at the end of the group whose path is `group`, `starts_with` some answers by linkId."""
    path = f"{group}[{line}]"

    def apply(draft: Locked) -> Saved:
        ranks = [row.value for row in _rows(sheet_id, group) if row.path.endswith("]") and isinstance(row.value, int)]
        known = Answer.objects.filter(sheet_id=sheet_id, path=path).first()
        answer = write(draft, known, path=path, value=max(ranks, default=0) + 1, by=by)
        trace(draft, op_id=op_id, path=path, value=answer.value, base_ver=0, ver=answer.ver, by=by)
        for link_id, value in (starts_with or {}).items():
            cell = f"{path}/{link_id}"
            write(draft, None, path=cell, value=value, by=by)
            trace(draft, op_id=uuid4(), path=cell, value=value, base_ver=0, ver=1, by=by)
        return Saved(outcome=Outcome.APPLIED, path=path, value=answer.value, ver=answer.ver, rev=draft.rev)

    return operate(sheet_id=sheet_id, op_id=op_id, path=path, typed=None, by=by, apply=apply)


def remove_line(*, sheet_id: UUID, path: str, base_rev: int, op_id: UUID, by: User) -> Saved | None:
    """Empty a line and all its answers; in conflict when one of them is newer than `base_rev`, what the reader saw."""

    def apply(draft: Locked) -> Saved:
        rows = [row for row in _rows(sheet_id, path) if row.value is not None]
        newer = next((row for row in rows if row.rev > base_rev and row.author_id != by.pk), None)
        if newer is not None:
            trace(draft, op_id=op_id, path=path, value=None, base_ver=0, ver=None, by=by)
            return Saved(outcome=Outcome.CONFLICT, path=path, value=None, ver=0, rev=draft.rev, theirs=newer)
        for row in rows:
            base_ver = row.ver
            answer = write(draft, row, path=row.path, value=None, by=by)
            if row.path != path:
                trace(draft, op_id=uuid4(), path=row.path, value=None, base_ver=base_ver, ver=answer.ver, by=by)
        trace(draft, op_id=op_id, path=path, value=None, base_ver=0, ver=0, by=by)
        return Saved(outcome=Outcome.APPLIED, path=path, value=None, ver=0, rev=draft.rev)

    return operate(sheet_id=sheet_id, op_id=op_id, path=path, typed=None, by=by, apply=apply)


def move_line(*, sheet_id: UUID, path: str, order: list[str], op_id: UUID, by: User) -> Saved | None:
    """Give the lines of a group the order of `order` (paths of lines); `path` is the one that was moved."""

    def apply(draft: Locked) -> Saved:
        rows = {row.path: row for row in Answer.objects.filter(sheet_id=sheet_id, path__in=order)}
        for rank, line in enumerate(order, start=1):
            row = rows.get(line)
            if row is not None and row.value == rank:
                continue
            base_ver = row.ver if row else 0
            answer = write(draft, row, path=line, value=rank, by=by)
            if line != path:
                trace(draft, op_id=uuid4(), path=line, value=rank, base_ver=base_ver, ver=answer.ver, by=by)
        place = order.index(path) + 1
        trace(draft, op_id=op_id, path=path, value=place, base_ver=0, ver=0, by=by)
        return Saved(outcome=Outcome.APPLIED, path=path, value=place, ver=0, rev=draft.rev)

    return operate(sheet_id=sheet_id, op_id=op_id, path=path, typed=order.index(path) + 1, by=by, apply=apply)


def lines_of(answers: dict[str, Any], group: str) -> list[str]:
    """Paths of the lines of a group, in the order they are read."""
    found: dict[str, tuple[float, int]] = {}
    for path, value in answers.items():
        if not path.startswith(f"{group}["):
            continue
        line = path[: path.index("]", len(group)) + 1]
        rank = value if path == line and isinstance(value, int) else float("inf")
        known = found.get(line)
        found[line] = (min(rank, known[0]), known[1]) if known else (rank, len(found))
    return sorted(found, key=lambda line: found[line])


def _rows(sheet_id: UUID, prefix: str) -> list[Answer]:
    """Answers under a path. Filtered here: a pattern on a walled column would be refused (architecture §4)."""
    return [row for row in Answer.objects.filter(sheet_id=sheet_id) if row.path.startswith(prefix)]
