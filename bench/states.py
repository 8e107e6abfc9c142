"""The small parts: a state and what is done to it, one call, one judgement. Mean over many, in µs of CPU."""

import statistics
import time
import timeit
import tracemalloc
from collections.abc import Iterable
from functools import partial
from typing import Any

import msgspec

import servers
from bench.apart import Measured, apart, in_turn
from bench.figure import Figure, Setting
from bench.pack import DOMAIN, WORLD
from bench.stage import played, tuned
from engine.checkers import judge
from engine.checkers.recording import Recording
from servers.domain import Domain, ToolCall
from servers.replay import apply
from servers.retail.records import Order
from servers.state import State, World
from servers.worlds import open_world

STATEMENTS = {
    "open a state": ("world.open()", 100_000),
    "fork one with 3 changes": ("state.fork()", 100_000),
    "get a record": ("state.get('orders', key, Order)", 100_000),
    "put a record": ("state.put('orders', key, record)", 50_000),
    "digest after 3 writes": ("state.digest()", 5_000),
}
OPENED, ROUNDS = 10_000, 5
JUDGED = "judge a trajectory, median over the pack"


def figures(setting: Setting) -> list[Figure]:
    """What a state, a call and a judgement cost."""
    (samples,) = in_turn(setting.runs, {"states": partial(apart, costs, str(setting.pack))}).values()
    units = {"open a state: memory": "bytes", "public_sha256, the first of a world": "ms", "public_sha256": "ms"}
    aims = {JUDGED: "≤ 500"}
    found = samples.items()
    return [Figure(what=what, unit=units.get(what, "µs"), samples=values, aim=aims.get(what, "")) for what, values in found]


def costs(path: str) -> Measured:
    """All of it, by name."""
    world = open_world(servers.load(DOMAIN), WORLD)
    state = _changed(world)
    key = next(iter(world.tables["orders"]))
    names = {"world": world, "state": state, "Order": Order, "key": key, "record": state.get("orders", key, Order)}
    _, recordings = played(path)
    tuned()
    found = {what: _timed(statement, names, count) * 1e6 for what, (statement, count) in STATEMENTS.items()}
    found["open a state: memory"] = _bytes(world)
    found["public_sha256, the first of a world"] = _timed("state.public_sha256()", names, 1) * 1e3
    found["public_sha256"] = _timed("state.public_sha256()", names, 10) * 1e3
    calls = [(recording, played.call) for recording in recordings for played in recording.calls if played.call is not None]
    for what, writes in (("apply a read", False), ("apply a write, on a state of its own", True)):
        found[what] = _applied((each.domain, each.world.open(), call) for each, call in calls if each.is_write(call) is writes)
    found[JUDGED] = _judged(recordings)
    return found


def _changed(world: World) -> State:
    """A state in which the first three orders are others."""
    state = world.open()
    for key in list(world.tables["orders"])[:3]:
        order = state.get("orders", key, Order)
        assert order is not None
        state.put("orders", key, msgspec.structs.replace(order, status="changed"))
    return state


def _timed(statement: str, names: dict[str, Any], count: int) -> float:
    """Seconds for one: the best of some rounds, since nothing but a neighbour makes one slower."""
    rounds = ROUNDS if count > 1 else 1
    return min(timeit.repeat(statement, globals=names, timer=time.process_time, number=count, repeat=rounds)) / count


def _bytes(world: World) -> float:
    tracemalloc.start()
    kept: list[State | None] = [None] * OPENED
    before = tracemalloc.get_traced_memory()[0]
    for place in range(OPENED):
        kept[place] = world.open()
    after = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return (after - before) / OPENED


def _applied(calls: Iterable[tuple[Domain, State, ToolCall]]) -> float:
    """Mean µs of calls that were made in the pack; a write that needs what came before it may be refused."""
    ready = list(calls)
    begun = time.process_time()
    for domain, state, call in ready:
        apply(domain, state, call)
    return (time.process_time() - begun) / len(ready) * 1e6


def _judged(recordings: Iterable[Recording]) -> float:
    times = []
    for recording in recordings:
        fresh = Recording(recording.scenario, recording.domain, recording.world, recording.events)
        begun = time.process_time()
        judge(fresh)
        times.append(time.process_time() - begun)
    return statistics.median(times) * 1e6
