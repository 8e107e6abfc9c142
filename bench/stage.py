"""Conversations to measure: a stage as a run has it, and a pack played once."""

import gc
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager

import anyio

from bench.pack import scenarios
from engine.casting import Casting
from engine.checkers.recording import Recording
from engine.conversation.events import Event
from engine.journal import Entry, Happened, key
from engine.simulation import Job, Stage, simulate
from engine.toolboxes.direct import DirectToolbox
from engine.worlds import Worlds


def tuned() -> None:
    """The collector as a run sets it."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@asynccontextmanager
async def staged(tools: str, worlds: Worlds) -> AsyncIterator[Stage]:
    """What conversations are played with, over the tools `direct` or `mcp`."""
    if tools == "direct":
        yield Stage(casting=Casting(), worlds=worlds, toolbox=DirectToolbox())
    else:
        from engine.toolboxes.mcp import mcp_toolbox  # half a second, which direct tools need not spend

        async with mcp_toolbox() as toolbox:
            yield Stage(casting=Casting(), worlds=worlds, toolbox=toolbox)


class Keeping:
    """A sink that keeps what it is sent."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []

    async def send(self, entry: Entry) -> None:
        self.entries.append(entry)

    def events(self) -> dict[int, list[Event]]:
        """The events of every conversation, by its key."""
        found: dict[int, list[Event]] = {}
        for entry in self.entries:
            if isinstance(entry, Happened):
                found.setdefault(entry.conversation, []).append(entry.event)
        return found


def jobs(path: str, trials: int) -> Iterator[Job]:
    """Every conversation of a pack."""
    for place, scenario in enumerate(scenarios(path)):
        for trial in range(trials):
            yield Job(place=place, scenario=scenario, trial=trial)


async def play(stage: Stage, jobs: Iterable[Job], concurrency: int = 100) -> Keeping:
    """Play and judge; what happened is kept."""
    sink = Keeping()
    await simulate(jobs, stage, sink, concurrency, lambda _job, _verdict: None)
    return sink


def played(path: str) -> tuple[Keeping, list[Recording]]:
    """A pack played once with direct tools: all that happened, and the conversations ready to be judged."""

    async def main() -> Keeping:
        async with staged("direct", worlds) as stage:
            return await play(stage, todo)

    worlds, todo = Worlds(), list(jobs(path, 1))
    sink = anyio.run(main)
    return sink, recordings(sink, todo, worlds)


def recordings(sink: Keeping, todo: Iterable[Job], worlds: Worlds) -> list[Recording]:
    """The conversations that a sink has kept, not yet looked at by any check."""
    scenario_of = {key(job.place, job.trial): job.scenario for job in todo}
    return [Recording(scenario_of[at], *worlds.of(scenario_of[at]), events) for at, events in sink.events().items()]
