"""A new sheet takes over what the last validated one says (VAL-04), by stat key and by the policy of each question.

« toujours » is copied, « à confirmer » is copied and blocks validation until confirmed, « si coché » is copied when
somebody asks for it, « jamais » is asked again. Between two pathologies only the ground the patient stands on (the
chapter « Terrain ») is copied, to be confirmed: a tumour is never taken for another.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from dcc.accounts.models import User
from dcc.audit.record import record
from dcc.lib.french import date_short
from dcc.lib.prepared import Prepared
from rcp.events import RcpEvent
from rcp.models import Answer, AnswerEvent, Case, Origin, Outcome, Sheet, SheetStatus
from rcp.sheets.actions import Saved, operate, trace, write
from rcp.sheets.definitions import compiled
from rcp.sheets.engine import Compiled, Item, answers_from_response, link_id_of
from rcp.sheets.engine.paths import instance_of, split_path
from rcp.sheets.given import is_given
from rcp.sheets.storing import Locked

GROUND = "tronc.ch.terrain"
ALWAYS, CONFIRM, ON_REQUEST = "toujours", "a-confirmer", "si-coche"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The last validated sheet of the patient, as the new form reads it: values by path, policy by path."""

    sheet: Sheet
    label: str
    answers: dict[str, Any]
    policies: dict[str, str]

    def copied(self) -> dict[str, tuple[Any, bool]]:
        """What a new draft starts with: `{path: (value, to confirm)}`."""
        return {
            path: (value, self.policies[path] == CONFIRM)
            for path, value in self.answers.items()
            if self.policies[path] in (ALWAYS, CONFIRM)
        }

    def on_request(self) -> dict[str, Any]:
        return {path: value for path, value in self.answers.items() if self.policies[path] == ON_REQUEST}


_LAST = Prepared(
    lambda patient_id, case_id: (
        Sheet.objects.filter(patient_id=patient_id, status=SheetStatus.FROZEN)
        .exclude(case_id=case_id)
        .select_related("case__meeting__board", "form")
        .order_by("-frozen_at")[:1]
    ),
    patient_id=UUID,
    case_id=UUID,
)


def last_sheet(case: Case) -> Sheet | None:
    """The last validated sheet of the patient, before this case."""
    return _LAST.first(patient_id=case.patient_id, case_id=case.pk)


def source_of(case: Case, form: Compiled, code: str) -> Source | None:
    """What the last validated sheet gives to the form `code`; None for a first passage."""
    sheet = last_sheet(case)
    if sheet is None:
        return None
    old = compiled(sheet.form_id)
    same = sheet.form.code == code
    answers, policies = {}, {}
    by_stat = {item.stat: item for item in form.items.values() if item.stat}
    # Of what is calculated, only a value forced by hand is an answer: the rest follows from the others.
    for path, value in answers_from_response(old, sheet.response or {}, calculated=False).items():
        was = old.items[link_id_of(path)]
        item = by_stat.get(was.stat) if was.stat else None
        if item is None or item.type != was.type or (item.calculated and not item.overridable) or is_given(form, item):
            continue
        if (not same and item.chapter != GROUND) or not _still_offered(item, value):
            continue
        target = _moved(form, item, path)
        policies[target] = _policy(form, item, same=same)
        answers[target] = value
    held_on = date_short(sheet.case.meeting.held_on)
    label = f"repris de la fiche du {held_on}"
    return Source(sheet=sheet, label=label, answers=answers, policies=policies)


def prefill_from_last(*, case: Case, sheet: Sheet, by: User) -> int:
    """Copy what the last validated sheet gives into a draft nobody has written yet; returns how many answers."""
    source = source_of(case, compiled(sheet.form_id), sheet.form.code)
    copied = source.copied() if source else {}
    if source is None or not copied:
        return 0

    def apply(draft: Locked) -> Saved:
        shared = {"region_id": draft.region_id, "patient_id": draft.patient_id, "sheet_id": draft.sheet_id}
        Answer.objects.bulk_create(
            Answer(
                **shared, path=path, value=value, rev=draft.rev, origin=Origin.PREFILL, to_confirm=to_confirm,
                author=by, author_name=source.label,
            )
            for path, (value, to_confirm) in copied.items()
        )  # fmt: skip
        AnswerEvent.objects.bulk_create(
            AnswerEvent(
                **shared, op_id=uuid4(), path=path, value=value, base_ver=0, ver=1, rev=draft.rev,
                outcome=Outcome.APPLIED, author=by,
            )
            for path, (value, _) in copied.items()
        )  # fmt: skip
        return Saved(outcome=Outcome.APPLIED, path="", value=None, ver=1, rev=draft.rev)

    saved = operate(sheet_id=sheet.pk, op_id=uuid4(), path="", typed=None, by=by, apply=apply)
    assert saved is not None, "the sheet just opened is visible"
    sheet.rev = saved.rev
    record(RcpEvent.SHEET_PREFILLED, on=sheet, by=by, count=len(copied), source=source.label)
    return len(copied)


def take_over(*, case: Case, sheet: Sheet, link_ids: Iterable[str], op_id: UUID, by: User) -> Saved | None:
    """Copy the « si coché » answers of these questions into the draft, where nothing is answered yet."""
    form = compiled(sheet.form_id)
    source = source_of(case, form, sheet.form.code)
    wanted = frozenset(link_ids)
    asked = source.on_request() if source else {}
    copied = {path: value for path, value in asked.items() if asked_at(form, path) in wanted}
    if source is None or not copied:
        return None

    def apply(draft: Locked) -> Saved:
        rows = {row.path: row for row in Answer.objects.filter(sheet_id=sheet.pk, path__in=copied)}
        for path, value in copied.items():
            row = rows.get(path)
            if row is not None and row.value is not None:
                continue
            base_ver = row.ver if row else 0
            answer = write(draft, row, path=path, value=value, by=by, origin=Origin.PREFILL, author_name=source.label)
            trace(draft, op_id=uuid4(), path=path, value=value, base_ver=base_ver, ver=answer.ver, by=by)
        trace(draft, op_id=op_id, path="", value=sorted(wanted), base_ver=0, ver=0, by=by)
        return Saved(outcome=Outcome.APPLIED, path="", value=None, ver=0, rev=draft.rev)

    return operate(sheet_id=sheet.pk, op_id=op_id, path="", typed=sorted(wanted), by=by, apply=apply)


def offered(form: Compiled, source: Source, answered: Iterable[str]) -> list[Item]:
    """Questions (or repeating groups) that can still be taken over: nothing is answered there."""
    taken = {asked_at(form, path) for path in answered}
    asked = dict.fromkeys(asked_at(form, path) for path in source.on_request())
    return [form.items[link_id] for link_id in asked if link_id not in taken]


def asked_at(form: Compiled, path: str) -> str:
    """The question a path belongs to: a line belongs to its repeating group."""
    for segment in split_path(path):
        link_id, instance = instance_of(segment)
        if instance is not None:
            return link_id
    return link_id_of(path)


def _still_offered(item: Item, value: Any) -> bool:
    """Whether every listed answer taken over is still one of the options."""
    values = value if isinstance(value, list) else [value]
    listed = [option.value for option in item.options]
    return not listed or all(one in listed or not isinstance(one, dict) for one in values)


def _policy(form: Compiled, item: Item, *, same: bool) -> str:
    group = form.items[item.parent] if item.parent else None
    policy = group.reprise if group is not None and group.control == "list" else item.reprise
    return CONFIRM if policy == ALWAYS and (not same or item.calculated) else policy


def _moved(form: Compiled, item: Item, path: str) -> str:
    """The path of the same question in the new form, its lines keeping their identifiers."""
    instances = [one for segment in split_path(path) if (one := instance_of(segment)[1]) is not None]
    return form.path(item.link_id, *instances)
