"""Gold as a state: the gold writes replayed on the scenario's world, in the agent's order where that is legal."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from engine.scenario import Gold, GoldWrite
from servers.domain import Domain, ToolCall
from servers.replay import apply
from servers.state import State, World

_sorted = msgspec.json.Encoder(order="sorted")


class GoldFailed(Exception):
    """A gold write was refused: the scenario is at fault. Says which and why."""


def gold_state(domain: Domain, world: World, gold: Gold, agent: Sequence[ToolCall] = ()) -> State:
    """The state that gold makes. `agent`: successful writes of an agent, whose order (of calls, and of list arguments
    whose order has no meaning) gold follows where that is legal: allowed by its partial order, and not refused.
    Raises GoldFailed."""
    own = range(len(gold.writes))
    order, said = _matched(domain, gold, agent)
    if said:
        try:
            return _played(domain, world, gold, order, said)
        except GoldFailed:  # not in that order, then in its own
            pass
    return _played(domain, world, gold, own, {})


def _played(domain: Domain, world: World, gold: Gold, order: Sequence[int], said: Mapping[int, Mapping[str, Any]]) -> State:
    state, answers = world.open(), dict[int, Any]()
    refers = any(isinstance(value, dict) for write in gold.writes for value in write.arguments.values())
    for place in order:
        write = gold.writes[place]
        arguments = said.get(place) or resolved(write.arguments, answers)
        outcome = apply(domain, state, ToolCall(name=write.name, arguments=arguments))
        if outcome.error:
            raise GoldFailed(f"gold write {place} ({write.name}) is refused: {outcome.text}")
        if refers:
            answers[place] = fields(outcome.text)
    return state


def order_that_matters(domain: Domain, world: World, writes: Sequence[GoldWrite]) -> tuple[tuple[int, int], ...]:
    """The pairs (before, after) of writes that, the other way round, end elsewhere or are refused. Raises GoldFailed."""
    gold, places = Gold(writes=tuple(writes)), range(len(writes))
    _played(domain, world, gold, places, {})
    pairs = []
    for after in places:
        for before in range(after):
            first, between, last = range(before), range(before + 1, after), range(after + 1, len(writes))
            ends = {_end(domain, world, gold, [*first, *between, *pair, *last]) for pair in ((before, after), (after, before))}
            if len(ends) > 1:
                pairs.append((before, after))
    return tuple(pairs)


def _end(domain: Domain, world: World, gold: Gold, order: Sequence[int]) -> str:
    """The digest at the end, '' when a write is refused."""
    try:
        return _played(domain, world, gold, order, {}).digest()
    except GoldFailed:
        return ""


def fields(text: str) -> Any:
    """A write's answer as what later writes may refer to: JSON where it is JSON."""
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return text


def resolved(arguments: Mapping[str, Any], answers: Mapping[int, Any]) -> dict[str, Any]:
    """The arguments with `{"result_of": i, "field": name}` replaced by that field of write i's answer."""
    return {name: _resolved(value, answers) for name, value in arguments.items()}


def _resolved(value: Any, answers: Mapping[int, Any]) -> Any:
    if isinstance(value, dict) and "result_of" in value:
        answer = answers.get(value["result_of"])
        if not isinstance(answer, dict) or value.get("field") not in answer:
            raise GoldFailed(f"gold refers to {value}, which no earlier write answers")
        return answer[value["field"]]
    return [_resolved(part, answers) for part in value] if isinstance(value, list) else value


def canonical(domain: Domain, name: str, arguments: Mapping[str, Any]) -> bytes:
    """A call as a value that is equal for equal calls: numbers as their types, lists without an order sorted together."""
    tool = domain.callable.get((name, "agent"))
    if tool is None:
        return _sorted.encode([name, arguments])
    try:
        plain = msgspec.to_builtins(msgspec.convert(arguments, tool.arguments))
    except msgspec.ValidationError:
        return _sorted.encode([name, arguments])
    for group in tool.unordered:
        lists = [plain[argument] for argument in group]
        if len({len(each) for each in lists}) == 1:
            rows = sorted(zip(*lists, strict=True), key=_sorted.encode)
            for place, argument in enumerate(group):
                plain[argument] = [row[place] for row in rows]
    return _sorted.encode([name, plain])


def _matched(domain: Domain, gold: Gold, agent: Sequence[ToolCall]) -> tuple[list[int], dict[int, Mapping[str, Any]]]:
    """Gold's places in the order of play, and for matched ones the arguments as the agent wrote them."""
    left = {place: _key(domain, write) for place, write in enumerate(gold.writes)}
    order: list[int] = []
    said: dict[int, Mapping[str, Any]] = {}
    for call in agent:
        key = canonical(domain, call.name, call.arguments)
        place = next((place for place, other in left.items() if other == key), None)
        if place is not None:
            del left[place]
            order.append(place)
            said[place] = call.arguments
    complete = order + list(left)
    if any(complete.index(before) > complete.index(after) for before, after in gold.order):
        return list(range(len(gold.writes))), {}
    return complete, said


def _key(domain: Domain, write: GoldWrite) -> bytes:
    return canonical(domain, write.name, write.arguments)
