"""The layers hold: who imports whom, read from the syntax trees."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent

Import = tuple[str, int]
"""A module's name, and the line on which it is imported."""


def sources(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


def imports(tree: ast.AST) -> Iterator[Import]:
    """Every import anywhere in a file: `from a import b` may mean the module a.b, so both are answered."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            yield from ((name, node.lineno) for name in (module, *(f"{module}.{alias.name}" for alias in node.names)))


def inside_functions(tree: ast.AST) -> Iterator[int]:
    """The lines of imports that are not at the top."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.If | ast.Try | ast.With):
            yield from (part.lineno for part in ast.walk(node) if isinstance(part, ast.Import | ast.ImportFrom))


def within(module: str, *packages: str) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def found(paths: Iterator[Path], *packages: str) -> list[str]:
    """Where a file imports something of these packages."""
    return [
        f"{path.relative_to(ROOT)}:{line} imports {module}"
        for path in paths
        for module, line in imports(parsed(path))
        if within(module, *packages)
    ]


def test_the_world_knows_nothing_of_conversations() -> None:
    assert found(sources("servers"), "engine") == []


def test_nobody_imports_tests_or_measurements() -> None:
    assert found(sources("servers", "engine"), "tests", "bench") == []


def test_one_module_alone_serves_the_protocol() -> None:
    others = (path for path in sources("servers", "engine") if path != ROOT / "servers" / "mcp.py")
    assert found(others, "mcp.server") == []


def test_the_world_is_no_client_of_the_protocol_and_the_kernel_does_no_io() -> None:
    assert found(sources("servers"), "mcp.Client", "mcp.client") == []
    assert found(sources("engine/conversation"), "anyio", "asyncio", "sqlite3", "pathlib", "mcp", "time", "random") == []


def test_the_kernel_knows_neither_parties_nor_toolboxes_nor_the_journal() -> None:
    packages = [
        f"engine.{name}"
        for name in ("agents", "users", "toolboxes", "checkers", "dataset", "journal", "simulation", "synthesis", "run")
    ]
    assert found(sources("engine/conversation"), *packages) == []


def test_no_domain_imports_another_or_is_imported_by_the_engine() -> None:
    domains = [folder.name for folder in (ROOT / "servers").iterdir() if (folder / "__init__.py").exists()]
    assert "retail" in domains
    for domain in domains:
        others = [f"servers.{other}" for other in domains if other != domain]
        assert found(sources(f"servers/{domain}"), *others) == []
    assert found(sources("engine"), *(f"servers.{domain}" for domain in domains)) == []


LATE = {"engine/playing.py", "engine/cli"}
"""Where an import may stand in a function: what takes half a second is loaded by those who need it."""


@pytest.mark.parametrize("folder", ["servers", "engine"])
def test_imports_stand_at_the_top(folder: str) -> None:
    paths = [path for path in sources(folder) if not any(path.relative_to(ROOT).as_posix().startswith(late) for late in LATE)]
    late = [f"{path.relative_to(ROOT)}:{line}" for path in paths for line in inside_functions(parsed(path))]
    assert late == []


def test_the_scenarios_are_data_alone() -> None:
    assert list(sources("scenarios")) == []


@pytest.mark.parametrize(
    ("code", "modules"),
    [
        ("import engine.run", {"engine.run"}),
        ("def f():\n    from engine import journal", {"engine", "engine.journal"}),
        ("from mcp import server", {"mcp", "mcp.server"}),
        ("import mcp.server.stdio as s, os", {"mcp.server.stdio", "os"}),
    ],
)
def test_every_way_to_import_is_seen(code: str, modules: set[str]) -> None:
    """The test can fail: what it must find it finds."""
    assert {module for module, _ in imports(ast.parse(code))} == modules
    assert list(inside_functions(ast.parse(code))) == ([2] if "def" in code else [])
    assert within("engine.run", "engine")
    assert not within("engineering", "engine")
