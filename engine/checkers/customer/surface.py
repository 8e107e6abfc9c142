"""What a customer did wrong, by their words alone: for a model's text. Where the words do not say it for certain it is unsure."""

import re
from collections.abc import Iterator, Sequence
from functools import cached_property

import msgspec

from engine.checkers.customer.fault import Fault
from engine.conversation.events import Called, Event, Returned, Spoke
from engine.reading.ids import ids, loosely
from engine.reading.posing import poses_as_agent
from engine.scenario import Scenario

_NOTHING = re.compile(r"[\s.…–—-]*")
_TOKEN = re.compile(r"#{2,}[A-Z -]+#{2,}")
"""What some simulated customers end a conversation with."""

_PARTING = re.compile(r"(thank|thanks|bye|goodbye|great|have a|that's all|appreciate)", re.IGNORECASE)
_ANSWERS = re.compile(r"\b(yes|yeah|no|nope|please|sure|okay|ok|not|don't|proceed|cancel)\b|\d", re.IGNORECASE)
_OFFER = re.compile(r"\b(else|more|further|other|assist|help)\b", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.!?])\s+")


def says_nothing(text: str) -> bool:
    """Is there no word in it?"""
    return not text[:1].isalnum() and _NOTHING.fullmatch(text) is not None


def silences(said: Sequence[tuple[int, Spoke]]) -> Iterator[Fault]:
    """Messages without a word. One is odd; an opening without any, or a second one, is certainly a fault."""
    silent = [number for number, event in said if not event.leaves and says_nothing(event.text)]
    for place, number in enumerate(silent):
        yield Fault(event=number, detail="said nothing", certain=place > 0 or number == said[0][0])


class Words:
    """A conversation with a customer whose messages have no meaning given."""

    def __init__(self, scenario: Scenario, events: Sequence[Event]) -> None:
        self._scenario = scenario
        self._events = events

    def faults(self, number: int, event: Spoke) -> Iterator[Fault]:
        """What is wrong with one message."""
        if poses_as_agent(event.text):
            yield Fault(event=number, detail="seems to play the agent", certain=False)
        for written in ids(event.text):
            if not self._was_told(loosely(written), number):
                yield Fault(event=number, detail=f"told '{written}', which it may not know", certain=False)

    def left_early(self, number: int, event: Spoke) -> Iterator[Fault]:
        """The last message: does it leave a question unanswered that is not about more help?"""
        before = next((e for e in reversed(self._events[:number]) if isinstance(e, Spoke) and e.party == "agent"), None)
        if before is None:
            yield Fault(event=number, detail="left before anybody answered", certain=False)
            return
        last = _SENTENCE.split(before.text.strip())[-1]
        words = _TOKEN.sub("", event.text).strip()
        answers = bool(words) and (_ANSWERS.search(words) is not None or _PARTING.search(words) is None)
        if last.endswith("?") and not _OFFER.search(last) and not answers:
            yield Fault(event=number, detail="left a question of the agent's unanswered", certain=False)

    @cached_property
    def _brief(self) -> str:
        """All that the customer was told."""
        scenario = self._scenario
        known = msgspec.json.encode([scenario.knows, [request.params for request in scenario.requests]]).decode()
        return loosely(f"{scenario.instruction}\n{scenario.customer}\n{known}")

    def _was_told(self, written: str, before: int) -> bool:
        """Is it in the brief, did the agent say it, or a tool of the customer's own show it?"""
        return written in self._brief or any(written in loosely(text) for text in self._heard(before))

    def _heard(self, before: int) -> Iterator[str]:
        for event in self._events[:before]:
            if isinstance(event, Spoke) and event.party == "agent":
                yield event.text
            elif isinstance(event, Called | Returned) and event.party == "user":
                yield event.arguments if isinstance(event, Called) else event.text
