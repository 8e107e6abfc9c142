"""A run's own replies, played again: an endpoint without a network, byte for byte what was answered then.

Below: the journal of the recorded run. A reply is found by its conversation, its party, its move and its attempt; whoever asks
for another one plays something else than what was recorded, which is said in one line.
"""

from collections.abc import Mapping

from engine.conversation.converse import PartyFailed
from engine.conversation.events import Event, Failed, Opened, Replied, Reply
from engine.journal import Journal
from engine.models.endpoint import Ask, BadEndpoint

_Place = tuple[str, int, int]
"""Party, move, attempt."""

KEPT = 4_096
"""Conversations whose replies are kept in memory; those of others are read again."""

_BY_TOOLS = "tool failed"


class Recorded:
    """The replies of one conversation, and the failure with which it ended, if it did."""

    def __init__(self, events: list[Event]) -> None:
        self._replies: dict[_Place, Reply] = {
            (event.party, event.move, event.attempt): Reply(raw=event.raw, usage=event.usage)
            for event in events
            if isinstance(event, Replied)
        }
        last = events[-1] if events else None
        self._failed = last if isinstance(last, Failed) and last.reason != _BY_TOOLS else None
        self._moves = max((place[1] for place in self._replies), default=0)

    def reply(self, ask: Ask) -> Reply | None:
        """What was replied then, None for what was never asked. Raises PartyFailed where asking failed."""
        found = self._replies.get((ask.role, ask.move, ask.attempt))
        if found is None and self._failed is not None and ask.move >= self._moves:
            raise PartyFailed(self._failed.blame, self._failed.reason, self._failed.detail)
        return found


class Replaying:
    """An endpoint that answers from the journal of a run (open it `read_only`); `name` is how a person calls that run."""

    def __init__(self, journal: Journal, name: str) -> None:
        self._journal = journal
        self._name = name
        self._keys: Mapping[str, int] = {
            f"{opened.scenario}#{opened.trial}": key for key, opened, _ in journal.begun() if isinstance(opened, Opened)
        }
        self._kept: dict[str, Recorded] = {}

    async def complete(self, ask: Ask) -> Reply:
        """What was replied then. Raises BadEndpoint for what was never asked, PartyFailed where asking failed."""
        key = self._keys.get(ask.conversation)
        if key is None:
            raise BadEndpoint(f"{self._name}: has no conversation {ask.conversation}; replay the scenarios of that run")
        reply = self._recorded(ask.conversation, key).reply(ask)
        if reply is None:
            where = f"{ask.conversation} has no reply for {ask.role}, move {ask.move}, attempt {ask.attempt}"
            raise BadEndpoint(f"{self._name}: {where}; replay a run with the version and the options that made it")
        return reply

    def _recorded(self, conversation: str, key: int) -> Recorded:
        if conversation not in self._kept:
            while len(self._kept) >= KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[conversation] = Recorded(self._journal.events(key))
        return self._kept[conversation]
