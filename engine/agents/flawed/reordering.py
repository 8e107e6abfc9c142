"""An agent that makes independent writes in another order: it states two of them, takes one yes for both, and makes the
second one first."""

import msgspec

from engine.agents.expert import Step, compared
from engine.agents.flawed.golden import places
from engine.agents.flawed.knowing import Knowing, KnowingNotebook, plain, turning_once
from engine.agents.notebook import Heard, Notebook
from engine.conversation.events import Act, Call, Called
from engine.conversation.views import View
from servers.recipe import Unread, Unsaid, Write


class _Pairs(KnowingNotebook):
    """Two requests may be proposed in one message; a yes is one for all that was proposed."""

    def after_current(self) -> Heard | None:
        """The next open request after the first one, which was not proposed yet."""
        left = [heard for heard in self.requests if not self.finished(heard)]
        return left[1] if len(left) > 1 and not left[1].proposed else None

    def confirmed(self) -> list[tuple[Heard, Write]]:
        """What may be written now, in the order in which it was asked for."""
        ready = [heard for heard in self.requests if heard.confirmed and heard.written is None and not self.finished(heard)]
        decided = [(heard, (heard.decided or ())[heard.settled]) for heard in ready]
        return [(heard, decision) for heard, decision in decided if isinstance(decision, Write)]

    def _meant(self, called: Called) -> Heard | None:
        call = msgspec.json.decode(called.arguments)
        fitting = (heard for heard, write in self.confirmed() if (write.tool, plain(write)) == (called.name, call))
        return next(fitting, super()._meant(called))

    def _said(self, act: Act) -> None:
        first, second = self.current, self.after_current()
        if act.kind.startswith("propose.") and first is not None and first.proposed and second is not None:
            second.decided = self.decisions(second)
            second.proposed += 1
        else:
            super()._said(act)

    def _heard(self, act: Act) -> None:
        super()._heard(act)
        if act.kind == "confirm":
            for heard in self.requests:
                heard.confirmed = heard.proposed > 0


class ReorderedWrites(Knowing):
    """Makes the second of two writes first, where they were asked for together and neither needs the other."""

    notebook = _Pairs

    def _next(self, book: Notebook, view: View) -> Step:
        assert isinstance(book, _Pairs)
        if len(ready := book.confirmed()) > 1:
            return _call(ready[-1][1])
        step = super()._next(book, view)
        if isinstance(step, Call) or not step or not step[-1].kind.startswith("propose."):
            return step if isinstance(step, Call) else turning_once(step)
        current, second = book.current, book.after_current()
        if current is None or current.proposed or second is None or not _independent(book, current, second):
            return turning_once(step)
        try:
            decisions = (*book.decisions(current)[current.settled :], *book.decisions(second))
        except Unread as missing:
            return Call(name=missing.tool, arguments=msgspec.json.encode(missing.arguments).decode())
        except Unsaid:
            return turning_once(step)
        match decisions:
            case (Write() as one, Write() as other) if all(map(self._is_wanted, (one, other))):
                proposal = Act(kind=f"propose.{other.act}", slots=other.stated)
                step = (*step, Act(kind="turn"), *compared(book, other.chose), proposal)
        return turning_once(step)

    def _is_wanted(self, write: Write) -> bool:
        """Is it to be made, after a yes?"""
        return self.domain.callable[write.tool, "agent"].confirmed and bool(places(self.domain, self.scenario, _call(write)))


def _independent(book: KnowingNotebook, one: Heard, other: Heard) -> bool:
    """Does each of two requests come to one write and nothing else, and may they be made in either order?"""
    decisions = book.scenario.decisions
    writes = [decision.request for decision in decisions if decision.outcome == "write"]
    found = [proofs[0].request for heard in (one, other) if len(proofs := book.proofs(heard)) == 1]
    if len(found) < 2 or any(writes.count(request) != 1 for request in found):
        return False
    first, second = (writes.index(request) for request in found)
    return (first, second) not in book.scenario.gold.order and not any(first in pair for pair in book.scenario.gold.order)


def _call(write: Write) -> Call:
    return Call(name=write.tool, arguments=msgspec.json.encode(write.arguments).decode())
