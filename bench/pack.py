"""The scenarios that are played: those of `scenarios/`, or ones that are made for the occasion."""

from collections import Counter
from pathlib import Path

import servers
from bench.apart import ROOT, Measured, apart
from engine.scenario import Kind, Scenario, encode, load
from engine.synthesis.generate import generate
from servers.worlds import open_world

DOMAIN, WORLD, COUNT = "retail", "small:7", 200
KINDS: tuple[Kind, ...] = ("normal", "write-intensive", "read-heavy")


def pack(scratch: Path) -> Path:
    """The folder or file of the scenarios."""
    folder = ROOT / "scenarios"
    if any(folder.rglob("*.jsonl")):
        return folder
    made = scratch / "pack.jsonl"
    apart(make, str(made))
    return made


def make(path: str) -> Measured:
    """Write a pack of each kind in turn over a generated world."""
    domain = servers.load(DOMAIN)
    scenarios = generate(domain, open_world(domain, WORLD), COUNT, 0, Counter[str](), KINDS)
    Path(path).write_bytes(b"".join(map(encode, scenarios)))
    return {}


def scenarios(path: str) -> list[Scenario]:
    """All scenarios of a pack that a scripted customer can play."""
    return [scenario for scenario in load([Path(path)]) if scenario.requests]
