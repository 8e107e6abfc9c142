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
    may pass. `attempt` counts samples of this same move.
    """

    party: Party
    move: int
    seen: tuple[Seen, ...]
    random: Randomness
    last: bool = False
    attempt: int = 0

    def heard(self) -> tuple[Act, ...]:
        """The meaning of what the other party said last, when nothing was said since by this one."""
        for event in reversed(self.seen):
            if isinstance(event, Spoke):
                return event.meaning if event.party != self.party else ()
        return ()

    def forms(self) -> frozenset[str]:
        """The wordings that this party has used."""
        return frozenset(
            act.form for event in self.seen if isinstance(event, Spoke) and event.party == self.party for act in event.meaning
        )


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


def _without_thoughts(event: Spoke) -> Spoke:
    return msgspec.structs.replace(event, reasoning="") if event.reasoning else event
