"""What decisions come to, apart from how they are said."""

from collections.abc import Sequence
from typing import Any

import msgspec

from engine.checkers.gold import canonical
from engine.scenario import Outcome
from servers.domain import Domain
from servers.recipe import Answer, Decision, Refusal, Transfer, Write


def meaning(domain: Domain, decisions: Sequence[Decision]) -> bytes:
    """What is decided, without how it is said."""
    parts: list[Any] = []
    for decision in decisions:
        match decision:
            case Write(tool=tool, arguments=arguments):
                parts.append(canonical(domain, tool, arguments).decode())
            case Refusal(rule=rule):
                parts.append(["refused", rule])
            case Answer(tell=tell):
                parts.append(["told", *tell])
            case Transfer(rule=rule):
                parts.append(["handed over", rule])
    return msgspec.json.encode(parts)


def changes(domain: Domain, decisions: Sequence[Decision]) -> tuple[bytes, ...]:
    """What is changed: the writes alone."""
    return tuple(canonical(domain, each.tool, each.arguments) for each in decisions if isinstance(each, Write))


def outcome(decision: Decision) -> Outcome:
    """What kind of end a decision is."""
    kinds: dict[type, Outcome] = {Write: "write", Refusal: "refusal", Answer: "answer", Transfer: "transfer"}
    return kinds[type(decision)]
