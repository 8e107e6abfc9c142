"""Who plays a scenario: from the names of an agent and a user to players."""

from collections.abc import Callable, Mapping
from importlib.resources import files
from typing import Any, Literal

from engine.agents.expert import Expert
from engine.agents.gold import Gold
from engine.conversation.converse import PartyFailed, Player
from engine.conversation.events import Move
from engine.conversation.views import View
from engine.scenario import Scenario
from engine.speech.phrasebook import Phrasebook
from engine.users.instructed import InstructedUser
from engine.users.scripted import ScriptedUser
from servers.domain import Domain, Party

AgentName = Literal["expert", "gold"]
UserName = Literal["scripted"]


class Casting:
    """Makes players. Keeps one phrasebook a domain: they are read once and shared, and never change."""

    def __init__(
        self, agent: AgentName = "expert", user: UserName = "scripted", reasoning: Literal["none", "brief", "full"] = "none"
    ) -> None:
        self._agents: Mapping[str, Callable[[Domain, Any, Scenario], Player]] = {
            "expert": lambda domain, facts, _scenario: Expert(domain, facts, self.phrasebook(domain), reasoning),
            "gold": lambda domain, _facts, scenario: Gold(domain, scenario),
        }
        self._agent = self._agents[agent]
        self._user = user
        self._phrasebooks: dict[str, Phrasebook] = {}

    def players(self, domain: Domain, facts: Any, scenario: Scenario) -> Mapping[Party, Player]:
        """The agent and the user of one conversation. The expert is given the policy's constants, never the scenario."""
        user = ScriptedUser(domain, scenario, self.phrasebook(domain)) if scenario.requests else InstructedUser(scenario)
        return {"agent": _Careful(self._agent(domain, facts, scenario)), "user": _Careful(user)}

    def phrasebook(self, domain: Domain) -> Phrasebook:
        """The domain's phrases beside the engine's own."""
        if domain.name not in self._phrasebooks:
            self._phrasebooks[domain.name] = phrasebook(domain)
        return self._phrasebooks[domain.name]


class _Careful:
    """A party made of a scenario's data. Where a recipe or a phrase cannot take them, this conversation fails and no other."""

    def __init__(self, player: Player) -> None:
        self._player = player

    async def move(self, view: View) -> Move | None:
        try:
            return await self._player.move(view)
        except (TypeError, ValueError, LookupError, AttributeError, AssertionError) as error:
            raise PartyFailed("scenario", "cannot be played", f"{type(error).__name__}: {error}") from error


def phrasebook(domain: Domain) -> Phrasebook:
    """The engine's phrases with a domain's own, which win."""
    neutral = files("engine.speech").joinpath("phrases.toml").read_text(encoding="utf-8")
    return Phrasebook((neutral, domain.phrases), domain.worded)
