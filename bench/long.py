"""A long run's pack: a few scenarios about lamps, again and again under other names."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import servers
from engine.config import Content, Running
from engine.run import Run
from engine.scenario import encode
from engine.synthesis.generate import generate
from servers.worlds import open_world
from tests.domains.lights import DOMAIN

MADE = 200
"""Scenarios that are made; the others are theirs under other names, so that randomness plays each of them differently."""


def write_pack(path: Path, count: int) -> None:
    """So many scenarios, one after the other."""
    domain = servers.load(DOMAIN.name)
    lines = [encode(scenario) for scenario in generate(domain, open_world(domain, "small:1"), MADE, 1, Counter[str]())]
    with path.open("wb") as file:
        file.writelines(_named(lines, count))


def _named(lines: list[bytes], count: int) -> Iterator[bytes]:
    for place in range(count):
        yield lines[place % MADE].replace(b'"id":"', b'"id":"%d-' % (place // MADE), 1)


def run(pack: Path, folder: Path, limit: int | None = None) -> Run:
    """A run of it, with direct tools, a hundred at once."""
    running = Running.model_validate({"out": folder, "tools": "direct", "concurrency": 100, "limit": limit})
    return Run([pack], Content(), running)


def unheard(*_: object) -> None:
    """Tells nobody."""
