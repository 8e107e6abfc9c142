"""The worlds of a run: opened once, shared by all conversations, the latest few kept."""

from collections import OrderedDict

import servers
from engine.scenario import BadScenario, Scenario
from servers.domain import Domain
from servers.state import World
from servers.worlds import BadWorld, open_world

KEPT = 8
"""Worlds that are kept open at once."""


class Worlds:
    """Opens the world that a scenario names, and refuses one whose digest is not the scenario's."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._open: OrderedDict[tuple[str, str], tuple[Domain, World]] = OrderedDict()

    def of(self, scenario: Scenario) -> tuple[Domain, World]:
        """The scenario's domain and world. Raises BadScenario."""
        name = (scenario.domain, scenario.world.source)
        found = self._open.get(name)
        if found is None:
            found = self._open[name] = _opened(scenario)
            while len(self._open) > self._kept:
                self._open.popitem(last=False)
        self._open.move_to_end(name)
        if found[1].digest != scenario.world.digest:
            raise BadScenario(
                f"scenario {scenario.id}: the world {scenario.world.source} has digest {found[1].digest[:12]}…, the scenario was "
                f"made for {scenario.world.digest[:12]}…; make the scenario again, or use the world's own file"
            )
        return found


def _opened(scenario: Scenario) -> tuple[Domain, World]:
    try:
        domain = servers.load(scenario.domain)
        return domain, open_world(domain, scenario.world.source)
    except (servers.UnknownDomain, BadWorld) as error:
        raise BadScenario(f"scenario {scenario.id}: {error}") from None
