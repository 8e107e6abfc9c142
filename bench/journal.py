"""The journal: an event through the threaded sink to its commit, and its room on disk."""

import tempfile
import time
from functools import partial
from pathlib import Path

import anyio
import msgspec

from bench.apart import Measured, apart, in_turn
from bench.figure import Figure, Setting
from bench.stage import played, tuned
from engine.journal import Entry, Happened, Journal, key, writer

EVENTS = 40_000
UNITS = {"an event, CPU": "µs", "an event, wall": "µs", "an event on disk": "bytes"}


def figures(setting: Setting) -> list[Figure]:
    """What an event costs, its share of the verdict included."""
    (samples,) = in_turn(setting.runs, {"journal": partial(apart, kept, str(setting.pack))}).values()
    return [Figure(what=what, unit=unit, samples=samples[what]) for what, unit in UNITS.items()]


def kept(path: str) -> Measured:
    """The pack's conversations written again and again, as trials."""
    sink, _ = played(path)
    tuned()
    return anyio.run(_kept, sink.entries)


async def _kept(entries: list[Entry]) -> Measured:
    trials = EVENTS // len(entries) + 1
    copies = [msgspec.structs.replace(entry, conversation=entry.conversation + key(0, trial)) for trial in range(trials) for entry in entries]
    count = sum(isinstance(entry, Happened) for entry in copies)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "journal.sqlite")
        with Journal(file) as journal:
            cpu, wall = time.process_time(), time.perf_counter()
            async with writer(journal) as sink:
                for entry in copies:
                    await sink.send(entry)
            cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        return dict(zip(UNITS, (cpu / count * 1e6, wall / count * 1e6, file.stat().st_size / count), strict=True))
