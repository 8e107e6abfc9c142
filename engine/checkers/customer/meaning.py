"""What a customer did wrong, by the meanings of both sides: exact, and nothing that an agent does is held against them.

Where a message of the agent's has no meaning, what it asked for is not known; then only what the customer said is judged.
"""

from collections.abc import Iterable
from typing import Any

import msgspec

from engine.checkers.customer.brief import Brief
from engine.checkers.customer.fault import Fault
from engine.checkers.customer.reacting import misreactions
from engine.conversation.events import Act, Spoke
from engine.course import Course
from engine.scenario import Known, Manner
from engine.users.manner import clauses_of

_OFFERS = frozenset(("offer_more", "ask.help"))
_ENDS = frozenset(("farewell", "transfer"))
_AGENTS = frozenset(
    (
        "greet",
        "ask",
        "propose",
        "report",
        "refuse",
        "answer",
        "chose",
        "still",
        "offer_more",
        "farewell",
        "transfer",
        "verified",
        "turn",
    )
)
"""Families of acts that are an agent's alone."""

_PRESSES = frozenset(("insist", "ask_why"))
"""Families with which a customer does not yet take a refusal; that it goes in circles is *progress*'s matter."""

_TURNS = {"rethink": "changed its mind", "withdraw": "took something back"}

PATIENCE = 3
"""So often a customer hears the same question, or sets a proposal right, before leaving is no fault of theirs."""

LINGERING = 3
"""So many messages after everything was settled are too many."""

_sorted = msgspec.json.Encoder(order="sorted")


class Following:
    """A conversation as far as it was followed. Take its messages in their order; `faults` are what was wrong so far."""

    def __init__(self, brief: Brief, course: Course, manner: Manner) -> None:
        self.faults: list[Fault] = []
        self._brief = brief
        self._course = course
        self._introduces = manner.introduces
        self._tells_all = "everything_known" in clauses_of(manner)
        self._first, self._heard = True, False
        self._clear = True
        self._asked: dict[int | None, set[str]] = {None: set()}  # whatever was asked, and for each request since it was made
        self._said: dict[str, Any] = {}
        self._questions: list[tuple[Act, ...]] = []
        self._open: tuple[Act, ...] = ()
        self._offered = self._ended = self._parted = False
        self._corrections = self._lingered = 0

    def hear(self, event: Spoke) -> None:
        """The agent said something."""
        self._heard, self._clear = True, self._clear and bool(event.meaning)
        self._course.heard(event.meaning)
        questions, offered, ended = [], False, event.leaves
        for act in event.meaning:
            family = act.kind.partition(".")[0]
            if family == "propose":
                questions.append(act)
            elif act.kind in _OFFERS:
                offered = True
            elif family in _ENDS:
                ended = True
            elif family == "ask":
                for asked in self._asked.values():
                    asked.update(act.wants)
                questions.append(act)
        self._open = tuple(questions)
        self._offered, self._ended = offered and not questions, ended and not questions
        if questions:
            self._questions.append(self._open)

    def say(self, number: int, event: Spoke) -> None:
        """The customer said something, or left."""
        said = {act.kind.partition(".")[0] for act in event.meaning}
        wish, due = self._course.current, self._course.due()
        if self._course.proposed and self._clear:
            for detail in misreactions(self._course, due, event.meaning):
                self._fault(number, detail)
        if not self._clear and "rethink" in said:
            self._presume(event)
        for act in event.meaning:
            self._judge(number, act)
            self._course.take(act, due)
            if act.kind.partition(".")[0] == "rethink" and wish is not None and due is not None:
                self._brief.change(wish.place, due.change or {})
        if event.leaves:
            self._leave(number, said)
        else:
            self._stay(number, said)
        self._first = False

    def _presume(self, event: Spoke) -> None:
        """At what they changed their mind is not known: what their plot has for one of their requests they may want by now."""
        told = {slot for act in event.meaning if act.kind == "inform" for slot in act.slots}
        for wish in (self._course.wishes[place] for place in self._course.made):
            for reaction in wish.left:
                if reaction.change is not None and told & set(reaction.change):
                    self._brief.change(wish.place, reaction.change)

    def _judge(self, number: int, act: Act) -> None:
        """One act, before it has its consequences."""
        family, _, name = act.kind.partition(".")
        if family == "request":
            self._request(number, name, act)
        elif family == "inform":
            self._inform(number, act)
        elif family == "correct":
            self._corrections += 1
            self._inform(number, act, freely=bool(self._course.proposed))
        elif family == "confirm":
            self._confirm(number)
        elif family == "decline":
            self._corrections += 1
        elif family in ("rethink", "withdraw"):
            if self._clear and not self._course.proposed:
                self._fault(number, f"{_TURNS[family]} although nothing was proposed")
        elif family in _AGENTS:
            self._fault(number, f"played the agent ('{act.kind}')")

    def _fault(self, number: int, detail: str, *, certain: bool = True) -> None:
        self.faults.append(Fault(event=number, detail=detail, certain=certain))

    def _request(self, number: int, name: str, act: Act) -> None:
        place = self._course.next() if self._clear else self._course.meant(act)  # what it came after is not known otherwise
        if place is None or self._course.wishes[place].recipe.name != name:
            self._fault(number, self._untimely(name))
            return
        self._asked[place] = set()
        for slot, value in act.slots.items():
            known = self._brief.of_requests[place].get(slot)
            if known is None or not self._brief.fits(known, value):
                self._unknown(number, slot, value)
            elif known.when == "asked" and self._clear:
                self._fault(number, f"told '{slot}' before it was asked for it")
            self._said[slot] = value

    def _untimely(self, name: str) -> str:
        """Why a request is not made now: the plot has it later, if at all, or it is not what comes next."""
        course = self._course
        kept = [each for each in course.wishes if each.recipe.name == name and each.place not in course.made]
        if any(course.is_led_to(each.place) for each in kept):
            return f"asked for '{name}' before what it is kept for had happened"
        return f"asked for '{name}', which is not what it wants next"

    def _inform(self, number: int, act: Act, *, freely: bool = False) -> None:
        """Something was told: it has to be known, and unless it is told `freely`, asked for or for the opening."""
        current = self._course.current.place if self._course.current is not None else None
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
            freely = freely or (self._first and self._introduces)
        elif known.request not in self._asked:
            return False
        asked = self._asked[known.request]
        freely = freely or (self._tells_all and known.request == 0)
        return freely or known.when == "opening" or known.slot in asked or not self._clear

    def _unknown(self, number: int, slot: str, value: Any) -> None:
        earlier = self._said.get(slot)
        if earlier is not None and earlier != value:
            self._fault(number, f"contradicted itself: '{slot}' was {earlier!r} and is now {value!r}")
        else:
            self._fault(number, f"told '{slot}' as {value!r}, which it does not know")

    def _confirm(self, number: int) -> None:
        """A yes: to each proposal that it answers there has to be an open wish, which it does not go against."""
        course = self._course
        wishes = [wish for wish in (course.wishes[place] for place in course.made) if not wish.done]
        for act in course.proposed:
            name, against = act.kind.partition(".")[2], ""
            for wish in wishes:
                values = course.values(wish)
                if wish.recipe.asks_for(values, name):
                    slot = wish.recipe.contradicted(values, act.slots, wish.settled)
                    if slot is None:
                        break
                    against = against or f"confirmed '{name}' although '{slot}' is not what it asked for"
            else:
                self._fault(number, against or f"confirmed '{name}', which it did not ask for")

    def _leave(self, number: int, said: set[str]) -> None:
        """Who leaves has asked for all that they want, answered what was open, and heard what came of it, or was let go."""
        course = self._course
        if course.proposed and "confirm" in said and course.current is not None:
            course.current.settled += 1
        left = course.next()
        if (left is None and course.current is None) or not self._clear or self._ended or self._impatient():
            return
        if self._open and not said & {"confirm", "decline", "withdraw"}:
            self._fault(number, f"left although '{self._open[-1].kind}' was open")
        elif left is not None and course.is_led_to(left):
            self._fault(number, f"never asked for '{course.wishes[left].recipe.name}', which it wants after what it heard")
        elif left is not None:
            unmade = sum(not course.is_led_to(wish.place) and wish.place not in course.made for wish in course.wishes)
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
        settled = (self._offered or self._ended) and self._clear and self._course.current is None
        if (settled or self._parted) and "request" not in said and not (said & _PRESSES and self._offered):
            self._lingered += 1
            if self._lingered == LINGERING:
                self._fault(number, "went on after everything was settled")
        self._parted = self._parted or "bye" in said


def _signature(acts: Iterable[Act]) -> tuple[tuple[str, tuple[str, ...], bytes], ...]:
    return tuple((act.kind, act.wants, _sorted.encode(act.slots)) for act in acts)
