"""The domains of this package served to many at once, all writing to the same few customers."""

from itertools import pairwise
from random import Random

import anyio

import servers
from servers.http.workspaces import Limits
from servers.worlds import open_world
from tests.servers.traffic import plans
from tests.servers.web import alone, web

EACH, CALLS = 6, 12


async def test_workspaces_of_several_domains_in_flight_end_as_each_would_alone() -> None:
    """Six of each domain, interleaved at random; every tool that writes has done so."""
    random, todo = Random("several"), []
    for name in ("retail", "airline"):
        domain = servers.load(name)
        world = open_world(domain, "small:7")
        todo += [(domain, world, plan) for plan in plans(world, random, EACH, CALLS)]
    order: list[int] = []
    async with web(Limits(), {domain.name: domain for domain, _, _ in todo}) as here:
        opened = [await here.opened(domain=domain.name, world="small:7") for domain, _, _ in todo]

        async def work(number: int) -> None:
            for call in todo[number][2]:
                await here.call(opened[number], call.name, **call.arguments)
                order.append(number)
                for _ in range(random.randrange(3)):
                    await anyio.lowlevel.checkpoint()

        async with anyio.create_task_group() as tasks:
            for number in random.sample(range(len(todo)), len(todo)):
                tasks.start_soon(work, number)
        wrote = set()
        for (domain, world, plan), its in zip(todo, opened, strict=True):
            graded = await here.graded(its)
            assert graded["digest"] == alone(domain, world, plan)
            wrote |= {call["name"] for call in graded["calls"] if call["changed"]}
    assert sum(one != other for one, other in pairwise(order)) > len(order) / 2
    assert wrote == {call.name for _, _, plan in todo for call in plan if not call.name.startswith("get_")}
