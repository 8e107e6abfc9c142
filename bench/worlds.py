"""Worlds: time and memory to generate one, and time for its digest."""

import time
from functools import partial

import servers
from bench.apart import Measured, apart, in_turn
from bench.figure import Figure, Setting
from bench.pack import DOMAIN
from bench.process import peak, resident
from servers.worlds import open_world


def figures(setting: Setting) -> list[Figure]:
    """Small and medium; large when it was asked for."""
    found = []
    for size, runs in {"small": setting.runs, "medium": min(setting.runs, 3), "large": int(setting.large)}.items():
        if runs:
            (samples,) = in_turn(runs, {size: partial(apart, generated, size)}).values()
            for what, unit in (("generated, CPU", "ms"), ("digest, CPU", "ms"), ("resident", "MB"), ("more at the peak", "MB")):
                found.append(Figure(what=f"{DOMAIN} {size}: {what}", unit=unit, samples=samples[what]))
    return found


def generated(size: str) -> Measured:
    """CPU ms, and MB by which the process has grown."""
    domain = servers.load(DOMAIN)
    before, begun = resident(), time.process_time()
    world = open_world(domain, f"{size}:7")
    made = time.process_time()
    grown, more = resident() - before, peak() - resident()
    assert world.digest
    digest = time.process_time() - made
    return {
        "generated, CPU": (made - begun) * 1e3,
        "digest, CPU": digest * 1e3,
        "resident": grown / 2**20,
        "more at the peak": more / 2**20,
    }
