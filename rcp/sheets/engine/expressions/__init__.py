"""The closed FHIRPath grammar of the profile: lexer, parser, compiler to closures, dependencies."""

from rcp.sheets.engine.expressions.compiler import Expression, compile_expression
from rcp.sheets.engine.expressions.lexer import ExpressionRefused

__all__ = ["Expression", "ExpressionRefused", "compile_expression"]
