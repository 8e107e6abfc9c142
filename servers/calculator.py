"""Arithmetic for tools: numbers, + - * / // **, parentheses; no names, no `eval`, bounded in time and size."""

import ast
import operator
from collections.abc import Callable

LONGEST = 200
"""Characters that an expression may have."""
LARGEST = 1e15
"""No intermediate value may be further from zero."""

_CHARACTERS = frozenset("0123456789+-*/(). ")

_BINARY: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Pow: operator.pow,
}


def answer(expression: str) -> str:
    """What a domain's calculator tool answers: the value, rounded to two places, as text.

    Raises ValueError in words that may be shown.
    """
    if any(character not in _CHARACTERS for character in expression):
        raise ValueError("Invalid characters in expression")
    return str(round(float(calculate(expression)), 2))


def calculate(expression: str) -> float:
    """The value of an arithmetic expression.

    Raises ValueError in words that may be shown: too long, not arithmetic, too large, no value.
    """
    if len(expression) > LONGEST:
        raise ValueError(f"The expression is too long: {len(expression)} characters, at most {LONGEST}")
    try:
        tree = ast.parse(expression.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ValueError("The expression is not complete arithmetic, such as (2 + 3) * 4.5") from None
    return _value(tree.body)


def _value(node: ast.expr) -> float:
    match node:
        case ast.Constant(value=bool()):
            pass
        case ast.Constant(value=int() | float() as number):
            return _bounded(number)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand)
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return _value(operand)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            return _combined(type(op), _value(left), _value(right))
    raise ValueError("The expression is not complete arithmetic, such as (2 + 3) * 4.5")


def _combined(op: type[ast.operator], left: float, right: float) -> float:
    if op is ast.Pow and (abs(right) > 64 or abs(left) > LARGEST):
        raise ValueError("The result is too large")
    try:
        return _bounded(_BINARY[op](left, right))
    except ZeroDivisionError:
        raise ValueError("Division by zero") from None
    except OverflowError:
        raise ValueError("The result is too large") from None


def _bounded(number: float) -> float:
    if isinstance(number, complex) or not abs(number) <= LARGEST:
        raise ValueError("The result is too large")
    return number
