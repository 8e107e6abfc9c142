"""Conversations that are conducted badly: too much in a move, the same over and over, and no end."""

from collections.abc import Sequence

from msgspec.structs import replace

from engine.agents.flawed.knowing import Knowing, calls_made
from engine.conversation.events import Act, Call, Move, Returned
from engine.conversation.views import View

AGAIN = 15
"""How often a party that loops makes the same read."""


class Loops(Knowing):
    """Makes its first read again and again, then goes on."""

    async def move(self, view: View) -> Move | None:
        made = calls_made(view.seen)
        reads = [called for called, _ in made if not self.writes(called)]
        if reads and isinstance(view.seen[-1], Returned) and len(made) < AGAIN:
            return Move(calls=(Call(name=reads[0].name, arguments=reads[0].arguments),))
        return await super().move(view)


class TalksAndCalls(Knowing):
    """Says something beside its first call; only where the policy forbids that."""

    async def move(self, view: View) -> Move | None:
        move = await super().move(view)
        if move is None or not move.calls or calls_made(view.seen) or not self.domain.conduct.silent_calls:
            return move
        return replace(move, text="One moment, please, I'm looking into it.", meaning=(Act(kind="wait"),))


class ThreeCalls(Knowing):
    """Makes three calls at once where it makes its first: those that it would make next, or the same again; only where the
    policy wants one at a time."""

    async def move(self, view: View) -> Move | None:
        move = await super().move(view)
        first = self.read(move)
        if move is None or first is None or calls_made(view.seen) or not self.domain.conduct.one_call:
            return move
        calls, told = [first], [*view.seen, *self.imagined(view.seen, first, view.move)]
        while len(calls) < 3:
            call = self.read(await super().move(replace(view, seen=tuple(told)))) or first
            calls.append(call)
            told += self.imagined(told, call, view.move)
        return replace(move, calls=tuple(calls))


class Malformed(Knowing):
    """Never gets the arguments of a call right."""

    async def move(self, view: View) -> Move | None:
        move = await super().move(view)
        if move is None or not move.calls:
            return move
        return replace(move, calls=tuple(replace(call, arguments=call.arguments[:-1]) for call in move.calls))


class NeverEnds(Knowing):
    """Speaks of another request instead of asking whether there is one, for ever."""

    def _say(self, acts: Sequence[Act], view: View) -> tuple[str, tuple[Act, ...]]:
        return super()._say([Act(kind="turn") if act.kind == "offer_more" else act for act in acts], view)
