"""The worlds of a run: opened once, shared by all conversations, the latest few kept."""

import gc
from collections import Counter, OrderedDict

import servers
from engine.scenario import BadScenario, Scenario
from servers.domain import Domain
from servers.state import World
from servers.worlds import BadWorld, open_world

KEPT = 100
"""Worlds that are kept open at once."""
RECORDS = 1_500_000
"""Records that those may have together: two large worlds, at about a gigabyte each. The latest is kept whatever its size."""


def keep() -> None:
    """From now on no collection looks at what is there: worlds and libraries live as long as the process."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


class Worlds:
    """Opens the world that a scenario names, and refuses one whose digest is not the scenario's.

    Worlds of one digest share their records, whatever they are called. One that is let go lives on in its conversations.
    """

    def __init__(self, kept: int = KEPT, records: int = RECORDS) -> None:
        self._kept = kept
        self._records = records
        self._open: OrderedDict[tuple[str, str], tuple[Domain, World]] = OrderedDict()

    def of(self, scenario: Scenario) -> tuple[Domain, World]:
        """The scenario's domain and world. Raises BadScenario."""
        name = (scenario.domain, scenario.world.source)
        found = self._open.get(name)
        if found is None:
            domain, world = _opened(scenario)
            found = self._open[name] = (domain, self._shared(world))
            while self._is_too_much():
                self._open.popitem(last=False)
        self._open.move_to_end(name)
        if found[1].digest != scenario.world.digest:
            raise BadScenario(
                f"scenario {scenario.id}: the world {scenario.world.source} has digest {found[1].digest[:12]}…, the scenario was "
                f"made for {scenario.world.digest[:12]}…; make the scenario again, or use the world's own file"
            )
        return found

    def held(self) -> Counter[str]:
        """The worlds that are kept, by their digests, with how many records they have."""
        return Counter({world.digest: world.size for _, world in self._open.values()})

    def _shared(self, world: World) -> World:
        """The world with the records of one that is held already, if there is one of its digest."""
        held = {other.digest: other for _, other in self._open.values()}.get(world.digest)
        return world if held is None else held.called(world.source)

    def _is_too_much(self) -> bool:
        return len(self._open) > 1 and (len(self._open) > self._kept or self.held().total() > self._records)


def _opened(scenario: Scenario) -> tuple[Domain, World]:
    try:
        domain = servers.load(scenario.domain)
        return domain, open_world(domain, scenario.world.source)
    except (servers.UnknownDomain, BadWorld) as error:
        raise BadScenario(f"scenario {scenario.id}: {error}") from None
