"""Writes that are not made, or not when they should be, and are spoken of as if they were.

The expert inside is told of an answered call where there is none: it then says what it would have said.
"""

from collections.abc import Sequence

from msgspec.structs import replace

from engine.agents.flawed.golden import places
from engine.agents.flawed.knowing import Knowing
from engine.conversation.events import Call, Called, Move, Returned
from engine.conversation.views import Seen, View


class Pretending(Knowing):
    """The expert, some of whose writes are only imagined."""

    def skips(self, call: Call, number: int, told: Sequence[Seen], view: View) -> bool:
        """Is this write, the `number`-th that it comes to (from 0), only imagined?"""
        raise NotImplementedError

    async def move(self, view: View) -> Move | None:
        return (await self.retold(view))[1]

    async def retold(self, view: View) -> tuple[list[Call], Move | None]:
        """The writes that are only imagined, and the next move of an expert who believes that it made them."""
        told, imagined = list[Seen](), list[Call]()
        late = set[int]()
        begun, number = 0, 0
        for event in (*view.seen, None):
            if event is None or (event.party == "agent" and event.move != begun):
                begun = event.move if event is not None else view.move
                while True:
                    last = view.last and event is None
                    move = await super().move(replace(view, move=begun, seen=tuple(told), last=last))
                    call = self.written(move)
                    if call is None or not self.skips(call, number, told, view):
                        break
                    told += self.imagined(told, call, begun)
                    imagined.append(call)
                    number += 1
                if event is None:
                    return imagined, move
            if isinstance(event, Called) and _among(event, imagined):
                late.add(event.call)
            if not isinstance(event, Called | Returned) or event.call not in late:
                told.append(event)
                number += isinstance(event, Called) and self.writes(event)
        raise AssertionError("a view has an end")


class OneMissing(Pretending):
    """Leaves out one of its writes and goes on as if it had made it."""

    def skips(self, call: Call, number: int, told: Sequence[Seen], view: View) -> bool:
        wanted = max(len(self.scenario.gold.writes), 1)
        return number == int(view.random.throughout("missing").random() * wanted)


class ClaimsUndone(Pretending):
    """Makes no write at all and says that it did."""

    def skips(self, call: Call, number: int, told: Sequence[Seen], view: View) -> bool:
        return True


class WrongOrder(Pretending):
    """Puts a write off until one that had to come after it was made."""

    async def move(self, view: View) -> Move | None:
        imagined, move = await self.retold(view)
        made = [event for event in view.seen if isinstance(event, Called)]
        owed = [call for call in imagined if not _among(call, made) and self._overtaken(call, made)]
        return Move(calls=(owed[-1],)) if owed else move

    def skips(self, call: Call, number: int, told: Sequence[Seen], view: View) -> bool:
        early = {before for before, _ in self.scenario.gold.order}
        made = [event for event in told if isinstance(event, Called) and event.call]
        return bool(places(self.domain, self.scenario, call) & early) and not self._overtaken(call, made)

    def _overtaken(self, call: Call, made: Sequence[Called]) -> bool:
        """Was one of the writes that have to come after this one called for?"""
        own = places(self.domain, self.scenario, call)
        after = {late for early, late in self.scenario.gold.order if early in own}
        return any(places(self.domain, self.scenario, event) & after for event in made if self.writes(event))


def _among(call: Call | Called, others: Sequence[Call | Called]) -> bool:
    return any((other.name, other.arguments) == (call.name, call.arguments) for other in others)
