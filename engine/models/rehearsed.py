"""A model that knows its part: an endpoint that answers with the moves of a run in which no model took part.

The other endpoint is a real one (`client.py`); this one is deterministic, costs nothing, and does on demand whatever is wrong
with real ones. It finds its place as a model does, by the messages that it is sent, so that a fault which went into the
conversation does not put it out. Bodies are made by pure functions, for a server on a socket as well.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from random import Random
from typing import Any

import anyio
import msgspec

from engine.conversation.events import Call, Called, Event, Move, Reply, Spoke
from engine.models.endpoint import Ask, BadEndpoint
from servers.domain import Party

Part = Mapping[Party, tuple[Move, ...]]
"""The moves of both parties of a conversation, each in order."""

STOP = "###STOP###"
MODEL = "rehearsed"
NAMED = "chatcmpl-rehearsed"
"""Stands in every body, whatever is wrong with it: a server puts its own id there."""

_IN_WORDS_ONLY = "One moment, please."
_WAITS = Move(text="Take your time.")
"""What the customer answers to an agent that says it instead of doing it."""


def part_of(events: Iterable[Event]) -> Part:
    """The moves that the events of a conversation were made by."""
    found: dict[Party, list[Move]] = {"agent": [], "user": []}
    done = [event for event in events if isinstance(event, Spoke | Called)]
    for (party, _), each in groupby(done, key=lambda event: (event.party, event.move)):
        found[party].append(_move(list(each)))
    return {party: tuple(moves) for party, moves in found.items()}


def _move(events: Sequence[Spoke | Called]) -> Move:
    spoke = next((event for event in events if isinstance(event, Spoke)), None)
    calls = tuple(Call(name=event.name, arguments=event.arguments) for event in events if isinstance(event, Called))
    text, leaves = (spoke.text, spoke.leaves) if spoke is not None else ("", False)
    return Move(text=text, calls=calls, leaves=leaves, reasoning=events[0].reasoning)


def due(moves: Sequence[Move], messages: Sequence[Mapping[str, Any]]) -> Move | None:
    """The move that comes next after these messages; None when all were made."""
    return place(moves, messages)[1]


def place(moves: Sequence[Move], messages: Sequence[Mapping[str, Any]]) -> tuple[int, Move | None]:
    """How many of its moves a model has made, and the one that comes next. What was said otherwise than in its part counts for
    nothing; neither does being asked to wait."""
    made = 0
    for message in messages:
        if made < len(moves) and message["role"] == "assistant" and _is(moves[made], message):
            made += 1
    last = messages[-1]
    if last["role"] == "user" and (last["content"] or "").startswith(_IN_WORDS_ONLY):
        return made, _WAITS
    return made, moves[made] if made < len(moves) else None


def _is(move: Move, message: Mapping[str, Any]) -> bool:
    """Is a message that move? Of several calls in one message the first tells."""
    calls = message.get("tool_calls") or ()
    if not move.calls or not calls:
        return not move.calls and not calls and message.get("content") == move.text
    first = calls[0]["function"]
    return (first["name"], first["arguments"]) == (move.calls[0].name, move.calls[0].arguments)


def body_of(move: Move | None, *, asked: int = 0, **fields: Any) -> bytes:
    """The chat completion by which a model makes a move (None: it has nothing to say), after a prompt of `asked` letters.

    `fields` stand instead of those of its message.
    """
    text = _written(move)
    calls = [] if move is None else [_call(place, call) for place, call in enumerate(move.calls)]
    message: dict[str, Any] = {"role": "assistant", "content": text or None}
    message |= {"tool_calls": calls} if calls else {}
    message |= {"reasoning_content": move.reasoning} if move is not None and move.reasoning else {}
    message |= fields
    return completion(message, "tool_calls" if message.get("tool_calls") else "stop", asked)


def _written(move: Move | None) -> str:
    if move is None:
        return ""
    return f"{move.text} {STOP}".strip() if move.leaves else move.text


def completion(message: Mapping[str, Any], ended: str, asked: int = 0, **fields: Any) -> bytes:
    """A chat completion with one message; four letters count as a token. `fields` stand instead of its own."""
    written = len(msgspec.json.encode(message)) // 4
    return msgspec.json.encode(
        {
            "id": NAMED,
            "object": "chat.completion",
            "created": 0,
            "model": MODEL,
            "choices": [{"index": 0, "message": message, "finish_reason": ended, "logprobs": None}],
            "usage": {"prompt_tokens": asked // 4, "completion_tokens": written, "total_tokens": asked // 4 + written},
        }
        | fields
    )


def _call(place: int, call: Call, **fields: Any) -> dict[str, Any]:
    function = {"name": call.name, "arguments": call.arguments} | fields
    return {"id": f"call_{place}", "type": "function", "function": function}


def _cut_off(move: Move | None) -> bytes:
    text = move.text if move is not None else ""
    return completion({"role": "assistant", "content": text[: len(text) // 2]}, "length")


def _wrong_tool(move: Move | None) -> bytes:
    return body_of(move, tool_calls=[_call(0, Call(name="do_what_i_mean"))], content=None)


def _bad_arguments(move: Move | None) -> bytes:
    if move is None or not move.calls:
        return _wrong_tool(move)
    written = move.calls[0].arguments
    return body_of(move, tool_calls=[_call(0, move.calls[0], arguments=written[: len(written) // 2] or '{"')])


def _doubled(move: Move | None) -> bytes:
    """The same call twice at once, and both with one id."""
    calls = [_call(0, call) for call in move.calls[:1]] if move is not None else []
    return body_of(move, tool_calls=calls * 2) if calls else body_of(move)


def _as_object(move: Move | None) -> bytes:
    calls = move.calls if move is not None else ()
    made = [_call(n, call, arguments=msgspec.Raw(call.arguments.encode())) for n, call in enumerate(calls)]
    return body_of(move, tool_calls=made) if made else body_of(move)


def _in_words(move: Move | None) -> bytes:
    name = move.calls[0].name if move is not None and move.calls else "do_what_i_mean"
    return body_of(move, tool_calls=None, content=f'<tool_call>{{"name": "{name}"}}</tool_call>')


def _in_parts(move: Move | None) -> bytes:
    text = _written(move)
    return body_of(move, content=[{"type": "text", "text": part} for part in (text[:5], text[5:])]) if text else body_of(move)


def _ignoring_tools(move: Move | None) -> bytes:
    return body_of(move, tool_calls=None, content=_IN_WORDS_ONLY) if move is not None and move.calls else body_of(move)


def _unmeasured(move: Move | None) -> bytes:
    """Without usage."""
    body = msgspec.json.decode(body_of(move))
    del body["usage"]
    return msgspec.json.encode(body)


FAULTS: Mapping[str, Callable[[Move | None], bytes]] = {
    "no json": lambda _: f"<html><body>502 Bad Gateway<!-- {NAMED} --></body></html>".encode(),
    "half a body": lambda move: body_of(move)[: len(body_of(move)) // 2],
    "no choices": lambda _: completion({}, "stop", choices=[], usage=None),
    "error": lambda _: msgspec.json.encode({"id": NAMED, "error": {"message": "upstream went away", "code": 502}}),
    "empty": lambda move: body_of(move, content="", tool_calls=None),
    "only thoughts": lambda move: body_of(move, content="<think>Hm, what now?</think>", tool_calls=None),
    "truncated": _cut_off,
    "endless": lambda move: body_of(move, content="and so on " * 20_000, tool_calls=None),
    "wrong tool": _wrong_tool,
    "bad arguments": _bad_arguments,
    "call in words": _in_words,
    "two calls with one id": _doubled,
    "arguments as an object": _as_object,
    "text in parts": _in_parts,
    "aloud": lambda move: body_of(move, content=f"<think>Let me see.</think>{_written(move)}"),
    "tools ignored": _ignoring_tools,
    "no usage": _unmeasured,
}
"""What may be wrong, or merely odd, about a reply, by name; each is made of the move that was due."""

CARRIED_OUT = ("wrong tool", "bad arguments", "tools ignored")
"""What becomes part of the conversation: several of them spoil it, as they should."""

APART = 5
"""Moves of which one at most has a fault of that kind, where faults come by chance."""

Fault = Callable[[Ask], str]
"""What is wrong with the reply to this; empty: nothing."""


def now_and_then(share: float, seed: int, names: Sequence[str] = tuple(FAULTS)) -> Fault:
    """A share of first and second attempts has some fault, by chance; a third has none, so that nothing comes of them."""

    def fault(ask: Ask) -> str:
        random = Random(f"{seed}/{ask.conversation}/{ask.role}/{ask.move}/{ask.attempt}")
        name = names[int(random.random() * len(names))]
        apart = name not in CARRIED_OUT or (ask.move // 2) % APART == 0
        return name if ask.attempt < 2 and apart and random.random() < share else ""

    return fault


class Rehearsed:
    """An endpoint that plays the parts of conversations, which are named as in `Ask`. `fault` and `seconds` say, for each
    request, what is wrong with its reply and how long that takes; `hear` hears of every one."""

    def __init__(
        self,
        parts: Mapping[str, Part],
        *,
        fault: Fault = lambda _: "",
        seconds: Callable[[Ask], float] = lambda _: 0.0,
        hear: Callable[[Ask], object] = lambda _: None,
    ) -> None:
        self._parts = parts
        self._fault = fault
        self._seconds = seconds
        self._hear = hear

    async def complete(self, ask: Ask) -> Reply:
        """The reply of a model that knows its part."""
        self._hear(ask)
        if (seconds := self._seconds(ask)) > 0:
            await anyio.sleep(seconds)
        part = self._parts.get(ask.conversation)
        if part is None or ask.role == "judge":
            raise BadEndpoint(f"rehearsed: there is no part of the {ask.role} of {ask.conversation}")
        move = due(part[ask.role], ask.messages)
        name, letters = self._fault(ask), len(msgspec.json.encode(ask.messages))
        raw = FAULTS[name](move) if name else body_of(move, asked=letters)
        usage = {"prompt_tokens": letters // 4, "completion_tokens": len(raw) // 4, "model": MODEL, "endpoint": MODEL}
        return Reply(raw=raw.decode(), usage=usage)
