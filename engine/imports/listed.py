"""A task that is a list of calls, as a scenario: the listed calls in `actions`, of which the writes that succeed are the gold.

Above: a file a source, which knows how that source writes its tasks down. Below: the scenario.
"""

from collections.abc import Sequence

import msgspec

from engine.checkers.gold import GoldFailed, order_that_matters
from engine.scenario import FORMAT, Expected, Gold, GoldWrite, Kind, Provenance, Scenario, WorldRef
from engine.synthesis.claims import WRITE_INTENSIVE
from servers.domain import Domain, Outcome, ToolCall
from servers.replay import ToolCrashed, replay
from servers.state import World


class BadTasks(ValueError):
    """A folder that is not one of tasks, or a task that cannot be taken over: which, and what is wrong with it."""


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """What sources say of a task, as a scenario has it. `customer` None: nobody says who asks, the calls may show it."""

    id: str
    made_by: str
    actions: tuple[ToolCall, ...]
    tell: tuple[str, ...] = ()
    instruction: str = ""
    customer: str | None = None
    greeting: str = ""
    basis: tuple[str, ...] = ()
    assertions: tuple[str, ...] = ()


def scenario(domain: Domain, world: World, task: Listed, where: str) -> Scenario:
    """The task in this world. `where` names it to a person. Raises BadTasks."""
    _refuse_strangers(domain, world, task, where)
    try:
        outcomes = replay(domain, world.open(), task.actions)
        writes = _writes(domain, task.actions, outcomes)
        order = order_that_matters(domain, world, writes)
    except (ToolCrashed, GoldFailed) as failure:
        raise BadTasks(f"{where}: its listed actions cannot be played: {failure}") from None
    changes = any(outcome.changed for outcome in outcomes)
    kind: Kind = "write-intensive" if len(writes) >= WRITE_INTENSIVE else "normal"
    return Scenario(
        id=task.id,
        format=FORMAT,
        domain=domain.name,
        world=WorldRef(source=world.source, digest=world.digest),
        customer=_customer(domain, world, task.actions, outcomes) if task.customer is None else task.customer,
        gold=Gold(writes=writes, order=order),
        answer=Expected(tell=task.tell),
        kind=kind,
        instruction=task.instruction,
        actions=task.actions,
        gates=("answer", "state"),
        greeting=task.greeting,
        basis=task.basis,
        assertions=task.assertions,
        provenance=Provenance(made_by=task.made_by, idle_passes=not changes and not task.tell),
    )


def _refuse_strangers(domain: Domain, world: World, task: Listed, where: str) -> None:
    """A tool or a customer that is not here: the task is of another domain or another world."""
    strange = next((action.name for action in task.actions if (action.name, "agent") not in domain.callable), None)
    if strange is not None:
        raise BadTasks(f"{where}: lists a call of '{strange}', which is no tool of {domain.name}; name the task's own domain")
    if task.customer is not None and task.customer not in world.tables[domain.customers]:
        strange = f"its customer '{task.customer}' is not in the {domain.customers} of {world.source}"
        raise BadTasks(f"{where}: {strange}; give the domain and the world that it was made for")


def _writes(domain: Domain, actions: Sequence[ToolCall], outcomes: Sequence[Outcome]) -> tuple[GoldWrite, ...]:
    return tuple(
        GoldWrite(name=action.name, arguments=action.arguments)
        for action, outcome in zip(actions, outcomes, strict=True)
        if not outcome.error and domain.callable[action.name, "agent"].kind == "write"
    )


def _customer(domain: Domain, world: World, actions: Sequence[ToolCall], outcomes: Sequence[Outcome]) -> str:
    """Who is asking, as far as the listed actions show: the first customer that one of them names or finds."""
    known = world.tables[domain.customers]
    for action, outcome in zip(actions, outcomes, strict=True):
        for text in (outcome.text, *action.arguments.values()):
            if isinstance(text, str) and text in known:
                return text
    return ""
