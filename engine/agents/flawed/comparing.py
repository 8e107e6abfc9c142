"""Comparisons that were not made: the last candidate left out, or the first or the last taken unread.

A recipe says what it compares by the order in which it reads it (`Case.order`) and by what it notes on the way. Each flaw
stands before a case and hides some of it; it is shown only where evidence stays unread by it.
"""

from collections.abc import Sequence
from typing import Any

from engine.agents.flawed.knowing import UNFIT, Knowing
from engine.agents.flawed.reading import Unproven
from engine.agents.notebook import Heard, HeardCase
from engine.scenario import Evidence
from engine.synthesis.case import ReadKey, read_key
from servers.recipe import Case, Comparison, Decision, Unread


class Hiding:
    """A case in front of another one, which hides nothing."""

    def __init__(self, case: Case, skipped: frozenset[ReadKey] = frozenset()) -> None:
        self._case = case
        self._skipped = skipped

    @property
    def facts(self) -> Any:
        return self._case.facts

    @property
    def customer(self) -> str:
        return self._case.customer

    def said(self, slot: str) -> Any:
        return self._case.said(slot)

    def ask(self, question: str, *wants: str, **slots: Any) -> Any:
        return self._case.ask(question, *wants, **slots)

    def read(self, tool: str, /, **arguments: Any) -> Any:
        return self._case.read(tool, **arguments)

    def seen(self, tool: str, /, **arguments: Any) -> bool:
        return self._case.seen(tool, **arguments)

    def order(self, items: Sequence[Any]) -> Sequence[Any]:
        return self._case.order(items)

    def note(self, comparison: Comparison) -> None:
        self._case.note(comparison)

    def leaves_out(self, missing: Unread) -> bool:
        """Is this read, which has not been made, one that is left out?"""
        return False


class WithoutLast(Hiding):
    """The last of several candidates is not read: it answers as if there were none."""

    _several = False
    _latest: Comparison | None = None

    def read(self, tool: str, /, **arguments: Any) -> Any:
        if read_key(tool, arguments) in self._skipped:
            return None
        found = super().read(tool, **arguments)
        self._latest = None
        return found

    def order(self, items: Sequence[Any]) -> Sequence[Any]:
        self._several = len(items) > 1
        return super().order(items)

    def note(self, comparison: Comparison) -> None:
        self._latest = comparison
        super().note(comparison)

    def leaves_out(self, missing: Unread) -> bool:
        return self._several and self._latest is not None and len(self._latest.unread) == 1


class FirstAlone(Hiding):
    """Of several candidates there is only the first."""

    kept = slice(0, 1)

    def __init__(self, case: Case, skipped: frozenset[ReadKey] = frozenset()) -> None:
        super().__init__(case, skipped)
        self._hidden: set[Any] = set()

    def read(self, tool: str, /, **arguments: Any) -> Any:
        if self._hidden.intersection(value for value in arguments.values() if isinstance(value, str)):
            return None
        return super().read(tool, **arguments)

    def order(self, items: Sequence[Any]) -> Sequence[Any]:
        kept = items[self.kept]
        self._hidden |= {item for item in items if isinstance(item, str) and item not in kept}
        return kept


class LastAlone(FirstAlone):
    """Of several candidates there is only the last."""

    kept = slice(-1, None)


class Comparing(Unproven):
    """Decides through a case that hides something."""

    hiding: type[Hiding] = Hiding

    def decisions(self, heard: Heard) -> tuple[Decision, ...]:
        if heard.decided is not None or not self._misses_evidence(heard):
            return super().decisions(heard)
        skipped = frozenset[ReadKey]()
        while True:
            case = self.hiding(HeardCase(self, heard, self._results), skipped)
            try:
                return heard.recipe.solve(case)
            except Unread as missing:
                if not case.leaves_out(missing):
                    raise
                skipped |= {read_key(missing.tool, missing.arguments)}

    def _misses_evidence(self, heard: Heard) -> bool:
        """Would evidence stay unread? What cannot be decided in this way is decided as ever."""
        proof = self.unproven(heard)
        found = self._would_decide(heard, proof) if proof is not None else None
        if found is None or not self.says_at_once(heard, found[1]):
            return False
        return self.unproven(heard, more=found[0]) is not None

    def _would_decide(self, heard: Heard, proof: Evidence) -> tuple[frozenset[ReadKey], tuple[Decision, ...]] | None:
        """All that is read on the way to the decision, and the decision; None when none is reached that can be said."""
        made, skipped = frozenset[ReadKey](), frozenset[ReadKey]()
        while True:
            case = self.hiding(_Stepwise(self.open_case(proof, self.state), made), skipped)
            try:
                found = heard.recipe.solve(case)
                return (made, found) if self.sayable(found) else None
            except Unread as missing:
                key = read_key(missing.tool, missing.arguments)
                left_out = case.leaves_out(missing)
                skipped, made = (skipped | {key}, made) if left_out else (skipped, made | {key})
            except UNFIT:
                return None


class _Stepwise(Hiding):
    """An open case that wants every read to be made, as one conversation's does. `skipped` are those that were."""

    def read(self, tool: str, /, **arguments: Any) -> Any:
        if read_key(tool, arguments) not in self._skipped:
            raise Unread(tool, arguments)
        return super().read(tool, **arguments)


class _WithoutLast(Comparing):
    hiding = WithoutLast


class _FirstAlone(Comparing):
    hiding = FirstAlone


class _LastAlone(Comparing):
    hiding = LastAlone


class OneReadTooFew(Knowing):
    """Leaves out the last of the candidates' reads, then takes the best of what it saw."""

    notebook = _WithoutLast


class TakesFirst(Knowing):
    """Takes the first of a list, and reads no other."""

    notebook = _FirstAlone


class TakesLast(Knowing):
    """Takes the last of a list, and reads no other."""

    notebook = _LastAlone
