"""Real runs of the command line in processes of their own, over the shipped pack."""

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACK = ROOT / "scenarios"


def command(out: Path, *more: str, python: Path | str = sys.executable, pack: Path = PACK) -> list[str]:
    """The main job as a command."""
    return [str(python), "-m", "engine", "run", str(pack), "--out", str(out), "--quiet", *more]


def run(out: Path, *more: str, python: Path | str = sys.executable, pack: Path = PACK, cwd: Path = ROOT) -> None:
    """Carry out the main job; what it says on failure is the assertion's message."""
    done = subprocess.run(
        command(out, *more, python=python, pack=pack),
        cwd=cwd,
        env=clean(),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def clean() -> dict[str, str]:
    """The environment without what would lead another interpreter astray."""
    return {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")}


def digest(out: Path) -> str:
    """sha256 of a run's accepted.jsonl."""
    return hashlib.sha256((out / "accepted.jsonl").read_bytes()).hexdigest()


def rows(out: Path) -> int:
    """How many rows a run's accepted.jsonl has."""
    return (out / "accepted.jsonl").read_bytes().count(b"\n")


def journal_bytes(out: Path) -> int:
    """How much a run has written so far: its journal with the write-ahead log."""
    return sum(path.stat().st_size for path in out.glob("journal.sqlite*"))


def killed_after(arguments: Sequence[str], out: Path, written: int) -> bool:
    """Start a run and SIGKILL it when its journal has grown beyond `written` bytes. False: it ended before."""
    process = subprocess.Popen(arguments, cwd=ROOT, env=clean(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while process.poll() is None:
            if journal_bytes(out) > written:
                process.kill()
                process.wait()
                return True
            time.sleep(0.0005)  # a look at the disk, no waiting for a result
        return False
    finally:
        process.kill()
        process.wait()
