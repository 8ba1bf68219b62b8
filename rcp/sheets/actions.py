"""Writing a sheet: one row per answer, compare-and-swap per field, and nothing typed is ever lost (FRM-07).

The first statement of every save takes the row of the sheet for itself: row lock, status test and order in one.
Validation takes that same row first. `SELECT … FOR SHARE` then an update would deadlock (711 of 720 saves,
spec/forms.md §4).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from dcc.accounts.models import User
from dcc.audit.record import record
from dcc.lib.prepared import Prepared
from rcp.events import RcpEvent
from rcp.models import Answer, AnswerEvent, Case, Origin, Outcome, Sheet
from rcp.sheets.definitions import form_for
from rcp.sheets.storing import Locked, Untaken, store, take

_ANSWER = Prepared(lambda sheet_id, path: Answer.objects.filter(sheet_id=sheet_id, path=path), sheet_id=UUID, path=str)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What one operation asks: set the whole value, or tick and untick options of a list.

    Options: `add` is ticked, those of `remove` are unticked, the result is in the order of `options`. Two people may
    tick different boxes at once; only a box that excludes others unticks what its author may not have seen.
    """

    value: Any = None
    add: Any = None
    remove: tuple[Any, ...] = ()
    options: tuple[Any, ...] = ()

    @property
    def is_option(self) -> bool:
        return self.add is not None or bool(self.remove)

    def meets(self, current: Any) -> bool:
        """Whether it would take away an answer that came since its author last read this question."""
        if not self.is_option:
            return True
        return self.add is not None and any(one in self.remove for one in current or [])

    def applied_to(self, current: Any) -> Any:
        if not self.is_option:
            return self.value
        kept = [one for one in (current or []) if one not in self.remove and one != self.add]
        ticked = [*kept, self.add] if self.add is not None else kept
        ordered = [one for one in self.options if one in ticked]
        return [*ordered, *(one for one in ticked if one not in ordered)] or None


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What became of one operation; on conflict `theirs` is the answer that is there, `before` what was replaced."""

    outcome: Outcome
    path: str
    value: Any
    ver: int
    rev: int
    before: Any = None
    theirs: Answer | None = None
    replayed: bool = False


Operation = Callable[[Locked], Saved]


def open_sheet(*, case: Case, by: User) -> Sheet:
    """Open the draft of a case with the form in force for its board, prefilled from the last one (VAL-04)."""
    from rcp.sheets.reprise import prefill_from_last  # it writes with the functions below

    form = form_for(case.meeting.board)
    sheet = Sheet.objects.create(region_id=case.region_id, patient_id=case.patient_id, case=case, form=form)
    record(RcpEvent.SHEET_OPENED, on=sheet, by=by, form=str(form))
    prefill_from_last(case=case, sheet=sheet, by=by)
    return sheet


def save_answer(*, sheet_id: UUID, path: str, change: Change, base_ver: int, op_id: UUID, by: User) -> Saved | None:
    """Apply one operation to a draft; None when the sheet is not the reader's to see.

    Conflict, refusal (frozen) and replay are results, not exceptions: what was typed is kept in the events each time.
    """

    def apply(draft: Locked) -> Saved:
        there = draft.there
        value, ver = change.applied_to(there.value), there.ver
        same = bool(ver) and there.value == value
        saved = partial(Saved, path=path, value=value, rev=draft.rev, before=there.value)
        if ver != base_ver and not same and change.meets(there.value):
            trace(draft, op_id=op_id, path=path, value=value, base_ver=base_ver, ver=None, by=by)
            theirs = _ANSWER.first(sheet_id=sheet_id, path=path)
            return saved(outcome=Outcome.CONFLICT, ver=ver, theirs=theirs)
        if same and not there.to_confirm:
            trace(draft, op_id=op_id, path=path, value=value, base_ver=base_ver, ver=ver, by=by)
        else:
            ver = store(draft, op_id=op_id, path=path, value=value, base_ver=base_ver, by=by)
        return saved(outcome=Outcome.APPLIED, ver=ver)

    typed = change.applied_to(None)
    return operate(sheet_id=sheet_id, op_id=op_id, path=path, typed=typed, by=by, apply=apply, savepoint=False)


def operate(
    *, sheet_id: UUID, op_id: UUID, path: str, typed: Any, by: User, apply: Operation, savepoint: bool = True
) -> Saved | None:
    """Run `apply` on the locked draft, once for each op_id; a refused operation is kept with what was `typed`.

    Without `savepoint`, an `apply` that fails takes the whole request with it.
    """
    with transaction.atomic(savepoint=savepoint):
        taken = take(sheet_id=sheet_id, op_id=op_id, path=path)
        if isinstance(taken, Locked):
            return apply(taken)
    if taken is Untaken.REPLAYED:
        return _replayed(sheet_id, op_id)
    return _refuse(sheet_id, path, typed, op_id, by)


def write(
    draft: Locked,
    answer: Answer | None,
    *,
    path: str,
    value: Any,
    by: User,
    origin: Origin = Origin.TYPED,
    to_confirm: bool = False,
    author_name: str = "",
) -> Answer:
    """Write one answer of a locked draft: a new version of what is there."""
    if answer is None:
        answer = Answer(
            region_id=draft.region_id, patient_id=draft.patient_id, sheet_id=draft.sheet_id, path=path, ver=0
        )
    answer.value, answer.ver, answer.rev = value, answer.ver + 1, draft.rev
    answer.origin, answer.to_confirm = origin, to_confirm
    answer.author, answer.author_name = by, author_name or by.short_name or by.display_name
    answer.updated_at = timezone.now()
    answer.save()
    return answer


def trace(
    draft: Locked, *, op_id: UUID, path: str, value: Any, base_ver: int, ver: int | None, by: User
) -> AnswerEvent:
    """Keep what was asked, for ever; without `ver` it met another answer and was not applied."""
    return AnswerEvent.objects.create(
        region_id=draft.region_id,
        patient_id=draft.patient_id,
        sheet_id=draft.sheet_id,
        op_id=op_id,
        path=path,
        value=value,
        base_ver=base_ver,
        ver=ver,
        rev=draft.rev,
        outcome=Outcome.CONFLICT if ver is None else Outcome.APPLIED,
        author=by,
    )


def _refuse(sheet_id: UUID, path: str, value: Any, op_id: UUID, by: User) -> Saved | None:
    sheet = Sheet.objects.filter(pk=sheet_id).only("region_id", "patient_id", "rev").first()
    if sheet is None:
        return None
    refused = AnswerEvent(
        region_id=sheet.region_id,
        patient_id=sheet.patient_id,
        sheet=sheet,
        op_id=op_id,
        path=path,
        value=value,
        base_ver=0,
        outcome=Outcome.REFUSED,
        author=by,
    )
    AnswerEvent.objects.bulk_create([refused], ignore_conflicts=True)  # the same operation may be replayed at once
    return Saved(outcome=Outcome.REFUSED, path=path, value=value, ver=0, rev=sheet.rev)


def _replayed(sheet_id: UUID, op_id: UUID) -> Saved:
    event = AnswerEvent.objects.get(sheet_id=sheet_id, op_id=op_id)
    answer = Answer.objects.filter(sheet_id=sheet_id, path=event.path).first()
    there = answer.ver if answer else 0
    # The version it made: with the one of today, its author would write over a colleague's answer without seeing it.
    return Saved(
        outcome=Outcome(event.outcome),
        path=event.path,
        value=event.value,
        ver=there if event.ver is None else event.ver,
        rev=event.rev or 0,
        theirs=answer if event.outcome == Outcome.CONFLICT else None,
        replayed=True,
    )


def confirm_answer(*, sheet_id: UUID, path: str, op_id: UUID | None = None, by: User) -> Saved | None:
    """Confirm a prefilled answer as it is; None when there is no such answer."""
    answer = Answer.objects.filter(sheet_id=sheet_id, path=path).first()
    if answer is None:
        return None
    return save_answer(
        sheet_id=sheet_id,
        path=path,
        change=Change(value=answer.value),
        base_ver=answer.ver,
        op_id=op_id or uuid4(),
        by=by,
    )


def confirm_chapter(*, sheet_id: UUID, chapter: str, paths: Iterable[str], op_id: UUID, by: User) -> Saved | None:
    """Confirm the prefilled answers of a chapter among `paths`, those the reader saw open; each keeps its own trace."""
    wanted = [path for path in paths if path.startswith(f"{chapter}/")]

    def apply(draft: Locked) -> Saved:
        for answer in Answer.objects.filter(sheet_id=sheet_id, path__in=wanted, to_confirm=True).order_by("path"):
            base_ver = answer.ver
            write(draft, answer, path=answer.path, value=answer.value, by=by)
            trace(draft, op_id=uuid4(), path=answer.path, value=answer.value, base_ver=base_ver, ver=answer.ver, by=by)
        trace(draft, op_id=op_id, path=chapter, value=None, base_ver=0, ver=0, by=by)
        return Saved(outcome=Outcome.APPLIED, path=chapter, value=None, ver=0, rev=draft.rev)

    return operate(sheet_id=sheet_id, op_id=op_id, path=chapter, typed=None, by=by, apply=apply)
