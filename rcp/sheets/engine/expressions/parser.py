"""Build the syntax tree of an expression by precedence climbing, within the closed grammar only."""

from decimal import Decimal
from typing import Any, Final, NamedTuple

from rcp.sheets.engine.expressions.lexer import ExpressionRefused, Token, tokenize
from rcp.sheets.engine.values import Moment

FUNCTIONS: Final = {
    # name: accepted numbers of arguments
    "where": (1,), "repeat": (1,), "descendants": (0,), "exists": (0,), "empty": (0,), "count": (0,), "sum": (0,),
    "min": (0,), "max": (0,), "iif": (2, 3), "round": (0, 1), "toInteger": (0,), "toDecimal": (0,), "today": (0,),
    "not": (0,),
}  # fmt: skip
MEMBERS: Final = frozenset({
    "item", "answer", "value", "code", "system", "display", "unit", "linkId", "text", "birthDate", "gender", "type",
    "title", "version", "subjectType", "status", "name", "id", "date", "quorum", "role", "specialty",
})  # fmt: skip
_LEVELS: Final = {
    "implies": 1, "or": 2, "xor": 2, "and": 3, "in": 4, "=": 5, "!=": 5, "<": 6, ">": 6, "<=": 6, ">=": 6,
    "+": 7, "-": 7, "*": 8, "/": 8,
}  # fmt: skip
_WORDS: Final = {"implies", "or", "xor", "and", "in"}
_OUTSIDE: Final = {"is", "as", "div", "mod", "contains"}
_MAX_NESTING: Final = 40
_MAX_DEPTH: Final = 120


class Tree(NamedTuple):
    """A syntax node: ``op`` with its operands; leaves carry their value in ``value``."""

    op: str
    value: Any = None
    parts: tuple["Tree", ...] = ()
    position: int = 0
    depth: int = 1


def _joined(op: str, value: Any, parts: tuple[Tree, ...], position: int) -> Tree:
    """A node above others; refused past the depth that the evaluator's recursion can take."""
    depth = 1 + max(part.depth for part in parts)
    if depth > _MAX_DEPTH:
        raise ExpressionRefused("une expression trop longue", position)
    return Tree(op, value, parts, position, depth)


def parse(text: str) -> Tree:
    """Parse one expression; raises ``ExpressionRefused`` naming the construct and its position."""
    return _Parser(tokenize(text)).whole()


class _Parser:
    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._nesting = 0

    def whole(self) -> Tree:
        tree = self._binary(1)
        if self._peek.kind != "end":
            raise ExpressionRefused(f"« {self._peek.text} » inattendu", self._peek.position)
        return tree

    @property
    def _peek(self) -> Token:
        return self._tokens[self._at]

    def _take(self) -> Token:
        token = self._tokens[self._at]
        self._at += 1
        return token

    def _is_op(self, text: str) -> bool:
        token = self._tokens[self._at]
        return token.text == text and token.kind == "op"

    def _expect(self, text: str) -> None:
        if not self._is_op(text):
            found = self._peek.text or "la fin"
            raise ExpressionRefused(f"« {text} » attendu, {found!r} trouvé", self._peek.position)
        self._at += 1

    def _binary(self, floor: int) -> Tree:
        self._nesting += 1
        if self._nesting > _MAX_NESTING:
            raise ExpressionRefused("trop de niveaux de parenthèses", self._peek.position)
        left = self._unary()
        while True:
            token = self._peek
            if token.kind == "name" and token.text in _OUTSIDE:
                raise ExpressionRefused(f"l’opérateur « {token.text} »", token.position)
            level = _LEVELS.get(token.text, 0) if token.kind == "op" or token.text in _WORDS else 0
            if level < floor or token.kind not in ("op", "name"):
                break
            self._at += 1
            right = self._binary(level + 1)
            left = _joined(token.text, None, (left, right), token.position)
        self._nesting -= 1
        return left

    def _unary(self) -> Tree:
        if self._is_op("-") or self._is_op("+"):
            token = self._take()
            operand = self._unary_operand()
            return _joined("negate", None, (operand,), token.position) if token.text == "-" else operand
        return self._unary_operand()

    def _unary_operand(self) -> Tree:
        tree = self._term()
        while self._is_op("."):
            self._at += 1
            tree = self._invocation(tree)
        return tree

    def _term(self) -> Tree:
        token = self._take()
        if token.kind == "number":
            value: Any = Decimal(token.text) if "." in token.text else int(token.text)
            return Tree("literal", value, (), token.position)
        if token.kind == "string":
            return Tree("literal", token.text, (), token.position)
        if token.kind == "date":
            return Tree("literal", Moment("date", token.text), (), token.position)
        if token.kind == "variable":
            return Tree("variable", token.text, (), token.position)
        if token.kind == "op" and token.text == "(":
            tree = self._binary(1)
            self._expect(")")
            return tree
        if token.kind == "op" and token.text == "{":
            self._expect("}")
            return Tree("nothing", None, (), token.position)
        if token.kind == "name" and token.text in ("true", "false"):
            return Tree("literal", token.text == "true", (), token.position)
        if token.kind == "name":
            self._at -= 1
            return self._invocation(Tree("focus", None, (), token.position))
        what = f"« {token.text} » inattendu" if token.text else "expression inachevée"
        raise ExpressionRefused(what, token.position)

    def _invocation(self, source: Tree) -> Tree:
        token = self._take()
        if token.kind != "name":
            raise ExpressionRefused(f"« {token.text} » inattendu après « . »", token.position)
        if not self._is_op("("):
            if token.text not in MEMBERS:
                raise ExpressionRefused(f"l’élément « {token.text} »", token.position)
            return _joined("member", token.text, (source,), token.position)
        if token.text not in FUNCTIONS:
            raise ExpressionRefused(f"la fonction « {token.text}() »", token.position)
        arguments = self._arguments()
        if len(arguments) not in FUNCTIONS[token.text]:
            raise ExpressionRefused(f"le nombre d’arguments de « {token.text}() »", token.position)
        return _joined("call", token.text, (source, *arguments), token.position)

    def _arguments(self) -> list[Tree]:
        self._expect("(")
        arguments: list[Tree] = []
        if not self._is_op(")"):
            arguments.append(self._binary(1))
            while self._is_op(","):
                self._at += 1
                arguments.append(self._binary(1))
        self._expect(")")
        return arguments
