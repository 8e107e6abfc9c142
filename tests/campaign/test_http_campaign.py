"""Worlds served to many, at length: 256 workspaces in flight, ten rounds without growth, the whole pack over HTTP."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import anyio
import httpx2
import pytest

import servers
from servers.domain import Domain
from servers.state import World
from servers.worlds import open_world
from tests.campaign.commands import ROOT, digest, rows, run
from tests.servers.traffic import plans
from tests.servers.web import Web, alone

pytestmark = pytest.mark.campaign

WORKSPACES, CALLS, ROUNDS = 256, 50, 10
DOMAINS = ("retail", "airline")


@contextmanager
def _server(*options: str) -> Iterator[str]:
    """All domains served in a process of its own; its address."""
    command = [sys.executable, "-m", "servers", "serve", "--http", "127.0.0.1:0", *options]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            yield process.stderr.readline().split()[-1]
            process.terminate()
            assert process.wait(timeout=30) == 0
        finally:
            process.kill()


async def _burst(here: Web, domain: Domain, world: World, random: Random, *, library: bool) -> float:
    """One round of all workspaces at once, by the library's client or by hand; calls a second."""
    todo = plans(world, random, WORKSPACES, CALLS)
    opened = [await here.opened(domain=domain.name, world="small:7") for _ in todo]

    async def work(number: int) -> None:
        if not library:
            for call in todo[number]:
                await here.call(opened[number], call.name, **call.arguments)
            return
        async with here.client(opened[number], "legacy" if number % 2 else "auto") as client:
            for call in todo[number]:
                await client.call_tool(call.name, dict(call.arguments))

    began = time.perf_counter()
    async with anyio.create_task_group() as tasks:
        for number in random.sample(range(len(todo)), len(todo)):
            tasks.start_soon(work, number)
    seconds = time.perf_counter() - began
    digests, wrote = set(), set()
    for number, plan in enumerate(todo):
        graded = await here.graded(opened[number])
        assert graded["digest"] == alone(domain, world, plan)
        assert len(graded["calls"]) == CALLS
        wrote |= {call["name"] for call in graded["calls"] if call["changed"]}
        digests.add(graded["digest"])
        await here.close(opened[number])
    assert len(digests) == WORKSPACES
    assert wrote == {call.name for plan in todo for call in plan if not call.name.startswith("get_")}
    return WORKSPACES * CALLS / seconds


async def _process(url: str) -> tuple[float, float]:
    """The server's resident megabytes and open file descriptors, when it has no other connection."""
    async with httpx2.AsyncClient(base_url=url, trust_env=False, timeout=60) as http:
        text = (await http.get("/metrics")).text
    values = {name: float(value) for name, value in re.findall(r"^(process_\w+) (\S+)$", text, re.MULTILINE)}
    return values["process_resident_memory_bytes"] / 1e6, values["process_open_fds"]


@pytest.mark.parametrize("name", DOMAINS)
async def test_256_workspaces_end_as_each_would_alone_and_ten_rounds_leave_nothing(name: str) -> None:
    """On one world, writing differently to the same customers; memory and descriptors are back within 5 %."""
    domain, unlimited = servers.load(name), httpx2.Limits(max_connections=None)
    world, random = open_world(domain, "small:7"), Random("256")
    with _server() as url:
        measured = []
        for number in range(ROUNDS + 2):
            async with httpx2.AsyncClient(base_url=url, limits=unlimited, trust_env=False, timeout=120) as http:
                rate = await _burst(Web(None, http), domain, world, random, library=number < 2)  # type: ignore[arg-type]
            measured.append((*await _process(url), rate))
            print(
                f"{name}, round {number}: {measured[-1][0]:.1f} MB, {measured[-1][1]:.0f} descriptors, {rate:.0f} calls a second"
            )
    base = measured[1]
    for memory, descriptors, _ in measured[2:]:
        assert memory <= 1.05 * base[0]
        assert descriptors <= base[1] + 1


def test_the_whole_pack_over_http_and_stdio_is_the_same_bytes(tmp_path: Path) -> None:
    """Every scenario of the pack, in process, over HTTP at two widths; and a part of it over stdio."""
    run(tmp_path / "mcp")
    with _server() as url:
        for name, concurrency in (("wide", "200"), ("one", "1")):
            run(tmp_path / name, "--tools", f"mcp+{url}", "--concurrency", concurrency)
            assert digest(tmp_path / name) == digest(tmp_path / "mcp")
    stdio = f"mcp+stdio:{sys.executable} -m servers serve {{domain}} --world {{world}}"
    run(tmp_path / "stdio", "--tools", stdio, "--concurrency", str(os.cpu_count() or 1), "--limit", "30")
    accepted = (tmp_path / "mcp" / "accepted.jsonl").read_bytes().splitlines()
    assert (tmp_path / "stdio" / "accepted.jsonl").read_bytes().splitlines() == accepted[: rows(tmp_path / "stdio")]
    print(f"{len(accepted)} rows, equal bytes over HTTP; {rows(tmp_path / 'stdio')} over stdio")
