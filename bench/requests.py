"""Requests to a model over HTTP: CPU of the client's process for each, beside a bare `post` of its library.

The request is one from the middle of a conversation, with the policy, all tools and what was said; the peer (`bench.peer`) is a
process of its own and answers at once. The bare client is `openai` with aiohttp and a ready body: it encodes nothing, counts
nothing, and would fail at the first 429.
"""

import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from random import Random

import anyio
import httpx2
import msgspec
from msgspec.structs import replace
from openai import AsyncOpenAI, DefaultAioHttpClient

from bench.apart import Measured, apart, in_turn
from bench.figure import Figure, Setting
from bench.pack import scenarios
from bench.peer.rehearsing import rehearsed
from bench.peer.started import started
from bench.stage import play, staged, tuned
from engine.modelled import Modelled
from engine.models.client import connected
from engine.models.deployment import Deployment
from engine.models.endpoint import Ask, Role
from engine.models.pacing import Limits
from engine.models.prices import prices
from engine.models.rehearsed import Rehearsed
from engine.scenario import Scenario, encode
from engine.simulation import Job
from engine.worlds import Worlds

IN_FLIGHT = (32, 256, 1_000)
REQUESTS = 4_000
MODEL = "rehearsed"

Once = Callable[[], Awaitable[object]]


def figures(setting: Setting) -> list[Figure]:
    """Ours and the bare client in turn; a ratio is that of a round."""
    path = str(setting.pack)
    ours, bare = in_turn(setting.runs, {way: partial(apart, asked, way, path) for way in ("ours", "bare")}).values()
    found = []
    for name, samples in ours.items():
        found.append(Figure(what=f"a request, {name} in flight", unit="ms", samples=samples))
        found.append(Figure(what="– with the bare client", unit="ms", samples=bare[name]))
        ratios = [one / other for one, other in zip(samples, bare[name], strict=True)]
        found.append(Figure(what="– ours to that", unit="times", samples=ratios))
    return found


def asked(way: str, path: str) -> Measured:
    """CPU ms of this process for a request, by how many are in flight."""
    with tempfile.TemporaryDirectory() as folder:
        pack, scenario = Path(folder, "pack.jsonl"), scenarios(path)[0]
        pack.write_bytes(encode(scenario))
        asks: list[Ask] = []
        parts = {f"{name}#0": part for name, part in rehearsed([pack]).parts.items()}
        anyio.run(_played, scenario, Rehearsed(parts, hear=asks.append))
        agents = [ask for ask in asks if ask.role == "agent"]
        with started(pack) as peer:
            return anyio.run(_measured, way, peer.url, agents[len(agents) // 2])


async def _played(scenario: Scenario, endpoint: Rehearsed) -> None:
    """One conversation of two models."""
    async with staged("direct", Worlds()) as stage:
        parties = Modelled(f"openai:{MODEL}", f"openai:{MODEL}", "none", endpoint, {"agent": {}, "user": {}})
        await play(replace(stage, casting=parties), [Job(place=0, scenario=scenario, trial=0)])


async def _measured(way: str, url: str, ask: Ask) -> Measured:
    found: Measured = {}
    tuned()
    for count in IN_FLIGHT:
        async with WAYS[way](url, ask, count) as once:
            await _repeated(once, count, count)
            begun = time.process_time()
            await _repeated(once, count, REQUESTS)
            found[f"{count:,}"] = (time.process_time() - begun) / REQUESTS * 1e3
    return found


async def _repeated(once: Once, count: int, requests: int) -> None:
    """So many requests, `count` at a time."""
    left = iter(range(requests))

    async def some() -> None:
        for _ in left:
            await once()

    async with anyio.create_task_group() as tasks:
        for _ in range(count):
            tasks.start_soon(some)


@asynccontextmanager
async def _ours(url: str, ask: Ask, count: int) -> AsyncIterator[Once]:
    limits = Limits(first=count, most=count)
    roles: dict[Role, Deployment] = {"agent": Deployment(model=MODEL, urls=(url,), limits=limits)}
    async with connected(roles, environ={}, prices=prices(None), random=Random(0)) as models:
        yield partial(models.complete, ask)


@asynccontextmanager
async def _bare(url: str, ask: Ask, count: int) -> AsyncIterator[Once]:
    body = msgspec.json.encode({"model": MODEL, "messages": ask.messages, "tools": ask.tools})
    http = DefaultAioHttpClient(limits=httpx2.Limits(max_connections=count), trust_env=False)
    async with AsyncOpenAI(api_key="none", base_url=url, max_retries=0, http_client=http) as client:
        yield partial(client.post, "/chat/completions", content=body, cast_to=str)


WAYS = {"ours": _ours, "bare": _bare}
