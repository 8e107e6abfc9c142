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
    a_second = [1e6 / microseconds for microseconds in samples["an event, wall"]]
    found = [Figure(what=what, unit=unit, samples=samples[what]) for what, unit in UNITS.items()]
    return [*found, Figure(what="events through the journal, wall", unit="a second", samples=a_second)]


def kept(path: str) -> Measured:
    """The pack's conversations written again and again, as trials."""
    once = played(path)[0].entries
    entries = [_of(entry, trial) for trial in range(EVENTS // len(once) + 1) for entry in once]
    count = sum(isinstance(entry, Happened) for entry in entries)
    tuned()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "journal.sqlite")
        with Journal(file) as journal:
            cpu, wall = anyio.run(_written, journal, entries)
        return dict(zip(UNITS, (cpu / count * 1e6, wall / count * 1e6, file.stat().st_size / count), strict=True))


def _of(entry: Entry, trial: int) -> Entry:
    return msgspec.structs.replace(entry, conversation=entry.conversation + key(0, trial))


async def _written(journal: Journal, entries: list[Entry]) -> tuple[float, float]:
    """Seconds of CPU and of the wall."""
    cpu, wall = time.process_time(), time.perf_counter()
    async with writer(journal) as sink:
        for entry in entries:
            await sink.send(entry)
    return time.process_time() - cpu, time.perf_counter() - wall
