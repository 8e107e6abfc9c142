"""Small packs of each shipped domain's scenarios and a way to play them in virtual time, shared by the engine's tests."""

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import islice
from random import Random

from msgspec.structs import replace

import servers
from engine.casting import Casting
from engine.checkers.verdict import Verdict
from engine.clock import run_virtual
from engine.conversation.events import Event
from engine.journal import Entry, Happened
from engine.scenario import Manner, Provenance, Scenario
from engine.simulation import Job, Stage, simulate
from engine.synthesis.compose import Making, NotAdmitted, finished
from engine.synthesis.generate import generate
from engine.synthesis.instruction import instruction
from engine.synthesis.plot import Plots
from engine.toolboxes.direct import DirectToolbox
from engine.worlds import Worlds
from servers.domain import Domain
from servers.state import World
from servers.worlds import open_world


@cache
def opened(name: str) -> tuple[Domain, World]:
    """A shipped domain and its smallest world."""
    domain = servers.load(name)
    return domain, open_world(domain, "small:7")


def retail() -> tuple[Domain, World]:
    """The shop and its smallest world."""
    return opened("retail")


@cache
def scenarios(count: int = 64, seed: int = 5, name: str = "retail") -> tuple[Scenario, ...]:
    """Scenarios of every recipe of a domain."""
    return tuple(generate(*opened(name), count, seed, Counter()))


@cache
def plots(count: int = 120, name: str = "retail") -> tuple[Scenario, ...]:
    """Scenarios of one request with a plot each, of every recipe of a domain that has any."""
    return tuple(islice(drawn_plots(name), count))


def drawn_plots(name: str) -> Iterator[Scenario]:
    """The same without an end, always from the first."""
    domain, world = opened(name)
    customers, made, tried = list(world.tables[domain.customers]), 0, 0
    while True:
        random, recipe = Random(f"plots/{name}/{tried}"), domain.recipes[tried % len(domain.recipes)]
        tried += 1
        making = Making(domain, world, customers[tried % len(customers)], random, plots=Plots(share=1.0))
        try:
            making.add(recipe)
            provenance = Provenance(made_by="tests", generator=domain.generator)
            scenario = finished(making, provenance, f"{name}-plot-{made:04d}")
        except NotAdmitted:
            continue
        if scenario.plot:
            made += 1
            plain = replace(scenario, manner=Manner())
            yield replace(plain, instruction=instruction(domain, plain))


class Kept:
    """A sink that keeps everything in memory: the events of each conversation by the place of its scenario."""

    def __init__(self) -> None:
        self.events: dict[int, list[Event]] = {}

    async def send(self, entry: Entry) -> None:
        if isinstance(entry, Happened):
            self.events.setdefault(entry.conversation >> 16, []).append(entry.event)


def play(
    wanted: Sequence[Scenario], casting: Casting | None = None, world: World | None = None
) -> list[tuple[Scenario, list[Event], Verdict]]:
    """Play scenarios in virtual time, one by one, over the direct toolbox; `world` stands in for their own."""
    kept, verdicts, worlds = Kept(), dict[int, Verdict](), Worlds()
    if world is not None:
        worlds = _Instead(world)
    stage = Stage(casting=casting or Casting(), worlds=worlds, toolbox=DirectToolbox())
    jobs = [Job(place=place, scenario=scenario, trial=0) for place, scenario in enumerate(wanted)]
    run_virtual(simulate, jobs, stage, kept, 1, lambda job, verdict: verdicts.update({job.place: verdict}))
    return [(scenario, kept.events[place], verdicts[place]) for place, scenario in enumerate(wanted)]


class _Instead(Worlds):
    """Answers one world, whatever a scenario names: to see what happens when facts are otherwise."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self._world = world

    def of(self, scenario: Scenario) -> tuple[Domain, World]:
        return servers.load(scenario.domain), self._world
