"""Users who do nothing wrong and are harder to serve: one who hesitates, one who does not understand at once."""

from engine.conversation.events import Act, Move, Spoke
from engine.conversation.views import View
from engine.scenario import Scenario
from engine.speech.phrasebook import Phrasebook
from engine.speech.speaking import speak
from engine.users.scripted import ScriptedUser
from servers.domain import Domain


class Hesitant:
    """Answers the first proposal that it agrees to with "hmm, maybe", and says yes when it is asked again."""

    def __init__(self, domain: Domain, scenario: Scenario, phrasebook: Phrasebook) -> None:
        self._user = ScriptedUser(domain, scenario, phrasebook)
        self._phrasebook = phrasebook

    async def move(self, view: View) -> Move | None:
        """As the script has it, but for the first yes."""
        if any(act.kind == "ask.sure" for act in view.heard()):
            return _said(self._phrasebook, "confirm", view)
        move = await self._user.move(view)
        confirms = move is not None and any(act.kind == "confirm" for act in move.meaning)
        return _said(self._phrasebook, "hedge", view) if confirms and not _has_said("hedge", view) else move


class Puzzled:
    """Does not understand the first question of the agent, and answers when it is put again."""

    def __init__(self, domain: Domain, scenario: Scenario, phrasebook: Phrasebook) -> None:
        self._user = ScriptedUser(domain, scenario, phrasebook)
        self._phrasebook = phrasebook

    async def move(self, view: View) -> Move | None:
        """As the script has it, but for the first answer."""
        asked = any(act.kind.startswith("ask.") and act.wants for act in view.heard())
        if asked and not _has_said("puzzled", view):
            return _said(self._phrasebook, "puzzled", view)
        return await self._user.move(view)


def _said(phrasebook: Phrasebook, kind: str, view: View) -> Move:
    text, meaning = speak(phrasebook, (Act(kind=kind),), view)
    return Move(text=text, meaning=meaning)


def _has_said(kind: str, view: View) -> bool:
    spoke = (event for event in view.seen if isinstance(event, Spoke) and event.party == view.party)
    return any(act.kind == kind for event in spoke for act in event.meaning)
