"""The answer to an operation: what became of it, and the fragments it changed, as JSON for the page's script."""

from typing import Any

from django.http import JsonResponse
from django.template.loader import render_to_string
from django.utils import timezone

from dcc.lib.french import NBSP, time_short
from rcp.cases.page import live_parts
from rcp.models import AnswerEvent, Origin, Outcome
from rcp.sheets import panels
from rcp.sheets.actions import Saved
from rcp.sheets.desk import Desk
from rcp.sheets.drawing.controls import text_of
from rcp.sheets.drawing.names import element_id
from rcp.sheets.drawing.reasons import explained_by
from rcp.sheets.engine import AnswerRefused
from rcp.sheets.operations import Asked

CONCLUSION = "conclusion"
STATUSES = {Outcome.APPLIED: 200, Outcome.CONFLICT: 409, Outcome.REFUSED: 423}
LINE_OPERATIONS = frozenset({"line", "unline", "up", "down"})
# Operations after which the question itself is another: its mark, its conflict or its other boxes.
REDRAWN = frozenset({"confirm", "choose"})


def saved_response(desk: Desk, saved: Saved, asked: Asked, *, redraw: bool, page: str = "") -> JsonResponse:
    """200 applied, 409 in conflict, 423 refused; `desk` is read again, after the save."""
    content: dict[str, Any] = {
        "outcome": saved.outcome,
        "path": saved.path,
        "ver": saved.ver,
        "rev": saved.rev,
        "at": time_short(timezone.localtime()),
    }
    if saved.outcome == Outcome.REFUSED:
        content["message"] = desk.refusal
        return JsonResponse(content, status=423)
    if saved.outcome == Outcome.CONFLICT and asked.op in LINE_OPERATIONS:
        name = saved.theirs.author_name if saved.theirs else "Quelqu’un"
        content["message"] = f"{name} vient d’écrire dans cette ligne{NBSP}: elle n’est pas retirée. Relisez-la."
    content["fragments"] = fragments(desk, saved, asked, redraw=redraw, page=page)
    if saved.path and desk.draft.item(saved.path).is_question:
        content["must"] = any(issue["path"] == saved.path for issue in desk.draft.missing)
        content["shown"] = text_of(desk.draft.form, desk.draft.item(saved.path), desk.draft.answers.get(saved.path))
    return JsonResponse(content, status=STATUSES[saved.outcome])


def invalid_response(asked: Asked, refused: AnswerRefused) -> JsonResponse:
    """422: the value cannot be an answer; it stays in the field, nothing is written."""
    return JsonResponse({"outcome": "invalid", "path": asked.path, "message": refused.message}, status=422)


def fragments(desk: Desk, saved: Saved, asked: Asked, *, redraw: bool, page: str) -> dict[str, str]:
    """What the operation changed on the page, by element id: never the field one is typing in, unless asked."""
    painter = desk.painter()
    paths = _touched(desk, saved, asked, redraw=redraw)
    drawn: dict[str, str] = dict(painter.fragments(paths))
    drawn |= painter.lines.summaries({saved.path}) | painter.folds.counts({saved.path})
    chapter = desk.draft.item(saved.path).chapter
    if chapter and page != CONCLUSION and any(row.origin == Origin.PREFILL for row in desk.draft.rows.values()):
        drawn[element_id(chapter, "k")] = painter.confirm_all(chapter)
    return drawn | side(desk, page)


def _touched(desk: Desk, saved: Saved, asked: Asked, *, redraw: bool) -> set[str]:
    """Paths whose element is another after the operation."""
    draft, item = desk.draft, desk.draft.item(saved.path)
    if asked.op == "confirm" and item.type == "group":
        return set(AnswerEvent.objects.filter(sheet=draft.sheet, rev=saved.rev).values_list("path", flat=True)) - {
            saved.path
        }
    paths: set[str] = set()
    # A computed value that is forced says by whom, and what the rule gives instead.
    own = redraw or item.calculated or asked.op in REDRAWN | LINE_OPERATIONS
    if saved.outcome == Outcome.CONFLICT or own:
        paths.add(saved.path)
    if saved.outcome == Outcome.APPLIED and item.is_question:
        changes = draft.moved_by(saved.path, saved.before)
        paths |= changes.paths - ({saved.path} if not own else set())
        paths |= explained_by(draft.form, {item.link_id})
    return paths


def side(desk: Desk, page: str = "") -> dict[str, str]:
    """What stands around the questions of the page that asks: chapters and checks, or letter and checks."""
    if page == CONCLUSION:
        parts = live_parts(desk)
        return {
            "avant": render_to_string("rcp/cases/_before.html", parts),
            "lettre": render_to_string("rcp/cases/_letter.html", parts),
            "hors-fiche": render_to_string("rcp/sheets/_dormant.html", parts),
        }
    context = {"chapters": panels.chapters(desk), "checks": panels.checks(desk), "count": panels.to_do(desk)}
    context |= {"dormant": panels.dormant(desk)}
    return {
        "hors-fiche": render_to_string("rcp/sheets/_dormant.html", context),
        "chapitres": render_to_string("rcp/sheets/_chapters.html", context),
        "avant": render_to_string("rcp/sheets/_checks.html", context),
    }
