"""The last evaluation of the sheets being typed, kept between two saves: it moves by what changed, not all again.

A save evaluates the draft as it was before it: most often what the save before left. An evaluation is taken by one
request at a time, never shared, and trusted for nothing: what the database says now is compared answer by answer, and
what differs is given to it. Kept in memory only, for the few sheets typed lately by this process.
"""

from collections import OrderedDict
from collections.abc import Mapping
from threading import Lock
from typing import Any, Final
from uuid import UUID

from rcp.sheets.engine import Compiled, Evaluation

SHEETS: Final = 48  # about as many as are typed at once by a process; 1 MB each at most
MOVED: Final = 6  # beyond so many changed answers, a whole evaluation is the shorter way


class KeptEvaluations:
    """Evaluations by sheet, the least recently typed forgotten first."""

    def __init__(self, size: int = SHEETS) -> None:
        self.size = size
        self._kept: OrderedDict[UUID, Evaluation] = OrderedDict()
        self._lock = Lock()

    def take(
        self, sheet_id: UUID, form: Compiled, answers: Mapping[str, Any], context: Mapping[str, Any]
    ) -> Evaluation:
        """The evaluation of these very answers in this context, for the caller alone until it gives it back."""
        with self._lock:
            kept = self._kept.pop(sheet_id, None)
        if kept is None or kept.form is not form or kept.context != context:
            return form.evaluate(answers, context)
        was = kept.answers
        moved = [path for path in {*was, *answers} if was.get(path) != answers.get(path)]
        if len(moved) > MOVED:
            return form.evaluate(answers, context)
        for path in sorted(moved):
            kept.change(path, answers.get(path))
        return kept

    def give_back(self, sheet_id: UUID, evaluation: Evaluation) -> None:
        """Keep for the next save; the caller reads it no more."""
        with self._lock:
            self._kept[sheet_id] = evaluation
            self._kept.move_to_end(sheet_id)
            while len(self._kept) > self.size:
                self._kept.popitem(last=False)


KEPT = KeptEvaluations()
