"""Answers that met another one and wait for somebody's choice: they block validation (FRM-07)."""

from typing import Any
from uuid import UUID

from dcc.lib.prepared import Prepared
from rcp.models import AnswerEvent, Outcome

_MET = Prepared(
    lambda sheet_id: AnswerEvent.objects.filter(sheet_id=sheet_id, outcome=Outcome.CONFLICT).only("path"),
    sheet_id=UUID,
)


def waiting_conflicts(sheet_id: UUID) -> list[AnswerEvent]:
    """The last waiting one of each question, in the order they came; one query where nothing ever met."""
    paths = {one.path for one in _MET.all(sheet_id=sheet_id)}
    if not paths:
        return []
    events = AnswerEvent.objects.filter(sheet_id=sheet_id, path__in=paths).exclude(outcome=Outcome.REFUSED)
    waiting: dict[str, list[AnswerEvent]] = {}
    for event in events.select_related("author").order_by("rev"):
        met = [one for one in waiting.get(event.path, []) if not _settles(event, one)]
        waiting[event.path] = [*met, event] if event.outcome == Outcome.CONFLICT else met
    return sorted((met[-1] for met in waiting.values() if met), key=lambda one: one.rev or 0)


def _settles(event: AnswerEvent, met: AnswerEvent) -> bool:
    """Whether a later event is a choice about what met.

    Its author speaks again, or what is there is kept as it is, or the words that met are taken, alone or after the
    others. Any other answer may come from a page that does not show the conflict yet: both stay to be chosen from.
    """
    if event.author_id == met.author_id:
        return True
    if event.outcome == Outcome.CONFLICT:
        return False
    return event.ver == event.base_ver or event.value == met.value or _ends_with(event.value, met.value)


def _ends_with(value: Any, words: Any) -> bool:
    return isinstance(value, str) and isinstance(words, str) and bool(words) and value.endswith(words)
