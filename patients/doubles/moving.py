"""A merge carried out by the worker, in one transaction: every row of the lost file moves and is noted.

Lock order (architecture §4): pair, meetings, patients by key, then tables parents first. Every table is counted before
and after; a difference undoes the transaction. What may exist once a patient only (contact, one access by principal and
reason) stays with the lost identity when the survivor has its own. Frozen data is not rewritten: it says what was
known when it was signed.
"""

from collections.abc import Sequence
from datetime import timedelta

from django.db import IntegrityError, connection, transaction
from django.db.models import Model
from django.utils import timezone

from dcc.audit.record import System, record
from patients.doubles.lifecycle import DOUBLE_LIFECYCLE, DoubleTransition
from patients.doubles.notices import announce_merge
from patients.doubles.obstacles import Stopped, open_cases, opposition_refusals, refusals
from patients.doubles.survivor import survivor_of
from patients.doubles.tables import FileTable, file_tables
from patients.doubles.wording import one_of
from patients.events import PatientEvent
from patients.models import Access, Double, DoubleStatus, Merge, MergedTable, Patient

WORKER = System("fusion des identités")
LATE = timedelta(days=1)  # no transaction that read the former patient lives longer
_UNIQUE = "23505"
STUCK = (
    "Un dossier de RCP a été inscrit sous l’identité réunie, à une séance où celle qui reste est inscrite aussi. "
    "Annulez l’une des deux inscriptions\u00a0: l’autre suivra d’elle-même."
)


class Miscounted(Exception):
    """A table does not hold after the move what it held before: everything is undone, the worker tries again."""


def merge_pair(double: Double) -> Merge:
    """Carry out the merge asked for this pair, locked by the caller. Raises Stopped, Miscounted."""
    merge = double.merges.get(closed_at=None, done_at=None)
    kept, lost = lock_identities(double)
    chosen = survivor_of(kept, lost)
    if chosen.kept.pk != merge.kept_id:
        raise Stopped(["L’identité à garder n’est plus la même\u00a0: l’une des deux a changé. Décidez de nouveau."])
    if chosen.needs_two and merge.confirmed_by_id is None:
        raise Stopped(["L’une des identités est qualifiée depuis\u00a0: une seconde personne doit confirmer."])
    reasons = refusals(kept=chosen.kept, lost=chosen.lost, cases=open_cases(double.pk))
    if reasons := reasons + opposition_refusals(merge.kept_id, merge.lost_id):
        raise Stopped(reasons)
    done = [_move_table(table, merge) for table in file_tables()]
    touched = Patient.objects.filter(pk=merge.lost_id, merged_into=None).update(merged_into=merge.kept_id)
    assert touched == 1, "the lost identity was locked and living"
    merge.done_at, merge.rows = timezone.now(), sum(len(one.moved) for one in done)
    merge.tables, merge.obstacles = len(done), []
    merge.save(update_fields=["done_at", "rows", "tables", "obstacles"])
    announce_merge(merge)
    _settle_other_pairs(merge)
    DOUBLE_LIFECYCLE.move(double, DoubleTransition.DONE)
    for patient_id in (merge.kept_id, merge.lost_id):
        record(PatientEvent.MERGED, on=double, patient_id=patient_id, by=WORKER, rows=merge.rows, merge=str(merge.pk))
    return merge


def lock_identities(double: Double) -> tuple[Patient, Patient]:
    """Hold the meetings of both, then both identities by key: nobody registers, validates or opens a meeting meanwhile.

    NO KEY: a save holds its sheet while the foreign keys of its answers look the patient up, and must not wait here.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT dcc_hold_meetings(%s)", [double.pk])
    pair = [double.first_id, double.second_id]
    locked = Patient.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=pair).order_by("pk")
    first, second = list(locked)
    return first, second


def move_rows(
    table: FileTable, merge: Merge, rows: Sequence[str], *, back: bool = False
) -> tuple[list[str], list[str]]:
    """Move these rows to the survivor, or `back`; gives (moved, left): one is left where the other has its own."""
    if not rows:
        return [], []
    try:
        with transaction.atomic():
            return _updated(table, merge, rows, back=back), []
    except IntegrityError as error:
        if getattr(error.__cause__, "sqlstate", "") != _UNIQUE:
            raise
    moved: list[str] = []
    left: list[str] = []
    for row in rows:
        try:
            with transaction.atomic():
                moved += _updated(table, merge, [row], back=back)
        except IntegrityError as error:
            if getattr(error.__cause__, "sqlstate", "") != _UNIQUE:
                raise
            left.append(row)
    return moved, left


def follow_late_rows() -> int:
    """Move what landed on a lost identity after its merge, from hands that had read it before; how many rows."""
    since = timezone.now() - LATE
    recent = list(
        Merge.objects.select_for_update(skip_locked=True, no_key=True)
        .filter(done_at__gt=since, undone_at=None)
        .order_by("done_at")
    )
    return sum(_follow(merge) for merge in recent)


def _follow(merge: Merge) -> int:
    """Rows that hang together move together or not at all: a case is never parted from its sheet.

    What cannot move (a second registration to one meeting) is said on the pair and tried again by the next sweep.
    """
    written = {one.table_name: one for one in merge.merged_tables.all()}
    late = _late_rows(merge, written)
    moved, stuck = 0, False
    for group in _hanging_together(late):
        try:
            with transaction.atomic():
                for table, rows in group:
                    _updated(table, merge, rows, back=False)
        except IntegrityError as error:
            if getattr(error.__cause__, "sqlstate", "") != _UNIQUE:
                raise
            if len(group) == 1:  # the survivor has its own
                _note(written[group[0][0].name], [], group[0][1])
            else:
                stuck = True
        else:
            for table, rows in group:
                _note(written[table.name], rows, [])
                moved += len(rows)
    if moved or stuck:
        merge.rows += moved
        merge.obstacles = [STUCK] if stuck else []
        merge.save(update_fields=["rows", "obstacles"])
    return moved


def _late_rows(merge: Merge, written: dict[str, MergedTable]) -> dict[str, tuple[FileTable, set[str]]]:
    """{row: its table and the rows it hangs from} of what is on the lost identity and was not left there."""
    found = {}
    for table in file_tables():
        left = set(written[table.name].left)
        for pk, *links in table.of(merge.lost_id).order_by("pk").values_list("pk", *table.links):
            if str(pk) not in left:
                found[str(pk)] = (table, {str(link) for link in links if link is not None})
    return found


def _hanging_together(late: dict[str, tuple[FileTable, set[str]]]) -> list[list[tuple[FileTable, list[str]]]]:
    """The same rows in groups that links join, each by table, parents first."""
    group_of: dict[str, set[str]] = {row: {row} for row in late}
    for row, (_, links) in late.items():
        for link in links & late.keys():
            joined = group_of[row] | group_of[link]
            for one in joined:
                group_of[one] = joined
    groups = {id(rows): rows for rows in group_of.values()}
    return [
        [(table, held) for table in file_tables() if (held := sorted(row for row in rows if late[row][0] == table))]
        for rows in groups.values()
    ]


def _note(written: MergedTable, moved: list[str], left: list[str]) -> None:
    written.moved, written.left = [*written.moved, *moved], [*written.left, *left]
    written.lost_before += len(moved) + len(left)
    written.lost_after += len(left)
    written.kept_after += len(moved)
    written.save(update_fields=["moved", "left", "lost_before", "lost_after", "kept_after"])


def _move_table(table: FileTable, merge: Merge) -> MergedTable:
    lost = [str(pk) for pk in table.of(merge.lost_id).order_by("pk").values_list("pk", flat=True)]
    own = [str(pk) for pk in table.of(merge.kept_id).order_by("pk").values_list("pk", flat=True)]
    moved, left = move_rows(table, merge, lost)
    if left and any(table.model in _targets(other) for other in file_tables()):
        raise Stopped(
            [
                f"Les deux dossiers ont chacun un élément qui n’existe qu’une fois ({one_of(table.name)})\u00a0: "
                "réglez d’abord ce conflit."
            ]
        )
    written = MergedTable(
        region_id=merge.region_id,
        patient_id=merge.kept_id,
        merge=merge,
        table_name=table.name,
        moved=moved,
        own=own,
        left=left,
        changed=_union(left, merge) if table.model is Access else {},
        lost_before=len(lost),
        kept_before=len(own),
        lost_after=table.of(merge.lost_id).count(),
        kept_after=table.of(merge.kept_id).count(),
    )
    if written.lost_after != len(left) or written.kept_after != len(own) + len(moved) or len(moved + left) != len(lost):
        raise Miscounted(table.name)
    written.save(force_insert=True)
    return written


def _targets(table: FileTable) -> set[type[Model] | None]:
    fields = {field.attname: field for field in table.model._meta.concrete_fields}
    return {fields[link].related_model for link in table.links if fields[link].is_relation}


def _union(left: Sequence[str], merge: Merge) -> dict[str, dict[str, list[str]]]:
    """An access that both had lasts as long as the longer of the two."""
    changed = {}
    for mine in Access.objects.filter(pk__in=left):
        twin = Access.objects.get(patient_id=merge.kept_id, principal_id=mine.principal_id, reason=mine.reason)
        if twin.expires_at < mine.expires_at:
            changed[str(twin.pk)] = {"expires_at": [twin.expires_at.isoformat(), mine.expires_at.isoformat()]}
            twin.expires_at = mine.expires_at
            twin.save(update_fields=["expires_at"])
    return changed


def _updated(table: FileTable, merge: Merge, rows: Sequence[str], *, back: bool) -> list[str]:
    target, source = (merge.lost_id, merge.kept_id) if back else (merge.kept_id, merge.lost_id)
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_column_privilege(%s, 'patient_id', 'UPDATE')", [table.name])
        if cursor.fetchone()[0]:
            cursor.execute(
                f'UPDATE "{table.name}" SET patient_id = %s WHERE patient_id = %s AND id::text = ANY (%s)'  # noqa: S608
                " RETURNING id::text",
                [target, source, list(rows)],
            )
        else:  # insert-only for the worker too
            cursor.execute("SELECT dcc_move_rows(%s, %s, %s, %s)", [merge.pk, table.name, back, list(rows)])
        return sorted(row[0] for row in cursor.fetchall())


def _settle_other_pairs(merge: Merge) -> None:
    """What was waiting about the lost identity is now about the one that stays."""
    others = Double.objects.waiting().about(merge.lost_id).exclude(pk=merge.double_id)
    for double in others.exclude(status=DoubleStatus.ASKED).select_for_update(no_key=True):
        other = double.second_id if double.first_id == merge.lost_id else double.first_id
        reported = double.status == DoubleStatus.REPORTED
        DOUBLE_LIFECYCLE.move(double, DoubleTransition.CLEAR)
        double.save(update_fields=["status"])
        record(PatientEvent.DOUBLE_CLEARED, on=double, patient_id=merge.lost_id, by=WORKER)
        first, second = sorted((merge.kept_id, other))
        if not Double.objects.about(first).filter(pk__in=Double.objects.about(second).values("pk")).exists():
            Double.objects.create(
                region_id=double.region_id,
                first_id=first,
                second_id=second,
                score=double.score,
                probable=double.probable,
                collision=double.collision,
                evidence=double.evidence,
                organisation_id=double.organisation_id,
                status=DoubleStatus.REPORTED if reported else DoubleStatus.TO_EXAMINE,
                reported_by_id=double.reported_by_id,
                reported_at=double.reported_at,
                reported_why=double.reported_why,
            )
