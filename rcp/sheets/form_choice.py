"""Which form a sheet is filled with: its board's, or another of the board's forms for another organ (FRM-02).

A digestive board sees colons, livers and stomachs: the registration opens the board's first form, the sheet proposes
the one its topography calls for, and changing keeps every answer the two forms share.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from dcc.accounts.models import User
from dcc.audit.record import record
from rcp.boards.presets import FORMS
from rcp.events import RcpEvent
from rcp.models import Answer, Board, Case, Outcome, Sheet
from rcp.sheets.actions import Saved, operate, trace, write
from rcp.sheets.definitions import TRUNK, compiled, form_in_force
from rcp.sheets.engine import Compiled, link_id_of
from rcp.sheets.storing import Locked

TOPOGRAPHY = "tronc.topo"
CHANGED = "#fiche"  # the path of the operation: no question's
# ICD-10 categories of each organ form (spec/clinical §10), longest prefix first when they overlap.
TOPOGRAPHIES: dict[str, tuple[str, ...]] = {
    "sein": ("C50", "D05"),
    "colorectal": ("C18", "C19", "C20", "C21"),
    "thorax": ("C33", "C34", "C37", "C38", "C45.0"),
    "prostate": ("C61",),
    "uro": ("C60", "C62", "C64", "C65", "C66", "C67", "C68"),
    "vads": tuple(f"C{number:02d}" for number in (*range(15), 30, 31, 32)),
    "gyneco": tuple(f"C{number}" for number in range(51, 58)),
    "hemato": (*(f"C{number}" for number in (81, 82, 83, 84, 85, 86, 88, *range(90, 97))), "D45", "D46", "D47"),
    "melanome": ("C43", "C44", "D03"),
    "neuro": ("C70", "C71", "C72", "D32", "D33", "D43"),
    "sarcome": ("C40", "C41", "C47", "C48", "C49"),
    "hpb": ("C22", "C23", "C24", "C25"),
    "estomac": ("C15", "C16"),
    "thyroide": ("C73",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FormOffer:
    """A form this sheet may be filled with instead; `because` is the topography that calls for it, or ""."""

    code: str
    title: str
    because: str = ""


class FormRefusedHere(Exception):
    """The board does not use this form, or the sheet already does."""


def forms_of(board: Board) -> list[str]:
    """The codes of a board's forms, its usual one first."""
    return list(dict.fromkeys((board.form_code, *board.other_forms)))


def form_of_topography(code: str) -> str:
    """The organ form an ICD-10 topography calls for; "" when none does."""
    return next((form for form, prefixes in TOPOGRAPHIES.items() if code.startswith(prefixes)), "")


def offers(*, board: Board, current: str, answers: dict[str, Any], form: Compiled) -> list[FormOffer]:
    """The board's other forms, the one that the topography calls for first and saying so."""
    chosen = answers.get(form.path(TOPOGRAPHY)) if TOPOGRAPHY in form.items else None
    topography = str(chosen.get("code") or "") if isinstance(chosen, dict) else ""
    wanted = form_of_topography(topography)
    others = [code for code in forms_of(board) if code not in (current, TRUNK)]
    found = [
        FormOffer(
            code=code, title=FORMS.get(code, code).partition(" (")[0], because=topography if code == wanted else ""
        )
        for code in others
    ]
    return sorted(found, key=lambda offer: not offer.because)


def change_form(*, case: Case, sheet: Sheet, form_code: str, op_id: UUID, by: User) -> Saved | None:
    """Fill a draft with another form of its board: shared answers stay, those of the former form come back with it.

    An answer that the new form cannot hold (a T its list does not have) is emptied, its former value kept in the
    events. Raises FormRefusedHere.
    """
    if form_code not in forms_of(case.meeting.board) or sheet.form.code == form_code:
        raise FormRefusedHere
    version = form_in_force(form_code)
    form = compiled(version.pk)

    def apply(draft: Locked) -> Saved:
        Sheet.objects.filter(pk=sheet.pk).update(form=version)
        for answer in Answer.objects.filter(sheet_id=sheet.pk).exclude(value=None).order_by("path"):
            if not _fits(form, answer):
                _empty(draft, answer, by)
        trace(draft, op_id=op_id, path=CHANGED, value=form_code, base_ver=0, ver=0, by=by)
        record(RcpEvent.FORM_CHANGED, on=sheet, by=by, form=str(version), former=str(sheet.form))
        return Saved(outcome=Outcome.APPLIED, path=CHANGED, value=form_code, ver=0, rev=draft.rev)

    return operate(sheet_id=sheet.pk, op_id=op_id, path=CHANGED, typed=form_code, by=by, apply=apply)


def _fits(form: Compiled, answer: Answer) -> bool:
    """Whether the question of an answer has it among its options; another form's question is left asleep."""
    item = form.items.get(link_id_of(answer.path))
    if item is None or not item.options or item.type == "open-choice":
        return True
    codes = {option.key for option in item.options}
    values = answer.value if isinstance(answer.value, list) else [answer.value]
    return all(not isinstance(one, dict) or one.get("code") in codes for one in values)


def _empty(draft: Locked, answer: Answer, by: User) -> None:
    base_ver = answer.ver
    write(draft, answer, path=answer.path, value=None, by=by)
    trace(draft, op_id=uuid4(), path=answer.path, value=None, base_ver=base_ver, ver=answer.ver, by=by)
