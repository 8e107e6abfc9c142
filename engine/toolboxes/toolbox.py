"""The boundary between conversations and tools.

Above: the simulation, which opens a conversation's tools and closes them when it has ended.
Below: `DirectToolbox` (a function call) and `McpToolbox` (a real MCP client and server). Equal events, either way.
"""

from collections.abc import Iterable
from typing import Protocol

from engine.conversation.converse import Tools
from engine.conversation.events import Called, Event, Returned
from engine.toolboxes.calls import tool_call
from servers.domain import Domain, ToolCall
from servers.replay import apply
from servers.state import State, World


class Toolbox(Protocol):
    """Tools for many conversations at once, each on a state of its own."""

    def open(self, conversation: str, domain: Domain, world: World, past: Iterable[Event]) -> Tools:
        """The tools of one conversation, on the state that its answered calls so far have made."""

    def close(self, conversation: str) -> None:
        """Forget a conversation's state."""


def out_of_order(domain: Domain, tool: str) -> str:
    """What a conversation records of a tool that crashed: the same in both ways. The cause is in the log."""
    return f"{domain.name}.{tool} crashed"


def state_after(domain: Domain, world: World, events: Iterable[Event]) -> State:
    """The state that the answered calls of a conversation have made."""
    state, called = world.open(), None
    for event in events:
        if isinstance(event, Called):
            called = event
        elif isinstance(event, Returned) and called is not None:
            call = tool_call(called.party, called.name, called.arguments)
            if isinstance(call, ToolCall):
                apply(domain, state, call)
    return state
