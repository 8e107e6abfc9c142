"""What a customer may say: their brief, and what their own tools have shown them so far."""

from collections.abc import Iterator
from typing import Any

import msgspec

from engine.conversation.events import Called, Returned
from engine.scenario import Known, Scenario
from engine.toolboxes.calls import tool_call
from servers.domain import Domain, ToolCall
from servers.recipe import Recipe, Slots

_sorted = msgspec.json.Encoder(order="sorted")


class Wish:
    """One request of the brief: what is known for it, in how many parts it is settled, and how many of them are."""

    __slots__ = ("knows", "parts", "recipe", "settled")

    def __init__(self, recipe: Recipe, knows: dict[str, Known], parts: int) -> None:
        self.recipe = recipe
        self.knows = knows
        self.parts = parts
        self.settled = 0

    @property
    def done(self) -> bool:
        """Is every part of it settled?"""
        return self.settled >= self.parts


class Brief:
    """The wishes in their order, and what the customer knows of themselves. `shown` are the answers of their own tools."""

    def __init__(self, domain: Domain, scenario: Scenario) -> None:
        recipes = {recipe.name: recipe for recipe in domain.recipes}
        knows = [dict[str, Known]() for _ in scenario.requests]
        parts = [0 for _ in scenario.requests]
        self.of_self: dict[str, Known] = {}
        for known in scenario.knows:
            (self.of_self if known.request is None else knows[known.request])[known.slot] = known
        for decision in scenario.decisions:
            parts[decision.request] += 1
        self.wishes = [
            Wish(recipes[request.recipe], known, max(count, 1))
            for request, known, count in zip(scenario.requests, knows, parts, strict=True)
        ]
        self._shown: dict[tuple[str, bytes], list[str]] = {}
        self._looking: tuple[str, bytes] | None = None

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
        for wish in self.wishes:
            if slot in wish.knows:
                yield wish.knows[slot]

    def fits(self, known: Known, value: Any) -> bool:
        """Is this what they know, or what their tool has shown them?"""
        if known.via is not None:
            return value in self._shown.get(_key(known.via), ())
        return known.value == value or _sorted.encode(known.value) == _sorted.encode(value)  # a tuple is a list in a file

    def values(self, wish: Wish) -> Slots:
        """All that they know for a wish by now."""
        found = {}
        for slot, known in wish.knows.items():
            if known.via is None:
                found[slot] = known.value
            elif shown := self._shown.get(_key(known.via)):
                found[slot] = shown[-1]
        return found


def _key(call: ToolCall) -> tuple[str, bytes]:
    return call.name, _sorted.encode(call.arguments)
