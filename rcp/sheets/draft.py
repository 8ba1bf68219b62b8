"""A sheet with its answers, evaluated: what screens, validation and the report all read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple, cast
from uuid import UUID

from dcc.lib.prepared import Prepared, read_together
from rcp.models import Answer, AnswerEvent, Attendance, Case, Sheet, SheetStatus
from rcp.sheets.conflicts import MET, waiting_conflicts
from rcp.sheets.context import launch_context
from rcp.sheets.definitions import compiled
from rcp.sheets.engine import (
    Changes,
    Compiled,
    Evaluation,
    Issue,
    Item,
    answers_from_response,
    constraint_issues,
    link_id_of,
    missing_for_validation,
    sentences,
    to_response,
    validate_compiled,
)
from rcp.sheets.engine import completion as engine_completion
from rcp.sheets.engine import dormant as engine_dormant
from rcp.sheets.given import quorum_code, registration_answers, room_answers
from rcp.sheets.kept import KEPT

QUORUM = "tronc.quorum"


class Row(NamedTuple):
    """An answer as a screen reads it: not a model, as a sheet holds hundreds and each save reads them all."""

    path: str
    value: Any
    ver: int
    rev: int
    origin: str
    to_confirm: bool
    author_name: str
    updated_at: datetime


_ANSWERS = Prepared(
    lambda sheet_id: Answer.objects.filter(sheet_id=sheet_id).order_by("path").values_list(*Row._fields), sheet_id=UUID
)
_ROOM = Prepared(
    lambda meeting_id: Attendance.objects.filter(meeting_id=meeting_id).select_related("user").order_by("name", "pk"),
    meeting_id=UUID,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChapterText:
    link_id: str
    title: str
    text: str


class _Evaluated:
    """A form that has already evaluated these very answers: what reads them all asks once."""

    def __init__(self, form: Compiled, answers: Mapping[str, Any], evaluation: Evaluation) -> None:
        self._form, self._answers, self._evaluation = form, answers, evaluation

    def __getattr__(self, name: str) -> Any:
        return getattr(self._form, name)

    def evaluate(self, answers: Mapping[str, Any], context: Mapping[str, Any] | None = None) -> Evaluation:
        return self._evaluation if answers is self._answers else self._form.evaluate(answers, context)


class Draft:
    """The answers of one sheet, the room and what met: one message to the database; the rest is computed and kept.

    A frozen sheet is read from its frozen response, never from what the case or the room became since.
    """

    def __init__(self, *, case: Case, sheet: Sheet) -> None:
        self.case, self.sheet = case, sheet
        self.form: Compiled = compiled(sheet.form_id)

    @property
    def frozen(self) -> bool:
        return self.sheet.status == SheetStatus.FROZEN

    @cached_property
    def _read(self) -> tuple[list[Attendance], list[tuple[Any, ...]], list[str]]:
        """The room, the answers and what ever met another one, read in one go."""
        room, answers, met = read_together(
            _ROOM.asked(meeting_id=self.case.meeting_id),
            _ANSWERS.asked(sheet_id=self.sheet.pk),
            MET.asked(sheet_id=self.sheet.pk),
        )
        return room, answers, met

    @cached_property
    def room(self) -> list[Attendance]:
        return self._read[0]

    @cached_property
    def context(self) -> dict[str, Any]:
        return launch_context(self.case, self._quorum())

    def _quorum(self) -> str | None:
        if not self.frozen:
            return quorum_code(self.case, self.room)
        value = self.answers.get(self.form.path(QUORUM)) if QUORUM in self.form.items else None
        return value.get("code") if isinstance(value, dict) else None

    @cached_property
    def rows(self) -> dict[str, Row]:
        return {row[0]: Row._make(row) for row in self._read[1]}

    @cached_property
    def given(self) -> dict[str, Any]:
        """Answers of the registration and of the room, read where they live."""
        return registration_answers(self.form, self.case) | room_answers(self.form, self.case, self.room)

    @cached_property
    def answers(self) -> dict[str, Any]:
        if self.frozen:
            return answers_from_response(self.form, self.sheet.response or {}, calculated=False)
        typed = {path: row.value for path, row in self.rows.items() if row.value is not None}
        return typed | self.given

    @cached_property
    def evaluation(self) -> Evaluation:
        return self.form.evaluate(self.answers, self.context)

    @cached_property
    def enabled(self) -> frozenset[str]:
        """Paths of the open items, read once: the engine lists them again each time it is asked."""
        return self.evaluation.enabled

    @cached_property
    def computed(self) -> dict[str, Any]:
        """Calculated answers of the open items, by path."""
        return self.evaluation.calculated

    @cached_property
    def read(self) -> Compiled:
        """The form as the engine's readers take it, its evaluation shared between them."""
        return cast(Compiled, _Evaluated(self.form, self.answers, self.evaluation))

    def moved_by(self, path: str, before: Any) -> Changes:
        """What one answer moved, `before` being what it replaced; the draft is evaluated once for both states."""
        evaluation = KEPT.take(self.sheet.pk, self.form, self.before({path: before}), self.context)
        changes = evaluation.change(path, self.answers.get(path))
        self.evaluation = evaluation  # it now says what a whole evaluation of the answers would
        return changes

    def release(self) -> None:
        """Leave the evaluation to the next save: nothing of this draft is drawn afterwards."""
        if "evaluation" in self.__dict__:
            KEPT.give_back(self.sheet.pk, self.__dict__.pop("evaluation"))

    def before(self, changed: Mapping[str, Any]) -> dict[str, Any]:
        """The answers as they were, `changed` giving the former values by path (None: unanswered)."""
        return {path: value for path, value in {**self.answers, **changed}.items() if value is not None}

    @cached_property
    def to_confirm(self) -> list[str]:
        """Paths of the open prefilled answers nobody has confirmed yet: they block validation."""
        return [path for path, row in self.rows.items() if row.to_confirm and path in self.enabled]

    @cached_property
    def conflicts(self) -> list[AnswerEvent]:
        """Answers that met another one, until somebody chooses: they block validation."""
        met = waiting_conflicts(self.sheet.pk, met=self._read[2])
        return [event for event in met if event.path in self.enabled and self.item(event.path).is_question]

    @cached_property
    def missing(self) -> list[Issue]:
        """Required answers that lack, and rules of the form that are broken, in the words to show."""
        return missing_for_validation(self.read, self.answers, self.context)

    @cached_property
    def constraints(self) -> list[Issue]:
        return constraint_issues(self.read, self.answers, self.context)

    @cached_property
    def completion(self) -> dict[str, tuple[int, int]]:
        return engine_completion(self.read, self.answers, self.context)

    @cached_property
    def dormant(self) -> dict[str, Any]:
        return engine_dormant(self.read, self.answers, self.context)

    def response(self, *, authored: str) -> dict[str, Any]:
        """The QuestionnaireResponse of what is open, calculated answers included: dormant ones stay out of it."""
        return to_response(self.read, self.answers, self.context, authored=authored)

    def faults(self, response: dict[str, Any]) -> list[Issue]:
        """What `response` breaks of its form, read back from the very JSON that would be frozen.

        Screens refuse a wrong answer as it is typed; one that came by another way (an import, a replacement, a repair
        of the database) is only seen here. What lacks is `missing`, which knows what the meeting itself fills.
        """
        found = validate_compiled(self.form, response, context=self.context)
        return [one for one in found if one["severity"] == "error" and one["code"] != "required"]

    @cached_property
    def sentences(self) -> list[ChapterText]:
        link_ids = {chapter.text: chapter.link_id for chapter in self.form.chapters}
        return [
            ChapterText(link_id=link_ids.get(title, ""), title=title, text=text)
            for title, text in sentences(self.read, self.answers, self.context)
        ]

    def item(self, path: str) -> Item:
        return self.form.items[link_id_of(path)]
