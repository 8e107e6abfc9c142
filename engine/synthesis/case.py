"""The case in which everything may be read: how gold is solved, and what it read on the way."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from servers.domain import Domain, ToolCall
from servers.recipe import Comparison
from servers.replay import apply
from servers.state import State

ReadKey = tuple[str, str]
"""A read as a value: tool name, and its arguments as sorted JSON."""

_sorted = msgspec.json.Encoder(order="sorted")


class OpenCase:
    """A Case over a whole state, for a customer whose every word is known.

    `reads` are the reads made so far, each once, with their result texts. `backwards`: several records that may be
    read in either order are read from the last.
    """

    def __init__(
        self, domain: Domain, state: State, customer: str, params: Mapping[str, Any], *, backwards: bool = False
    ) -> None:
        self.customer = customer
        self.reads: dict[ReadKey, str] = {}
        self._domain = domain
        self._state = state
        self._params = params
        self._backwards = backwards

    @property
    def facts(self) -> Any:
        return self._state.facts

    def said(self, slot: str) -> Any:
        return self._params.get(slot)

    def ask(self, question: str, *wants: str, **slots: Any) -> Any:
        return next((self._params[slot] for slot in wants if slot in self._params), None)

    def read(self, tool: str, /, **arguments: Any) -> Any:
        outcome = apply(self._domain, self._state, ToolCall(name=tool, arguments=arguments))
        self.reads[read_key(tool, arguments)] = outcome.text
        if outcome.error:
            return None
        returns = self._domain.callable[tool, "agent"].returns
        return outcome.text if returns is str else msgspec.json.decode(outcome.text, type=returns)

    def seen(self, tool: str, /, **arguments: Any) -> bool:
        return read_key(tool, arguments) in self.reads

    def order(self, items: Sequence[Any]) -> Sequence[Any]:
        return items[::-1] if self._backwards else items

    def note(self, comparison: Comparison) -> None:
        """Nobody reads this worksheet."""


def read_key(tool: str, arguments: Mapping[str, Any]) -> ReadKey:
    """A read as a value that is equal for equal reads."""
    return tool, _sorted.encode(arguments).decode()
