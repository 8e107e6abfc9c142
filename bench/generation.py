"""Scenarios: CPU for each that is admitted, with all the drafts that are not."""

import time
from collections import Counter
from collections.abc import Sequence
from functools import partial

import servers
from bench.apart import Measured, apart, in_turn
from bench.figure import Figure, Setting
from bench.pack import DOMAIN, KINDS, WORLD
from engine.scenario import Kind
from engine.synthesis.generate import generate
from servers.worlds import open_world

COUNTS = {"any": 200, "each": 24}
WORDS = {"any": "whatever kind it becomes", "each": "of each kind in turn"}


def figures(setting: Setting) -> list[Figure]:
    """Whatever kind a scenario becomes, and each kind in turn, for which more drafts are thrown away."""
    samples = in_turn(min(setting.runs, 3), {which: partial(apart, admitted, which) for which in COUNTS})
    found = []
    for which, words in WORDS.items():
        found.append(Figure(what=f"an admitted scenario, {words}: CPU", unit="ms", samples=samples[which]["cpu"]))
        found.append(Figure(what=f"– drafts for one, {words}", unit="", samples=samples[which]["drafts"]))
    return found


def admitted(which: str) -> Measured:
    """CPU ms and drafts for each scenario."""
    domain = servers.load(DOMAIN)
    world, rejected, count = open_world(domain, WORLD), Counter[str](), COUNTS[which]
    kinds: Sequence[Kind | None] = KINDS if which == "each" else (None,)
    begun = time.process_time()
    made = list(generate(domain, world, count, 1, rejected, kinds))
    cpu = time.process_time() - begun
    return {"cpu": cpu / len(made) * 1e3, "drafts": (rejected.total() + len(made)) / len(made)}
