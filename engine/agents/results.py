"""What tools have shown in a conversation, by what it is about, as long as it is still true."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from engine.conversation.events import Called, Returned
from engine.conversation.views import Seen
from engine.toolboxes.calls import tool_call
from servers.domain import Domain, Tool, ToolCall
from servers.recipe import Unread

_Shown = tuple[str, str, str]
"""What an answer is about: a table, a record's key ('' for a look at the table at large), and what else tells answers apart."""

Decoded = dict[tuple[str, str], Any]
"""What was decoded before, by tool and text: a memory that changes nothing but the time it takes."""


class Results:
    """The latest true answer for everything that was read. A write makes what it changes out of date, and its own
    answer shows the record as it is now, as good as a read of it."""

    def __init__(self, domain: Domain, seen: Sequence[Seen], decoded: Decoded) -> None:
        self._domain = domain
        self._shown: dict[_Shown, tuple[Tool, Returned]] = {}
        self._decoded = decoded
        self._called: Called | None = None
        for event in seen:
            self.take(event)

    def take(self, event: Seen) -> None:
        """Take in what happened next."""
        if isinstance(event, Called):
            self._called = event
        elif isinstance(event, Returned) and self._called is not None:
            self._take(self._called, event)

    def read(self, name: str, arguments: Mapping[str, Any]) -> Any:
        """The answer to a read, typed; None when it was refused. Raises Unread when there is none that is still true."""
        tool = self._domain.callable[name, "agent"]
        key = _about(tool, arguments)
        shown = self._shown.get(key)
        if shown is None:
            raise Unread(name, arguments)
        return None if shown[1].error else self._typed(tool, shown[1].text)

    def has(self, name: str, arguments: Mapping[str, Any]) -> bool:
        """Has this read been made, and is it still true?"""
        return _about(self._domain.callable[name, "agent"], arguments) in self._shown

    def _take(self, called: Called, answer: Returned) -> None:
        tool = self._domain.callable.get((called.name, "agent"))
        if tool is None or (tool.kind == "write" and answer.error):
            return
        arguments = self._arguments(called)
        if arguments is None:
            return
        for change in tool.changes:
            record = str(arguments.get(change.argument)) if change.argument else None
            for about in [about for about in self._shown if about[0] == change.table and record in (None, about[1] or record)]:
                del self._shown[about]
        if tool.kind != "write" or tool.shows is not None:
            self._shown[_about(tool, arguments)] = (tool, answer)

    def _typed(self, tool: Tool, text: str) -> Any:
        if tool.returns is str:
            return text
        if (tool.name, text) not in self._decoded:
            self._decoded[tool.name, text] = msgspec.json.decode(text, type=tool.returns)
        return self._decoded[tool.name, text]

    def _arguments(self, called: Called) -> Mapping[str, Any] | None:
        """The call's arguments, None when they were malformed."""
        if ("", called.arguments) not in self._decoded:
            call = tool_call("agent", called.name, called.arguments)
            self._decoded["", called.arguments] = call.arguments if isinstance(call, ToolCall) else None
        arguments: Mapping[str, Any] | None = self._decoded["", called.arguments]
        return arguments


def _about(tool: Tool, arguments: Mapping[str, Any]) -> _Shown:
    if tool.shows is not None and tool.shows.argument is not None:
        return (tool.shows.table, str(arguments.get(tool.shows.argument)), repr(tool.returns))
    asked = msgspec.json.encode([tool.name, arguments], order="sorted").decode()
    return (tool.shows.table if tool.shows else "", "", asked)
