"""Decisions without the evidence: guessed, made a read too early, from the first or the last of a list, or fished for."""

from collections.abc import Sequence
from typing import Any

import msgspec

from engine.agents.flawed.knowing import Knowing, KnowingNotebook
from engine.agents.notebook import Heard, HeardCase
from engine.agents.results import Results
from engine.conversation.events import Act
from engine.scenario import Evidence
from engine.synthesis.case import OpenCase, ReadKey
from engine.synthesis.evidence import answer
from servers.domain import ToolCall
from servers.recipe import Decision, Unread, Write
from servers.replay import apply
from servers.state import State


class Unproven(KnowingNotebook):
    """Knows of which requests the evidence has not been read."""

    def unproven(self, heard: Heard, more: frozenset[ReadKey] = frozenset()) -> Evidence | None:
        """What the scenario holds of a request when some stored world decides otherwise and no read that was made, nor any
        of `more`, shows it; None when all are told apart."""
        reads = [read for read in {*self.made, *more} if self._is_read(read[0])]
        answers = {read: answer(self.domain, self.state, read) for read in reads}
        worlds = self.otherwise(heard)
        alike = (proof for proof, world in worlds if all(answer(self.domain, world, read) == answers[read] for read in reads))
        return next(alike, None)

    def _is_read(self, name: str) -> bool:
        tool = self.domain.callable.get((name, "agent"))
        return tool is not None and tool.kind != "write"

    def says_at_once(self, heard: Heard, found: Sequence[Decision]) -> bool:
        """Is this what is acted upon next? What is only said waits for the other open requests, and what they read."""
        left = [other for other in self.requests if not self.finished(other)]
        return left[-1] is heard or any(isinstance(decision, Write) for decision in found)


class _Guessing(Unproven):
    """Decides before the evidence was read: what was not read is taken from the world without a call."""

    def decisions(self, heard: Heard) -> tuple[Decision, ...]:
        if heard.decided is not None or (proof := self.unproven(heard)) is None:
            return super().decisions(heard)
        if not self.says_at_once(heard, heard.recipe.solve(self.open_case(proof, self.state))):
            return super().decisions(heard)
        return heard.recipe.solve(_Peeking(self, heard, self._results, self.state))


class _Fishing(Unproven):
    """Proposes what it could be, one after the other and without having read anything, until the customer says yes.

    The candidates are what the request would come to in its stored worlds, as far as a tool accepts it; the right one last.
    """

    def __init__(self, *given: Any) -> None:
        self._fished: dict[int, int] = {}
        super().__init__(*given)

    def decisions(self, heard: Heard) -> tuple[Decision, ...]:
        if heard.decided is not None or (proof := self.unproven(heard)) is None:
            return super().decisions(heard)
        if not self._comes_to_a_write(heard, proof):
            return super().decisions(heard)
        right = heard.recipe.solve(_Peeking(self, heard, self._results, self.state))[0]
        if not isinstance(right, Write):
            return super().decisions(heard)
        others = {
            msgspec.json.encode(other.arguments, order="sorted"): other
            for world in self.elsewise(heard)
            for other in world
            if isinstance(other, Write) and (other.tool, other.act) == (right.tool, right.act) and self._accepts(other)
        }
        others.pop(msgspec.json.encode(right.arguments, order="sorted"), None)
        candidates = [*others.values(), right]
        return (candidates[min(self._fished.get(id(heard), 0), len(candidates) - 1)],)

    def _said(self, act: Act) -> None:
        heard = self.current
        super()._said(act)
        if act.kind.startswith("propose.") and heard is not None:
            self._fished[id(heard)] = self._fished.get(id(heard), 0) + 1

    def _comes_to_a_write(self, heard: Heard, proof: Evidence) -> bool:
        found = heard.recipe.solve(self.open_case(proof, self.state))
        return len(found) == 1 and isinstance(found[0], Write)

    def _accepts(self, write: Write) -> bool:
        call = ToolCall(name=write.tool, arguments=write.arguments)
        return not apply(self.domain, self.state.fork(), call).error


class Guesses(Knowing):
    """Makes the right decision before its evidence was read."""

    notebook = _Guessing


class Fishes(Knowing):
    """Proposes candidates without evidence until the customer says yes."""

    notebook = _Fishing


class _Peeking(HeardCase):
    """Reads without calling."""

    def __init__(self, book: KnowingNotebook, heard: Heard, results: Results, state: State) -> None:
        super().__init__(book, heard, results)
        self._open = OpenCase(book.domain, state, self.customer, {})

    def read(self, tool: str, /, **arguments: Any) -> Any:
        try:
            return super().read(tool, **arguments)
        except Unread:
            return self._open.read(tool, **arguments)
