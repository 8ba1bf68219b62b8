"""Cut an expression into tokens; anything outside the closed grammar is refused with its position."""

import re
from typing import NamedTuple

from rcp.sheets.engine.profile import MAX_EXPRESSION


class ExpressionRefused(ValueError):
    """An expression outside the closed grammar: ``construct`` names it, ``position`` counts from 1."""

    def __init__(self, construct: str, position: int) -> None:
        super().__init__(f"{construct}, au caractère {position}")
        self.construct = construct
        self.position = position


class Token(NamedTuple):
    """A lexical unit: kind (name, number, string, date, variable, op, end), text and 1-based position."""

    kind: str
    text: str
    position: int


_TOKEN = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<date>@\d{4}(?:-\d\d(?:-\d\d)?)?(?![\dT-]))
  | (?P<number>\d+(?:\.\d+)?)
  | (?P<string>'(?:[^'\\]|\\['"`\\/nrtf])*')
  | (?P<variable>%(?:[A-Za-z_][A-Za-z0-9_]*|`[A-Za-z_][A-Za-z0-9_-]*`))
  | (?P<name>[A-Za-z_][A-Za-z0-9_]*|`[A-Za-z_][A-Za-z0-9_]*`)
  | (?P<op><=|>=|!=|[=<>+\-*/().,{}])
    """,
    re.VERBOSE,
)
_ESCAPED = re.compile(r"\\(.)")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "f": "\f"}
_NOT_SUPPORTED = {
    "|": "l’union « | »",
    "&": "la concaténation « & »",
    "~": "l’équivalence « ~ »",
    "!": "l’opérateur « ! »",
    "[": "l’indice « [ »",
    "$": "le mot-clé « $ »",
    "@": "l’instant littéral « @ »",
    "'": "le texte non fermé « ' »",
    "/": "le commentaire « // »",
}


def tokenize(text: str) -> list[Token]:
    """Return the tokens of an expression, ended by an ``end`` token."""
    if len(text) > MAX_EXPRESSION:
        raise ExpressionRefused(f"l’expression dépasse {MAX_EXPRESSION} caractères", MAX_EXPRESSION)
    tokens: list[Token] = []
    at = 0
    for match in _TOKEN.finditer(text):
        if match.start() != at:
            break
        kind = match.lastgroup or ""
        found = match.group()
        if found == "/" and text[at + 1 : at + 2] in ("/", "*"):
            break
        at = match.end()
        if kind != "space":
            tokens.append(Token(kind, found if kind == "op" else _clean(kind, found), match.start() + 1))
    if at < len(text):
        comment = text.startswith(("//", "/*"), at)
        said = _NOT_SUPPORTED["/"] if comment else _NOT_SUPPORTED.get(text[at], f"le caractère « {text[at]} »")
        raise ExpressionRefused(said, at + 1)
    tokens.append(Token("end", "", len(text) + 1))
    return tokens


def _clean(kind: str, text: str) -> str:
    if kind == "string":
        inside = text[1:-1]
        return _ESCAPED.sub(lambda m: _ESCAPES.get(m.group(1), m.group(1)), inside) if "\\" in inside else inside
    if kind == "variable":
        return text[1:].strip("`")
    return text.strip("`") if kind == "name" else text.lstrip("@") if kind == "date" else text
