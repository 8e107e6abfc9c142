"""Worlds: time and memory to generate one, to write it to a file and to read it back, and time for its digest."""

import tempfile
import time
from functools import partial
from pathlib import Path

import servers
from bench.apart import Measured, apart, in_turn
from bench.figure import Figure, Setting
from bench.process import peak, resident
from servers.worlds import open_world, save_world

DOMAINS = ("retail", "airline")
UNITS = {
    "generated, CPU": "ms",
    "digest, CPU": "ms",
    "resident": "MB",
    "more at the peak": "MB",
    "written, CPU": "ms",
    "the file": "MB",
    "read, CPU": "ms",
    "resident when read": "MB",
    "more at the peak of reading": "MB",
}


def figures(setting: Setting) -> list[Figure]:
    """Small and medium; large when it was asked for."""
    found = []
    for size, runs in {"small": setting.runs, "medium": min(setting.runs, 3), "large": int(setting.large)}.items():
        for domain in DOMAINS if runs else ():
            with tempfile.TemporaryDirectory() as folder:
                file = str(Path(folder, "world.json"))
                each = {
                    f"{domain} {size}": partial(apart, generated, domain, size, file),
                    "read": partial(apart, read, domain, file),
                }
                written, again = in_turn(runs, each).values()
            for what, samples in (written | again).items():
                found.append(Figure(what=f"{domain} {size}: {what}", unit=UNITS[what], samples=samples))
    return found


def generated(domain: str, size: str, file: str) -> Measured:
    """CPU ms, and MB by which the process has grown; leaves the world in a file."""
    loaded = servers.load(domain)
    before, begun = resident(), time.process_time()
    world = open_world(loaded, f"{size}:7")
    made = time.process_time()
    grown, more = resident() - before, peak() - resident()
    assert world.digest
    digest = time.process_time()
    save_world(world, file)
    saved = time.process_time()
    return {
        "generated, CPU": (made - begun) * 1e3,
        "digest, CPU": (digest - made) * 1e3,
        "resident": grown / 2**20,
        "more at the peak": more / 2**20,
        "written, CPU": (saved - digest) * 1e3,
        "the file": Path(file).stat().st_size / 2**20,
    }


def read(domain: str, file: str) -> Measured:
    """CPU ms, and MB by which the process has grown."""
    loaded = servers.load(domain)
    before, begun = resident(), time.process_time()
    world = open_world(loaded, file)
    cpu, grown = time.process_time() - begun, resident() - before
    more = peak() - resident()
    assert world.tables
    return {"read, CPU": cpu * 1e3, "resident when read": grown / 2**20, "more at the peak of reading": more / 2**20}
