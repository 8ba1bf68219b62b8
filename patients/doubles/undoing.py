"""A merge undone, exactly: each row goes back to the patient it was of, and nothing else changes.

What is new since the merge follows what it depends on (an answer its sheet, a document its case). What depends on
neither file, or on both, is allocated by a person, row by row: until then nothing moves and the page says what waits.
Merges are undone in the reverse order in which they were done.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from dcc.audit.record import System, record
from patients.doubles.lifecycle import DOUBLE_LIFECYCLE, DoubleTransition
from patients.doubles.moving import Miscounted, lock_identities, move_rows
from patients.doubles.notices import announce_undo
from patients.doubles.obstacles import Stopped, open_cases, undo_refusals
from patients.doubles.survivor import undo_needs_two
from patients.doubles.tables import FileTable, file_tables
from patients.doubles.wording import one_of
from patients.events import PatientEvent
from patients.models import Access, Double, Merge, MergedTable, Patient

KEPT, LOST = "kept", "lost"
WORKER = System("fusion des identités")


@dataclass(slots=True)
class _Plan:
    """Whose each row of the survivor's file is: `owner` by key, `new` the rows since the merge with their links."""

    owner: dict[str, str] = field(default_factory=dict)
    new: dict[str, tuple[FileTable, set[str]]] = field(default_factory=dict)
    rows: dict[str, list[str]] = field(default_factory=dict)  # of the survivor now, by table


def undo_merge(double: Double) -> Merge:
    """Undo the merge in force of this pair, locked by the caller. Raises Stopped, Miscounted."""
    merge = double.merges.select_for_update(no_key=True).get(done_at__isnull=False, undone_at=None)
    both = lock_identities(double)
    if undo_needs_two(merge, *both) and merge.undo_confirmed_by_id is None:
        raise Stopped(["L’une des identités est qualifiée depuis\u00a0: une seconde personne doit confirmer."])
    if reasons := undo_refusals(merge=merge, cases=open_cases(double.pk)):
        raise Stopped(reasons)
    written = {one.table_name: one for one in merge.merged_tables.all()}
    plan = _plan(merge, written)
    _allocate(plan, merge)
    for table in file_tables():
        _move_back(table, merge, written.get(table.name), plan)
    touched = Patient.objects.filter(pk=merge.lost_id, merged_into=merge.kept_id).update(merged_into=None)
    assert touched == 1, "the lost identity was locked, an alias of the survivor"
    merge.undone_at, merge.obstacles, merge.unallocated = timezone.now(), [], []
    merge.save(update_fields=["undone_at", "obstacles", "unallocated"])
    announce_undo(merge)
    DOUBLE_LIFECYCLE.move(double, DoubleTransition.UNDONE)
    for patient_id in (merge.kept_id, merge.lost_id):
        record(PatientEvent.UNMERGED, on=double, patient_id=patient_id, by=WORKER, merge=str(merge.pk))
    return merge


def _plan(merge: Merge, written: dict[str, MergedTable]) -> _Plan:
    """Read the survivor's file and tell the rows of each from those written since."""
    plan = _Plan()
    for table in file_tables():
        then = written.get(table.name)
        moved, own = (set(then.moved), set(then.own)) if then else (set(), set())
        plan.rows[table.name] = []
        for pk, *links in table.of(merge.kept_id).order_by("pk").values_list("pk", *table.links):
            row = str(pk)
            plan.rows[table.name].append(row)
            key = _key(table, row)
            if row in moved:
                plan.owner[key] = LOST
            elif row in own:
                plan.owner[key] = KEPT
            elif table.model is not Access:
                plan.new[key] = (table, {str(link) for link in links if link is not None})
    return plan


def _key(table: FileTable, row: str) -> str:
    """Links name rows by their UUID alone; the others, numbered by table, are named with it."""
    return row if len(row) == 36 else f"{table.name}:{row}"


def _allocate(plan: _Plan, merge: Merge) -> None:
    """Give each new row to one of the two. Raises Stopped with those that a person must allocate."""
    said = {one["key"]: one["to"] for one in merge.unallocated if one["to"]}
    plan.owner |= {key: said[key] for key in plan.new if key in said}
    changed = True
    while changed:
        changed = False
        for key, (_, links) in plan.new.items():
            if key in plan.owner or links & (plan.new.keys() - plan.owner.keys() - {key}):
                continue  # known, or hanging from a row that is not
            owners = {plan.owner[link] for link in links if link in plan.owner}
            if len(owners) == 1:
                plan.owner[key] = owners.pop()
                changed = True
    if orphans := [key for key in plan.new if key not in plan.owner]:
        heads = [key for key in orphans if not plan.new[key][1] & (set(orphans) - {key})]
        raise Stopped(
            ["Des éléments ont été ajoutés depuis la fusion\u00a0: dites de chacun à laquelle des deux il revient."],
            [_described(key, plan.new[key][0]) for key in heads or orphans],
        )


def _described(key: str, table: FileTable) -> dict[str, Any]:
    """What the page shows of a row to allocate: its kind and when it was written, nothing it says."""
    row = key.rpartition(":")[2]
    at = datetime.fromtimestamp((UUID(row).int >> 80) / 1000, tz=UTC).isoformat() if len(row) == 36 else ""
    return {"key": key, "label": one_of(table.name), "at": at, "to": ""}


def _move_back(table: FileTable, merge: Merge, then: MergedTable | None, plan: _Plan) -> None:
    before = table.of(merge.lost_id).count(), len(plan.rows[table.name])
    rows = [row for row in plan.rows[table.name] if plan.owner.get(_key(table, row)) == LOST]
    moved, left = move_rows(table, merge, rows, back=True)
    if table.model is Access:
        _give_back_twins(left, merge)
    elif left:
        raise Stopped(
            [f"Un élément ne peut pas revenir à l’identité réunie, qui en a déjà un\u00a0: {one_of(table.name)}."]
        )
    if table.model is Access:
        _restore_accesses(merge, then, copies=LOST in (plan.owner[key] for key in plan.new))
        return
    after = table.of(merge.lost_id).count(), table.of(merge.kept_id).count()
    if after != (before[0] + len(moved), before[1] - len(moved)):
        raise Miscounted(table.name)


def _give_back_twins(left: list[str], merge: Merge) -> None:
    """Under the lost identity somebody opened it again to who had it: that access lasts as long as the longer one."""
    for one in Access.objects.filter(pk__in=left):
        twin = Access.objects.get(patient_id=merge.lost_id, principal_id=one.principal_id, reason=one.reason)
        twin.expires_at, one.expires_at = max(twin.expires_at, one.expires_at), timezone.now()
        twin.save(update_fields=["expires_at"])
        one.save(update_fields=["expires_at"])  # it was never of the survivor


def _restore_accesses(merge: Merge, then: MergedTable | None, *, copies: bool) -> None:
    """Ends that the merge had put off come back; what was opened since stays, and opens what goes back."""
    for row, columns in (then.changed if then else {}).items():
        before, after = (datetime.fromisoformat(value) for value in columns["expires_at"])
        Access.objects.filter(pk=row, patient_id=merge.kept_id, expires_at=after).update(expires_at=before)
    if copies:
        known = set(then.own) | set(then.moved) if then else set()
        since = [one for one in Access.objects.filter(patient_id=merge.kept_id) if str(one.pk) not in known]
        _copy(since, merge)


def _copy(accesses: list[Access], merge: Merge) -> None:
    for one in accesses:
        one.pk, one.patient_id = None, merge.lost_id
    Access.objects.bulk_create(accesses, ignore_conflicts=True)
