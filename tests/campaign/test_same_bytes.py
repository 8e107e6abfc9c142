"""The dataset is the same bytes however the run was carried out. `make campaign` does the long ones."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from tests.campaign.commands import PACK, ROOT, clean, command, digest, journal_bytes, killed_after, rows, run

KILLS = 20


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One whole run: mcp, 100 at once."""
    out = tmp_path_factory.mktemp("undisturbed") / "run"
    run(out)
    yield out


@pytest.mark.parametrize("tools", ["mcp", "direct"])
@pytest.mark.parametrize("concurrency", ["1", "500"])
def test_concurrency_and_toolbox_make_no_difference(undisturbed: Path, tmp_path: Path, tools: str, concurrency: str) -> None:
    """1 and 500 conversations at once, over MCP and by function calls."""
    run(tmp_path / "run", "--tools", tools, "--concurrency", concurrency)
    assert digest(tmp_path / "run") == digest(undisturbed)
    assert rows(undisturbed) >= 80


@pytest.mark.campaign
def test_a_run_killed_at_twenty_moments_and_resumed_ends_in_the_same_bytes(undisturbed: Path, tmp_path: Path) -> None:
    """SIGKILL at seeded sizes of the journal, resumed each time by the same command."""
    whole = journal_bytes(undisturbed)
    out, random = tmp_path / "run", Random("twenty moments")
    marks = sorted(random.randrange(1, whole) for _ in range(KILLS))
    arguments = command(out, "--concurrency", "20")
    kills = sum(killed_after(arguments, out, mark) for mark in marks)
    run(out, "--concurrency", "20")
    assert digest(out) == digest(undisturbed)
    assert kills >= KILLS // 2
    print(f"killed {kills} of {KILLS} times, resumed to the same {rows(out)} rows")  # shown by `make campaign`


@pytest.mark.campaign
@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
def test_another_python_makes_the_same_bytes(undisturbed: Path, tmp_path: Path, version: str) -> None:
    """A fresh virtual environment of each supported Python."""
    python = _interpreter(version)
    if python is None:
        pytest.skip(f"there is no python{version} here")
    environment = _environment(tmp_path / "venv", python, "--constraint", str(ROOT / "constraints.txt"), str(ROOT))
    run(tmp_path / "run", python=environment, cwd=tmp_path)
    assert digest(tmp_path / "run") == digest(undisturbed)


@pytest.mark.campaign
def test_the_built_wheel_makes_the_same_bytes_outside_the_checkout(undisturbed: Path, tmp_path: Path) -> None:
    """Templates, phrases and catalogue are package data; nothing is read from the checkout but the scenarios."""
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", str(tmp_path), str(ROOT)], check=True, env=clean()
    )
    (wheel,) = tmp_path.glob("*.whl")
    pack = tmp_path / "scenarios"
    shutil.copytree(PACK, pack)
    environment = _environment(tmp_path / "venv", sys.executable, "--constraint", str(ROOT / "constraints.txt"), str(wheel))
    run(tmp_path / "run", python=environment, pack=pack, cwd=tmp_path)
    assert digest(tmp_path / "run") == digest(undisturbed)


def _environment(folder: Path, python: str, *what: str) -> Path:
    subprocess.run([python, "-m", "venv", str(folder)], check=True, env=clean())
    installed = folder / "bin" / "python"
    subprocess.run(
        [str(installed), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *what], check=True, env=clean()
    )
    return installed


def _interpreter(version: str) -> str | None:
    """A Python of that version that really starts: on the path, or among pyenv's."""
    found = [shutil.which(f"python{version}")]
    if shutil.which("pyenv") is not None:
        versions = subprocess.run(["pyenv", "versions", "--bare"], capture_output=True, text=True, check=False).stdout.split()
        root = subprocess.run(["pyenv", "root"], capture_output=True, text=True, check=False).stdout.strip()
        found += [f"{root}/versions/{name}/bin/python" for name in versions if name.startswith(f"{version}.")]
    return next((python for python in found if python and _starts(python)), None)


def _starts(python: str) -> bool:
    return subprocess.run([python, "-c", "pass"], capture_output=True, check=False).returncode == 0
