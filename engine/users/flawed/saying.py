"""What they say instead of an answer: nothing, a yes to everything, or what an agent would say."""

from engine.conversation.events import Act, Move, Spoke
from engine.conversation.views import View
from engine.scenario import Scenario
from engine.speech.phrasebook import Phrasebook
from engine.users.flawed.flaw import Flaw, says
from engine.users.scripted import ScriptedUser
from servers.domain import Domain


class SaysNothing:
    """Has no word to say, from beginning to end."""

    def __init__(self, _domain: Domain, _scenario: Scenario, _phrasebook: Phrasebook) -> None:
        pass

    async def move(self, _view: View) -> Move | None:
        """Three dots."""
        return Move(text="…")


class ConfirmsAnything:
    """Says yes to every proposal without a look at it."""

    def __init__(self, domain: Domain, scenario: Scenario, phrasebook: Phrasebook) -> None:
        self._user = ScriptedUser(domain, scenario, phrasebook)
        self._phrasebook = phrasebook

    async def move(self, view: View) -> Move | None:
        """As the script has it, but for proposals that the script does not agree to, at once or with a second thought."""
        move = await self._user.move(view)
        proposed = any(act.kind.startswith("propose.") for act in view.heard())
        agrees = move is not None and any(act.kind in ("confirm", "hedge") for act in move.meaning)
        return says(self._phrasebook, view, Act(kind="confirm")) if proposed and not agrees else move


_AS_AGENT = (("greet", "ask.help"), ("verified", "offer_more"), ("farewell",))


class PlaysTheAgent:
    """Makes its request, and then talks as if the other one were the customer."""

    def __init__(self, domain: Domain, scenario: Scenario, phrasebook: Phrasebook) -> None:
        self._user = ScriptedUser(domain, scenario, phrasebook)
        self._phrasebook = phrasebook

    async def move(self, view: View) -> Move | None:
        """The opening of the script, then an agent's greeting, offer and goodbye."""
        spoke = [event for event in view.seen if isinstance(event, Spoke) and event.party == view.party]
        if not spoke:
            return await self._user.move(view)
        random, used = view.random.at(view.move, view.attempt), view.forms()
        kinds = _AS_AGENT[min(len(spoke), len(_AS_AGENT)) - 1]
        said = [self._phrasebook.say("agent", Act(kind=kind), random, used) for kind in kinds]
        text, meaning = " ".join(text for text, _ in said), tuple(act for _, act in said)
        return Move(text=text, meaning=meaning, leaves="farewell" in kinds)


SAYS_NOTHING = Flaw(name="says_nothing", summary="sends messages without a word", checks=("user", "progress"), make=SaysNothing)
CONFIRMS_ANYTHING = Flaw(
    name="confirms_anything",
    summary="says yes to whatever is proposed",
    checks=("user",),
    make=ConfirmsAnything,
    against="proposes_wrong",
)
PLAYS_THE_AGENT = Flaw(
    name="plays_the_agent", summary="greets, offers help and says goodbye as an agent does", checks=("user",), make=PlaysTheAgent
)
