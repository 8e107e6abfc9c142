"""What a customer's requests come to, one after the other: policy by plot, each over the state that the earlier ones leave.

The one place in which gold is made: composing a scenario and proving it again both go through it.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from engine.scenario import Reaction
from engine.synthesis.case import OpenCase
from servers.domain import Domain, ToolCall
from servers.recipe import Decision, Recipe, Refusal, Request, Slots, Write
from servers.replay import apply
from servers.state import State


class Unsettled(Exception):
    """Requests that come to nothing that could be gold; the message says why, in a few words for counting."""


class Settled(msgspec.Struct, frozen=True, kw_only=True):
    """What one request came to. `request` is as it was meant in the end, `before` the state in which it was decided.

    `declined`: the customer takes the write back when it is proposed. `quoted`: what has to be heard for that.
    """

    place: int
    request: Request
    recipe: Recipe
    before: State
    decisions: tuple[Decision, ...]
    declined: bool = False
    quoted: tuple[str, ...] = ()


def settle(
    domain: Domain, state: State, customer: str, requests: Sequence[Request], plot: Sequence[Reaction] = ()
) -> Iterator[Settled]:
    """What every request comes to that is made when all goes right; `state` is left as gold leaves it. Raises Unsettled."""
    later = {reaction.ask for reaction in plot}
    for place in range(len(requests)):
        if place not in later:
            yield from settle_one(domain, state, customer, requests, plot, place)


def settle_one(
    domain: Domain, state: State, customer: str, requests: Sequence[Request], plot: Sequence[Reaction], place: int
) -> Iterator[Settled]:
    """The same for one request, and for those that are made because of it."""
    recipe = recipe_of(domain, requests[place])
    request = requests[place]
    decisions = recipe.solve(OpenCase(domain, state, customer, request.params))
    declined, asked = False, list[int]()
    for reaction in (each for each in plot if each.request == place):
        if not happens(domain, reaction, decisions) or (declined and reaction.on == "written"):
            continue
        if reaction.change is not None:
            request = msgspec.structs.replace(request, params={**request.params, **reaction.change})
            decisions = recipe.solve(OpenCase(domain, state, customer, request.params))
        declined = declined or reaction.withdraw
        asked += [] if reaction.ask is None else [reaction.ask]
    quoted = heard_of(domain, decisions) if declined else ()
    before = state.fork()
    if not declined:
        _write(domain, state, decisions)
    yield Settled(
        place=place, request=request, recipe=recipe, before=before, decisions=decisions, declined=declined, quoted=quoted
    )
    for next_place in asked:
        yield from settle_one(domain, state, customer, requests, plot, next_place)


def recipe_of(domain: Domain, request: Request) -> Recipe:
    """The recipe that a request follows. Raises Unsettled."""
    for recipe in domain.recipes:
        if recipe.name == request.recipe:
            return recipe
    raise Unsettled(f"{domain.name} has no recipe '{request.recipe}'")


def happens(domain: Domain, reaction: Reaction, decisions: Sequence[Decision]) -> bool:
    """Does what a reaction waits for happen to a request that is decided so?"""
    writes = [decision for decision in decisions if isinstance(decision, Write)]
    if reaction.on == "refused":
        return any(isinstance(decision, Refusal) for decision in decisions)
    if reaction.on == "quoted":
        return any(exceeds(domain, reaction, write.stated) for write in writes)
    return bool(writes)


def exceeds(domain: Domain, reaction: Reaction, stated: Slots) -> bool:
    """Does a proposal that states this cost more than the customer would pay?"""
    amount = quote(domain, stated)
    return amount is not None and reaction.over is not None and amount > reaction.over


def quote(domain: Domain, stated: Slots) -> float | None:
    """What a proposal says is to be paid, in dollars; None where nothing is."""
    return next((float(stated[slot]) for slot in domain.quotes if isinstance(stated.get(slot), int | float)), None)


def heard_of(domain: Domain, decisions: Sequence[Decision]) -> tuple[str, ...]:
    """What a customer has to have heard before they take back what was proposed: what it costs, otherwise what it is about."""
    found = []
    for write in (decision for decision in decisions if isinstance(decision, Write)):
        amount = quote(domain, write.stated)
        slot = next((slot for slot in domain.quotes if slot in write.stated), "")
        found.append(_key(domain, write) if amount is None else domain.worded(slot, write.stated[slot]).lstrip("$"))
    return tuple(found)


def _key(domain: Domain, write: Write) -> str:
    changes = domain.callable[write.tool, "agent"].changes
    named = (change.argument for change in changes if change.argument is not None)
    return next((str(write.arguments[argument]) for argument in named if argument in write.arguments), "")


def _write(domain: Domain, state: State, decisions: Sequence[Decision]) -> None:
    for decision in decisions:
        if isinstance(decision, Write):
            done = apply(domain, state, ToolCall(name=decision.tool, arguments=decision.arguments))
            if done.error or not done.changed:
                why = done.text[:60] if done.error else "it changes nothing"
                raise Unsettled(f"gold does not replay: {why}")


def records(domain: Domain, tool: str, arguments: Mapping[str, Any]) -> set[tuple[str, str]]:
    """The records that a write names by their keys."""
    changes = domain.callable[tool, "agent"].changes
    return {(change.table, str(arguments.get(change.argument))) for change in changes if change.argument is not None}
