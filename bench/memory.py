"""A thousand conversations that all stand in their middle: what the process holds, and what each adds to it."""

import gc
import itertools
import tracemalloc
from collections.abc import Iterator
from functools import partial

import anyio

from bench import process
from bench.apart import Measured, apart, in_turn
from bench.figure import Figure, Setting
from bench.pack import scenarios
from bench.stage import play, staged, tuned
from engine.journal import Entry, Happened
from engine.simulation import Job, simulate
from engine.worlds import Worlds

LIVE, MIDDLE = 1_000, 14
"""Conversations, and the number of the event at which each of them stops."""


def figures(setting: Setting) -> list[Figure]:
    """Over MCP, without a journal; the allocator's figure is of a run of its own, because counting takes room itself."""
    path, runs = str(setting.pack), min(setting.runs, 3)
    samples = in_turn(runs, {"resident": partial(apart, resident, path), "allocated": partial(apart, allocated, path)})
    return [
        Figure(what=f"{LIVE:,} live conversations, mcp: the process, resident", unit="MB", samples=samples["resident"]["all"]),
        Figure(what="– of it a conversation, resident", unit="KB", samples=samples["resident"]["each"]),
        Figure(what="– a conversation as tracemalloc counts", unit="KB", samples=samples["allocated"]["each"]),
    ]


class _Gate:
    """A sink that holds every conversation at one of its events, and tells when so many are held."""

    def __init__(self) -> None:
        self.held = 0
        self.full = anyio.Event()

    async def send(self, entry: Entry) -> None:
        if isinstance(entry, Happened) and entry.number == MIDDLE:
            self.held += 1
            if self.held == LIVE:
                self.full.set()
            await anyio.sleep_forever()


def resident(path: str) -> Measured:
    """MB in all, KB each."""
    before, after = anyio.run(_grown, path, False)
    return {"all": after / 2**20, "each": (after - before) / LIVE / 1024}


def allocated(path: str) -> Measured:
    """KB each."""
    before, after = anyio.run(_grown, path, True)
    return {"each": (after - before) / LIVE / 1024}


async def _grown(path: str, traced: bool) -> tuple[int, int]:
    """Bytes before the first conversation and with all of them."""
    worlds = Worlds()
    async with staged("mcp", worlds) as stage, anyio.create_task_group() as tasks:
        await play(stage, itertools.islice(_endless(path), 20))
        gc.collect()
        tuned()
        if traced:
            tracemalloc.start()
        gate, before = _Gate(), _bytes(traced)
        tasks.start_soon(simulate, _endless(path), stage, gate, LIVE, lambda _job, _verdict: None)
        await gate.full.wait()
        gc.collect()
        after = _bytes(traced)
        tasks.cancel_scope.cancel()
    return before, after


def _endless(path: str) -> Iterator[Job]:
    """Conversations without an end: one that is too short for the middle makes room for the next."""
    pack = scenarios(path)
    for trial in itertools.count():
        for place, scenario in enumerate(pack):
            yield Job(place=place, scenario=scenario, trial=trial)


def _bytes(traced: bool) -> int:
    return tracemalloc.get_traced_memory()[0] if traced else process.resident()
