"""Writes that are not what was agreed: about something else, paid otherwise, or one that nobody asked for."""

from collections.abc import Iterator, Sequence

import msgspec
from msgspec.structs import replace

from engine.agents.flawed.golden import places
from engine.agents.flawed.knowing import UNFIT, Knowing, calls_made
from engine.agents.flawed.siblings import swapped
from engine.conversation.events import Call, Called, Move, Returned
from engine.conversation.views import Seen, View
from engine.synthesis.case import OpenCase
from servers.domain import ToolCall
from servers.recipe import Write
from servers.replay import apply

DRAFTS = 40
"""How many requests of each recipe are drawn until one comes to a write that can be made."""


class Stray(Knowing):
    """What goes beside gold is told by comparing with it."""

    def strays(self, seen: Sequence[Seen]) -> list[Called]:
        """The writes made so far that gold does not have."""
        made = (called for called, answer in calls_made(seen) if self.writes(called) and not answer.error)
        return [called for called in made if not places(self.domain, self.scenario, called)]


class WrongItem(Stray):
    """Writes something else than was agreed, once: another of the same kind, or paid by another method (`paying`).

    Never a write that gold has in another place: with the right one made in its turn, nothing would be wrong in the end.
    """

    paying = False

    async def move(self, view: View) -> Move | None:
        move = await super().move(view)
        call = self.written(move)
        if move is None or call is None or self.strays(view.seen):
            return move
        shown = [event.text for event in view.seen if isinstance(event, Returned) and not event.error]
        random = view.random.throughout("wrong")
        state = self.state_after(view.seen)
        other = swapped(self.domain, state, call, shown, random, self._is_gold, paying=self.paying)
        return replace(move, calls=(other,)) if other is not None else move

    def _is_gold(self, call: Call) -> bool:
        return bool(places(self.domain, self.scenario, call))


class WrongPayment(WrongItem):
    """Charges another payment method than was agreed."""

    paying = True


class OneTooMany(Stray):
    """After the last write that was asked for makes another one, which this customer might have asked for and has not.

    What it says goes on as if there were no such write.
    """

    async def move(self, view: View) -> Move | None:
        strays = self.strays(view.seen)
        if not strays and self._is_done(view):
            extra = next(self._extras(view), None)
            if extra is not None:
                return Move(calls=(extra,))
        hidden = {called.call for called in strays}
        seen = tuple(event for event in view.seen if not isinstance(event, Called | Returned) or event.call not in hidden)
        return await super().move(replace(view, seen=seen))

    def _is_done(self, view: View) -> bool:
        """Was the last of the gold writes made just now?"""
        wanted = len(self.scenario.gold.writes)
        last = view.seen[-1] if view.seen else None
        made = [called for called, answer in calls_made(view.seen) if self.writes(called) and not answer.error]
        return wanted == len(made) > 0 and isinstance(last, Returned) and last.call == made[-1].call

    def _extras(self, view: View) -> Iterator[Call]:
        """Writes by the recipes, of which the tool accepts each now and something changes."""
        state, random = self.state_after(view.seen), view.random.throughout("extra")
        asked = {request.recipe for request in self.scenario.requests}
        for recipe in sorted(self.domain.recipes, key=lambda recipe: recipe.name not in asked):
            for _ in range(DRAFTS):
                try:
                    draft = recipe.draft(state.view(), self.scenario.customer, random)
                    case = OpenCase(self.domain, state, self.scenario.customer, draft.request.params if draft else {})
                    found = recipe.solve(case) if draft else ()
                except UNFIT:
                    break
                for decision in found:
                    if isinstance(decision, Write):
                        call = Call(name=decision.tool, arguments=msgspec.json.encode(decision.arguments).decode())
                        outcome = apply(self.domain, state.fork(), ToolCall(name=decision.tool, arguments=decision.arguments))
                        if outcome.changed and not outcome.error and not places(self.domain, self.scenario, call):
                            yield call
