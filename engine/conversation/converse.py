"""The drivers of the kernel: `converse` plays a conversation to its end, an `Episode` is stepped from outside.

Above: the simulation, which decides what is played and what becomes of it.
Below: parties (an expert, a script, a model) and toolboxes (direct, MCP), which are given as arguments.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

import msgspec

from engine.conversation.conversation import Conversation
from engine.conversation.events import Blame, Called, Closed, Event, Failed, Move, Returned, Spoke
from engine.conversation.turns import Phase
from engine.conversation.views import View, seen_by
from engine.randomness import Randomness
from servers.domain import Outcome, Party

Emit = Callable[[Event], Awaitable[None]]


class Player(Protocol):
    """A party: an expert, a script, a model, a person."""

    async def move(self, view: View) -> Move | None:
        """The next move; None passes, which only the agent's last turn allows. Raises PartyFailed."""


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

    moves: int = 60
    calls: int = 120


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

    async def happen(event: Event) -> None:
        conversation.receive(event)
        await emit(event)

    begun = conversation.moves
    while not conversation.ended:
        try:
            await _turn(conversation, table, happen, resumed=conversation.moves == begun)
        except PartyFailed as failure:
            await happen(Failed(blame=failure.blame, reason=failure.reason, detail=failure.detail))
        except EnvironmentFailed as failure:
            await happen(Failed(blame="environment", reason="tool failed", detail=str(failure)))


async def _turn(conversation: Conversation, table: Table, happen: Emit, *, resumed: bool = False) -> None:
    """One step. A resumed conversation may stand in the middle of a move, which is then asked for again and carried on."""
    party = conversation.turn
    if conversation.phase is Phase.OVER:
        await happen(Closed(reason=_why(conversation)))
    elif party is None:  # killed while a call was open: it is made again, on a state that has not seen it
        opened = conversation.events[-1]
        assert isinstance(opened, Called)
        await _answer(conversation, table, opened, happen)
    else:
        number = (conversation.unfinished if resumed else None) or conversation.moves + 1
        move = await table.players[party].move(_view(conversation, table, party, number))
        if move is None:
            await happen(Closed(reason=_why(conversation)))
            return
        events = len(conversation.events)
        await carry_out(conversation, table, party, number, move, happen)
        if resumed and len(conversation.events) == events:  # the move had been carried out whole
            await _turn(conversation, table, happen)


async def carry_out(conversation: Conversation, table: Table, party: Party, number: int, move: Move, happen: Emit) -> None:
    """Make the events of a move: its calls in order, then what it says. Calls that were already made are left out."""
    made = 0
    if number == conversation.moves:
        made = sum(isinstance(event, Called) and event.move == number for event in conversation.events)
    for place, call in enumerate(move.calls[made:], made):
        if conversation.calls >= table.limits.calls:
            raise PartyFailed(party, "too many calls", f"the limit is {table.limits.calls}")
        called = Called(
            party=party,
            move=number,
            call=conversation.calls + 1,
            name=call.name,
            arguments=call.arguments,
            reasoning=move.reasoning if place == 0 else "",
        )
        await happen(called)
        await _answer(conversation, table, called, happen)
    if move.text or move.leaves:
        reasoning = "" if move.calls else move.reasoning
        await happen(
            Spoke(party=party, move=number, text=move.text, meaning=move.meaning, reasoning=reasoning, leaves=move.leaves)
        )


async def _answer(conversation: Conversation, table: Table, called: Called, happen: Emit) -> None:
    outcome, ends = await table.tools.call(called.party, called.name, called.arguments)
    await happen(
        Returned(party=called.party, move=called.move, call=called.call, text=outcome.text, error=outcome.error, ends=ends)
    )


def _view(conversation: Conversation, table: Table, party: Party, number: int) -> View:
    if number > table.limits.moves:
        raise PartyFailed(party, "too many moves", f"the limit is {table.limits.moves}")
    return View(
        party=party,
        move=number,
        seen=seen_by(party, conversation.events, number),
        random=table.random[party],
        last=conversation.phase is Phase.LAST,
    )


def _why(conversation: Conversation) -> str:
    ended = "agent left"
    for event in reversed(conversation.events):
        if isinstance(event, Spoke) and event.leaves:
            ended = f"{event.party} left"
            break
        if isinstance(event, Returned) and event.ends:
            return "ended by tool"
    return ended


class Episode:
    """A conversation in which the agent's moves come from outside: an outside agent, a trainer, a person."""

    def __init__(self, conversation: Conversation, table: Table, emit: Emit) -> None:
        self.conversation = conversation
        self._table = table
        self._emit = emit

    async def _happen(self, event: Event) -> None:
        self.conversation.receive(event)
        await self._emit(event)

    async def step(self, move: Move | None = None) -> View | None:
        """Make the agent's move (None: begin, or pass the last turn), play on to its next turn, answer what it sees.

        None when the conversation has ended. Failures are events, as in `converse`.
        """
        conversation, begun = self.conversation, move is None and self.conversation.phase is not Phase.LAST
        try:
            if not begun:
                await self._agent(move)
            while conversation.turn != "agent" and not conversation.ended:
                await _turn(conversation, self._table, self._happen)
            if not conversation.ended:
                return _view(conversation, self._table, "agent", conversation.moves + 1)
        except PartyFailed as failure:
            await self._happen(Failed(blame=failure.blame, reason=failure.reason, detail=failure.detail))
        except EnvironmentFailed as failure:
            await self._happen(Failed(blame="environment", reason="tool failed", detail=str(failure)))
        return None

    async def _agent(self, move: Move | None) -> None:
        if move is None:
            await self._happen(Closed(reason=_why(self.conversation)))
        else:
            await carry_out(self.conversation, self._table, "agent", self.conversation.moves + 1, move, self._happen)
