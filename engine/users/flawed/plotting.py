"""How they keep to their plot: tell at once what they keep for later, or never do what they keep it for."""

from msgspec.structs import replace

from engine.conversation.events import Act, Move, Spoke
from engine.conversation.views import View
from engine.scenario import Known, Reaction, Scenario
from engine.speech.phrasebook import Phrasebook
from engine.users.flawed.flaw import Flaw, plain, says
from engine.users.scripted import ScriptedUser
from servers.domain import Domain

_NEVER = 1e12
"""Dollars that nothing costs."""


class RevealsItsFallback:
    """Asks in its first message, beside its wish, for what it wants only if that is refused."""

    def __init__(self, domain: Domain, scenario: Scenario, phrasebook: Phrasebook) -> None:
        self._user = ScriptedUser(domain, scenario, phrasebook)
        self._scenario = scenario
        self._phrasebook = phrasebook

    async def move(self, view: View) -> Move | None:
        """As the script has it, with the fallback in the opening."""
        move = await self._user.move(view)
        place = next((reaction.ask for reaction in self._scenario.plot if _is_fallback(reaction)), None)
        if move is None or place is None or any(isinstance(event, Spoke) for event in view.seen):
            return move
        known = [each for each in self._scenario.knows if each.request == place and each.when == "opening"]
        request = Act(kind=f"request.{self._scenario.requests[place].recipe}", slots=_slots(known))
        return says(self._phrasebook, view, *plain(move), Act(kind="next"), request)


class ForgetsItsPlot:
    """Says yes to what it wants otherwise by then, and never asks for what it wants later."""

    def __init__(self, domain: Domain, scenario: Scenario, phrasebook: Phrasebook) -> None:
        never = tuple(replace(reaction, on="quoted", over=_NEVER) for reaction in scenario.plot)
        self._user = ScriptedUser(domain, replace(scenario, plot=never), phrasebook)

    async def move(self, view: View) -> Move | None:
        """As a script without anything that happens."""
        return await self._user.move(view)


def _slots(known: list[Known]) -> dict[str, object]:
    return {each.slot: each.value for each in known}


def _is_fallback(reaction: Reaction) -> bool:
    return reaction.on == "refused" and reaction.ask is not None


def _has_fallback(_domain: Domain, scenario: Scenario, _phrasebook: Phrasebook) -> bool:
    return any(_is_fallback(reaction) for reaction in scenario.plot)


def _something_happens(_domain: Domain, scenario: Scenario, _phrasebook: Phrasebook) -> bool:
    """Does a reaction to the first request happen whatever the others come to: to its refusal, its proposal or its write?"""
    first = {decision.outcome for decision in scenario.decisions if decision.request == 0}
    wanted = {"refused": "refusal", "proposed": "write", "written": "write"}
    own = (reaction for reaction in scenario.plot if reaction.request == 0)
    return any(wanted.get(reaction.on) in first or (reaction.withdraw and "declined" in first) for reaction in own)


REVEALS_ITS_FALLBACK = Flaw(
    name="reveals_its_fallback",
    summary="asks at once for what it wants only if its wish is refused",
    checks=("user",),
    make=RevealsItsFallback,
    applies=_has_fallback,
)
FORGETS_ITS_PLOT = Flaw(
    name="forgets_its_plot",
    summary="confirms what it does not want any more, and never asks for what comes later",
    checks=("user",),
    make=ForgetsItsPlot,
    applies=_something_happens,
)
