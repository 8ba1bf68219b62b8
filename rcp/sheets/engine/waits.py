"""What a calculated item without a value still waits for: the answers it needs, and those that stand for each other.

A rule is read against the answers already given: a branch they closed is not waited for, an input it does without
(« no version, or the 8th ») neither, and what it takes only when another one lacks is an alternative to it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, lru_cache, reduce
from typing import Any, Final

from rcp.sheets.engine.expressions.compiler import LAUNCH_VARIABLES, asked_by, runner
from rcp.sheets.engine.expressions.environment import Env
from rcp.sheets.engine.expressions.functions import truth
from rcp.sheets.engine.expressions.parser import Tree as Syntax
from rcp.sheets.engine.expressions.parser import parse
from rcp.sheets.engine.instances import Node
from rcp.sheets.engine.session import Evaluation

Ways = frozenset[frozenset[str]]  # each way is a set of unanswered questions that would be enough

_DONE: Final[Ways] = frozenset({frozenset()})  # nothing more is needed
_NEVER: Final[Ways] = frozenset()  # no answer would help
_MOST = 12  # ways past which they are all said together
_LOGIC: Final = frozenset({"or", "and", "xor", "implies"})


def waited_for(evaluation: Evaluation, path: str) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """LinkIds that a calculated item without a value needs, then the alternatives for the rest (none, or several).

    Both are in the order of the form; both are empty when no answer would give a value.
    """
    node = evaluation.tree.by_path.get(path)
    if node is None or node.spec.calculated is None:
        return (), ()
    ways = _Reader(Env(evaluation.tree, node, evaluation.context)).need(_step(node.spec.calculated.text))
    if not ways:
        return (), ()
    form = evaluation.form
    always = frozenset.intersection(*ways)

    def ordered(link_ids: frozenset[str]) -> tuple[str, ...]:
        return tuple(sorted(link_ids, key=lambda link_id: form.spec(link_id).index))

    others = sorted((ordered(way - always) for way in ways), key=lambda way: [form.spec(one).index for one in way])
    return ordered(always), tuple(others) if len(others) > 1 else ()


class _Step:
    """One part of a rule, which can be run alone."""

    def __init__(self, syntax: Syntax) -> None:
        self.op, self.value, self.syntax = syntax.op, syntax.value, syntax
        walks = syntax.op == "call" and syntax.value == "where"
        self.parts = () if walks else tuple(_Step(part) for part in syntax.parts)
        self.link_id = asked_by(syntax) if walks else None

    @cached_property
    def _run(self) -> Any:
        return runner(self.syntax)

    def run(self, env: Env) -> list[Any]:
        found: list[Any] = self._run(env, [env.node])
        return found


@lru_cache(maxsize=1024)
def _step(text: str) -> _Step:
    return _Step(parse(text))


def _both(*several: Ways) -> Ways:
    """What is needed by all at once."""
    return _smallest(reduce(lambda left, right: frozenset(a | b for a in left for b in right), several, _DONE))


def _either(left: Ways, right: Ways) -> Ways:
    return _smallest(left | right)


def _smallest(ways: Ways) -> Ways:
    if len(ways) > _MOST:
        return frozenset({frozenset[str]().union(*ways)})
    return frozenset(way for way in ways if not any(other < way for other in ways))


class _Reader:
    """One reading of a rule; what a variable waits for is kept, since rules read the same one many times."""

    def __init__(self, env: Env) -> None:
        self._env = env
        self._known: dict[tuple[str, int, str], Ways] = {}

    def wait(self, step: _Step) -> Ways:
        return _DONE if step.run(self._env) else self.need(step)

    def need(self, step: _Step) -> Ways:
        """How a part that has no value now would get one."""
        if step.op == "variable":
            return self._of_variable(step, "need", self.need)
        if step.op == "call" and step.value == "where":
            return self._of_question(step)
        if step.op == "member":
            return self.need(step.parts[0])
        if step.op == "call" and step.value == "iif":
            return self._of_choice(step)
        waits = [self.wait(part) for part in step.parts]
        if step.op in _LOGIC:  # a side that will never answer may not matter
            waits = [wait for wait in waits if wait]
        return _both(*waits) if any(wait != _DONE for wait in waits) else _NEVER

    def _of_question(self, step: _Step) -> Ways:
        if step.link_id is None:
            return _NEVER
        nodes = self._env.tree.nodes_of(step.link_id)
        for node in nodes:
            if node.enabled and not node.values and node.spec.calculated is not None:
                return self._of_calculated(node) or frozenset({frozenset({step.link_id})})
        # Open and answered, it lacks something else (the code of a free text): nobody is asked to answer again.
        if any(node.enabled and not node.values for node in nodes):
            return frozenset({frozenset({step.link_id})})
        return _NEVER

    def _of_calculated(self, node: Node) -> Ways:
        """A calculated answer that lacks is waited for by those it lacks itself: « Diagnostic », not « Édition »."""
        here, key = self._env.node, ("calculated", node.spec.index, "")
        if key not in self._known:
            self._known[key] = _NEVER  # a loop, refused at publication, ends here
            self._env.node = node
            try:
                self._known[key] = self.need(_step(node.spec.calculated.text)) if node.spec.calculated else _NEVER
            finally:
                self._env.node = here
        return self._known[key]

    def _of_variable(self, step: _Step, what: str, read: Callable[[_Step], Ways]) -> Ways:
        """Read a variable's own rule where it is declared; `what` names the reading."""
        if step.value in LAUNCH_VARIABLES:
            return _NEVER
        here = self._env.node
        node: Node | None = here
        while node is not None:
            expression = node.spec.variables.get(step.value)
            if expression is not None:
                key = (what, node.spec.index, step.value)
                if key not in self._known:
                    self._env.node = node
                    try:
                        self._known[key] = read(_step(expression.text))
                    finally:
                        self._env.node = here
                return self._known[key]
            node = node.parent
        return _NEVER

    def _of_choice(self, step: _Step) -> Ways:
        """``iif(condition, then, otherwise)``, empty for now: so is the branch it takes."""
        condition, then = step.parts[1], step.parts[2]
        otherwise = self.need(step.parts[3]) if len(step.parts) > 3 else _NEVER
        holds = truth(condition.run(self._env))
        if holds is True:  # « no version, or the 8th » changes with the version: the other branch is not out of reach
            return self.need(then) or (otherwise if self.may_change(condition) else _NEVER)
        if holds is False:
            opened = self.reach(condition)
            return _either(_both(opened, self.wait(then)) if opened else _NEVER, otherwise)
        sure = self.need(condition)
        if not sure:
            return otherwise
        return _both(sure, *(wait for wait in (self.wait(then), otherwise) if wait))

    def reach(self, step: _Step) -> Ways:
        """How a condition would hold: only what lacks can still change it."""
        holds = truth(step.run(self._env))
        if holds is not False:
            return _DONE if holds else self.need(step)
        if step.op == "variable":
            return self._of_variable(step, "reach", self.reach)
        if step.op == "and":
            return _both(*(self.reach(part) for part in step.parts))
        if step.op == "or":
            return _either(*(self.reach(part) for part in step.parts))
        if step.op == "call" and step.value == "exists":
            return self.need(step.parts[0])
        return _NEVER

    def may_change(self, step: _Step) -> bool:
        """Whether a condition reads an open question that nobody has answered."""
        if step.op == "variable":
            as_ways = self._of_variable(step, "change", lambda inner: _DONE if self.may_change(inner) else _NEVER)
            return bool(as_ways)
        if step.link_id is not None:
            return bool(self._of_question(step))
        return any(self.may_change(part) for part in step.parts)
