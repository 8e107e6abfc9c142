"""Which of the writes that have to be made a call is."""

from typing import Any

import msgspec

from engine.checkers.gold import canonical
from engine.conversation.events import Call, Called
from engine.scenario import GoldWrite, Scenario
from servers.domain import Domain


def places(domain: Domain, scenario: Scenario, call: Call | Called) -> frozenset[int]:
    """The places in gold of the writes that a call equals; of those that refer to another's answer the tool's name must do."""
    arguments: Any = msgspec.json.decode(call.arguments)
    key = canonical(domain, call.name, arguments)
    equal, alike = set[int](), set[int]()
    for place, write in enumerate(scenario.gold.writes):
        if _refers(write):
            alike |= {place} if write.name == call.name else set()
        elif canonical(domain, write.name, write.arguments) == key:
            equal.add(place)
    return frozenset(equal or alike)


def _refers(write: GoldWrite) -> bool:
    return any(isinstance(value, dict) and "result_of" in value for value in write.arguments.values())
