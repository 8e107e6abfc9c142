"""What an agent could know at a point of a conversation: the customer's words and the answers of its own tools before it.

A refusal shows nothing: it says the call's own words again. What a customer's own tool showed counts once they say it.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable
from functools import cached_property, lru_cache
from typing import Any

from engine.checkers.recording import Recording
from engine.conversation.events import Called, Returned, Spoke
from engine.reading.ids import loosely
from servers.state import World

_ESCAPED = re.compile(r"\\u([0-9a-f]{4})")
_APART = re.compile(r"[\W_]+")
_CENTS = re.compile(r"(?:\.(\d{1,2}))?(?![\w%:\"]|[.,]\d)")


READ = 100_000
"""Letters of a customer's words that are read for what they may mean; what stands there letter by letter is found in any case."""


class Heard:
    """All of it as one text, in order; `until(event)` is how much of that text came before an event."""

    def __init__(self, recording: Recording) -> None:
        self.recording = recording
        self.answers: list[tuple[int, str, bool]] = []
        self.customer: list[tuple[int, str]] = []
        self._latest: dict[str, tuple[str, int]] = {}
        self._events: list[int] = []
        self._ends: list[int] = [0]
        texts: list[str] = []
        length, caller = 1, ""
        for number, event in enumerate(recording.events):
            if isinstance(event, Called):
                caller = event.party
                continue
            if isinstance(event, Spoke):
                if event.party != "user":
                    continue
                self.customer.append((number, event.text))
            elif isinstance(event, Returned) and caller == "agent":
                self.answers.append((number, event.text, event.error))
                if event.error:
                    continue
            else:
                continue
            texts.append(event.text)
            length += len(event.text) + 1
            self._events.append(number)
            self._ends.append(length)
        self.text = "\n" + "\n".join(texts) + "\n"

    def until(self, event: int) -> int:
        """The length of what came before an event."""
        return self._ends[bisect_left(self._events, event)]

    def has(self, value: str, until: int) -> bool:
        """Does it stand there letter by letter, as a whole word?"""
        return whole(value, self.text, until)

    def said(self, event: int) -> str:
        """The customer's words before an event, a message a line."""
        before = [text for number, text in self.customer if number < event]
        return self._kept("said", len(before), lambda: "\n".join(before)[:READ])

    def offered(self, event: int) -> str:
        """What the agent itself said before an event, as far as the customer has spoken since."""
        last = max((number for number, _ in self.customer if number < event), default=0)
        return "\n".join([said.text for number, said in self.recording.said_by_agent if number < last])

    @cached_property
    def told(self) -> str:
        """What an agent is told before anything happens: the policy, and what the tools are for."""
        domain = self.recording.domain
        return _told(self.recording.world, domain.policy, tuple(tool.description for tool in domain.tools))

    def plain(self, until: int) -> str:
        """What came before, as `plain` text."""
        return self._kept("plain", until, lambda: plain(self.text[:until]))

    def loose(self, until: int) -> str:
        """What came before, letters and digits alone."""
        return self._kept("loose", until, lambda: loosely(self.text[:until]))

    def _kept(self, what: str, until: int, make: Callable[[], str]) -> str:
        """The latest of its kind: calls and messages are looked at in their order, often several over the same."""
        if self._latest.get(what, ("", -1))[1] != until:
            self._latest[what] = (make(), until)
        return self._latest[what][0]


def whole(value: str, text: str, until: int) -> bool:
    """Does a value stand in the first `until` letters of a text, not as a part of a longer word?"""
    length = len(value)
    at = text.find(value, 0, until) if value else -1
    while at >= 0:
        before, after = text[at - 1 : at], text[at + length : at + length + 1]
        if not (before.isalnum() or before == "_" or after.isalnum() or after == "_"):
            return True
        at = text.find(value, at + 1, until)
    return False


def plain(text: str) -> str:
    """Words alone, each between blanks: no case, no accents, no punctuation."""
    if "\\u" in text:
        text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    if not text.isascii():
        text = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return f" {_APART.sub(' ', text.casefold()).strip()} "


@lru_cache(maxsize=8)
def _told(world: World, policy: Callable[[Any], str], tools: tuple[str, ...]) -> str:
    return "\n".join(["", policy(world.facts), *tools, ""])


def shown_amount(text: str, cents: int, until: int) -> bool:
    """Does an amount stand in the first `until` letters of a text as a number of its own: `217`, `217.0`, `$217.00`?"""
    dollars, part = divmod(cents, 100)
    digits = str(dollars)
    length, at = len(digits), text.find(digits, 0, until)
    while at >= 0:
        if text[at - 1] in " -$\n(:[" and _cents_at(text, at + length) == part:
            return True
        at = text.find(digits, at + 1, until)
    return False


def _cents_at(text: str, at: int) -> int:
    """The cents that stand behind a number's dollars; below zero when the number goes on in another way."""
    found = _CENTS.match(text, at)
    return int(f"{found[1] or ''}00"[:2]) if found else -1
