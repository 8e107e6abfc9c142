"""A conversation as chat messages in the OpenAI format: one message a move, the agent's side only."""

from collections.abc import Iterable, Mapping
from typing import Any

from engine.conversation.events import Called, Event, Returned, Spoke
from servers.arguments import schema
from servers.domain import Domain


def messages(policy: str, events: Iterable[Event]) -> list[dict[str, Any]]:
    """system, user, assistant (with `tool_calls` and `reasoning_content`), tool. A user's own calls are not in it."""
    return chat(policy, events)[0]


def chat(policy: str, events: Iterable[Event]) -> tuple[list[dict[str, Any]], Mapping[int, int]]:
    """The messages, and for the number of each event that is in one the place of that message."""
    rows: list[dict[str, Any]] = [{"role": "system", "content": policy}]
    moves: dict[int, int] = {}
    places: dict[int, int] = {}
    for number, event in enumerate(events):
        if isinstance(event, Spoke) and event.text:
            if event.party == "user":
                rows.append({"role": "user", "content": event.text})
                places[number] = len(rows) - 1
            else:
                places[number] = _place(rows, moves, event.move, event.reasoning)
                rows[places[number]]["content"] = event.text
        elif isinstance(event, Called) and event.party == "agent":
            places[number] = _place(rows, moves, event.move, event.reasoning)
            function = {"name": event.name, "arguments": event.arguments}
            call = {"id": f"call_{event.call}", "type": "function", "function": function}
            rows[places[number]].setdefault("tool_calls", []).append(call)
        elif isinstance(event, Returned) and event.party == "agent":
            rows.append({"role": "tool", "tool_call_id": f"call_{event.call}", "content": event.text})
            places[number] = len(rows) - 1
    return rows, places


def _place(rows: list[dict[str, Any]], moves: dict[int, int], move: int, reasoning: str) -> int:
    """The place of a move's assistant message, made when the move is first met."""
    if move not in moves:
        moves[move] = len(rows)
        rows.append({"role": "assistant", "content": None} | ({"reasoning_content": reasoning} if reasoning else {}))
    return moves[move]


def tools(domain: Domain) -> list[dict[str, Any]]:
    """The agent's tools as OpenAI function schemas."""
    return [
        {"type": "function", "function": {"name": tool.name, "description": tool.description, "parameters": schema(tool)}}
        for tool in domain.tools_of("agent")
    ]
