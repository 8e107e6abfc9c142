"""Can a scenario be played and judged at all? The cheap questions, asked of every scenario before anything is played.

Whether what it claims is true is `check`'s question (`synthesis/soundness.py`), and costs more.
"""

from collections.abc import Iterator

from engine.checkers import names as check_names
from engine.scenario import BadScenario, Scenario
from engine.synthesis.settling import misplaced
from engine.users.manner import unknown
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
    yield from (("manner", what) for what in unknown(scenario.manner))
    if scenario.plot:
        yield from (("plot", what) for what in _unplayable(scenario))


def _unplayable(scenario: Scenario) -> Iterator[str]:
    """What a customer could not do as the plot has it."""
    if (wrong := misplaced(scenario.plot, len(scenario.requests))) is not None:
        yield wrong
        return
    for number, reaction in enumerate(scenario.plot):
        answers = reaction.on in ("proposed", "quoted")
        if reaction.change is None and not reaction.withdraw and reaction.ask is None:
            yield f"reaction {number} does nothing; give it a change, withdraw or ask"
        if reaction.change is not None and (reaction.withdraw or reaction.ask is not None):
            yield f"reaction {number} changes what it takes back, or asks beside it; give it one of them"
        if not answers and (reaction.change is not None or reaction.withdraw):
            yield f"reaction {number} comes when it is {reaction.on}: then only ask is possible"
        if (reaction.on == "quoted") != (reaction.over is not None):
            yield f"reaction {number}: 'over' belongs to 'quoted', and 'quoted' to 'over'"
        strange = sorted({*(reaction.change or ())} - _told(scenario, reaction.request))
        if strange:
            yield f"reaction {number} changes '{strange[0]}', which the customer does not tell of request {reaction.request}"
    if scenario.manner.together and any(reaction.ask is not None for reaction in scenario.plot):
        yield "it asks for more, and the manner names all requests at once; choose one of the two"


def _told(scenario: Scenario, request: int) -> set[str]:
    """The slots of a request that the customer tells themselves: they have a value, and no tool finds it out."""
    return {known.slot for known in scenario.knows if known.request == request and known.via is None}


def _unknown_in_gold(scenario: Scenario, domain: Domain) -> Iterator[tuple[str, str]]:
    for place, write in enumerate(scenario.gold.writes):
        tool = domain.callable.get((write.name, "agent"))
        if tool is None or tool.kind != "write":
            yield "gold.writes", f"write {place}: {domain.name} has no tool '{write.name}' that writes"
    count = len(scenario.gold.writes)
    for before, after in scenario.gold.order:
        if not (0 <= before < count and 0 <= after < count and before != after):
            yield "gold.order", f"[{before}, {after}] are not the places of two of its {count} writes"
