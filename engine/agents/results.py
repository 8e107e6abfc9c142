"""What tools have shown in a conversation, by what it is about, as long as it is still true."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from engine.conversation.events import Called, Returned
from engine.conversation.views import Seen
from servers.domain import Domain, Tool
from servers.recipe import Unread

_Shown = tuple[str, str]

Decoded = dict[tuple[str, str], Any]
"""What was decoded before, by tool and text: a memory that changes nothing but the time it takes."""


class Results:
    """The latest true answer for everything that was read. A write makes what it changes out of date, and its own
    answer shows the record as it is now, as good as a read of it."""

    def __init__(self, domain: Domain, seen: Sequence[Seen], decoded: Decoded) -> None:
        self._domain = domain
        self._shown: dict[_Shown, tuple[Tool, Returned]] = {}
        self._decoded = decoded
        called: Called | None = None
        for event in seen:
            if isinstance(event, Called):
                called = event
            elif isinstance(event, Returned) and called is not None:
                self._take(called, event)

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
        for change in tool.changes:
            about = (change.table, str(arguments.get(change.argument)) if change.argument else "")
            for key in [key for key in self._shown if key == about or (not about[1] and key[0] == change.table)]:
                del self._shown[key]
        if tool.kind != "write" or tool.shows is not None:
            self._shown[_about(tool, arguments)] = (tool, answer)

    def _typed(self, tool: Tool, text: str) -> Any:
        if tool.returns is str:
            return text
        if (tool.name, text) not in self._decoded:
            self._decoded[tool.name, text] = msgspec.json.decode(text, type=tool.returns)
        return self._decoded[tool.name, text]

    def _arguments(self, called: Called) -> Mapping[str, Any]:
        if ("", called.arguments) not in self._decoded:
            self._decoded["", called.arguments] = msgspec.json.decode(called.arguments)
        arguments: Mapping[str, Any] = self._decoded["", called.arguments]
        return arguments


def _about(tool: Tool, arguments: Mapping[str, Any]) -> _Shown:
    if tool.shows is not None and tool.shows.argument is not None:
        return (tool.shows.table, str(arguments.get(tool.shows.argument)))
    return (f"{tool.shows.table if tool.shows else ''}/{tool.name}", msgspec.json.encode(arguments, order="sorted").decode())

