"""What a frozen sheet must say after a round of writers, read by the owner in plain SQL: [] when nothing broke."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import namedtuple_row

from rcp.models import Outcome
from rcp.sheets.engine import Compiled, answers_from_response
from tests.sheets.writers import Acknowledged

EVENTS = (
    "SELECT op_id, sheet_id, path, value, base_ver, ver, rev, outcome, at FROM rcp_answerevent"
    " WHERE sheet_id = %s ORDER BY rev NULLS LAST, at"
)


class Proof:
    """The rows of one sheet, against what its writers were told."""

    def __init__(
        self, owner: psycopg.Connection, *, sheet_id: UUID, form: Compiled, acknowledged: Iterable[Acknowledged]
    ) -> None:
        self.cursor = owner.cursor(row_factory=namedtuple_row)
        self.form, self.acknowledged = form, list(acknowledged)
        self.sheet = self.cursor.execute("SELECT * FROM rcp_sheet WHERE id = %s", [sheet_id]).fetchone()
        self.events = self.cursor.execute(EVENTS, [sheet_id]).fetchall()
        self.counted = [event for event in self.events if event.outcome != Outcome.REFUSED]
        self.applied = [event for event in self.events if event.outcome == Outcome.APPLIED]
        rows = self.cursor.execute("SELECT * FROM rcp_answer WHERE sheet_id = %s", [sheet_id]).fetchall()
        self.answers = {row.path: row for row in rows}

    def broken(self) -> list[str]:
        found = [*self.lost(), *self.revisions(), *self.stored(), *self.swaps(), *self.boxes(), *self.frozen()]
        return [f"{self.sheet.id}: {sentence}" for sentence in found]

    def lost(self) -> Iterator[str]:
        """Each acknowledged operation is there once, as it was acknowledged, and nowhere else."""
        op_ids = list({one.asked.op_id for one in self.acknowledged})
        everywhere = self.cursor.execute("SELECT op_id FROM rcp_answerevent WHERE op_id = ANY(%s)", [op_ids]).fetchall()
        times = Counter(row.op_id for row in everywhere)
        by_op = {event.op_id: event for event in self.events}
        for one in self.acknowledged:
            asked, saved = one.asked, one.saved
            if times[asked.op_id] != 1 or asked.op_id not in by_op:
                yield f"{asked.op_id} ({saved.outcome}) is there {times[asked.op_id]} times"
                continue
            event = by_op[asked.op_id]
            told = (saved.outcome, saved.path, saved.value)
            if (event.outcome, event.path, event.value) != told:
                yield f"{asked.op_id}: told {told}, kept {event}"
            if saved.outcome != Outcome.REFUSED and (event.rev, event.base_ver) != (saved.rev, asked.base_ver):
                yield f"{asked.op_id}: told revision {saved.rev}, kept {event.rev}"

    def revisions(self) -> Iterator[str]:
        """Every revision is one event that counts; a replacement starts at revision 1, copied whole."""
        first = 2 if self.sheet.version > 1 else 1
        revisions = [event.rev for event in self.counted]
        if revisions != list(range(first, self.sheet.rev + 1)):
            yield f"revisions with a gap or twice: {len(revisions)} up to {self.sheet.rev}"

    def stored(self) -> Iterator[str]:
        """Every path holds what was applied last; nothing told to a writer is newer than that."""
        last = {event.path: event for event in self.applied}
        for path, event in last.items():
            row = self.answers.get(path)
            if row is None or (row.value, row.ver) != (event.value, event.ver):
                yield f"{path} holds {row and (row.value, row.ver)}, last applied {(event.value, event.ver)}"
        for one in self.acknowledged:
            newest = last.get(one.asked.path)
            if one.saved.outcome == Outcome.APPLIED and (newest is None or newest.rev < one.saved.rev):
                yield f"{one.asked.op_id} applied at {one.saved.rev}, after the last of its path"

    def swaps(self) -> Iterator[str]:
        """Nobody wrote over an answer they had not seen, options apart, which never meet."""
        options = {one.asked.op_id for one in self.acknowledged if one.asked.change.is_option}
        before: dict[str, Any] = {}
        for event in self.applied:
            previous = before.get(event.path)
            unseen = previous is not None and event.base_ver != previous.ver and event.value != previous.value
            if unseen and event.op_id not in options:
                yield f"{event.path} at {event.rev}: version {previous.ver} replaced by who had seen {event.base_ver}"
            before[event.path] = event

    def boxes(self) -> Iterator[str]:
        """A list is what its ticks and unticks make of it, one after another: none undid somebody else's."""
        changes = {one.asked.op_id: one.asked.change for one in self.acknowledged if one.asked.change.is_option}
        before: dict[str, Any] = {}
        for event in self.applied:
            change = changes.get(event.op_id)
            known = event.path in before or self.sheet.version == 1
            if change and known and event.value != change.applied_to(before.get(event.path)):
                yield f"{event.path} at {event.rev}: {before.get(event.path)} became {event.value}"
            before[event.path] = event.value

    def frozen(self) -> Iterator[str]:
        """Frozen with its hash, with every answer there was, and nothing written since."""
        sheet = self.sheet
        if sheet.status != "frozen":
            yield f"not frozen but {sheet.status}"
            return
        report = {**sheet.report, "content_hash": ""}
        whole = json.dumps({"report": report, "response": sheet.response}, sort_keys=True, ensure_ascii=False)
        if hashlib.sha256(whole.encode()).digest() != bytes(sheet.content_hash):
            yield "the hash is not that of the content"
        content = answers_from_response(self.form, sheet.response)
        for path, row in self.answers.items():
            if row.value is not None and content.get(path) != row.value:
                yield f"{path} holds {row.value}, frozen as {content.get(path)}"
            if row.value is None and path in content:
                yield f"{path} is emptied, frozen as {content[path]}"
            if row.updated_at > sheet.frozen_at:
                yield f"{path} written after the freeze"
        late = [event.rev for event in self.counted if event.at > sheet.frozen_at]
        if late:
            yield f"revisions {late[:3]} after the freeze"


def broken_board(owner: psycopg.Connection, *, cases: int, versions: int) -> list[str]:
    """Order numbers without a gap, one report for each version, no deadlock counted since the last recovery."""
    found = []
    numbers = owner.execute("SELECT order_number FROM rcp_case WHERE order_year = 2030 ORDER BY 1").fetchall()
    if [row[0] for row in numbers] != list(range(1, cases + 1)):
        found.append(f"order numbers with a gap or twice: {numbers} for {cases} cases")
    counter = owner.execute("SELECT last_number FROM rcp_ordercounter WHERE year = 2030").fetchall()
    if counter != [(cases,)]:
        found.append(f"the counter says {counter} for {cases} cases")
    reports = owner.execute("SELECT source_id, version FROM patients_document WHERE kind = 'rcp_report'").fetchall()
    if not len(reports) == len(set(reports)) == versions:
        found.append(f"{len(reports)} reports for {versions} validations")
    deadlocks = owner.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()").fetchone()
    if deadlocks != (0,):
        found.append(f"deadlocks: {deadlocks}")
    return found
