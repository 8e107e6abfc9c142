"""A response's body read: what a party may make a move of, or what is wrong with it.

Two sources of trouble are told apart: a body that is no chat completion is the endpoint's, one without a usable message
is the model's.
"""

import re
from collections.abc import Mapping
from typing import Any, Literal

import msgspec

LONGEST = 20_000
"""Letters that a message may have; who writes more has lost the thread."""


class Function(msgspec.Struct, frozen=True):
    """A call as the model wrote it; `arguments` should be JSON text, and some endpoints send an object."""

    name: str = ""
    arguments: Any = "{}"


class ToolCall(msgspec.Struct, frozen=True):
    """One entry of `tool_calls`. Its id is not used: some models give two calls the same."""

    function: Function = Function()


class Message(msgspec.Struct, frozen=True):
    """The assistant's message. Endpoints call its reasoning by one of two names."""

    content: str | list[Any] | None = None
    tool_calls: list[ToolCall] | None = None
    reasoning_content: Any = None
    reasoning: Any = None
    refusal: str | None = None


class Choice(msgspec.Struct, frozen=True):
    """One choice."""

    message: Message | None = None
    finish_reason: str | None = None


class _Body(msgspec.Struct, frozen=True):
    choices: list[Choice] | None = None
    error: Any = None


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """A usable message: its text, its calls as (name, JSON text), its reasoning."""

    text: str = ""
    calls: tuple[tuple[str, str], ...] = ()
    reasoning: str = ""


class Unusable(msgspec.Struct, frozen=True, kw_only=True):
    """Why nothing can be made of a reply, by whose doing, and what the model is told about it: nothing where it is not its."""

    reason: str
    told: str = ""
    detail: str = ""
    by: Literal["endpoint", "model"] = "model"


_decoder = msgspec.json.Decoder(_Body)

NO_COMPLETION = "no completion"
EMPTY = Unusable(reason="empty reply", told="Your last reply was empty. Write a message, or call a tool.")
TRUNCATED = Unusable(reason="truncated reply", told="Your last reply was cut off because it was too long. Answer in fewer words.")
_AS_TEXT = Unusable(
    reason="call written as text", told="You wrote a tool call into your message, where nobody carries it out. Make a real call."
)
_REWRITE = "Your last reply could not be read. Write plain text, or make one well-formed tool call."
UNPARSED = re.compile(r"failed to parse input at pos|model produced output that does not match", re.IGNORECASE)
"""How a server says, as an error of its own, that it cannot read what its model wrote (llama.cpp, with status 500)."""

_CALL = re.compile(
    r"</?tool_call>|<\|tool_call|\[TOOL_CALLS\]|<function=\w|<\|python_tag\|>"
    r"|\{\s*\"name\"\s*:\s*\"[\w.-]+\"\s*,\s*\"(?:arguments|parameters)\"\s*:"
)
"""How models write a call that their server does not know as one."""


def read(raw: str) -> Said | Unusable:
    """What a response's body says."""
    try:
        body = _decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        return _no_completion(str(error))
    if not body.choices and body.error is not None and UNPARSED.search(str(body.error)):
        return Unusable(reason="unreadable reply", told=_REWRITE, detail=str(body.error)[:200])
    if not body.choices or (message := body.choices[0].message) is None:
        return _no_completion(f"no choices{'' if body.error is None else f', error {body.error}'}")
    ended = body.choices[0].finish_reason
    if ended in ("error", "content_filter"):
        return Unusable(reason=NO_COMPLETION, detail=f"the endpoint ended it with '{ended}'", by="endpoint")
    said = _said(message)
    if ended == "length" or len(said.text) > LONGEST:
        return TRUNCATED
    if _CALL.search(said.text):
        return _AS_TEXT
    return said if said.text or said.calls else EMPTY


def _no_completion(why: str) -> Unusable:
    return Unusable(reason=NO_COMPLETION, detail=f"what came is no chat completion: {why[:200]}", by="endpoint")


def _said(message: Message) -> Said:
    calls = tuple((call.function.name, _text(call.function.arguments)) for call in message.tool_calls or ())
    apart = next((each for each in (message.reasoning_content, message.reasoning) if isinstance(each, str) and each), "")
    inline, text = _thoughts((_content(message.content) or message.refusal or "").strip())
    return Said(text=text, calls=calls, reasoning=(apart or inline).strip())


def _thoughts(text: str) -> tuple[str, str]:
    """What a model thinks aloud in its visible reply, `<think>…</think>` at its beginning, and the rest."""
    head, closed, rest = text.partition("</think>")
    if closed:
        return head.removeprefix("<think>"), rest.strip()
    return (text.removeprefix("<think>"), "") if text.startswith("<think>") else ("", text)


def _content(content: str | list[Any] | None) -> str:
    """Text, also of the kind that comes in parts."""
    if isinstance(content, list):
        return "".join(
            part.get("text", "") for part in content if isinstance(part, Mapping) and isinstance(part.get("text"), str)
        )
    return content or ""


def _text(arguments: Any) -> str:
    """Arguments as JSON text, malformed or not: what the model wrote is what the tool is given.."""
    if arguments is None:
        return "{}"
    return arguments if isinstance(arguments, str) else msgspec.json.encode(arguments).decode()
