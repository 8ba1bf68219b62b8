"""The conditions of the source (« cr_site~rectum & tnm_type in {p,yp} »), parsed and tried on our forms.

A trial is a choice of one answer (an option's label, a number) for each question the condition reads; ``age`` and
``sexe`` are the patient's. ``Trier.outcomes`` gives, for each trial, what the source says and what our form does.
"""

import itertools
import operator
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from rcp.sheets.engine import Compiled, compile_definition, profile
from rcp.sheets.engine.items import Item
from tests.engine import goldens
from tests.engine.conftest import TODAY
from tests.engine.source_forms import by_stat, chapters_of, plain

_TERM = re.compile(r"(!?)(\w+)\s*(>=|<=|!=|=|<|>|~|in)\s*(.+)")
_ORDER: Final = {">=": operator.ge, "<=": operator.le, "<": operator.lt, ">": operator.gt}
OF_THE_PATIENT: Final = {"age", "sexe"}
UNANSWERED: Final = None
Trial = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One comparison: ``key`` (a question or age, sexe), ``sign``, labels or number compared, negated or not."""

    key: str
    sign: str
    wanted: tuple[str, ...]
    negated: bool

    def holds(self, given: Any) -> bool | None:
        """What the source says of an answer; None where it leaves it open (« not A » of a question not answered)."""
        if given is UNANSWERED:
            return None if self.negated or (self.sign == "!=" and self.wanted != ("vide",)) else False
        return self._compared(given) is not self.negated

    def _compared(self, given: Any) -> bool:
        if self.sign in _ORDER:
            return _ORDER[self.sign](float(given), float(self.wanted[0]))
        if self.wanted == ("vide",):
            return self.sign == "!="
        wanted = [plain(one) for one in self.wanted]
        if self.sign == "~":
            return wanted[0] in plain(str(given))
        return (plain(str(given)) in wanted) is (self.sign != "!=")


def parse(condition: str) -> list[Term]:
    """The comparisons of a condition, all of which must hold."""
    terms = []
    for raw in condition.split(" & "):
        found = _TERM.fullmatch(raw.strip())
        assert found, raw
        bang, key, sign, right = found.groups()
        wanted = tuple(right.strip("{} ").split(",")) if sign == "in" else (right,)
        terms.append(Term(key=key, sign=sign, wanted=wanted, negated=bool(bang)))
    return terms


class Trier:
    """A form whose calculated answers are given by hand, so that each condition is tried alone."""

    def __init__(self, code: str) -> None:
        self.form: Compiled = compile_definition(_answerable(goldens.definition(code)))
        self.items = by_stat(self.form)
        asked = [item for one in {code, "tronc"} for chapter in chapters_of(one) for item in chapter]
        self.conditions = {item["cle"]: parse(item["condition"]) for item in asked if "condition" in item}
        self._own = [item["cle"] for chapter in chapters_of(code) for item in chapter if "condition" in item]

    @cached_property
    def own(self) -> list[str]:
        """The conditional questions of the form itself."""
        return self._own

    def outcomes(self, key: str) -> Iterator[tuple[Trial, bool, bool]]:
        """(trial, open for the source, open for us), trials the source leaves open left out."""
        terms = self.conditions[key]
        base: Trial = {}
        for term in terms:
            base |= self.opening(term.key)
        keys = list(dict.fromkeys(term.key for term in terms))
        for chosen in itertools.product(*(self._choices(one, terms) for one in keys)):
            trial = base | dict(zip(keys, chosen, strict=True))
            said = [term.holds(trial[term.key]) for term in terms]
            if False in said or None not in said:
                yield trial, False not in said, self._is_open(self.items[key], trial)

    def opening(self, key: str) -> Trial:
        """Answers that open a question, and those that open the questions it depends on."""
        found: Trial = {}
        for term in self.conditions.get(key, ()):
            found |= self.opening(term.key)
            found[term.key] = next(one for one in self._choices(term.key, [term]) if term.holds(one))
        return found

    def _choices(self, key: str, terms: list[Term]) -> list[Any]:
        if key == "sexe":
            return ["F", "M"]
        limits = [int(t.wanted[0]) for t in terms if t.key == key and t.sign in _ORDER]
        if limits:
            near = sorted({limit + step for limit in limits for step in (-1, 0, 1)})
            return near if key == "age" else [*near, UNANSWERED]
        item = self.items[key]
        if item.type == "group":
            return ["une ligne", UNANSWERED]
        return [*(_said(item, option) for option in item.options), UNANSWERED]

    def _is_open(self, item: Item, trial: Trial) -> bool:
        answers = {}
        for key, given in trial.items():
            if key not in OF_THE_PATIENT and given is not UNANSWERED:
                answers |= self._answer(self.items[key], given)
        patient = {"gender": "male" if trial.get("sexe") == "M" else "female"}
        context = {"patient": patient, "session": {"date": TODAY.isoformat()}, "age": trial.get("age", 40)}
        return self.form.path(item.link_id) in self.form.enabled(answers, context)

    def _answer(self, item: Item, given: Any) -> dict[str, Any]:
        if item.type == "group":
            first = self.form.item(item.children[0])
            return {self.form.path(first.link_id, goldens.line_id(1)): first.options[0].value}
        if item.options:
            value = next(option.value for option in item.options if _said(item, option) == given)
            return {self.form.path(item.link_id): [value] if item.repeats else value}
        return {self.form.path(item.link_id): str(given) if item.type == "decimal" else given}


def _said(item: Item, option: Any) -> str:
    """How the source names an answer: its label; its code for T, N and M."""
    return option.key if item.link_id.startswith("tronc.tnm_") and item.link_id[-2] == "_" else option.label


def _answerable(raw: Any) -> Any:
    """The same definition with nothing calculated nor read only."""
    if isinstance(raw, list):
        return [_answerable(one) for one in raw if not (isinstance(one, dict) and one.get("url") == profile.CALCULATED)]
    return {k: _answerable(v) for k, v in raw.items() if k != "readOnly"} if isinstance(raw, dict) else raw
