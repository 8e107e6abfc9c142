"""The case in which everything may be read: how gold is solved, and what it read on the way."""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from engine.synthesis.looks import Looks, ReadKey, read_key
from servers.domain import Domain
from servers.recipe import Comparison, Recipe, Request
from servers.state import State

__all__ = ["OpenCase", "ReadKey", "plan_length", "read_key"]


class OpenCase:
    """A Case over a whole state, for a customer whose every word is known.

    `reads` are the reads made so far, each once, with their result texts. Several records that may be read in any order are
    read from the last for `backwards`, otherwise as `shuffled` mixes them; `orders` are all such sets as they were given.
    `compared` is the largest number of candidates that were compared. `looks` are the reads of that very state, where others
    made some of them.
    """

    def __init__(
        self,
        domain: Domain,
        state: State,
        customer: str,
        params: Mapping[str, Any],
        *,
        backwards: bool = False,
        shuffled: Random | None = None,
        looks: Looks | None = None,
    ) -> None:
        self.customer = customer
        self.reads: dict[ReadKey, str] = {}
        self.compared = 0
        self.orders: list[Sequence[Any]] = []
        self.looks = looks if looks is not None else Looks(domain, state)
        self._params = params
        self._backwards = backwards
        self._shuffled = shuffled

    def other_way(self) -> "OpenCase":
        """The same, read backwards; what was read already is not read again."""
        return OpenCase(self.looks.domain, self.looks.state, self.customer, self._params, backwards=True, looks=self.looks)

    @property
    def facts(self) -> Any:
        return self.looks.state.facts

    def said(self, slot: str) -> Any:
        return self._params.get(slot)

    def ask(self, question: str, *wants: str, **slots: Any) -> Any:
        return next((self._params[slot] for slot in wants if slot in self._params), None)

    def read(self, tool: str, /, **arguments: Any) -> Any:
        key = read_key(tool, arguments)
        seen = self.looks.see(key, arguments)
        self.reads[key] = seen.outcome.text
        return seen.value

    def seen(self, tool: str, /, **arguments: Any) -> bool:
        return read_key(tool, arguments) in self.reads

    def order(self, items: Sequence[Any]) -> Sequence[Any]:
        self.orders.append(items)
        self.compared = max(self.compared, len(items))
        if self._shuffled is not None:
            mixed = list(items)
            self._shuffled.shuffle(mixed)
            return mixed
        return items[::-1] if self._backwards else items

    def note(self, comparison: Comparison) -> None:
        self.compared = max(self.compared, len(comparison.candidates) + len(comparison.unread))


def plan_length(domain: Domain, recipe: Recipe, state: State, customer: str, request: Request) -> int:
    """How many reads a recipe makes for a request: cheap, and hardly ever less than what its burden will be."""
    case = OpenCase(domain, state, customer, request.params)
    recipe.solve(case)
    return len(case.reads)
