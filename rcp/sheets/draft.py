"""A sheet with its answers, evaluated: what screens, validation and the report all read."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from rcp.models import Answer, Case, Sheet
from rcp.sheets.context import launch_context
from rcp.sheets.definitions import compiled
from rcp.sheets.engine import Compiled, Evaluation, Issue, missing_for_validation, sentences, to_response
from rcp.sheets.engine import completion as engine_completion
from rcp.sheets.engine import dormant as engine_dormant


@dataclass(frozen=True, slots=True, kw_only=True)
class ChapterText:
    link_id: str
    title: str
    text: str


class Draft:
    """One query for the answers; everything else is computed and kept."""

    def __init__(self, *, case: Case, sheet: Sheet) -> None:
        self.case, self.sheet = case, sheet
        self.form: Compiled = compiled(sheet.form_id)
        self.context: dict[str, Any] = launch_context(case)

    @cached_property
    def rows(self) -> dict[str, Answer]:
        return {row.path: row for row in Answer.objects.filter(sheet=self.sheet).order_by("path")}

    @cached_property
    def answers(self) -> dict[str, Any]:
        return {path: row.value for path, row in self.rows.items() if row.value is not None}

    @cached_property
    def evaluation(self) -> Evaluation:
        return self.form.evaluate(self.answers, self.context)

    @cached_property
    def to_confirm(self) -> list[str]:
        """Paths of the open prefilled answers nobody has confirmed yet: they block validation."""
        return [path for path, row in self.rows.items() if row.to_confirm and path in self.evaluation.enabled]

    def missing(self) -> list[Issue]:
        return missing_for_validation(self.form, self.answers, self.context)

    def completion(self) -> dict[str, tuple[int, int]]:
        return engine_completion(self.form, self.answers, self.context)

    def dormant(self) -> dict[str, Any]:
        return engine_dormant(self.form, self.answers, self.context)

    def response(self, *, authored: str) -> dict[str, Any]:
        """The QuestionnaireResponse of what is open, calculated answers included: dormant ones stay out of it."""
        return to_response(self.form, self.answers, self.context, authored=authored)

    def sentences(self) -> list[ChapterText]:
        return [
            ChapterText(link_id=one.link_id, title=one.title, text=one.text)
            for one in sentences(self.form, self.answers, self.context)
        ]
