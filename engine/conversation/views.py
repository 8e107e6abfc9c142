"""What a party sees: all that it did and what the other said; not the other's calls, replies or reasoning."""

from collections.abc import Sequence

import msgspec

from engine.conversation.events import Act, Called, Event, Replied, Returned, Spoke
from engine.randomness import Randomness
from servers.domain import Party

Seen = Spoke | Called | Returned | Replied
_OWN = (Called, Returned, Replied)


class View(msgspec.Struct, frozen=True, kw_only=True):
    """A party's side of a conversation, up to the move that it is about to make.

    `seen` are the events that it may know, in order. `last`: this is the agent's last move sequence, which it
    may pass. `replies` are those that a model has given for this move so far, `attempt` is how many.
    """

    party: Party
    move: int
    seen: tuple[Seen, ...]
    random: Randomness
    last: bool = False
    replies: tuple[Replied, ...] = ()
    attempt: int = 0

    def heard(self) -> tuple[Act, ...]:
        """The meaning of what the other party said last, when nothing was said since by this one."""
        for event in reversed(self.seen):
            if isinstance(event, Spoke):
                return event.meaning if event.party != self.party else ()
        return ()

    def said(self) -> tuple[Act, ...]:
        """What this party has meant so far, in order."""
        return tuple(act for event in self._own() for act in event.meaning)

    def spoken(self) -> tuple[str, ...]:
        """The texts of this party so far, in order."""
        return tuple(event.text for event in self._own())

    def _own(self) -> list[Spoke]:
        return [event for event in self.seen if isinstance(event, Spoke) and event.party == self.party]

    def forms(self) -> frozenset[str]:
        """The wordings that this party has used."""
        return frozenset(act.form for act in self.said())


def seen_by(party: Party, events: Sequence[Event], before: int) -> tuple[Seen, ...]:
    """The events of earlier moves than `before` that a party may know."""
    seen: list[Seen] = []
    for event in events:
        if isinstance(event, Spoke):
            if event.move < before:
                seen.append(event if event.party == party else _without_thoughts(event))
        elif isinstance(event, _OWN) and event.party == party and event.move < before:
            seen.append(event)
    return tuple(seen)


def replies_to(party: Party, events: Sequence[Event], move: int) -> tuple[Replied, ...]:
    """What a model has replied for a move that is still to be made, or to be gone on with."""
    found: list[Replied] = []
    for event in reversed(events):
        if isinstance(event, Replied) and event.move == move and event.party == party:
            found.append(event)
        elif not isinstance(event, Called | Returned) or event.move != move:
            break
    return tuple(reversed(found))


def _without_thoughts(event: Spoke) -> Spoke:
    return msgspec.structs.replace(event, reasoning="") if event.reasoning else event
