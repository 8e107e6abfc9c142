"""Live conversations of models that take a second for every reply: the share of the ideal rate, CPU, memory, event-loop lag.

Agent and user are both models that know their parts, as in a harvest; the tools are over MCP in process, and every reply waits
until the journal's file has it. The ideal is an engine that takes no time: LIVE / (replies of a conversation x 1 s) conversations
a second, so a reply a second for each that is live. Replies are counted in a window that begins when the ramp is over and ends
while there are still conversations to begin. In process the model is a pause, and what it knows is in the engine's memory and
CPU; over HTTP it is `bench.peer`, in a process of its own beside the engine's.
"""

import itertools
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from pathlib import Path
from random import Random

import anyio
import anyio.to_thread
from msgspec.structs import replace

from bench import process
from bench.apart import Measured, apart, in_turn
from bench.figure import Figure, Setting
from bench.pack import scenarios
from bench.peer.rehearsing import rehearsed
from bench.peer.started import started
from bench.stage import staged, tuned
from engine.checkers.verdict import Verdict
from engine.conversation.events import Reply
from engine.journal import Journal, writer
from engine.modelled import Modelled
from engine.models.client import connected
from engine.models.deployment import Deployment
from engine.models.endpoint import Ask, Endpoint
from engine.models.prices import prices
from engine.models.rehearsed import Part, Rehearsed
from engine.scenario import Scenario
from engine.simulation import Job, simulate
from engine.worlds import Worlds

LATENCY = 1.0
RAMP, WINDOW = 10.0, 20.0
"""Seconds. The client begins with 32 requests at once and doubles them round by round; a conversation has some twenty replies."""
TICK = 0.01
TRIALS = 1_000
"""Of every scenario: more than are ever begun."""
MODEL = "rehearsed"

IN_PROCESS, OVER_HTTP = (200, 1_000, 2_000), (200, 500, 1_000, 2_000)
AIMS = {"in process, 2,000 live": "≥ 95", "over HTTP, 500 live": "≥ 95"}
LINES = {
    "share": ("share of the ideal rate", "%"),
    "rate": ("– replies", "a second"),
    "cpu": ("– the engine's CPU", "% of a core"),
    "peer": ("– the peer's CPU", "% of a core"),
    "memory": ("– the engine's process, resident", "MB"),
    "p50": ("– event-loop lag: median", "ms"),
    "p99": ("– event-loop lag: 99 of 100", "ms"),
    "most": ("– event-loop lag: most", "ms"),
}


def figures(setting: Setting) -> list[Figure]:
    """Wall time is what counts here, and the engine and its peer share the machine: their CPU stands beside it."""
    path, found = str(setting.pack), []
    each = {f"in process, {live:,} live": partial(apart, in_process, path, live) for live in IN_PROCESS}
    each |= {f"over HTTP, {live:,} live": partial(apart, over_http, path, live) for live in OVER_HTTP}
    for name, samples in in_turn(min(setting.runs, 3), each).items():
        for line, (words, unit) in LINES.items():
            if line in samples:
                what, aim = (f"{name}: {words}", AIMS.get(name, "")) if line == "share" else (words, "")
                found.append(Figure(what=what, unit=unit, samples=samples[line], aim=aim))
    return found


def in_process(path: str, live: int) -> Measured:
    """The model is a pause."""
    parts = rehearsed([Path(path)]).parts
    endpoint = _pausing({f"{name}#{trial}": part for name, part in parts.items() for trial in range(TRIALS)})
    found = anyio.run(_played, path, live, endpoint, lambda: 0.0)
    del found["peer"]
    return found


def over_http(path: str, live: int) -> Measured:
    """The model is another process on this machine."""
    with started(path, "--latency", f"fixed:{LATENCY}") as peer:
        model = Deployment(model=MODEL, urls=(peer.url,))
        endpoint = connected({"agent": model, "user": model}, environ={}, prices=prices(None), random=Random(0))
        return anyio.run(_played, path, live, endpoint, lambda: peer.standing().cpu)


@asynccontextmanager
async def _pausing(parts: dict[str, Part]) -> AsyncIterator[Endpoint]:
    yield Rehearsed(parts, seconds=lambda _: LATENCY)


class _Counting:
    """An endpoint that counts its replies."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.replies = 0
        self._endpoint = endpoint

    async def complete(self, ask: Ask) -> Reply:
        reply = await self._endpoint.complete(ask)
        self.replies += 1
        return reply


async def _played(
    path: str, live: int, endpoint: AbstractAsyncContextManager[Endpoint], peer_cpu: Callable[[], float]
) -> Measured:
    """So many conversations at a time, as a run plays them, until the window is over."""
    worlds, pack = Worlds(), scenarios(path)
    for scenario in pack:
        worlds.of(scenario)
    with tempfile.TemporaryDirectory() as folder, Journal(Path(folder, "journal.sqlite")) as journal:
        async with endpoint as model, staged("mcp", worlds) as stage, writer(journal) as sink, anyio.create_task_group() as tasks:
            counting = _Counting(model)
            parties = Modelled(f"openai:{MODEL}", f"openai:{MODEL}", "none", counting, {"agent": {}, "user": {}})
            tuned()
            tasks.start_soon(simulate, _jobs(pack), replace(stage, casting=parties), sink, live, _told)
            await anyio.sleep(RAMP)
            found = await _watched(counting, live, peer_cpu)
            tasks.cancel_scope.cancel()
    return found


def _jobs(pack: Sequence[Scenario]) -> Iterator[Job]:
    for trial, (place, scenario) in itertools.product(range(TRIALS), enumerate(pack)):
        yield Job(place=place, scenario=scenario, trial=trial)


def _told(job: Job, verdict: Verdict) -> None:
    """What fails would make a rate look better or worse than it is."""
    if verdict.standing == "failed":
        raise RuntimeError(f"{job.scenario.id}#{job.trial} has failed: {verdict.reason}")


async def _watched(counting: _Counting, live: int, peer_cpu: Callable[[], float]) -> Measured:
    """What is seen in the window."""
    peer = await anyio.to_thread.run_sync(peer_cpu)
    cpu, replies, begun = time.process_time(), counting.replies, time.perf_counter()
    lags = sorted(await _lags(begun + WINDOW))
    seconds = time.perf_counter() - begun
    cpu, rate = time.process_time() - cpu, (counting.replies - replies) / seconds
    peer = await anyio.to_thread.run_sync(peer_cpu) - peer
    return {
        "share": rate / (live / LATENCY) * 100,
        "rate": rate,
        "cpu": cpu / seconds * 100,
        "peer": peer / seconds * 100,
        "memory": process.resident() / 2**20,
        "p50": lags[len(lags) // 2] * 1e3,
        "p99": lags[len(lags) * 99 // 100] * 1e3,
        "most": lags[-1] * 1e3,
    }


async def _lags(until: float) -> list[float]:
    """How late a task is that wakes at every tick, in seconds; of a tick that it slept through, too."""
    lags, due = [], time.perf_counter() + TICK
    while due < until:
        await anyio.sleep(max(due - time.perf_counter(), 0.0))
        now = time.perf_counter()
        while due <= now:
            lags.append(now - due)
            due += TICK
    return lags
