"""What others answered since a revision: the paths to draw again, their own and those they opened or closed."""

from typing import Any

from rcp.models import AnswerEvent, Outcome
from rcp.sheets.draft import Draft
from rcp.sheets.drawing.reasons import explained_by
from rcp.sheets.engine import changed_enabled, link_id_of


def moved_since(draft: Draft, rev: int) -> set[str]:
    """Paths whose element is not what it was at `rev`, conflicts included."""
    events = AnswerEvent.objects.filter(sheet=draft.sheet, rev__gt=rev).exclude(path="")
    # A path without a step is a whole chapter confirmed at once: each of its answers has an event of its own.
    touched = {path for path in events.values_list("path", flat=True) if "/" in path}
    if not touched:
        return set()
    changes = changed_enabled(draft.form, _at(draft, rev, touched), draft.answers, draft.context)
    return touched | changes.paths | explained_by(draft.form, {link_id_of(path) for path in touched})


def _at(draft: Draft, rev: int, touched: set[str]) -> dict[str, Any]:
    """The answers at `rev`: those of now, but for the touched ones, whose last event until then speaks."""
    answers = {path: value for path, value in draft.answers.items() if path not in touched}
    known = AnswerEvent.objects.filter(sheet=draft.sheet, rev__lte=rev, outcome=Outcome.APPLIED, path__in=touched)
    former = dict(known.order_by("rev").values_list("path", "value"))
    return answers | {path: value for path, value in former.items() if value is not None}
