"""What a customer did wrong, by the meanings of both sides: exact, and nothing that an agent does is held against them.

Where a message of the agent's has no meaning, what it asked for is not known; then only what the customer said is judged.
"""

from collections.abc import Iterable
from typing import Any

import msgspec

from engine.checkers.customer.brief import Brief, Wish
from engine.checkers.customer.fault import Fault
from engine.conversation.events import Act, Spoke
from engine.scenario import Known

_SETTLES = frozenset(("report", "refuse", "answer"))
_OFFERS = frozenset(("offer_more", "ask.help"))
_ENDS = frozenset(("farewell", "transfer"))
_AGENTS = frozenset(
    ("greet", "ask", "propose", "report", "refuse", "answer", "chose", "offer_more", "farewell", "transfer", "verified", "turn")
)
"""Families of acts that are an agent's alone."""

PATIENCE = 3
"""So often a customer hears the same question, or sets a proposal right, before leaving is no fault of theirs."""

LINGERING = 3
"""So many messages after everything was settled are too many."""

_sorted = msgspec.json.Encoder(order="sorted")


class Following:
    """A conversation as far as it was followed. Take its messages in their order; `faults` are what was wrong so far."""

    def __init__(self, brief: Brief, *, introduces: bool) -> None:
        self.faults: list[Fault] = []
        self._brief = brief
        self._introduces = introduces
        self._made = 0
        self._first, self._heard = True, False
        self._clear = True
        self._asked: list[set[str]] = [set()]  # first whatever was asked, then for each request what was since it was made
        self._said: dict[str, Any] = {}
        self._questions: list[tuple[Act, ...]] = []
        self._open: tuple[Act, ...] = ()
        self._proposed: list[Act] = []
        self._offered = self._ended = self._parted = False
        self._corrections = self._lingered = 0

    def hear(self, event: Spoke) -> None:
        """The agent said something."""
        self._heard, self._clear = True, self._clear and bool(event.meaning)
        proposed, questions, offered, ended, again = [], [], False, event.leaves, False
        for act in event.meaning:
            family = act.kind.partition(".")[0]
            if family == "propose":
                proposed.append(act)
                questions.append(act)
            elif act.kind in _OFFERS:
                offered = True
            elif family in _ENDS:
                ended = True
            elif family == "ask":
                for asked in self._asked:
                    asked.update(act.wants)
                questions.append(act)
                again = again or act.kind == "ask.sure"
            elif family in _SETTLES:
                self._settle()
        if proposed or not again:
            self._proposed = proposed
        self._open = tuple(questions)
        self._offered, self._ended = offered and not questions, ended and not questions
        if questions:
            self._questions.append(self._open)

    def say(self, number: int, event: Spoke) -> None:
        """The customer said something, or left."""
        said = {act.kind.partition(".")[0] for act in event.meaning}
        for act in event.meaning:
            family, _, name = act.kind.partition(".")
            if family == "request":
                self._request(number, name, act)
            elif family == "inform":
                self._inform(number, act)
            elif family == "correct":
                self._corrections += 1
                self._inform(number, act, freely=bool(self._proposed))
            elif family == "confirm":
                self._confirm(number)
            elif family == "decline":
                self._corrections += 1
                self._settle()
            elif family in _AGENTS:
                self._fault(number, f"played the agent ('{act.kind}')")
        if event.leaves:
            self._leave(number, said)
        else:
            self._stay(number, said)
        self._first = False

    def _fault(self, number: int, detail: str, *, certain: bool = True) -> None:
        self.faults.append(Fault(event=number, detail=detail, certain=certain))

    def _current(self) -> Wish | None:
        return next((wish for wish in self._brief.wishes[: self._made] if not wish.done), None)

    def _settle(self) -> None:
        wish = self._current()
        if wish is not None:
            wish.settled += 1

    def _request(self, number: int, name: str, act: Act) -> None:
        wishes = self._brief.wishes
        if self._made >= len(wishes) or wishes[self._made].recipe.name != name:
            self._fault(number, f"asked for '{name}', which is not what it wants next")
            return
        wish = wishes[self._made]
        self._made += 1
        self._asked.append(set())
        for slot, value in act.slots.items():
            known = wish.knows.get(slot)
            if known is None or not self._brief.fits(known, value):
                self._unknown(number, slot, value)
            elif known.when == "asked" and self._clear:
                self._fault(number, f"told '{slot}' before it was asked for it")
            self._said[slot] = value

    def _inform(self, number: int, act: Act, *, freely: bool = False) -> None:
        """Something was told: it has to be known, and unless it is told `freely`, asked for or for the opening."""
        current = next((place for place, wish in enumerate(self._brief.wishes[: self._made]) if not wish.done), None)
        for slot, value in act.slots.items():
            known = [each for each in self._brief.knowing(slot) if self._brief.fits(each, value)]
            known = [each for each in known if each.request == current] or known  # what is told is told about that one
            if not known:
                self._unknown(number, slot, value)
            elif not any(self._may_tell(each, freely=freely) for each in known):
                self._fault(number, f"told '{slot}' before it was asked for it")
            self._said[slot] = value

    def _may_tell(self, known: Known, *, freely: bool) -> bool:
        if known.request is None:
            freely, asked = freely or (self._first and self._introduces), self._asked[0]
        elif known.request >= self._made:
            return False
        else:
            asked = self._asked[known.request + 1]
        return freely or known.when == "opening" or known.slot in asked or not self._clear

    def _unknown(self, number: int, slot: str, value: Any) -> None:
        earlier = self._said.get(slot)
        if earlier is not None and earlier != value:
            self._fault(number, f"contradicted itself: '{slot}' was {earlier!r} and is now {value!r}")
        else:
            self._fault(number, f"told '{slot}' as {value!r}, which it does not know")

    def _confirm(self, number: int) -> None:
        """A yes: to each proposal that it answers there has to be an open wish, which it does not go against."""
        wishes = [wish for wish in self._brief.wishes[: self._made] if not wish.done]
        for act in self._proposed:
            name, against = act.kind.partition(".")[2], ""
            for wish in wishes:
                values = self._brief.values(wish)
                if wish.recipe.asks_for(values, name):
                    slot = wish.recipe.contradicted(values, act.slots, wish.settled)
                    if slot is None:
                        break
                    against = against or f"confirmed '{name}' although '{slot}' is not what it asked for"
            else:
                self._fault(number, against or f"confirmed '{name}', which it did not ask for")

    def _leave(self, number: int, said: set[str]) -> None:
        """Who leaves has asked for all that they want, answered what was open, and heard what came of it, or was let go."""
        if self._proposed and "confirm" in said:
            self._settle()
        unmade = len(self._brief.wishes) - self._made
        if (not unmade and self._current() is None) or not self._clear or self._ended or self._impatient():
            return
        if self._open and not said & {"confirm", "decline"}:
            self._fault(number, f"left although '{self._open[-1].kind}' was open")
        elif unmade:
            self._fault(number, f"left before it had asked for all that it wants ({unmade} left)")
        elif not self._offered:
            self._fault(number, "left before its request was settled", certain=bool(self._open) or not self._heard)

    def _impatient(self) -> bool:
        """Did the agent ask the same thing over and over, or propose one wrong thing after the other?"""
        if self._corrections >= PATIENCE:
            return True
        last = _signature(self._questions[-1]) if self._questions else ()
        return bool(last) and sum(_signature(each) == last for each in self._questions) >= PATIENCE

    def _stay(self, number: int, said: set[str]) -> None:
        """After everything was settled, or after its own goodbye, whoever stays and asks for nothing goes on for nothing."""
        settled = (self._offered or self._ended) and self._clear and self._current() is None
        if (settled or self._parted) and "request" not in said:
            self._lingered += 1
            if self._lingered == LINGERING:
                self._fault(number, "went on after everything was settled")
        self._parted = self._parted or "bye" in said


def _signature(acts: Iterable[Act]) -> tuple[tuple[str, tuple[str, ...], bytes], ...]:
    return tuple((act.kind, act.wants, _sorted.encode(act.slots)) for act in acts)
