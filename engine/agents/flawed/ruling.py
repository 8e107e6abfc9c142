"""Rules that are not kept: given in, refused for nothing, handed over whatever it is."""

import msgspec
from msgspec import inspect

from engine.agents.expert import Step
from engine.agents.flawed.knowing import Knowing, KnowingNotebook, calls_made
from engine.agents.notebook import Heard, Notebook
from engine.conversation.events import Act, Call, Move
from engine.conversation.views import View
from engine.speech.phrasebook import Phrasebook
from servers.domain import Tool, ToolCall
from servers.recipe import Answer, Decision, Refusal, Transfer, Write
from servers.replay import apply

_UNCLEAR = "unclear"
"""The refusal that gives no rule; a domain has words for it, or it is not made."""


class _Yielding(KnowingNotebook):
    """Decides what a rule forbids as it would be decided where the rule does not forbid it."""

    def decisions(self, heard: Heard) -> tuple[Decision, ...]:
        found = super().decisions(heard)
        if heard.decided is not None or not any(isinstance(decision, Refusal | Transfer) for decision in found):
            return found
        allowed = [
            other
            for other in self.elsewise(heard)
            if all(isinstance(decision, Write | Answer) for decision in other)
            and any(isinstance(decision, Write) for decision in other)
        ]
        accepted = (other for other in allowed if all(self._accepts(decision) for decision in other))
        return next(accepted, allowed[0] if allowed else found)

    def _accepts(self, decision: Decision) -> bool:
        if not isinstance(decision, Write):
            return True
        call = ToolCall(name=decision.tool, arguments=decision.arguments)
        return not apply(self.domain, self.state.fork(), call).error


class GivesIn(Knowing):
    """Does what the policy forbids. Where the tool refuses, it says that it did not work, and no rule."""

    notebook = _Yielding

    def was_refused(self, view: View) -> bool:
        return super().was_refused(view) and not _has_words(self._phrasebook)

    def _next(self, book: Notebook, view: View) -> Step:
        if super().was_refused(view):
            return (Act(kind=f"refuse.{_UNCLEAR}"), Act(kind="offer_more"))
        return super()._next(book, view)


class _DenyingByRule(KnowingNotebook):
    """Refuses the first part of what is allowed, with a rule that forbids it in one of the stored worlds."""

    unclear: tuple[Refusal, ...] = ()

    def decisions(self, heard: Heard) -> tuple[Decision, ...]:
        found = super().decisions(heard)
        if heard.decided is not None or not found or not all(isinstance(decision, Write | Answer) for decision in found):
            return found
        refusals = [other for world in self.elsewise(heard) for other in world if isinstance(other, Refusal)]
        return (*(refusals or self.unclear)[:1], *found[1:]) if refusals or self.unclear else found


class _Denying(_DenyingByRule):
    """The same, without a rule where none could have forbidden it."""

    unclear = (Refusal(act=_UNCLEAR, rule=_UNCLEAR),)


class RefusesAllowed(Knowing):
    """Refuses what the policy allows: with a rule that could have stood against it, or with none."""

    def _open(self, view: View) -> Notebook:
        kind = _Denying if _has_words(self._phrasebook) else _DenyingByRule
        return kind(self.domain, self.world, self.scenario, self._phrasebook, view)


class AlwaysTransfers(Knowing):
    """Hands the customer over at once, whatever they want; as the expert where that is what they must be."""

    async def move(self, view: View) -> Move | None:
        call = next((call for tool in self.domain.tools_of("agent") if (call := _handing_over(tool))), None)
        if call is None or self.scenario.answer.transfer is not None:
            return await super().move(view)
        if not calls_made(view.seen):
            return Move(calls=(call,))
        return await super().move(view) if "transfer" in self._phrasebook.kinds("agent") else None


def _handing_over(tool: Tool) -> Call | None:
    """A call of a tool that ends the conversation; None where its arguments are more than words."""
    if not tool.terminal:
        return None
    fields = inspect.type_info(tool.arguments).fields  # type: ignore[attr-defined]
    arguments = {field.encode_name: "The customer has a request." for field in fields if field.required}
    try:
        msgspec.convert(arguments, tool.arguments)
    except msgspec.ValidationError:
        return None
    return Call(name=tool.name, arguments=msgspec.json.encode(arguments).decode())


def _has_words(phrasebook: Phrasebook) -> bool:
    return f"refuse.{_UNCLEAR}" in phrasebook.kinds("agent")
