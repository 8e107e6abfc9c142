"""A tool call as a conversation makes it, direct and over MCP in process, with few and with many in flight."""

import time
from functools import partial

import anyio
import msgspec

import servers
from bench.apart import Measured, apart, in_turn
from bench.figure import Figure, Setting
from bench.pack import DOMAIN, WORLD
from bench.stage import staged, tuned
from engine.conversation.converse import Tools
from engine.worlds import Worlds
from servers.worlds import open_world

IN_FLIGHT = (1, 200, 1_000)
CALLS = 6_000


def figures(setting: Setting) -> list[Figure]:
    """CPU a call."""
    samples = in_turn(setting.runs, {tools: partial(apart, calls, tools) for tools in ("direct", "mcp")})
    return [
        Figure(what=f"a call, {tools}, {count} in flight", unit="µs", samples=values)
        for tools, by_count in samples.items()
        for count, values in by_count.items()
    ]


def calls(tools: str) -> Measured:
    """CPU µs a call by how many are in flight; one shared client."""
    return anyio.run(_calls, tools)


async def _calls(tools: str) -> Measured:
    domain = servers.load(DOMAIN)
    world = open_world(domain, WORLD)
    orders = [msgspec.json.encode({"order_id": key}).decode() for key in world.tables["orders"]]
    tuned()
    found: Measured = {}
    async with staged(tools, Worlds()) as stage:
        opened = [stage.toolbox.open(str(place), domain, world, ()) for place in range(max(IN_FLIGHT))]
        await _looked(opened[0], orders[:100])
        for count in IN_FLIGHT:
            each = CALLS // count
            begun = time.process_time()
            async with anyio.create_task_group() as tasks:
                for place in range(count):
                    some = [orders[(place + step) % len(orders)] for step in range(each)]
                    tasks.start_soon(_looked, opened[place], some)
            found[f"{count:,}"] = (time.process_time() - begun) / (each * count) * 1e6
    return found


async def _looked(tools: Tools, orders: list[str]) -> None:
    for order in orders:
        await tools.call("agent", "get_order_details", order)
