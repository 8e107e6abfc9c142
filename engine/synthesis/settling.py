"""What a customer's requests come to, one after the other: policy by plot, each over the state that the earlier ones leave.

The one place in which gold is made: composing a scenario and proving it again both go through it.
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Any

import msgspec

from engine.scenario import Reaction
from engine.synthesis.case import OpenCase, ReadKey
from engine.synthesis.looks import Looks
from servers.domain import Domain, ToolCall
from servers.recipe import Decision, Recipe, Refusal, Request, Slots, Write
from servers.replay import apply
from servers.state import State


class Unsettled(Exception):
    """Requests that come to nothing that could be gold; the message says why, in a few words for counting."""


class Settled(msgspec.Struct, frozen=True, kw_only=True):
    """What one request came to. `request` is as it was meant in the end, `before` the state in which it was decided.

    `declined`: the customer takes the write back when it is proposed. `quoted`: what has to be heard for that. `case`: what it
    was decided from.
    """

    place: int
    request: Request
    recipe: Recipe
    before: State
    decisions: tuple[Decision, ...]
    declined: bool = False
    quoted: tuple[str, ...] = ()
    case: OpenCase

    def backwards(self) -> Set[ReadKey]:
        """The reads of the other reading order."""
        case = self.case.other_way()
        self.recipe.solve(case)
        return case.reads.keys()


def settle(
    domain: Domain,
    state: State,
    customer: str,
    requests: Sequence[Request],
    plot: Sequence[Reaction] = (),
    looks: Looks | None = None,
) -> Iterator[Settled]:
    """What every request comes to that is made when all goes right; `state` is left as gold leaves it. Raises Unsettled.

    `looks` are reads of the world as it is, where others made some of them.
    """
    if (wrong := misplaced(plot, len(requests))) is not None:
        raise Unsettled(wrong)
    later = {reaction.ask for reaction in plot}
    for place in range(len(requests)):
        if place not in later:
            yield from settle_one(domain, state, customer, requests, plot, place, looks)


def settle_one(
    domain: Domain,
    state: State,
    customer: str,
    requests: Sequence[Request],
    plot: Sequence[Reaction],
    place: int,
    looks: Looks | None = None,
) -> Iterator[Settled]:
    """The same for one request, and for those that are made because of it."""
    recipe = recipe_of(domain, requests[place])
    left = [reaction for reaction in plot if reaction.request == place]
    before = state.fork()
    seen = Looks(domain, before) if looks is None else looks.on(before)
    request, case, decisions, taken = _confirmed(seen, customer, requests[place], recipe, left)
    declined = taken is not None and taken.withdraw
    quoted = heard_of(domain, decisions) if declined else ()
    if not declined:
        _write(domain, state, decisions)
    yield Settled(
        place=place,
        request=request,
        recipe=recipe,
        before=before,
        decisions=decisions,
        declined=declined,
        quoted=quoted,
        case=case,
    )
    further = [reaction for reaction in left if happens(domain, reaction, decisions) and _is_late(reaction, declined=declined)]
    for reaction in ([taken] if taken is not None else []) + further:
        if reaction.ask is not None:
            yield from settle_one(domain, state, customer, requests, plot, reaction.ask, looks)


def _confirmed(
    looks: Looks, customer: str, request: Request, recipe: Recipe, left: list[Reaction]
) -> tuple[Request, OpenCase, tuple[Decision, ...], Reaction | None]:
    """What is proposed in the end, after all changes of mind, and the reaction that answers it. Takes these out of `left`.

    A change of mind is answered by another proposal, or by something else, and whatever is left may happen to that.
    """
    domain, state = looks.domain, looks.state
    case = OpenCase(domain, state, customer, request.params, looks=looks)
    decisions = recipe.solve(case)
    while (reaction := next((each for each in left if _answers(domain, each, decisions)), None)) is not None:
        left.remove(reaction)
        if reaction.change is None:
            return request, case, decisions, reaction
        if len(decisions) > 1:
            raise Unsettled("a change of mind about a part of a request")
        request = msgspec.structs.replace(request, params={**request.params, **reaction.change})
        case = OpenCase(domain, state, customer, request.params, looks=looks)
        decisions = recipe.solve(case)
    return request, case, decisions, None


def _answers(domain: Domain, reaction: Reaction, decisions: Sequence[Decision]) -> bool:
    """Is a reaction the answer to what is proposed? Of several writes, proposed one by one, it does not say which."""
    if reaction.on not in ("proposed", "quoted") or not happens(domain, reaction, decisions):
        return False
    if sum(isinstance(decision, Write) for decision in decisions) > 1:
        raise Unsettled("a reaction to one of several proposals")
    return True


def _is_late(reaction: Reaction, *, declined: bool) -> bool:
    """Is it one to what the request came to: told when more help is offered?"""
    return reaction.on == "refused" or (reaction.on == "written" and not declined)


def misplaced(plot: Sequence[Reaction], count: int) -> str | None:
    """What is wrong with the places of a plot for so many requests; None when each request that it makes is made once, and after
    the one that leads to it."""
    asked = [reaction.ask for reaction in plot if reaction.ask is not None]
    for number, reaction in enumerate(plot):
        if not 0 <= reaction.request < count or (reaction.ask is not None and not 0 <= reaction.ask < count):
            return f"reaction {number} names a request that is not there; there are {count}"
        if reaction.ask is not None and reaction.ask <= reaction.request:
            return f"reaction {number} leads from request {reaction.request} back to {reaction.ask}; it must lead to a later one"
        if reaction.ask is not None and asked.count(reaction.ask) > 1:
            return f"request {reaction.ask} is asked by two reactions; one must be enough"
    return None


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
    """What a customer has to have heard before they take back what was proposed: what it costs, otherwise what it is about.

    Raises Unsettled where a proposal says neither.
    """
    return tuple(_heard_of(domain, decision) for decision in decisions if isinstance(decision, Write))


def _heard_of(domain: Domain, write: Write) -> str:
    for slot in domain.quotes:
        if isinstance(write.stated.get(slot), int | float):
            return domain.worded(slot, write.stated[slot]).lstrip("$")
    keys = sorted(key for _, key in records(domain, write.tool, write.arguments) if key in write.stated.values())
    if not keys:
        raise Unsettled(f"{write.act} states nothing by which it could be heard")
    return keys[0]


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
