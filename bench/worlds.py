"""Worlds: seconds and memory to generate one, and seconds for its digest."""

import resource
import sys
import time
from functools import partial

import servers
from bench.apart import Measured, apart, in_turn
from bench.figure import Figure, Setting
from bench.pack import DOMAIN
from servers.worlds import open_world


def figures(setting: Setting) -> list[Figure]:
    """Small and medium; large when it was asked for."""
    found = []
    for size, runs in {"small": min(setting.runs, 3), "medium": min(setting.runs, 3), "large": int(setting.large)}.items():
        if runs:
            (samples,) = in_turn(runs, {size: partial(apart, generated, size)}).values()
            found.append(Figure(what=f"{DOMAIN} {size}: generated, CPU", unit="s", samples=samples["cpu"]))
            found.append(Figure(what=f"{DOMAIN} {size}: digest, CPU", unit="s", samples=samples["digest"]))
            found.append(Figure(what=f"{DOMAIN} {size}: growth of the peak", unit="MB", samples=samples["peak"]))
    return found


def generated(size: str) -> Measured:
    """CPU seconds, and MB by which the process's peak has grown."""
    domain = servers.load(DOMAIN)
    before, begun = _peak(), time.process_time()
    world = open_world(domain, f"{size}:7")
    made = time.process_time()
    peak = _peak() - before
    digest = world.digest and time.process_time() - made
    return {"cpu": made - begun, "digest": float(digest), "peak": peak / 2**20}


def _peak() -> int:
    """Bytes; macOS counts them, Linux counts KiB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
