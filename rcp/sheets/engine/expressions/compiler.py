"""Turn a syntax tree into Python closures over the instance tree of answers.

A closure takes ``(env, focus)`` and returns a list (a FHIRPath collection). Answers of closed items count as absent.
Item navigation (``item``, ``repeat(item)``, ``descendants()``) must be followed by ``where(linkId='x')``, so that the
items an expression depends on are always known: that is what makes loops detectable and re-evaluation incremental.
"""

from collections.abc import Callable, Collection
from functools import lru_cache
from typing import Any, Final

from rcp.sheets.engine.expressions import functions as fn
from rcp.sheets.engine.expressions.environment import Env
from rcp.sheets.engine.expressions.lexer import ExpressionRefused
from rcp.sheets.engine.expressions.navigation import items_by_link_id, member
from rcp.sheets.engine.expressions.parser import Tree, parse

Closure = Callable[[Env, list[Any]], list[Any]]

# Variables that exist everywhere; `age` is in whole years on the day of the meeting.
LAUNCH_VARIABLES: Final = frozenset({"patient", "precedente", "session", "auteur", "age"})
_STRUCTURE_VARIABLES: Final = frozenset({"resource", "context", "qItem", "questionnaire"})
RESERVED_VARIABLES: Final = LAUNCH_VARIABLES | _STRUCTURE_VARIABLES | {"ucum", "sct", "loinc", "rootResource"}
_FOREIGN_ROOTS: Final = frozenset({"precedente", "questionnaire", "qItem"})
_WALKS: Final = {"item": "item", "repeat": "repeat", "descendants": "descendants"}


class Expression:
    """A compiled expression: its text, the linkIds and variables it reads, and how to run it."""

    __slots__ = ("_run", "nesting", "references", "text", "tree", "variables")

    def __init__(
        self, text: str, tree: Tree, run: Closure, references: frozenset[str], variables: frozenset[str]
    ) -> None:
        self.text = text
        self.tree = tree
        self._run = run
        self.references = references
        self.variables = variables
        self.nesting = 0  # how many variables deep it reads, set by who knows their scope

    def run(self, env: Env) -> list[Any]:
        """Evaluate with the current item as focus."""
        return self._run(env, [env.node])

    def holds(self, env: Env) -> bool | None:
        """Evaluate as a condition: True, False, or None when the result is empty or not a boolean."""
        return fn.truth(self.run(env))


def compile_expression(text: str, declared: Collection[str] = ()) -> Expression:
    """Compile one expression; ``declared`` names the variables in scope. Raises ``ExpressionRefused``."""
    tree, run, references, variables = _compiled(text)
    for name, position in variables.items():
        if name not in declared:
            raise ExpressionRefused(f"la variable « %{name} », qui n’est pas déclarée", position)
    return Expression(text, tree, run, references, frozenset(variables))


@lru_cache(maxsize=4096)
def _compiled(text: str) -> tuple[Tree, Closure, frozenset[str], dict[str, int]]:
    """What depends on the text alone: the trunk's expressions are the same in all the forms it is composed with."""
    tree = parse(text)
    compiler = _Compiler()
    run = compiler.build(tree)
    return tree, run, frozenset(compiler.references), compiler.variables


def runner(tree: Tree) -> Closure:
    """How to run one part of an expression that was accepted as a whole."""
    return _Compiler().build(tree)


def asked_by(tree: Tree) -> str | None:
    """The linkId that a ``where()`` reads in the sheet itself; None in another resource (``%precedente``)."""
    walked, condition = tree.parts
    return None if _root_of(walked) in _FOREIGN_ROOTS else _link_id_of(condition)


def forget_expressions() -> None:
    """Forget what was compiled, as in a process that starts (for measures)."""
    _compiled.cache_clear()


class _Compiler:
    def __init__(self) -> None:
        self.references: set[str] = set()
        self.variables: dict[str, int] = {}  # name → where it is first read

    def build(self, tree: Tree) -> Closure:
        match tree.op:
            case "literal":
                value = [tree.value]
                return lambda env, focus: value
            case "nothing":
                return lambda env, focus: []
            case "focus":
                return lambda env, focus: focus
            case "variable":
                return self._variable(tree)
            case "member":
                return self._member(tree)
            case "call":
                return self._call(tree)
            case "negate":
                operand = self.build(tree.parts[0])
                return lambda env, focus: fn.negate(operand(env, focus))
        return self._operation(tree)

    def _operation(self, tree: Tree) -> Closure:
        left, right = self.build(tree.parts[0]), self.build(tree.parts[1])
        operation = fn.OPERATIONS[tree.op]
        return lambda env, focus: operation(left(env, focus), right(env, focus))

    def _variable(self, tree: Tree) -> Closure:
        name = tree.value
        if name in _STRUCTURE_VARIABLES:
            return lambda env, focus: env.structure(name)
        if name in LAUNCH_VARIABLES:
            return lambda env, focus: env.launch(name)
        self.variables.setdefault(name, tree.position)
        return lambda env, focus: env.variable(name)

    def _member(self, tree: Tree) -> Closure:
        if tree.value == "item":
            raise ExpressionRefused("« item » sans where(linkId='…')", tree.position)
        source, name = self.build(tree.parts[0]), tree.value
        return lambda env, focus: member(source(env, focus), name)

    def _call(self, tree: Tree) -> Closure:
        name = tree.value
        if name in ("repeat", "descendants"):
            raise ExpressionRefused(f"« {name}() » sans where(linkId='…')", tree.position)
        if name == "where":
            return self._where(tree)
        if name == "today":
            return lambda env, focus: env.today()
        parts = [self.build(part) for part in tree.parts]
        if name == "iif":
            return _iif(parts)
        function = fn.FUNCTIONS[name]
        if name == "round" and len(parts) == 2:
            source, digits = parts
            return lambda env, focus: fn.rounded(source(env, focus), digits(env, focus))
        source = parts[0]
        return lambda env, focus: function(source(env, focus))

    def _where(self, tree: Tree) -> Closure:
        walked, condition = tree.parts
        link_id = _link_id_of(condition)
        walk = _WALKS.get(walked.value) if walked.op in ("member", "call") else None
        if walk is None:
            raise ExpressionRefused("where() ailleurs qu’après item, repeat(item) ou descendants()", tree.position)
        if walk == "repeat" and (walked.parts[1].op, walked.parts[1].value) != ("member", "item"):
            raise ExpressionRefused("repeat() d’autre chose que « item »", walked.position)
        root = _root_of(walked)
        if root not in _FOREIGN_ROOTS:
            self.references.add(link_id)
        source = self.build(walked.parts[0])
        return lambda env, focus: items_by_link_id(env.tree, source(env, focus), walk, link_id)


def _iif(parts: list[Closure]) -> Closure:
    condition, then = parts[1], parts[2]
    otherwise = parts[3] if len(parts) > 3 else None

    def run(env: Env, focus: list[Any]) -> list[Any]:
        if fn.truth(condition(env, focus)) is True:
            return then(env, focus)
        return otherwise(env, focus) if otherwise else []

    return run


def _link_id_of(condition: Tree) -> str:
    if condition.op == "=":
        left, right = condition.parts
        for name, literal in ((left, right), (right, left)):
            is_link_id = name.op == "member" and name.value == "linkId" and name.parts[0].op == "focus"
            if is_link_id and literal.op == "literal" and isinstance(literal.value, str):
                return literal.value
    raise ExpressionRefused("where() avec autre chose que linkId='…'", condition.position)


def _root_of(tree: Tree) -> str | None:
    while tree.parts:
        tree = tree.parts[0]
    return tree.value if tree.op == "variable" else None
