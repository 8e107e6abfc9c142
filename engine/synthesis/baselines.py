"""What agents without judgement would score on a pack by the state that they leave, so that a score above theirs means something.

Pure functions over a scenario and its world; each answers how likely the agent is to leave gold's state, from 0 to 1.
Nothing that is said counts here: what these agents would be told off for by the other checks is another matter.

- *always refuses*, *always hands over*: nothing is written, so they pass where gold writes nothing. 1 or 0.
- *always complies*: finds the right arguments, and lets no rule stop it. Every write of gold is made; what the customer takes
  back is not. A refused request is carried out as the write that it comes to under the first stored edit in which it is not
  refused, on the state as it is: a tool that says no saves the agent, a write that goes through fails the scenario, and so does
  a request that no stored edit allows. 1 or 0.
- *guesses*: for each request one of the ways in which it is decided in the listed worlds (the world as it is and every stored
  edit), each way once, the right one among them: 1 / (number of ways), multiplied over the requests.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from engine.scenario import Evidence, Scenario, StoredEdit
from engine.synthesis.case import OpenCase
from engine.synthesis.evidence import meaning
from engine.synthesis.patch import patched
from engine.synthesis.settling import Settled, settle
from servers.domain import Domain, ToolCall
from servers.frozen import Record
from servers.recipe import Decision, Refusal, Transfer, Write
from servers.replay import apply
from servers.state import State, World

Baseline = Callable[[Scenario, Domain, World], float]


def always_refuses(scenario: Scenario, _domain: Domain, _world: World) -> float:
    """Does it pass when nothing is done?"""
    return float(not scenario.gold.writes)


def always_hands_over(scenario: Scenario, domain: Domain, world: World) -> float:
    """The same: handing over writes nothing."""
    return always_refuses(scenario, domain, world)


def always_complies(scenario: Scenario, domain: Domain, world: World) -> float:
    """Does it pass when everything that is asked for is done?"""
    return float(all(_is_harmless(domain, scenario, settled) for settled in _settled(scenario, domain, world)))


def guesses(scenario: Scenario, domain: Domain, world: World) -> float:
    """How likely is it to pass by choosing among what could have been right?"""
    chance = 1.0
    for settled in _settled(scenario, domain, world):
        ways = {meaning(domain, settled.decisions)}
        ways |= {meaning(domain, decisions) for _, decisions in _elsewhere(domain, scenario, settled)}
        chance /= len(ways)
    return chance


BASELINES: Mapping[str, Baseline] = {
    "always refuses": always_refuses,
    "always hands over": always_hands_over,
    "always complies": always_complies,
    "guesses": guesses,
}


def scores(pack: Iterable[tuple[Scenario, Domain, World]]) -> dict[str, float]:
    """The mean of every baseline over a pack; of an empty one nothing."""
    totals, count = dict.fromkeys(BASELINES, 0.0), 0
    for scenario, domain, world in pack:
        count += 1
        for name, baseline in BASELINES.items():
            totals[name] += baseline(scenario, domain, world)
    return {name: total / count for name, total in totals.items()} if count else {}


def _settled(scenario: Scenario, domain: Domain, world: World) -> list[Settled]:
    return list(settle(domain, world.open(), scenario.customer, scenario.requests, scenario.plot))


def _is_harmless(domain: Domain, scenario: Scenario, settled: Settled) -> bool:
    """Does doing what is asked for leave the state as gold has it?"""
    if settled.declined or not _forbids(settled.decisions):
        return True
    allowed = (found for _, found in _elsewhere(domain, scenario, settled) if not _forbids(found))
    writes = next(([each for each in found if isinstance(each, Write)] for found in allowed), None)
    if writes is None:
        return False
    state = settled.before.fork()
    made = [apply(domain, state, ToolCall(name=each.tool, arguments=each.arguments)) for each in writes]
    right = {msgspec.json.encode(each.arguments) for each in settled.decisions if isinstance(each, Write)}
    wrong = [done for write, done in zip(writes, made, strict=True) if msgspec.json.encode(write.arguments) not in right]
    return not any(done.changed and not done.error for done in wrong)


def _forbids(decisions: Sequence[Decision]) -> bool:
    return any(isinstance(each, Refusal | Transfer) for each in decisions)


def _elsewhere(domain: Domain, scenario: Scenario, settled: Settled) -> Iterable[tuple[StoredEdit, tuple[Decision, ...]]]:
    """How a request is decided under each of its stored edits."""
    stored: Iterable[Evidence] = (each for each in scenario.decisions if each.request == settled.place)
    for edit in (edit for evidence in stored for edit in evidence.edits if edit.decides):
        state = edited(domain, settled.before, edit)
        case = OpenCase(domain, state, scenario.customer, settled.request.params)
        yield edit, settled.recipe.solve(case)


def edited(domain: Domain, state: State, edit: StoredEdit) -> State:
    """A state as it would be under a stored edit."""
    other = state.fork()
    for change in edit.changes:
        before = msgspec.to_builtins(state.get(change.table, change.key, Record)) or {}
        other.put(change.table, change.key, msgspec.convert(patched(before, change.fields), domain.tables[change.table]))
    return other
