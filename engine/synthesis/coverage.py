"""Which rules of a policy a pack exercises, and from which side: forbidden, allowed, and allowed by one stored fact alone."""

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from engine.scenario import Scenario
from engine.synthesis.case import OpenCase
from engine.synthesis.settling import settle
from engine.worlds import Worlds
from servers.domain import Domain
from servers.recipe import Decision, Recipe, Refusal, Request, Transfer
from servers.state import State


class Sides(msgspec.Struct, kw_only=True):
    """In how many requests of a pack a rule forbids; in how many it could have, by what is asked, and does not; and in how
    many of those one of the listed other ways things could be would be forbidden by it."""

    forbidden: int = 0
    allowed: int = 0
    apart: int = 0


class _Asked(msgspec.Struct, frozen=True):
    """A request with the rules that forbid it, those that would a fact apart, and whether something came of it."""

    recipe: str
    forbidden: frozenset[str]
    apart: frozenset[str]
    granted: bool


def coverage(scenarios: Iterable[Scenario], worlds: Worlds) -> Mapping[str, dict[str, Sides]]:
    """The sides of every rule, by domain. Scenarios without requests count nowhere. Raises BadScenario."""
    asked: dict[str, list[_Asked]] = {}
    sides: dict[str, dict[str, Sides]] = {}
    for scenario in scenarios:
        domain, world = worlds.of(scenario)
        sides.setdefault(domain.name, {rule.name: Sides() for rule in domain.rules})
        asked.setdefault(domain.name, []).extend(_requests(domain, world.open(), scenario))
    for name, requests in asked.items():
        _count(requests, sides[name])
    return sides


def _count(requests: list[_Asked], sides: dict[str, Sides]) -> None:
    meets: dict[str, frozenset[str]] = {}
    for each in requests:
        meets[each.recipe] = meets.get(each.recipe, frozenset()) | each.forbidden | each.apart
    for each in requests:
        for rule in each.forbidden:
            sides[rule].forbidden += 1
        for rule in meets[each.recipe] - each.forbidden if each.granted else ():
            sides[rule].allowed += 1
            sides[rule].apart += rule in each.apart


def _requests(domain: Domain, state: State, scenario: Scenario) -> Iterator[_Asked]:
    """Each request that is made, over the state that the earlier ones leave."""
    for settled in settle(domain, state, scenario.customer, scenario.requests, scenario.plot):
        recipe, decisions, before = settled.recipe, settled.decisions, settled.before
        granted = any(not isinstance(decision, Refusal | Transfer) for decision in decisions)
        apart = _elsewhere(domain, before, scenario.customer, recipe, settled.request) if granted else frozenset[str]()
        yield _Asked(recipe.name, _rules(decisions), apart, granted)


def _elsewhere(domain: Domain, state: State, customer: str, recipe: Recipe, request: Request) -> frozenset[str]:
    """The rules by which a request is forbidden in one of the listed other ways things could be."""
    found = frozenset[str]()
    for edit in recipe.edits(state.view(), customer, request):
        edited = state.fork()
        for table, key, record in edit.puts:
            edited.put(table, key, record)
        if recipe.holds(edited.view(), customer, request):
            found |= _rules(recipe.solve(OpenCase(domain, edited, customer, request.params)))
    return found


def _rules(decisions: Iterable[Decision]) -> frozenset[str]:
    return frozenset(decision.rule for decision in decisions if isinstance(decision, Refusal | Transfer))
