"""Agents that are right in another way than the expert: nothing that they do is a reason to reject them."""

from collections.abc import Iterator, Sequence

import msgspec
from msgspec.structs import replace

from engine.agents.expert import Step
from engine.agents.flawed.knowing import Knowing, KnowingNotebook, calls_made
from engine.agents.flawed.siblings import leaves
from engine.agents.notebook import Notebook
from engine.conversation.events import Act, Call, Move, Returned, Spoke
from engine.conversation.views import View
from servers.domain import Tool

EXTRA = 2
"""How many reads too many are made."""


class ExtraReads(Knowing):
    """Reads more than it needs: records of this customer, or of nobody, whose keys tools have shown."""

    async def move(self, view: View) -> Move | None:
        move = await super().move(view)
        said = [act for event in view.seen if isinstance(event, Spoke) and event.party == view.party for act in event.meaning]
        if any(map(_settles, said)) or move is None or not any(map(_settles, move.meaning)):
            return move
        call = next(self._unread(view), None)
        return move if call is None or await self._made(view) >= EXTRA else Move(calls=(call,))

    async def _made(self, view: View) -> int:
        """How many reads it has just made without need: it could have spoken before."""
        count, seen = 0, view.seen
        while count < EXTRA and seen and isinstance(seen[-1], Returned):
            seen = seen[:-2]
            needed = self.read(await super().move(replace(view, seen=seen)))
            if needed is not None:
                break
            count += 1
        return count

    def _unread(self, view: View) -> Iterator[Call]:
        answers = [answer.text for _, answer in calls_made(view.seen) if not answer.error]
        shown = dict.fromkeys(value for text in answers for value in _texts(text))
        for tool in self.domain.tools_of("agent"):
            if tool.kind == "read" and tool.shows is not None and (argument := tool.shows.argument) is not None:
                for key in shown:
                    arguments = {argument: key}
                    call = Call(name=tool.name, arguments=msgspec.json.encode(arguments).decode())
                    if self._is_fine(tool, key, arguments) and not _was_made(call, view):
                        yield call

    def _is_fine(self, tool: Tool, key: str, arguments: object) -> bool:
        """Is it a record that this customer may have read to them, and all that the tool wants to know?"""
        assert tool.shows is not None
        record = self.world.tables[tool.shows.table].get(key)
        field = self.domain.owners.get(tool.shows.table)
        if record is None or (field is not None and getattr(record, field) != self.scenario.customer):
            return False
        if tool.shows.table == self.domain.customers and key != self.scenario.customer:
            return False
        try:
            msgspec.convert(arguments, tool.arguments)
        except msgspec.ValidationError:
            return False
        return True


class _Backwards(KnowingNotebook):
    """The other habit of the two."""

    def forwards(self) -> bool:
        return not super().forwards()


class OtherOrder(Knowing):
    """Reads from the other end."""

    notebook = _Backwards


class OtherWordings(Knowing):
    """Says the same in other words."""

    def _say(self, acts: Sequence[Act], view: View) -> tuple[str, tuple[Act, ...]]:
        return super()._say(acts, replace(view, random=replace(view.random, seed=view.random.seed + 1)))


class _YesTwice(KnowingNotebook):
    """Takes no first yes for one: what was proposed is stated again."""

    def _heard(self, act: Act) -> None:
        super()._heard(act)
        if act.kind == "confirm" and (heard := self.current) is not None:
            heard.confirmed = heard.proposed > 1


class AsksAgain(Knowing):
    """Asks its first question again when it was answered, and for every yes twice."""

    notebook = _YesTwice

    def _next(self, book: Notebook, view: View) -> Step:
        said = [event for event in view.seen if isinstance(event, Spoke)]
        asked = [act for event in said if event.party == "agent" for act in event.meaning if act.wants]
        answered = len(said) > 1 and said[-1].party == "user" and view.seen[-1] is said[-1]
        if len(asked) == 1 and answered and asked[0] in said[-2].meaning:
            return (Act(kind=asked[0].kind, slots=asked[0].slots, wants=asked[0].wants),)
        return super()._next(book, view)


def _settles(act: Act) -> bool:
    return act.kind.partition(".")[0] in ("propose", "refuse", "answer")


def _texts(answer: str) -> Iterator[str]:
    """Every text in an answer."""
    try:
        document = msgspec.json.decode(answer)
    except msgspec.DecodeError:
        return
    yield from (value for _, value in leaves(document))


def _was_made(call: Call, view: View) -> bool:
    return any((called.name, called.arguments) == (call.name, call.arguments) for called, _ in calls_made(view.seen))
