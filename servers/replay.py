"""The one way a call meets a state: the MCP server, the direct toolbox, gold and the checkers all go through `apply`."""

import json
import re
from collections.abc import Iterable
from typing import Any

import msgspec

from servers.arguments import decode
from servers.domain import Domain, Outcome, Tool, ToolCall, ToolRefused
from servers.frozen import Record
from servers.state import State

_json = msgspec.json.Encoder()
_EXPONENT = re.compile(rb"e-?[0-9]")


class ToolCrashed(Exception):
    """A tool raised something else than a refusal: the environment's failure, never the caller's."""


def apply(domain: Domain, state: State, call: ToolCall) -> Outcome:
    """Carry out one call. A refused call leaves the state as it was; so does one that crashes.

    Raises ToolCrashed when the tool itself is broken.
    """
    tool = domain.callable.get((call.name, call.requestor))
    if tool is None:
        name = call.name.encode(errors="backslashreplace").decode()  # half a surrogate pair cannot be sent on
        return Outcome(text=f"Error: Tool '{name}' not found.", error=True)
    try:
        return _carried_out(tool, state, decode(tool, call.arguments))
    except ToolRefused as refusal:
        return Outcome(text=f"Error: {refusal}", error=True)
    except Exception as error:
        raise ToolCrashed(f"{domain.name}.{call.name} raised {type(error).__name__}: {error}") from error


def replay(domain: Domain, state: State, calls: Iterable[ToolCall]) -> tuple[Outcome, ...]:
    """Carry out calls in their order on one state."""
    return tuple(apply(domain, state, call) for call in calls)


def written(result: Any) -> str:
    """How a result reads: a string raw, anything else as JSON with `, ` and `: `, ASCII-escaped."""
    if isinstance(result, str):
        return result
    raw = _json.encode(result)
    if _written_otherwise(raw):
        return json.dumps(msgspec.to_builtins(result))
    return msgspec.json.format(raw, indent=0).decode()


def _written_otherwise(raw: bytes) -> bool:
    """May the standard library write this differently: letters beyond ASCII, DEL, floats that are tiny or huge?"""
    return not raw.isascii() or b"\x7f" in raw or b"0.0000" in raw or _EXPONENT.search(raw) is not None


def _carried_out(tool: Tool, state: State, arguments: msgspec.Struct) -> Outcome:
    if tool.kind != "write":
        result, shows = tool.function(state.view(), arguments), tool.shows
        if shows is None or shows.argument is None or not isinstance(result, Record):
            return Outcome(text=written(result))
        return Outcome(text=state.world.text_of(shows.table, getattr(arguments, shows.argument), result, written))
    trial = state.fork()
    text = written(tool.function(trial, arguments))
    return Outcome(text=text, changed=state.adopt(trial))
