"""A conversation as chat messages in the OpenAI format: one message a move, the agent's side only."""

from collections.abc import Iterable
from typing import Any

from engine.conversation.events import Called, Event, Returned, Spoke
from servers.arguments import schema
from servers.domain import Domain


def messages(policy: str, events: Iterable[Event]) -> list[dict[str, Any]]:
    """system, user, assistant (with `tool_calls` and `reasoning_content`), tool. A user's own calls are not in it."""
    rows: list[dict[str, Any]] = [{"role": "system", "content": policy}]
    moves: dict[int, dict[str, Any]] = {}
    for event in events:
        if isinstance(event, Spoke) and event.text:
            if event.party == "user":
                rows.append({"role": "user", "content": event.text})
            else:
                message = _message(rows, moves, event.move, event.reasoning)
                message["content"] = event.text
        elif isinstance(event, Called) and event.party == "agent":
            message = _message(rows, moves, event.move, event.reasoning)
            function = {"name": event.name, "arguments": event.arguments}
            message.setdefault("tool_calls", []).append({"id": f"call_{event.call}", "type": "function", "function": function})
        elif isinstance(event, Returned) and event.party == "agent":
            rows.append({"role": "tool", "tool_call_id": f"call_{event.call}", "content": event.text})
    return rows


def _message(rows: list[dict[str, Any]], moves: dict[int, dict[str, Any]], move: int, reasoning: str) -> dict[str, Any]:
    """The assistant message of a move, made when the move is first met."""
    if move not in moves:
        moves[move] = {"role": "assistant", "content": None} | ({"reasoning_content": reasoning} if reasoning else {})
        rows.append(moves[move])
    return moves[move]


def tools(domain: Domain) -> list[dict[str, Any]]:
    """The agent's tools as OpenAI function schemas."""
    return [
        {"type": "function", "function": {"name": tool.name, "description": tool.description, "parameters": schema(tool)}}
        for tool in domain.tools_of("agent")
    ]
