"""When they leave: at the first question, or never."""

from engine.conversation.events import Act, Move
from engine.conversation.views import View
from engine.scenario import Scenario
from engine.speech.phrasebook import Phrasebook
from engine.users.flawed.flaw import Flaw, is_question, says, stays
from engine.users.scripted import ScriptedUser
from servers.domain import Domain


class LeavesEarly:
    """Leaves when it is asked for something first, be it a yes."""

    def __init__(self, domain: Domain, scenario: Scenario, phrasebook: Phrasebook) -> None:
        self._user = ScriptedUser(domain, scenario, phrasebook)
        self._phrasebook = phrasebook

    async def move(self, view: View) -> Move | None:
        """As the script has it, until there is a question."""
        if any(is_question(act) for act in view.heard()):
            return says(self._phrasebook, view, Act(kind="bye"), leaves=True)
        return await self._user.move(view)


class NeverEnds:
    """Has got all that it wanted, and stays."""

    def __init__(self, domain: Domain, scenario: Scenario, phrasebook: Phrasebook) -> None:
        self._user = ScriptedUser(domain, scenario, phrasebook)
        self._phrasebook = phrasebook

    async def move(self, view: View) -> Move | None:
        """As the script has it, without the end."""
        move = await self._user.move(view)
        return says(self._phrasebook, view, Act(kind="thanks")) if move is not None and move.leaves else move


def _is_asked(_domain: Domain, scenario: Scenario, _phrasebook: Phrasebook) -> bool:
    """Will there be a question: who they are, or for a yes before they are handed over?"""
    asked_who = any(known.request is None for known in scenario.knows) and not scenario.manner.introduces
    outcomes = [decision.outcome for decision in scenario.decisions]
    handed_over = outcomes.index("transfer") if "transfer" in outcomes else len(outcomes)
    return asked_who or "write" in outcomes[:handed_over]


LEAVES_EARLY = Flaw(
    name="leaves_early",
    summary="leaves at the first question, with nothing settled",
    checks=("user",),
    make=LeavesEarly,
    applies=_is_asked,
)
NEVER_ENDS = Flaw(
    name="never_ends",
    summary="thanks the agent for ever and does not leave",
    checks=("user", "progress"),
    make=NeverEnds,
    applies=stays,
)
