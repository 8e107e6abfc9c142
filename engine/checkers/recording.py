"""A finished conversation with all that checks look at: its events, and its calls replayed on its world."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, TypeVar

import msgspec

from engine.conversation.events import Act, Called, Event, Failed, Returned, Spoke
from engine.scenario import Scenario
from engine.toolboxes.calls import tool_call
from servers.domain import Domain, Outcome, ToolCall
from servers.replay import apply
from servers.state import State, World

Made = TypeVar("Made")


class Played(msgspec.Struct, frozen=True, kw_only=True):
    """One answered call: the number of its event, its move, the call (None: it was malformed), what was recorded, what
    replay answers. `before` is the state that it met; of calls that cannot change it that is the state of the latest that can.
    """

    event: int
    move: int
    call: ToolCall | None
    recorded: str
    outcome: Outcome
    before: State


class Recording:
    """What checks are pure functions of. The replay never trusts the recorded results: it makes them again.

    `reworded`: another release of the environment made the recorded answers. What they say may then differ from the
    replay's, but not whether they refuse.
    """

    def __init__(
        self, scenario: Scenario, domain: Domain, world: World, events: Sequence[Event], *, reworded: bool = False
    ) -> None:
        self.scenario = scenario
        self.domain = domain
        self.world = world
        self.events = events
        self.reworded = reworded
        self._made: dict[Any, Any] = {}

    @cached_property
    def _replayed(self) -> tuple[State, tuple[Played, ...]]:
        state, played = self.world.open(), []
        before, changed = state.fork(), False
        called: tuple[int, Called] | None = None
        for number, event in enumerate(self.events):
            if isinstance(event, Called):
                called = (number, event)
            elif isinstance(event, Returned) and called is not None:
                call = tool_call(called[1].party, called[1].name, called[1].arguments)
                before, changed = (state.fork(), False) if changed else (before, False)
                outcome = call if isinstance(call, Outcome) else apply(self.domain, state, call)
                changed = outcome.changed
                known = call if isinstance(call, ToolCall) else None
                number, move = called[0], called[1].move
                played.append(Played(event=number, move=move, call=known, recorded=event.text, outcome=outcome, before=before))
        return state, tuple(played)

    @property
    def broke_down(self) -> bool:
        """Could it not be carried on, by nobody's fault in it? Then it is neither right nor wrong."""
        last = self.events[-1] if self.events else None
        return isinstance(last, Failed) and last.blame == "environment"

    @property
    def final(self) -> State:
        """The state that the conversation's calls have made."""
        return self._replayed[0]

    @property
    def calls(self) -> tuple[Played, ...]:
        """All answered calls, in order."""
        return self._replayed[1]

    @cached_property
    def writes(self) -> tuple[Played, ...]:
        """The calls that changed the state, or would have: successful calls of tools that write."""
        return tuple(played for played in self.calls if not played.outcome.error and self.is_write(played.call))

    def is_write(self, call: ToolCall | None) -> bool:
        """Is it a call of a tool that writes?"""
        tool = self.domain.callable.get((call.name, call.requestor)) if call else None
        return tool is not None and tool.kind == "write"

    def once(self, make: "Callable[[Recording], Made]") -> Made:
        """What several checks look at, made by the first of them."""
        if make not in self._made:
            self._made[make] = make(self)
        made: Made = self._made[make]
        return made

    @cached_property
    def said_by_agent(self) -> list[tuple[int, Spoke]]:
        """The agent's messages with their numbers."""
        said = ((number, event) for number, event in enumerate(self.events) if isinstance(event, Spoke))
        return [(number, event) for number, event in said if event.party == "agent"]

    @cached_property
    def acts_of_agent(self) -> list[tuple[int, Act]]:
        """The meanings of the agent's messages, where it gives them."""
        return [(number, act) for number, event in self.said_by_agent for act in event.meaning]
