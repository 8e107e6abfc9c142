"""Scenarios: CPU for each that is admitted, with all the drafts that are not, by domain, kind and size of the world."""

import statistics
import time
from functools import partial

import servers
from bench.apart import Measured, apart, in_turn
from bench.figure import Figure, Setting
from bench.pack import KINDS
from engine.synthesis.dials import Dials
from engine.synthesis.generate import Wanted, groups
from engine.synthesis.pack import Pack
from servers.worlds import open_world

DOMAINS, WORLDS, LARGE = ("retail", "airline"), ("small:7", "medium:7"), ("large:7",)
COUNT = 40
"""Scenarios of a kind, one pack."""


def figures(setting: Setting) -> list[Figure]:
    """Median and 90th percentile of a scenario's CPU, the drafts for one, and what comes before the first."""
    worlds = (*WORLDS, *(LARGE if setting.large else ()))
    wanted = [(domain, world, kind) for domain in DOMAINS for world in worlds for kind in KINDS]
    samples = in_turn(min(setting.runs, 3), {" ".join(each): partial(apart, admitted, *each) for each in wanted})
    found = []
    for domain, world, kind in wanted:
        measured = samples[f"{domain} {world} {kind}"]
        what = f"{domain} {world}, {kind}"
        found.append(Figure(what=f"{what}: CPU, median", unit="ms", samples=measured["median"], aim="≤ 20"))
        found.append(Figure(what="– 90th percentile", unit="ms", samples=measured["p90"]))
        found.append(Figure(what="– drafts for one", unit="", samples=measured["drafts"]))
        found.append(Figure(what="– the first, with what is loaded for it", unit="ms", samples=measured["first"]))
    return found


def admitted(name: str, source: str, kind: str) -> Measured:
    """CPU ms of a scenario of this kind (median, 90th percentile; the first apart, which loads phrases and checks), and drafts
    for each; the world is there already."""
    domain = servers.load(name)
    world, pack, costs = open_world(domain, source), Pack(), list[float]()
    world.digest, world.keys(domain.customers)  # once a world
    dials = Dials(kinds=tuple(each for each in KINDS if each == kind))
    begun = time.process_time()
    for _ in groups(domain, world, Wanted(count=COUNT, seed=1, dials=dials), pack):
        costs.append((time.process_time() - begun) * 1e3)
        begun = time.process_time()
    drafts = (pack.rejected.total() + COUNT) / COUNT
    first, *rest = costs
    p90 = statistics.quantiles(rest, n=10)[-1]
    return {"median": statistics.median(rest), "p90": p90, "drafts": drafts, "first": first}
