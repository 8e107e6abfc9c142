"""Can a scenario be played and judged at all? The cheap questions, asked of every scenario before anything is played.

Whether what it claims is true is `check`'s question (`synthesis/soundness.py`), and costs more.
"""

from collections.abc import Iterator

from engine.checkers import names as check_names
from engine.scenario import BadScenario, Scenario
from servers.domain import Domain
from servers.state import World


def refuse_unplayable(scenario: Scenario, domain: Domain, world: World) -> None:
    """Raises BadScenario with the first thing that the engine does not know."""
    for field, what in _unknown(scenario, domain, world):
        raise BadScenario(f"scenario {scenario.id}: {field}: {what}")


def _unknown(scenario: Scenario, domain: Domain, world: World) -> Iterator[tuple[str, str]]:
    recipes = {recipe.name for recipe in domain.recipes}
    for request in scenario.requests:
        if request.recipe not in recipes:
            yield "requests", f"{domain.name} has no recipe '{request.recipe}'"
    if scenario.requests and scenario.customer not in world.tables[domain.customers]:
        yield "customer", f"'{scenario.customer}' is not in the world's table '{domain.customers}'"
    yield from _unknown_in_gold(scenario, domain)
    for gate in scenario.gates or ():
        if gate not in check_names():
            yield "gates", f"there is no check '{gate}', only {', '.join(check_names())}"
    if scenario.plot:
        yield "plot", "plots are not played in this version; leave it empty"


def _unknown_in_gold(scenario: Scenario, domain: Domain) -> Iterator[tuple[str, str]]:
    for place, write in enumerate(scenario.gold.writes):
        tool = domain.callable.get((write.name, "agent"))
        if tool is None or tool.kind != "write":
            yield "gold.writes", f"write {place}: {domain.name} has no tool '{write.name}' that writes"
    count = len(scenario.gold.writes)
    for before, after in scenario.gold.order:
        if not (0 <= before < count and 0 <= after < count and before != after):
            yield "gold.order", f"[{before}, {after}] are not the places of two of its {count} writes"
