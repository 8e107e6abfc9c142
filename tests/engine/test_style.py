"""What the house rules forbid, read from the syntax trees; each rule with an example that it must find."""

import ast
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
SOURCES = [path for folder in ("servers", "engine") for path in sorted((ROOT / folder).rglob("*.py"))]

LONGEST_FUNCTION, LONGEST_FILE = 45, 300
NAMELESS = {"utils", "util", "helpers", "helper", "common", "base", "core", "manager", "misc"}

WHOLE = {"len", "isinstance", "int", "bool", "any", "all", "startswith", "endswith", "count", "comb"} | {
    "available",
    "fits",
    "is_meant",
}
"""Names of what is an int or a bool: add a predicate here, never an amount."""

Found = Iterator[tuple[int, str]]


@cache
def parsed(path: Path) -> ast.Module:
    """A source's tree, read once for all rules."""
    return ast.parse(path.read_text(encoding="utf-8"))


def sums(tree: ast.AST) -> Found:
    """`sum` adds floats otherwise since Python 3.12: only over what is plainly an int or a bool, one by one."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "sum":
            over = node.args[0] if len(node.args) == 1 and not node.keywords else None
            if not (isinstance(over, ast.GeneratorExp) and _whole(over.elt)):
                yield node.lineno, "sum"


def _whole(node: ast.expr) -> bool:
    """Is it an int or a bool by its looks: a comparison, a whole constant, something named in WHOLE, or made of such?"""
    match node:
        case ast.Constant(value=int()) | ast.Compare() | ast.UnaryOp(op=ast.Not()):
            return True
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name in WHOLE
        case ast.BoolOp(values=values):
            return all(map(_whole, values))
        case ast.BinOp(left=left, right=right, op=ast.Add() | ast.Sub() | ast.Mult()):
            return _whole(left) and _whole(right)
    return False


def loose_tasks(tree: ast.AST) -> Found:
    for node in ast.walk(tree):
        name = node.attr if isinstance(node, ast.Attribute) else node.name if isinstance(node, ast.alias) else ""
        if name in ("create_task", "ensure_future", "gather"):
            yield getattr(node, "lineno", 0), name


def long_functions(tree: ast.AST) -> Found:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
            lines = node.end_lineno - node.lineno + 1
            if lines > LONGEST_FUNCTION:
                yield node.lineno, f"{node.name} has {lines} lines"


def clocks_and_chance(tree: ast.AST) -> Found:
    """What a result hangs on is an argument: no wall clock, and of `random` nothing but the type."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if f"{node.value.id}.{node.attr}" in ("time.time", "datetime.now", "datetime.today", "date.today", "uuid.uuid4"):
                yield node.lineno, node.attr
        elif isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names if alias.name == "random")
        elif isinstance(node, ast.ImportFrom) and node.module == "random":
            yield from ((node.lineno, alias.name) for alias in node.names if alias.name != "Random")


RULES: dict[str, tuple[Callable[[ast.AST], Found], str]] = {
    "no sum of what may be floats": (sums, "total = sum(item.price for item in items)"),
    "no sum of a list": (sums, "total = sum(prices)"),
    "no sum with a start": (sums, "total = sum((1 for _ in x), 0.5)"),
    "no tasks outside of task groups": (loose_tasks, "asyncio.create_task(f())"),
    "no gathering": (loose_tasks, "from asyncio import gather"),
    "no long functions": (long_functions, "def f():\n" + "    x = 1\n" * LONGEST_FUNCTION),
    "no clock of its own": (clocks_and_chance, "now = time.time()"),
    "no chance of its own": (clocks_and_chance, "import random"),
}


@pytest.mark.parametrize("rule", RULES)
def test_no_source_breaks_a_rule(rule: str) -> None:
    check, example = RULES[rule]
    assert list(check(ast.parse(example))), "the rule finds nothing in its own example"
    broken = [f"{path.relative_to(ROOT)}:{line}: {what}" for path in SOURCES for line, what in check(parsed(path))]
    assert broken == []


def test_counts_may_be_summed() -> None:
    for fine in (
        "sum(1 for _ in x)",
        "sum(a == b for a in x)",
        "sum(len(a) for a in x)",
        "sum(isinstance(a, int) and a > 1 for a in x)",
    ):
        assert list(sums(ast.parse(fine))) == []


def test_no_file_is_too_long() -> None:
    lengths = {path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE} == {}
    assert len(lengths) > 60


def test_files_are_named_for_what_is_in_them() -> None:
    assert [
        path.relative_to(ROOT).as_posix() for path in SOURCES if {path.stem, *path.relative_to(ROOT).parts[:-1]} & NAMELESS
    ] == []


def test_every_module_says_where_it_stands() -> None:
    silent = [path for path in SOURCES if ast.get_docstring(parsed(path)) is None]
    assert [path.relative_to(ROOT).as_posix() for path in silent] == []
