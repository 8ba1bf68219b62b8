"""Regular expressions of form authors, in linear time: a small automaton, so no pattern can hang a worker.

Accepted: literals, ``.``, classes, ``\\d \\w \\s`` and their opposites, groups, ``|``, ``? * + {m,n}`` (not one over
another), ``^`` at the start and ``$`` at the end. Everything else is refused. A pattern must match the whole text.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from rcp.sheets.engine.profile import MAX_PATTERN

MAX_STATES = 600
MAX_REPEAT = 100

_Test = Callable[[str], bool]
_CLASSES: dict[str, _Test] = {
    "d": str.isdecimal,
    "w": lambda c: c.isalnum() or c == "_",
    "s": str.isspace,
}
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r"}


class PatternRefused(ValueError):
    """A pattern outside the linear subset; the message names the construct in French."""


class _Fragment:
    """A piece of automaton: its entry state and the states whose exit is still open."""

    __slots__ = ("build", "repeated")

    def __init__(self, build: Callable[[_Machine, int], int], *, repeated: bool) -> None:
        self.build = build  # (machine, next state) → entry state
        self.repeated = repeated  # contains a quantifier


class _Machine:
    """States: a test leading to one state, or a fork to several; state 0 accepts."""

    def __init__(self) -> None:
        self.tests: list[_Test | None] = [None]
        self.targets: list[tuple[int, ...]] = [()]

    def add(self, test: _Test | None, *targets: int) -> int:
        if len(self.tests) >= MAX_STATES:
            raise PatternRefused("le motif est trop long une fois développé")
        self.tests.append(test)
        self.targets.append(targets)
        return len(self.tests) - 1

    def closure(self, states: set[int]) -> set[int]:
        pending, found = list(states), set(states)
        while pending:
            state = pending.pop()
            for target in self.targets[state] if self.tests[state] is None else ():
                if target not in found:
                    found.add(target)
                    pending.append(target)
        return found


@lru_cache(maxsize=256)
def compile_pattern(pattern: str) -> tuple[_Machine, int]:
    """Build the automaton of a pattern; raises ``PatternRefused``."""
    if len(pattern) > MAX_PATTERN:
        raise PatternRefused(f"le motif dépasse {MAX_PATTERN} caractères")
    body = pattern.removeprefix("^")
    if body.endswith("$") and not body.endswith("\\$"):
        body = body[:-1]
    parser = _Parser(body)
    fragment = parser.alternatives()
    if parser.at < len(body):
        raise PatternRefused(f"« {body[parser.at]} » inattendu")
    machine = _Machine()
    return machine, fragment.build(machine, 0)


def matches(pattern: str, text: str) -> bool:
    """Tell whether the whole text matches, in time proportional to pattern × text."""
    machine, start = compile_pattern(pattern)
    states = machine.closure({start})
    for character in text:
        passed = {machine.targets[s][0] for s in states if (test := machine.tests[s]) is not None and test(character)}
        if not passed:
            return False
        states = machine.closure(passed)
    return 0 in states


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def _next(self) -> str:
        if self.at >= len(self.text):
            raise PatternRefused("le motif est inachevé")
        self.at += 1
        return self.text[self.at - 1]

    def _peek(self) -> str:
        return self.text[self.at] if self.at < len(self.text) else ""

    def alternatives(self) -> _Fragment:
        branches = [self._sequence()]
        while self._peek() == "|":
            self.at += 1
            branches.append(self._sequence())
        if len(branches) == 1:
            return branches[0]

        def build(machine: _Machine, after: int) -> int:
            return machine.add(None, *(branch.build(machine, after) for branch in branches))

        return _Fragment(build, repeated=any(branch.repeated for branch in branches))

    def _sequence(self) -> _Fragment:
        parts: list[_Fragment] = []
        while self._peek() not in ("", "|", ")"):
            parts.append(self._quantified())

        def build(machine: _Machine, after: int) -> int:
            for part in reversed(parts):
                after = part.build(machine, after)
            return after

        return _Fragment(build, repeated=any(part.repeated for part in parts))

    def _quantified(self) -> _Fragment:
        atom = self._atom()
        sign = self._peek()
        if not sign or sign not in "?*+{":
            return atom
        low, high = self._bounds()
        if atom.repeated and (low, high) != (0, 1):
            raise PatternRefused("une répétition en contient une autre")
        if self._peek() and self._peek() in "?*+{":
            raise PatternRefused(f"« {self._peek()} » après une répétition")
        return _Fragment(lambda machine, after: _repeat(machine, atom, low, high, after), repeated=True)

    def _bounds(self) -> tuple[int, int | None]:
        sign = self._next()
        if sign != "{":
            return {"?": (0, 1), "*": (0, None), "+": (1, None)}[sign]
        end = self.text.find("}", self.at)
        low, comma, high = self.text[self.at : end].partition(",") if end >= 0 else ("", "", "")
        if not low.isdecimal() or (high and not high.isdecimal()):
            raise PatternRefused("« { » sans bornes")
        self.at = end + 1
        bounds = (int(low), (int(high) if high else None) if comma else int(low))
        if max(bounds[0], bounds[1] or 0) > MAX_REPEAT or (bounds[1] is not None and bounds[1] < bounds[0]):
            raise PatternRefused(f"une répétition va au-delà de {MAX_REPEAT} ou ses bornes se croisent")
        return bounds

    def _atom(self) -> _Fragment:
        character = self._next()
        if character == "(":
            return self._group()
        if character == "[":
            return _single(self._class())
        if character == ".":
            return _single(lambda c: c != "\n")
        if character == "\\":
            return _single(self._escape())
        if character in "^$*+?{}]":
            raise PatternRefused(f"« {character} » inattendu")
        return _single(lambda c: c == character)

    def _group(self) -> _Fragment:
        if self._peek() == "?":
            if not self.text.startswith("?:", self.at):
                raise PatternRefused(f"« ({self.text[self.at : self.at + 2]} » (regard en avant, nom, option)")
            self.at += 2
        inner = self.alternatives()
        if self._peek() != ")":
            raise PatternRefused("une parenthèse n’est pas fermée")
        self.at += 1
        return inner

    def _escape(self) -> _Test:
        character = self._next()
        if character.lower() in _CLASSES:
            test = _CLASSES[character.lower()]
            return test if character.islower() else lambda c: not test(c)
        if character.isalnum() and character not in _ESCAPED:
            raise PatternRefused(f"« \\{character} »")
        literal = _ESCAPED.get(character, character)
        return lambda c: c == literal

    def _class(self) -> _Test:
        negated = self._peek() == "^"
        if negated:
            self.at += 1
        tests: list[_Test] = []
        while self._peek() != "]" or not tests:
            tests.append(self._class_member())
        self.at += 1
        return lambda c: any(test(c) for test in tests) is not negated

    def _class_member(self) -> _Test:
        first = self._next()
        if first == "\\":
            return self._escape()
        if self._peek() == "-" and self.text[self.at + 1 : self.at + 2] not in ("", "]"):
            self.at += 1
            last = self._next()
            if last == "\\" or last < first:
                raise PatternRefused("un intervalle de caractères à l’envers")
            return lambda c: first <= c <= last
        return lambda c: c == first


def _single(test: _Test) -> _Fragment:
    return _Fragment(lambda machine, after: machine.add(test, after), repeated=False)


def _repeat(machine: _Machine, atom: _Fragment, low: int, high: int | None, after: int) -> int:
    if high is None:
        loop = machine.add(None, after)
        body = atom.build(machine, loop)
        machine.targets[loop] = (body, after)
        entry = loop
        count = low
    else:
        entry = after
        for _ in range(high - low):
            entry = machine.add(None, atom.build(machine, entry), after)
        count = low
    for _ in range(count):
        entry = atom.build(machine, entry)
    return entry
