"""Reads by the size of the world: CPU µs of a call, on keys that are drawn evenly."""

import time
from collections.abc import Callable, Mapping
from functools import partial
from random import Random
from typing import Any

import servers
from bench.apart import Measured, apart, in_turn
from bench.figure import Figure, Setting
from bench.stage import tuned
from servers.domain import ToolCall
from servers.replay import apply
from servers.state import World
from servers.worlds import open_world

DOMAINS = ("retail", "airline")
CALLS, ROUNDS = 2_000, 5

Draw = Callable[[World, Random], Mapping[str, Any]]


def figures(setting: Setting) -> list[Figure]:
    """Small and medium, large when it was asked for; one after the other in each round."""
    sizes = {"small": setting.runs, "medium": setting.runs, "large": setting.runs if setting.large else 0}
    found = []
    for domain in DOMAINS:
        samples = in_turn(
            min(setting.runs, 3), {size: partial(apart, reads, domain, size) for size, runs in sizes.items() if runs}
        )
        for what in samples["small"]:
            for size, measured in samples.items():
                found.append(Figure(what=f"{domain} {what}: {size}", unit="µs", samples=measured[what]))
    return found


def reads(domain: str, size: str) -> Measured:
    """CPU µs a call, by tool: again and again, and for a tool that answers a record the first time as well."""
    loaded = servers.load(domain)
    world, random = open_world(loaded, f"{size}:7"), Random(f"{domain} reads")
    tuned()
    state, found = world.open(), Measured()
    for tool in loaded.tools:
        if tool.name in DRAWN:
            drawn = {repr(each): each for each in (DRAWN[tool.name](world, random) for _ in range(CALLS))}
            calls = [ToolCall(name=tool.name, arguments=each) for each in drawn.values()]
            applied = partial(_applied, partial(apply, loaded, state), calls)
            first = applied()
            found[tool.name] = min(applied() for _ in range(ROUNDS))
            if tool.shows is not None and tool.shows.argument is not None:
                found[f"{tool.name}, the first time"] = first
    return found


def _applied(carry_out: Callable[[ToolCall], Any], calls: list[ToolCall]) -> float:
    begun = time.process_time()
    for call in calls:
        carry_out(call)
    return (time.process_time() - begun) / len(calls) * 1e6


def _of(table: str, *fields: str) -> Draw:
    """Arguments that are fields of a record, whose names are theirs."""

    def draw(world: World, random: Random) -> Mapping[str, Any]:
        record = _drawn(world, table, random)
        return {field: getattr(record, field) for field in fields}

    return draw


def _drawn(world: World, table: str, random: Random) -> Any:
    rows = world.tables[table]
    if table not in _keys or _keys[table][0] is not rows:
        _keys[table] = (rows, list(rows))
    return rows[random.choice(_keys[table][1])]


_keys: dict[str, tuple[Any, list[str]]] = {}


def _name_zip(world: World, random: Random) -> Mapping[str, Any]:
    user = _drawn(world, "users", random)
    return {"first_name": user.name.first_name, "last_name": user.name.last_name, "zip": user.address.zip}


def _item(world: World, random: Random) -> Mapping[str, Any]:
    return {"item_id": random.choice(list(_drawn(world, "products", random).variants))}


def _flight(world: World, random: Random) -> Mapping[str, Any]:
    flight = _drawn(world, "flights", random)
    return {"flight_number": flight.flight_number, "date": random.choice(list(flight.dates))}


def _route(world: World, random: Random) -> Mapping[str, Any]:
    flight = _drawn(world, "flights", random)
    return {"origin": flight.origin, "destination": flight.destination, "date": random.choice(list(flight.dates))}


DRAWN: dict[str, Draw] = {
    "find_user_id_by_email": _of("users", "email"),
    "find_user_id_by_name_zip": _name_zip,
    "get_user_details": _of("users", "user_id"),
    "get_order_details": _of("orders", "order_id"),
    "get_product_details": _of("products", "product_id"),
    "get_item_details": _item,
    "list_all_product_types": lambda _world, _random: {},
    "get_reservation_details": _of("reservations", "reservation_id"),
    "get_flight_status": _flight,
    "list_all_airports": lambda _world, _random: {},
    "search_direct_flight": _route,
    "search_onestop_flight": _route,
}
