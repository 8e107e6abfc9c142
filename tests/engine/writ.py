"""The command line as a real process, and scenarios on the shelf of books that are enough to try it on."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from engine.scenario import FORMAT, Expected, Gold, GoldWrite, Provenance, Scenario, WorldRef, encode
from servers.worlds import open_world
from tests.conftest import ROOT
from tests.servers import shelf

DIGEST = open_world(shelf.DOMAIN, "tiny:1").digest
PRICE = GoldWrite(name="set_price", arguments={"book_id": "b1", "price": 12.5})

Finished = subprocess.CompletedProcess[str]


def command(*arguments: object) -> list[str]:
    """The words of `python -m engine …`."""
    return [sys.executable, "-m", "engine", *map(str, arguments)]


def environment() -> dict[str, str]:
    """What the process needs to find the engine and the domains of the tests from any folder."""
    return os.environ | {"PYTHONPATH": str(ROOT)}


def writ(*arguments: object, cwd: Path, stdout: Any = subprocess.PIPE, before: Callable[[], object] | None = None) -> Finished:
    """Run the command line to its end."""
    words, errors = command(*arguments), subprocess.PIPE
    return subprocess.run(
        words, cwd=cwd, env=environment(), stdout=stdout, stderr=errors, text=True, timeout=60, preexec_fn=before
    )


def scenario(name: str, *writes: GoldWrite, tell: tuple[str, ...] = (), **fields: Any) -> Scenario:
    """A task on the shelf, without requests: played by gold alone."""
    return Scenario(
        id=name,
        format=FORMAT,
        domain="tests.servers.shelf",
        world=fields.pop("world", WorldRef(source="tiny:1", digest=DIGEST)),
        customer="r",
        gold=fields.pop("gold", Gold(writes=writes)),
        answer=fields.pop("answer", Expected(tell=tell)),
        provenance=fields.pop("provenance", Provenance(made_by="by hand")),
        **fields,
    )


def written(path: Path, scenarios: Iterable[Scenario]) -> Path:
    """A scenario file."""
    path.write_bytes(b"".join(map(encode, scenarios)))
    return path
