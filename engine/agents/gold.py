"""Gold: an agent that plays a list. It makes the listed calls, says what has to be said, and offers more help.

For tasks that somebody else made (`actions`), and as the check that a scenario's own gold does what it claims.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from engine.checkers.gold import GoldFailed, fields, resolved
from engine.conversation.converse import PartyFailed
from engine.conversation.events import Act, Call, Called, Move, Returned, Spoke
from engine.conversation.views import View
from engine.scenario import Scenario
from servers.domain import Domain


class Gold:
    """Plays the agent of a scenario by its list. Knows the scenario, so its rows teach nothing but calls."""

    def __init__(self, domain: Domain, scenario: Scenario) -> None:
        self._scenario = scenario
        self._calls = scenario.actions or scenario.gold.writes
        self._rules = {rule.name: rule.summary for rule in domain.rules}

    async def move(self, view: View) -> Move | None:
        """The next call of the list, then what has to be said; passes at the end."""
        made = sum(isinstance(event, Called) for event in view.seen)
        if made < len(self._calls):
            call = self._calls[made]
            try:
                arguments = resolved(call.arguments, _answers(view))
            except GoldFailed as failure:
                raise PartyFailed("scenario", "gold does not replay", str(failure)) from None
            return Move(calls=(Call(name=call.name, arguments=msgspec.json.encode(arguments).decode()),))
        if view.last:
            return None
        said = [event.text for event in view.seen if isinstance(event, Spoke) and event.party == "agent"]
        if any(text != self._scenario.greeting for text in said):
            return Move(text="Is there anything else?", meaning=(Act(kind="offer_more"),))
        refusals = [(refusal.rule, self._rules.get(refusal.rule, refusal.rule)) for refusal in self._scenario.answer.refuse]
        lines = ["Here is where things stand.", *self._scenario.answer.tell]
        lines += [f"I'm afraid that part cannot be done: {summary}" for _, summary in refusals]
        meaning = tuple(Act(kind=f"refuse.{rule}") for rule, _ in refusals)
        return Move(text="\n".join([*lines, "Is there anything else?"]), meaning=(*meaning, Act(kind="offer_more")))


def _answers(view: View) -> Mapping[int, Any]:
    texts = [event.text for event in view.seen if isinstance(event, Returned)]
    return {place: fields(text) for place, text in enumerate(texts)}
