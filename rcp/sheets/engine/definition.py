"""The compiled form: one ``Spec`` per item for evaluation, and the ``Compiled`` object that screens use."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypedDict

from rcp.sheets.engine.values import Value

if TYPE_CHECKING:
    from rcp.sheets.engine.constraints import Constraint
    from rcp.sheets.engine.expressions import Expression
    from rcp.sheets.engine.items import Item
    from rcp.sheets.engine.phrases import Phrases
    from rcp.sheets.engine.session import Evaluation


class Issue(TypedDict):
    """Something found in a definition or a response. ``message`` is French and says what to do."""

    severity: str  # error | warning | information
    code: str
    path: str | None
    link_id: str | None
    message: str


def issue(severity: str, code: str, message: str, *, path: str | None = None, link_id: str | None = None) -> Issue:
    """Build an issue."""
    return {"severity": severity, "code": code, "path": path, "link_id": link_id, "message": message}


class Condition:
    """One enableWhen line, compiled: the question it reads and the test of that question's answers."""

    __slots__ = ("holds", "question")

    def __init__(self, question: Spec | None, holds: Callable[[list[Value]], bool]) -> None:
        self.question = question
        self.holds = holds


class Spec:
    """What evaluation needs to know of an item; presentation is in ``Item``, built only when asked for."""

    __slots__ = (
        "any_condition", "calculated", "children", "conditions", "dependents", "depth", "enable_expression",
        "extensions", "index", "initial", "is_group", "is_single", "link_id", "overridable", "parent", "rank", "raw",
        "repeats", "type", "under_answer", "variables",
    )  # fmt: skip

    def __init__(self, raw: Mapping[str, Any], parent: Spec | None, index: int) -> None:
        self.raw = raw
        self.link_id: str = str(raw.get("linkId") or "")
        self.type: str = str(raw.get("type") or "")
        self.is_group = self.type == "group"
        self.repeats = raw.get("repeats") is True
        self.parent = parent
        self.index = index
        self.depth: int = parent.depth + 1 if parent else 0
        self.children: list[Spec] = []
        self.conditions: list[Condition] = []
        self.any_condition = raw.get("enableBehavior") == "any"
        self.enable_expression: Expression | None = None
        self.calculated: Expression | None = None
        self.initial: Expression | None = None
        self.overridable = False
        self.variables: dict[str, Expression] = {}
        self.dependents: set[int] = set()
        self.rank = 0
        asks = parent is not None and parent.parent is not None and not parent.is_group
        self.under_answer: bool = asks or (parent.under_answer if parent else False)
        # At most one instance in any response: lookups need no climbing.
        inside = parent is None or (parent.is_single and not parent.repeats)
        self.is_single: bool = inside and not self.under_answer
        self.extensions: dict[str, Any] = {}

    def extension(self, url: str) -> Any:
        """Value of a single-valued extension, or None."""
        return self.extensions.get(url)

    @property
    def is_question(self) -> bool:
        """Whether the item can bear an answer."""
        return not self.is_group and self.type != "display" and self.parent is not None

    def ancestors(self) -> Iterator[Spec]:
        """Parents from the nearest to the root."""
        spec = self.parent
        while spec is not None:
            yield spec
            spec = spec.parent


class Problem(TypedDict):
    """A part of the definition that could not be compiled; ``check_definition`` reports it."""

    link_id: str
    where: str
    construct: str
    position: int


class Compiled:
    """A questionnaire compiled once, immutable afterwards and safe to share between threads.

    Build it with ``compile_definition`` and cache it by canonical ``url|version``.
    """

    def __init__(self, raw: Mapping[str, Any], root: Spec, specs: list[Spec]) -> None:
        self.raw = raw
        self.root = root
        self.specs = specs
        self.by_link_id: dict[str, Spec] = {}
        for spec in specs:
            self.by_link_id.setdefault(spec.link_id, spec)
        self.order: list[Spec] = []
        self.loops: list[list[str]] = []
        self.problems: list[Problem] = []
        self.value_sets: dict[str, list[Value]] = {}
        self.options: dict[int, list[Value]] = {}  # by item, filled on first use
        self.codes: dict[int, set[tuple[str | None, str | None]]] = {}  # of a list of options, by its identity
        self.kinds: dict[int, set[str]] = {}  # the same

    @property
    def canonical(self) -> str:
        """``url|version``, the key to cache and to store with a sheet."""
        return f"{self.raw.get('url', '')}|{self.raw.get('version', '')}"

    @property
    def title(self) -> str:
        """Title of the form."""
        return str(self.raw.get("title") or self.raw.get("name") or "")

    @cached_property
    def items(self) -> dict[str, Item]:
        """Every item by linkId, in the order of the form, ready for rendering."""
        from rcp.sheets.engine.items import build_items  # presentation is loaded only by those who render

        return build_items(self)

    @cached_property
    def chapters(self) -> tuple[Item, ...]:
        """The top-level groups, in order."""
        return tuple(self.items[spec.link_id] for spec in self.root.children if spec.is_group)

    @cached_property
    def constraints(self) -> list[Constraint]:
        """The compiled constraints of the form and its items."""
        from rcp.sheets.engine.constraints import constraints_of

        return constraints_of(self)

    @cached_property
    def list_rules(self) -> dict[int, list[Constraint]]:
        """By item index, the constraints that say which of its options are offered."""
        from rcp.sheets.engine.offers import list_rules

        return list_rules(self)

    @cached_property
    def lists_reading(self) -> dict[str, frozenset[str]]:
        """By linkId, paths of the lists whose options its answer may change."""
        from rcp.sheets.engine.offers import lists_by_reading

        return lists_by_reading(self)

    @cached_property
    def _requirements(self) -> dict[tuple[int, str], Expression | None]:
        return {}

    def requirement(self, spec: Spec, url: str) -> Expression | None:
        """The compiled expression of a conditional requirement extension of an item."""
        from rcp.sheets.engine.compile import expression_of

        key = (spec.index, url)
        if key not in self._requirements:
            self._requirements[key] = expression_of(self, spec, spec.extension(url), url.rsplit("/", 1)[-1])
        return self._requirements[key]

    @cached_property
    def phrases(self) -> Phrases:
        """The compiled sentence templates (compiled on first use, then shared)."""
        from rcp.sheets.engine.phrases import compile_phrases

        return compile_phrases(self)

    def item(self, link_id: str) -> Item:
        """One item by linkId; KeyError when the form has none."""
        return self.items[link_id]

    def spec(self, link_id: str) -> Spec:
        """One evaluation spec by linkId; KeyError when the form has none."""
        return self.by_link_id[link_id]

    def path(self, link_id: str, *instances: str) -> str:
        """Answer path of an item; ``instances`` are the UUIDs of the repeating groups on the way, outermost first."""
        spec = self.by_link_id[link_id]
        given = list(instances)
        segments = []
        for step in [*reversed([s for s in spec.ancestors() if s.parent is not None]), spec]:
            if step.is_group and step.repeats and given:
                segments.append(f"{step.link_id}[{given.pop(0)}]")
            else:
                segments.append(step.link_id)
        return "/".join(segments)

    def evaluate(self, answers: Mapping[str, Any], context: Mapping[str, Any] | None = None) -> Evaluation:
        """Full evaluation of a draft; the result re-evaluates incrementally with ``change``."""
        from rcp.sheets.engine.session import Evaluation

        return Evaluation(self, answers, context or {})

    def enabled(self, answers: Mapping[str, Any], context: Mapping[str, Any] | None = None) -> frozenset[str]:
        """Paths of every open item of a draft (full evaluation)."""
        return self.evaluate(answers, context).enabled
