"""The evaluated state of a draft: full evaluation once, then only what a change touches."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from rcp.sheets.engine.definition import Compiled
from rcp.sheets.engine.enablement import as_answer, enabled_paths, evaluate_all, re_evaluate
from rcp.sheets.engine.expressions.environment import Env
from rcp.sheets.engine.instances import Node, set_values, tree_from_answers
from rcp.sheets.engine.values import Value, from_fhir, to_plain


class Changes(NamedTuple):
    """What moved after a change: paths opened, paths closed, calculated answers with their new plain value, lists whose
    options may no longer be the same."""

    opened: frozenset[str]
    closed: frozenset[str]
    calculated: dict[str, Any]
    lists: frozenset[str] = frozenset()

    @property
    def paths(self) -> frozenset[str]:
        """Every path whose fragment must be drawn again."""
        return self.opened | self.closed | frozenset(self.calculated) | self.lists


class Evaluation:
    """A draft with its open items and calculated answers, kept up to date one answer at a time."""

    def __init__(self, form: Compiled, answers: Mapping[str, Any], context: Mapping[str, Any]) -> None:
        self.form = form
        self.context = context
        self._answers = dict(answers)
        self._build()

    def _build(self) -> None:
        self.tree = tree_from_answers(self.form, self._answers)
        evaluate_all(self.tree, self.context, calculate=True)

    @property
    def enabled(self) -> frozenset[str]:
        """Paths of every open item, unanswered ones included."""
        return frozenset(enabled_paths(self.tree))

    @property
    def answers(self) -> dict[str, Any]:
        """The draft's answers as given, without the calculated ones."""
        return dict(self._answers)

    @property
    def calculated(self) -> dict[str, Any]:
        """Calculated answers of the open items, as plain values; a value forced by hand is not in it."""
        return {
            node.path: plain_of(node)
            for spec in self.form.specs
            if spec.calculated is not None
            for node in self.tree.by_index[spec.index]
            if node.values and not node.overridden
        }

    def is_enabled(self, path: str) -> bool:
        """Whether one path is open."""
        node = self.tree.by_path.get(path)
        return node is not None and bool(node.enabled)

    def change(self, path: str, value: Any) -> Changes:
        """Give one answer (None or [] empties it) and evaluate again only what depends on it."""
        node = self.tree.by_path.get(path)
        if value is None or value == []:
            self._answers.pop(path, None)
        else:
            self._answers[path] = value
        if node is None or not node.spec.is_question or node.spec.children or self._lost_a_line(path):
            return self._rebuild()
        set_values(node, value)
        moved = re_evaluate(self.tree, node, self.context)
        now = {n.path: n for n in moved}
        return _changes(self.form, {n.path: before for n, before in moved.items()}, now, {node.spec.link_id})

    def _lost_a_line(self, path: str) -> bool:
        """Whether the last answer of a line of a repeating group, whose rank is not stored, was just emptied."""
        if "[" not in path or path in self._answers:
            return False
        lines = [path[: end + 1] for end, character in enumerate(path) if character == "]"]
        return any(not any(kept.startswith(line) for kept in self._answers) for line in lines)

    def _rebuild(self) -> Changes:
        """A repeating group gained or lost an instance: evaluate everything again and compare."""
        before = {path: (bool(node.enabled), node.values) for path, node in self.tree.by_path.items()}
        self._build()
        return _changes(self.form, before, self.tree.by_path)


def _changes(
    form: Compiled,
    before: Mapping[str, tuple[bool, list[Value]]],
    now: Mapping[str, Node],
    answered: Collection[str] = (),
) -> Changes:
    nothing: tuple[bool, list[Value]] = (False, [])
    opened = {p for p, node in now.items() if node.enabled and not before.get(p, nothing)[0]}
    closed = {p for p, (was, _) in before.items() if was and (p not in now or not now[p].enabled)}
    calculated = {
        path: plain_of(node)
        for path, node in now.items()
        if node.spec.calculated is not None and before.get(path, nothing)[1] != node.values
    }
    lists: frozenset[str] = frozenset()
    if form.lists_reading:
        moved = {n.spec.link_id for p, n in now.items() if before.get(p, nothing) != (bool(n.enabled), n.values)}
        lists = lists.union(*(form.lists_reading.get(link_id, ()) for link_id in moved.union(answered)))
    return Changes(frozenset(opened), frozenset(closed), calculated, lists)


def plain_of(node: Node) -> Any:
    """The plain draft value of a node: a list for a repeating question, None when empty."""
    values = [to_plain(value) for value in node.values]
    if node.spec.repeats:
        return values
    return values[0] if values else None


def changed_enabled(
    form: Compiled,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    context: Mapping[str, Any] | None = None,
) -> Changes:
    """What opens, closes and is calculated anew between two states of a draft."""
    evaluation = form.evaluate(before, context)
    changed = [p for p in {*before, *after} if before.get(p) != after.get(p)]
    if len(changed) == 1:
        return evaluation.change(changed[0], after.get(changed[0]))
    start = {path: (bool(node.enabled), node.values) for path, node in evaluation.tree.by_path.items()}
    return _changes(form, start, form.evaluate(after, context).tree.by_path)


def enabled_from_answers(
    form: Compiled, answers: Mapping[str, Any], context: Mapping[str, Any] | None = None
) -> frozenset[str]:
    """Paths of every open item of a draft, calculated answers taken into account."""
    return form.enabled(answers, context)


def calculated(form: Compiled, answers: Mapping[str, Any], context: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Calculated answers of a draft: ``{path: plain value}``, those forced by hand left out."""
    return form.evaluate(answers, context).calculated


def initial_answers(form: Compiled, context: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Answers a new draft starts with: ``initial``, ``initialSelected`` options, then ``initialExpression``."""
    tree = tree_from_answers(form, {})
    evaluate_all(tree, context or {}, calculate=False)
    found: dict[str, Any] = {}
    for spec in form.specs:
        if not spec.is_question or not spec.is_single:
            continue
        node = tree.by_index[spec.index][0]
        values = [from_fhir(o) for o in spec.raw.get("initial") or ()]
        values += [from_fhir(o) for o in spec.raw.get("answerOption") or () if o.get("initialSelected") is True]
        if spec.initial is not None:
            env = Env(tree, node, context or {})
            values = [as_answer(form, spec, result) for result in spec.initial.run(env)] or values
        node.values = [value for value in values if value is not None]
        if node.values:
            found[node.path] = plain_of(node)
    return found
