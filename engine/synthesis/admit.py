"""What a draft has to be for a scenario to be made of it, and a scenario for it to be sound. Each objection is a few words.

Composing stops at the first objection; proving again tells all of them.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from random import Random
from typing import Any

import msgspec

from engine.checkers import judge
from engine.checkers.gold import gold_state
from engine.checkers.recording import Recording
from engine.checkers.verdict import Verdict
from engine.conversation.events import Closed, Event, Opened, Spoke
from engine.scenario import Gold, Scenario
from engine.synthesis.case import OpenCase
from engine.synthesis.claims import READ_HEAVY
from engine.synthesis.evidence import Proof
from engine.synthesis.meaning import changes, meaning
from engine.synthesis.settling import Settled
from engine.synthesis.sharpness import Hurry, Sharpness
from servers.arguments import decode
from servers.domain import Domain, Tool, ToolCall
from servers.frozen import Record
from servers.recipe import Decision, Refusal, Request, Transfer, Write
from servers.replay import apply
from servers.state import State, World, diff

_WORD = re.compile(r"[#\w-]*\w")


def of_request(domain: Domain, customer: str, settled: Settled, proof: Proof, hurry: Hurry) -> Iterator[str]:
    """What speaks against one request as it is settled and proven."""
    if not proof.suffices:
        yield "the expert's reads do not suffice"
    if proof.given_away:
        yield "the words give the answer away"
    if not proof.proven:
        yield "the burden is not proven"
    if not _is_unique(domain, customer, settled, proof):
        yield "another reading order decides otherwise"
    if proof.fresh >= READ_HEAVY:
        gold = meaning(domain, settled.decisions)
        yield from (f"a shortcut finds it: {name}" for name, found in hurry.sharpness.shortcuts if meaning(domain, found) == gold)
    yield from _allowed(domain, settled)
    yield from _near(domain, settled, proof, hurry.sharpness)


def of_scenario(scenario: Scenario, domain: Domain, world: World) -> Iterator[str]:
    """What speaks against a whole scenario."""
    if idle(scenario, domain, world).accepted:
        yield "passes when nothing is done and nothing is said"
    if is_undone(scenario.gold, domain, world):
        yield "a later write undoes an earlier one"
    yield from (f"its words name {name}, which the customer cannot know" for name in unknown(scenario, world))


def _is_unique(domain: Domain, customer: str, settled: Settled, proof: Proof) -> bool:
    """Is the same decided in whatever order things are read?"""
    original = proof.worlds[0]
    if not any(len(items) > 1 for items in original.orders):
        return True
    gold, params = meaning(domain, settled.decisions), settled.request.params
    shuffled = Random(f"{customer}/{settled.recipe.name}/{settled.place}")
    for backwards, mixed in ((True, None), (False, shuffled)):
        case = OpenCase(domain, settled.before, customer, params, backwards=backwards, shuffled=mixed, looks=original.looks)
        if meaning(domain, settled.recipe.solve(case)) != gold:
            return False
    return True


def _allowed(domain: Domain, settled: Settled) -> Iterator[str]:
    """Does no rule forbid what is written, does a rule of the domain forbid what is refused, and is changed what should be?"""
    rules, state = {rule.name for rule in domain.rules}, settled.before.fork()
    for decision in settled.decisions:
        if isinstance(decision, Refusal | Transfer) and decision.rule not in rules:
            yield f"refused by {decision.rule}, which is no rule"
        if isinstance(decision, Write):
            tool, before = domain.callable[decision.tool, "agent"], state.fork()
            if tool.breaks is not None and (rule := tool.breaks(state.view(), decode(tool, decision.arguments))) is not None:
                yield f"gold is forbidden by {rule}"
            apply(domain, state, _call(decision))
            for table, key in _changed(before, state):
                if not _is_declared(tool, decision, table, key) and before.get(table, key, Record) is not None:
                    yield f"{decision.tool} changes {table} beyond what it declares"


def _changed(before: State, after: State) -> set[tuple[str, str]]:
    return {(each.table, each.key) for each in diff(before, after)}


def _is_declared(tool: Tool, write: Write, table: str, key: str) -> bool:
    return any(
        change.table == table and (change.argument is None or str(write.arguments.get(change.argument)) == key)
        for change in tool.changes
    )


def _near(domain: Domain, settled: Settled, proof: Proof, sharpness: Sharpness) -> Iterator[str]:
    """Does what would be right in another listed world, by a shortcut or without a read end elsewhere than gold?"""
    gold = changes(domain, settled.decisions)
    misses = {changes(domain, found): found for found in _misses(proof, sharpness)}
    misses.pop(gold, None)
    right = _made(domain, settled.before, settled.decisions)
    for found in misses.values():
        wrong = _made(domain, settled.before, found)
        if right is not None and wrong is not None and not right.fork().adopt(wrong):
            yield "a near miss ends where gold does"
            return


def _misses(proof: Proof, sharpness: Sharpness) -> Iterator[tuple[Decision, ...]]:
    yield from (world.decisions for world in proof.worlds if world.decides)
    yield from (found for _, found in sharpness.shortcuts)
    yield from sharpness.omitted


def _made(domain: Domain, state: State, decisions: Sequence[Decision]) -> State | None:
    """The state in which decisions end; None where a tool refuses one of them."""
    end = state.fork()
    for decision in decisions:
        if isinstance(decision, Write) and apply(domain, end, _call(decision)).error:
            return None
    return end


def _call(write: Write) -> ToolCall:
    return ToolCall(name=write.tool, arguments=write.arguments)


def idle(scenario: Scenario, domain: Domain, world: World) -> Verdict:
    """The verdict on doing nothing and saying nothing."""
    events: list[Event] = [
        Opened(domain=domain.name, scenario=scenario.id, trial=0, first="user"),
        Spoke(party="user", move=1, text="Hello.", leaves=True),
        Closed(reason="user left"),
    ]
    return judge(Recording(scenario, domain, world, events))


def is_undone(gold: Gold, domain: Domain, world: World) -> bool:
    """Does some field that a write changes end as it began?"""
    if len(gold.writes) < 2:
        return False
    states = [gold_state(domain, world, Gold(writes=gold.writes[:count])) for count in range(len(gold.writes) + 1)]
    ends = {(each.table, each.key, each.field) for each in diff(states[0], states[-1])}
    whole = {(table, key) for table, key, field in ends if not field}
    for before, after in pairwise(states):
        for each in diff(before, after):
            place = (each.table, each.key)
            if place not in whole and not any(place == end[:2] and _overlap(each.field, end[2]) for end in ends):
                return True
    return False


def _overlap(one: str, other: str) -> bool:
    """Are two dotted paths one, or one within the other?"""
    return one == other or one.startswith(f"{other}.") or other.startswith(f"{one}.")


def is_not_yet(request: Request, before: State, world: World) -> bool:
    """Does a request name a record that an earlier one makes? Nobody can know a name that is not given yet."""
    made = {each.key for each in diff(world.open(), before) if each.key not in world.tables[each.table]}
    return bool(made) and not made.isdisjoint(_WORD.findall(msgspec.json.encode(request.params).decode()))


def unknown(scenario: Scenario, world: World) -> list[str]:
    """Keys of the world that the instruction names and that the customer does not know."""
    known: list[Any] = [scenario.customer] if not scenario.requests else []
    known += [each.value if each.via is None else each.via.arguments for each in scenario.knows]
    known += [each.change for each in scenario.plot if each.change is not None]
    text = msgspec.json.encode(known).decode()
    words = dict.fromkeys(_WORD.findall(scenario.instruction))
    return [word for word in words if word not in text and any(word in rows for rows in world.tables.values())]
