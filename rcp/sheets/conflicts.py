"""Answers that met another one and wait for somebody's choice: they block validation (FRM-07)."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from dcc.lib.prepared import Prepared
from rcp.models import AnswerEvent, Outcome

MET = Prepared(
    lambda sheet_id: AnswerEvent.objects.filter(sheet_id=sheet_id, outcome=Outcome.CONFLICT).values_list(
        "path", flat=True
    ),
    sheet_id=UUID,
)


def waiting_conflicts(sheet_id: UUID, *, met: Collection[str]) -> list[AnswerEvent]:
    """The last waiting one of each question of `met` (paths where some ever did), in the order they came."""
    if not met:
        return []
    events = AnswerEvent.objects.filter(sheet_id=sheet_id, path__in=met).exclude(outcome=Outcome.REFUSED)
    waiting: dict[str, list[AnswerEvent]] = {}
    for event in events.select_related("author").order_by("rev"):
        still = [one for one in waiting.get(event.path, []) if not _settles(event, one)]
        waiting[event.path] = [*still, event] if event.outcome == Outcome.CONFLICT else still
    return sorted((still[-1] for still in waiting.values() if still), key=lambda one: one.rev or 0)


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
