"""One conversation: a list of events that grows through one door."""

from collections.abc import Iterable
from itertools import takewhile

from engine.conversation.events import Called, Event, Replied, Returned, Spoke
from engine.conversation.turns import ENDED, TURN, Phase, after
from servers.domain import Party

_OF_MOVES = (Spoke, Called, Returned, Replied)


class IllegalEvent(ValueError):
    """An event that cannot happen now; the conversation is as it was."""


class Conversation:
    """The events of one conversation so far, and what may happen next.

    `moves` is the number of the latest move (0: none yet), `calls` the number of calls so far.
    """

    def __init__(self, events: Iterable[Event] = ()) -> None:
        self.events: list[Event] = []
        self.phase = Phase.NEW
        self.moves = 0
        self.calls = 0
        self._mover: Party | None = None
        self._last_after: int | None = None
        for event in events:
            self.receive(event)

    @property
    def turn(self) -> Party | None:
        """Who moves next; None while a call is open, before the beginning and after the end."""
        return TURN.get(self.phase)

    @property
    def ended(self) -> bool:
        """Closed or failed: nothing can happen any more."""
        return self.phase in ENDED

    @property
    def unfinished(self) -> int | None:
        """The number of the latest move while it may still go on: it has not spoken, and nobody else is to move."""
        return self.moves if self._mover is not None and self.turn in (None, self._mover) and not self.ended else None

    def is_last(self, move: int) -> bool:
        """Does a move with this number, made now, belong to the agent's last sequence? One that began before does not."""
        return self.phase is Phase.LAST and self._last_after is not None and move > self._last_after

    def calls_of(self, move: int) -> int:
        """How many calls the latest move has made, if that is its number."""
        latest = takewhile(lambda event: isinstance(event, _OF_MOVES) and event.move == move, reversed(self.events))
        return sum(isinstance(event, Called) for event in latest)

    def receive(self, event: Event) -> Party | None:
        """Take in an event and answer whose turn it is then. An illegal one changes nothing.

        Raises IllegalEvent.
        """
        phase = after(self.phase, event)
        if phase is None or not self._in_sequence(event):
            where = f"phase '{self.phase.value}' after move {self.moves}"
            raise IllegalEvent(f"{type(event).__name__} cannot happen in {where}: {event}")
        if isinstance(event, Spoke | Called | Replied):
            self.moves = event.move
            self._mover = None if isinstance(event, Spoke) else event.party
        if isinstance(event, Called):
            self.calls = event.call
        if phase is Phase.LAST and self._last_after is None:
            self._last_after = self.moves
        self.phase = phase
        self.events.append(event)
        return self.turn

    def _in_sequence(self, event: Event) -> bool:
        """Do the numbers follow: moves and calls count up, an answer is that of the open call."""
        match event:
            case Returned(move=move, call=call):
                return (move, call) == (self.moves, self.calls)
            case Spoke(party=party, move=move) | Replied(party=party, move=move) | Called(party=party, move=move):
                follows = move == self.moves + 1 or (move == self.moves and self._mover == party)
                return follows and (not isinstance(event, Called) or event.call == self.calls + 1)
        return True
