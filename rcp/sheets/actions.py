"""Writing a sheet: one row per answer, compare-and-swap per field, and nothing typed is ever lost (FRM-07).

The first statement of every save is the guarded UPDATE of `rev`: row lock, status test and order in one. Validation
takes that same row first. `SELECT … FOR SHARE` then an update would deadlock (711 of 720 saves, spec/forms.md §4).
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.utils import timezone

from dcc.accounts.models import User
from dcc.audit.record import record
from rcp.events import RcpEvent
from rcp.models import Answer, AnswerEvent, Case, Origin, Outcome, Sheet
from rcp.sheets.definitions import form_for


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What one operation asks: set the whole value, or tick and untick options of a list (never in conflict)."""

    value: Any = None
    add: Any = None
    remove: Any = None

    @property
    def is_option(self) -> bool:
        return self.add is not None or self.remove is not None

    def applied_to(self, current: Any) -> Any:
        if not self.is_option:
            return self.value
        values = [one for one in (current or []) if one not in (self.add, self.remove)]
        return ([*values, self.add] if self.add is not None else values) or None


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What became of one operation; on conflict `theirs` is the answer that is there."""

    outcome: Outcome
    path: str
    value: Any
    ver: int
    rev: int
    theirs: Answer | None = None
    replayed: bool = False


class _Replay(Exception):
    """Leaves the savepoint, so that a replayed operation does not use a revision."""


def open_sheet(*, case: Case, by: User) -> Sheet:
    """Open the draft of a case with the form in force for its board."""
    form = form_for(case.meeting.board)
    sheet = Sheet.objects.create(region_id=case.region_id, patient_id=case.patient_id, case=case, form=form)
    record(RcpEvent.SHEET_OPENED, on=sheet, by=by, form=str(form))
    return sheet


def save_answer(*, sheet_id: UUID, path: str, change: Change, base_ver: int, op_id: UUID, by: User) -> Saved | None:
    """Apply one operation to a draft; None when the sheet is not the reader's to see.

    Conflict, refusal (frozen) and replay are results, not exceptions: what was typed is kept in the events each time.
    """
    try:
        with transaction.atomic():
            return _save(sheet_id, path, change, base_ver, op_id, by)
    except _Replay:
        return _replayed(sheet_id, op_id)


def _save(sheet_id: UUID, path: str, change: Change, base_ver: int, op_id: UUID, by: User) -> Saved | None:
    locked = _next_revision(sheet_id)
    if AnswerEvent.objects.filter(sheet_id=sheet_id, op_id=op_id).exists():
        raise _Replay
    if locked is None:
        return _refuse(sheet_id, path, change, base_ver, op_id, by)
    rev, region_id, patient_id = locked
    answer = Answer.objects.filter(sheet_id=sheet_id, path=path).first()
    ver = answer.ver if answer else 0
    value = change.applied_to(answer.value if answer else None)
    conflict = ver != base_ver and not change.is_option and not (answer and answer.value == value)
    if not conflict:
        answer = _write(answer, sheet_id, path, value, rev, by, region_id, patient_id)
    AnswerEvent.objects.create(
        region_id=region_id,
        patient_id=patient_id,
        sheet_id=sheet_id,
        op_id=op_id,
        path=path,
        value=value,
        base_ver=base_ver,
        ver=None if conflict else answer.ver,
        rev=rev,
        outcome=Outcome.CONFLICT if conflict else Outcome.APPLIED,
        author=by,
    )
    if conflict:
        return Saved(outcome=Outcome.CONFLICT, path=path, value=value, ver=ver, rev=rev, theirs=answer)
    return Saved(outcome=Outcome.APPLIED, path=path, value=value, ver=answer.ver, rev=rev)


def _next_revision(sheet_id: UUID) -> tuple[int, int, UUID] | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE rcp_sheet SET rev = rev + 1 WHERE id = %s AND status = 'draft' RETURNING rev, region_id, patient_id",
            [sheet_id],
        )
        return cursor.fetchone()


def _write(
    answer: Answer | None,
    sheet_id: UUID,
    path: str,
    value: Any,
    rev: int,
    by: User,
    region_id: int,
    patient_id: UUID,
) -> Answer:
    if answer is None:
        answer = Answer(region_id=region_id, patient_id=patient_id, sheet_id=sheet_id, path=path, ver=0)
    answer.value, answer.ver, answer.rev = value, answer.ver + 1, rev
    answer.origin, answer.to_confirm = Origin.TYPED, False
    answer.author, answer.author_name, answer.updated_at = by, by.short_name or by.display_name, timezone.now()
    answer.save()
    return answer


def _refuse(sheet_id: UUID, path: str, change: Change, base_ver: int, op_id: UUID, by: User) -> Saved | None:
    sheet = Sheet.objects.filter(pk=sheet_id).first()
    if sheet is None:
        return None
    AnswerEvent.objects.create(
        region_id=sheet.region_id,
        patient_id=sheet.patient_id,
        sheet=sheet,
        op_id=op_id,
        path=path,
        value=change.applied_to(None),
        base_ver=base_ver,
        outcome=Outcome.REFUSED,
        author=by,
    )
    return Saved(outcome=Outcome.REFUSED, path=path, value=change.applied_to(None), ver=base_ver, rev=sheet.rev)


def _replayed(sheet_id: UUID, op_id: UUID) -> Saved:
    event = AnswerEvent.objects.get(sheet_id=sheet_id, op_id=op_id)
    answer = Answer.objects.filter(sheet_id=sheet_id, path=event.path).first()
    return Saved(
        outcome=Outcome(event.outcome),
        path=event.path,
        value=event.value,
        ver=answer.ver if answer else 0,
        rev=event.rev or 0,
        theirs=answer if event.outcome == Outcome.CONFLICT else None,
        replayed=True,
    )


def confirm_answer(*, sheet_id: UUID, path: str, by: User) -> Answer | None:
    """Confirm a prefilled answer as it is; None when the sheet is frozen or not the reader's."""
    answer = Answer.objects.filter(sheet_id=sheet_id, path=path).first()
    if answer is None:
        return None
    saved = save_answer(
        sheet_id=sheet_id, path=path, change=Change(value=answer.value), base_ver=answer.ver, op_id=uuid4(), by=by
    )
    return Answer.objects.get(pk=answer.pk) if saved and saved.outcome == Outcome.APPLIED else None


def prefill(*, sheet: Sheet, answers: dict[str, tuple[Any, bool]], by: User, source: str) -> int:
    """Copy answers of an earlier sheet into an untouched draft: `{path: (value, to confirm)}`; returns how many."""
    locked = _next_revision(sheet.pk)
    if locked is None:
        return 0
    rev, region_id, patient_id = locked
    rows = [
        Answer(
            region_id=region_id,
            patient_id=patient_id,
            sheet=sheet,
            path=path,
            value=value,
            rev=rev,
            origin=Origin.PREFILL,
            to_confirm=to_confirm,
            author=by,
            author_name=source,
        )
        for path, (value, to_confirm) in answers.items()
    ]
    return len(Answer.objects.bulk_create(rows, ignore_conflicts=True))
