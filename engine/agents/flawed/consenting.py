"""Writes without the customer's yes: none was waited for, or what they said was none."""

from contextlib import suppress

import msgspec

from engine.agents.expert import Step
from engine.agents.flawed.knowing import Knowing, KnowingNotebook, plain, turning_once
from engine.agents.notebook import Heard, Notebook
from engine.conversation.events import Act, Call, Called
from engine.conversation.views import Seen, View
from servers.recipe import Decision, Unread, Unsaid, Write


class _Hasty(KnowingNotebook):
    """Needs no yes. Several writes may be made before the first is reported."""

    def decisions(self, heard: Heard) -> tuple[Decision, ...]:
        found = super().decisions(heard)
        match found[heard.settled : heard.settled + 1]:
            case (Write(tool=tool),) if self.domain.callable[tool, "agent"].confirmed:
                heard.confirmed = True
        return found

    def _meant(self, called: Called) -> Heard | None:
        arguments = msgspec.json.decode(called.arguments)
        for heard in self.requests:
            if heard.written is None and not self.finished(heard):
                with suppress(Unread, Unsaid):
                    decision = self.decisions(heard)[heard.settled]
                    if isinstance(decision, Write) and (decision.tool, plain(decision)) == (called.name, arguments):
                        return heard
        return super()._meant(called)

    def _take(self, event: Seen, me: str) -> None:
        if isinstance(event, Called) and self._is_write(event.name) and (heard := self._meant(event)) is not None:
            heard.decided = self.decisions(heard)
        super()._take(event, me)


class WithoutYes(Knowing):
    """Proposes nothing and writes as soon as it knows what, where the domain wants a yes."""

    notebook = _Hasty

    def _next(self, book: Notebook, view: View) -> Step:
        step = super()._next(book, view)
        return step if isinstance(step, Call) else turning_once(step)


class _Easy(KnowingNotebook):
    """Hears a yes in a hedge, where the domain wants a yes."""

    def _heard(self, act: Act) -> None:
        super()._heard(act)
        heard = self.current
        if act.kind == "hedge" and heard is not None and heard.proposed and heard.decided is not None:
            match heard.decided[heard.settled]:
                case Write(tool=tool):
                    heard.confirmed = self.domain.callable[tool, "agent"].confirmed


class MaybeAsYes(Knowing):
    """Takes a hesitant word for a yes, where the domain wants one."""

    notebook = _Easy
