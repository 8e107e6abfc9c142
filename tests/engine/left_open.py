"""The command line, and what it leaves open: `python -m tests.engine.left_open FILE -- run …`.

FILE gets, as JSON, the descriptors that are open behind it and were not before, and the tasks that somebody had left behind when
an event loop was closed. What nobody closed or awaited is warned of on standard error, as always here.
"""

import asyncio
import gc
import sys
import warnings
from asyncio import runners
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

import engine.cli


class Left(msgspec.Struct, frozen=True):
    """What was left open."""

    descriptors: list[str]
    tasks: list[str]


def descriptors() -> dict[str, str]:
    """Those of this process that are open, and what they are of."""
    here = Path("/proc/self/fd")
    found = {}
    for path in here.iterdir() if here.is_dir() else ():
        try:
            found[path.name] = str(path.readlink())
        except OSError:  # the one that this very listing needed
            continue
    return found


def main(file: str, words: Sequence[str]) -> None:
    """Carry out a command line, and write down what it has left."""
    warnings.simplefilter("always", ResourceWarning)
    tasks: list[str] = []
    closing: Any = runners._cancel_all_tasks  # type: ignore[attr-defined]

    def looked(loop: asyncio.AbstractEventLoop) -> None:
        tasks.extend(map(repr, asyncio.all_tasks(loop)))
        closing(loop)

    runners._cancel_all_tasks = looked  # type: ignore[attr-defined]
    before = descriptors()
    try:
        engine.cli.main(list(words))
    finally:
        left = {number: what for number, what in descriptors().items() if number not in before}
        Path(file).write_bytes(msgspec.json.encode(Left([f"{number}: {what}" for number, what in left.items()], tasks)))
        gc.collect()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[3:])
