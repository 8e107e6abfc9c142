"""What a customer may say: their brief, and what their own tools have shown them so far."""

from collections.abc import Iterator
from typing import Any

import msgspec

from engine.conversation.events import Called, Returned
from engine.scenario import Known, Scenario
from engine.toolboxes.calls import tool_call
from engine.users.manner import slips
from servers.domain import ToolCall
from servers.recipe import Slots

_sorted = msgspec.json.Encoder(order="sorted")


class Brief:
    """What the customer knows of themselves, and for each request as they want it by now. `shown` are the answers of their
    own tools."""

    def __init__(self, scenario: Scenario) -> None:
        self.of_self: dict[str, Known] = {}
        self.of_requests = [dict[str, Known]() for _ in scenario.requests]
        for known in scenario.knows:
            (self.of_self if known.request is None else self.of_requests[known.request])[known.slot] = known
        self._slips = slips(scenario)
        self._shown: dict[tuple[str, bytes], list[str]] = {}
        self._looking: tuple[str, bytes] | None = None

    def change(self, request: int, slots: Slots) -> None:
        """From now on they want it otherwise."""
        for slot, value in slots.items():
            self.of_requests[request][slot] = Known(slot=slot, value=value, when="opening", request=request)

    def look(self, event: Called | Returned) -> None:
        """The customer uses a tool of their own."""
        if isinstance(event, Called):
            call = tool_call("user", event.name, event.arguments)
            self._looking = _key(call) if isinstance(call, ToolCall) else None
        elif self._looking is not None and not event.error:
            self._shown.setdefault(self._looking, []).append(event.text)

    def knowing(self, slot: str) -> Iterator[Known]:
        """What the customer knows by that name: of themselves, and for any of their requests."""
        if slot in self.of_self:
            yield self.of_self[slot]
        for known in self.of_requests:
            if slot in known:
                yield known[slot]

    def fits(self, known: Known, value: Any) -> bool:
        """Is this what they know, or what their tool has shown them?"""
        if known.via is not None:
            return value in self._shown.get(_key(known.via), ())
        if (known.request, known.slot) in self._slips and self._slips[known.request, known.slot] == value:
            return True  # a slip that is part of their manner, which they set right
        return known.value == value or _sorted.encode(known.value) == _sorted.encode(value)  # a tuple is a list in a file

    def values(self, request: int) -> Slots:
        """All that they know for a request by now."""
        found = {}
        for slot, known in self.of_requests[request].items():
            if known.via is None:
                found[slot] = known.value
            elif shown := self._shown.get(_key(known.via)):
                found[slot] = shown[-1]
        return found


def _key(call: ToolCall) -> tuple[str, bytes]:
    return call.name, _sorted.encode(call.arguments)
