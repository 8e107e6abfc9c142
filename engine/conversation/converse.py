"""The drivers of the kernel: `converse` plays a conversation to its end, an `Episode` is stepped from outside.

Above: the simulation, which decides what is played and what becomes of it.
Below: parties (an expert, a script, a model) and toolboxes (direct, MCP), which are given as arguments.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Literal, Protocol

import msgspec

from engine.conversation.conversation import Conversation
from engine.conversation.events import Blame, Called, Closed, Event, Failed, Move, Replied, Reply, Returned, Spoke
from engine.conversation.turns import Phase
from engine.conversation.views import View, replies_to, seen_by
from engine.randomness import Randomness
from servers.domain import Outcome, Party

Emit = Callable[[Event], Awaitable[None]]


class Player(Protocol):
    """A party: an expert, a script, a model, a person."""

    async def move(self, view: View) -> Move | Reply | None:
        """The next move; None passes, which only the agent's last turn allows. Raises PartyFailed.

        A model's party hands out its reply first; it is asked again when that is kept, with the reply in its view.
        """


class Tools(Protocol):
    """The tools of one conversation, for both parties."""

    async def call(self, party: Party, name: str, arguments: str) -> tuple[Outcome, bool]:
        """What the call came to, and whether its tool ends the conversation. Raises EnvironmentFailed."""


class PartyFailed(Exception):
    """A party could not make a move, by its own fault or somebody else's."""

    def __init__(self, blame: Blame, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.blame: Blame = blame
        self.reason = reason
        self.detail = detail


class EnvironmentFailed(Exception):
    """A tool crashed, hung or answered garbage: nobody in the conversation is to blame."""


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How far a conversation may go before it is its mover's failure. They make the bytes."""

    moves: int = 100
    calls: int = 200


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """All that one conversation is played with."""

    players: Mapping[Party, Player]
    tools: Tools
    random: Mapping[Party, Randomness]
    limits: Limits = Limits()


async def converse(conversation: Conversation, table: Table, emit: Emit) -> None:
    """Play an opened conversation to its end, from wherever it stands.

    Every event is received by the kernel first and then handed to `emit`. A party's or tool's failure
    becomes a `Failed` event; anything else that is raised is a bug and goes up.
    """
    playing = _Playing(conversation, table, emit)
    async with playing.failures_recorded():
        while not conversation.ended:
            await playing.go_on()


class Episode:
    """A conversation in which the agent's moves come from outside: an outside agent, a trainer, a person."""

    def __init__(self, conversation: Conversation, table: Table, emit: Emit) -> None:
        self.conversation = conversation
        self._playing = _Playing(conversation, table, emit)
        self._offered = False

    async def step(self, move: Move | None = None) -> View | None:
        """Make the agent's move (None: begin, or pass the last turn), play on to its next turn, answer what it sees.

        None when the conversation has ended. Failures are events, as in `converse`.
        """
        conversation, playing = self.conversation, self._playing
        async with playing.failures_recorded():
            if move is not None:
                await playing.carry_out("agent", conversation.moves + 1, move)
            elif self._offered and conversation.phase is Phase.LAST:
                await playing.close()
            while conversation.turn != "agent" and not conversation.ended:
                await playing.go_on()
            if not conversation.ended:
                view = playing.view("agent", conversation.moves + 1)
                self._offered = True
                return view
        return None


class _Playing:
    """What both drivers are made of: one step, one move, one call, and how failures end up."""

    def __init__(self, conversation: Conversation, table: Table, emit: Emit) -> None:
        self._conversation = conversation
        self._table = table
        self._emit = emit
        self._begun: int | None = conversation.unfinished

    async def happen(self, event: Event) -> None:
        self._conversation.receive(event)
        await self._emit(event)

    @asynccontextmanager
    async def failures_recorded(self) -> AsyncIterator[None]:
        try:
            yield
        except PartyFailed as failure:
            await self.happen(Failed(blame=failure.blame, reason=failure.reason, detail=failure.detail))
        except EnvironmentFailed as failure:
            await self.happen(Failed(blame="environment", reason="tool failed", detail=str(failure)))

    async def go_on(self) -> None:
        """One step. A move that was begun before is asked for again and carried on, as the same party would make it again."""
        conversation, party = self._conversation, self._conversation.turn
        if conversation.phase is Phase.OVER:
            await self.close()
        elif party is None:  # killed while a call was open: it is made again, on a state that has not seen it
            opened = conversation.events[-1]
            assert isinstance(opened, Called)
            await self._answer(opened)
        else:
            begun, self._begun = self._begun, None
            number = begun if begun is not None and begun == conversation.unfinished else conversation.moves + 1
            move = await self._moved(party, number)
            if move is None:
                await self.close()
            else:
                await self.carry_out(party, number, move)

    async def _moved(self, party: Party, number: int) -> Move | None:
        """A party's move; what a model replies on the way to it happens first, and is kept before anything is made of it."""
        view = self.view(party, number)
        while isinstance(made := await self._table.players[party].move(view), Reply):
            replied = Replied(party=party, move=number, attempt=view.attempt, raw=made.raw, usage=made.usage)
            await self.happen(replied)
            view = msgspec.structs.replace(view, replies=(*view.replies, replied), attempt=view.attempt + 1)
        return made

    async def carry_out(self, party: Party, number: int, move: Move) -> None:
        """Make the events of a move: its calls in order, then what it says. Calls that were already made are left out.

        A user whose own tool ends the conversation is gone: the rest of the move does not happen.
        """
        conversation = self._conversation
        made = conversation.calls_of(number)
        for place, call in enumerate(move.calls[made:], made):
            if conversation.calls >= self._table.limits.calls:
                raise PartyFailed(party, "too many calls", f"the limit is {self._table.limits.calls}")
            called = Called(
                party=party,
                move=number,
                call=conversation.calls + 1,
                name=call.name,
                arguments=call.arguments,
                reasoning=move.reasoning if place == 0 else "",
            )
            await self.happen(called)
            await self._answer(called)
            if conversation.turn != party:
                return
        if move.text or move.leaves:
            reasoning = "" if move.calls else move.reasoning
            await self.happen(
                Spoke(party=party, move=number, text=move.text, meaning=move.meaning, reasoning=reasoning, leaves=move.leaves)
            )

    async def close(self) -> None:
        """The conversation came to its end. Illegal where nobody left and no tool ended it."""
        await self.happen(Closed(reason=_why(self._conversation.events)))

    async def _answer(self, called: Called) -> None:
        outcome, ends = await self._table.tools.call(called.party, called.name, called.arguments)
        await self.happen(
            Returned(party=called.party, move=called.move, call=called.call, text=outcome.text, error=outcome.error, ends=ends)
        )

    def view(self, party: Party, number: int) -> View:
        """What a party sees before a move. Raises PartyFailed when it is one too many.

        The agent's last moves are let through: the end came in time, and calls are bounded anyway.
        """
        last = self._conversation.is_last(number)
        if number > self._table.limits.moves and not last:
            raise PartyFailed(party, "too many moves", f"the limit is {self._table.limits.moves}")
        replies = replies_to(party, self._conversation.events, number)
        return View(
            party=party,
            move=number,
            seen=seen_by(party, self._conversation.events, number),
            random=self._table.random[party],
            last=last,
            replies=replies,
            attempt=len(replies),
        )


def _why(events: Sequence[Event]) -> Literal["user left", "agent left", "ended by tool"]:
    """What brought it to its end: whatever came first, since the agent's last moves only follow from it."""
    for event in events:
        if isinstance(event, Spoke) and event.leaves:
            return "user left" if event.party == "user" else "agent left"
        if isinstance(event, Returned) and event.ends:
            return "ended by tool"
    return "agent left"
