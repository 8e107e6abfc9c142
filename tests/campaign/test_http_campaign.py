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
from typing import Any

import anyio
import httpx2
import pytest

import servers
from servers.domain import ToolCall
from servers.state import World
from servers.worlds import open_world
from tests.campaign.commands import ROOT, digest, rows, run
from tests.servers.web import Web, alone

pytestmark = pytest.mark.campaign

WORKSPACES, CALLS, ROUNDS = 256, 50, 10
RETAIL = servers.load("retail")


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


def _plans(world: World, random: Random) -> list[list[ToolCall]]:
    """For each workspace calls on the same few customers and their orders, each its own, in an order of its own."""
    users: list[Any] = list(world.tables["users"].items())[:4]
    return [[_call(random, *random.choice(users)) for _ in range(CALLS)] for _ in range(WORKSPACES)]


def _call(random: Random, user_id: str, user: Any) -> ToolCall:
    order_id = random.choice(list(user.orders) or ["#W0"])
    number = random.randrange(10_000)
    place = {"address1": f"{number} Main Street", "address2": "", "city": "Here", "state": "TX", "country": "USA", "zip": "12345"}
    kind = random.randrange(10)
    if kind < 4:
        return ToolCall(name="modify_user_address", arguments={"user_id": user_id, **place})
    if kind < 7:
        return ToolCall(name="modify_pending_order_address", arguments={"order_id": order_id, **place})
    if kind == 7:
        reason = random.choice(["no longer needed", "ordered by mistake", "bored"])
        return ToolCall(name="cancel_pending_order", arguments={"order_id": order_id, "reason": reason})
    read = {"user_id": user_id} if kind == 8 else {"order_id": order_id}
    return ToolCall(name="get_user_details" if kind == 8 else "get_order_details", arguments=read)


async def _burst(here: Web, world: World, random: Random, *, library: bool) -> float:
    """One round of all workspaces at once, by the library's client or by hand; calls a second."""
    plans = _plans(world, random)
    opened = [await here.opened(domain="retail", world="small:7") for _ in plans]

    async def work(number: int) -> None:
        if not library:
            for call in plans[number]:
                await here.call(opened[number], call.name, **call.arguments)
            return
        async with here.client(opened[number], "legacy" if number % 2 else "auto") as client:
            for call in plans[number]:
                await client.call_tool(call.name, dict(call.arguments))

    began = time.perf_counter()
    async with anyio.create_task_group() as tasks:
        for number in random.sample(range(len(plans)), len(plans)):
            tasks.start_soon(work, number)
    seconds = time.perf_counter() - began
    digests = set()
    for number, plan in enumerate(plans):
        graded = await here.graded(opened[number])
        assert graded["digest"] == alone(RETAIL, world, plan)
        assert len(graded["calls"]) == CALLS
        digests.add(graded["digest"])
        await here.close(opened[number])
    assert len(digests) == WORKSPACES
    return WORKSPACES * CALLS / seconds


async def _process(url: str) -> tuple[float, float]:
    """The server's resident megabytes and open file descriptors, when it has no other connection."""
    async with httpx2.AsyncClient(base_url=url, trust_env=False, timeout=60) as http:
        text = (await http.get("/metrics")).text
    values = {name: float(value) for name, value in re.findall(r"^(process_\w+) (\S+)$", text, re.MULTILINE)}
    return values["process_resident_memory_bytes"] / 1e6, values["process_open_fds"]


async def test_256_workspaces_end_as_each_would_alone_and_ten_rounds_leave_nothing() -> None:
    """On one world, writing differently to the same customers; memory and descriptors are back within 5 %."""
    world, random, unlimited = open_world(RETAIL, "small:7"), Random("256"), httpx2.Limits(max_connections=None)
    with _server() as url:
        measured = []
        for number in range(ROUNDS + 2):
            async with httpx2.AsyncClient(base_url=url, limits=unlimited, trust_env=False, timeout=120) as http:
                rate = await _burst(Web(None, http), world, random, library=number < 2)  # type: ignore[arg-type]
            measured.append((*await _process(url), rate))
            print(f"round {number}: {measured[-1][0]:.1f} MB, {measured[-1][1]:.0f} descriptors, {rate:.0f} calls a second")
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
