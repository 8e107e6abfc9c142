"""Who plays a scenario: from the names of an agent and a user to players."""

from collections.abc import Callable, Mapping
from importlib.resources import files
from typing import Literal

from engine.agents import flawed as agent_flaws
from engine.agents.expert import Expert
from engine.agents.gold import Gold
from engine.agents.greeting import greeting_with
from engine.conversation.converse import PartyFailed, Player
from engine.conversation.events import Move, Reply
from engine.conversation.views import View
from engine.scenario import Scenario
from engine.speech.phrasebook import Phrasebook
from engine.users import flawed as user_flaws
from engine.users.flawed.proposing import ProposesWrong
from engine.users.hesitant import Hesitant, Puzzled
from engine.users.instructed import InstructedUser
from engine.users.scripted import ScriptedUser
from servers.domain import Domain, Party
from servers.state import World

Reasoning = Literal["none", "brief", "full"]

_MakeAgent = Callable[[Domain, World, Scenario, Phrasebook], Player]
_MakeUser = Callable[[Domain, Scenario, Phrasebook], Player]

USERS: Mapping[str, _MakeUser] = {
    "scripted": ScriptedUser,
    "hesitant": Hesitant,
    "puzzled": Puzzled,
    **{f"flawed:{name}": flaw.make for name, flaw in user_flaws.FLAWS.items()},
}
"""Who may play the customer, by name."""

_OTHER_AGENTS: Mapping[str, _MakeAgent] = {
    "gold": lambda domain, _world, scenario, _phrasebook: Gold(domain, scenario),
    "proposes_wrong": ProposesWrong,
    **{f"flawed:{name}": flaw.make for name, flaw in agent_flaws.FLAWS.items()},
    **{f"varied:{name}": variation.make for name, variation in agent_flaws.VARIATIONS.items()},
}

AGENTS = ("expert", *_OTHER_AGENTS)
"""Who may play the agent, by name."""


class Casting:
    """Makes players. Keeps one phrasebook a domain: they are read once and shared, and never change."""

    def __init__(self, agent: str = "expert", user: str = "scripted", reasoning: Reasoning = "none") -> None:
        self._agent: _MakeAgent = _expert(reasoning) if agent == "expert" else _OTHER_AGENTS[agent]
        self._user = USERS[user]
        self._phrasebooks: dict[str, Phrasebook] = {}

    def players(self, domain: Domain, world: World, scenario: Scenario) -> Mapping[Party, Player]:
        """The agent and the user of one conversation. The expert is given the policy's constants, never the scenario."""
        phrases = self.phrasebook(domain)
        user = self._user(domain, scenario, phrases) if scenario.requests else InstructedUser(scenario)
        agent = greeting_with(scenario.greeting, self._agent(domain, world, scenario, phrases))
        return {"agent": _Careful(agent), "user": _Careful(user)}

    def cast(self, domain: Domain, world: World, scenario: Scenario, trial: int) -> Mapping[Party, Player]:
        """Who plays a trial. The same for each where no model takes part."""
        return self.players(domain, world, scenario)

    def phrasebook(self, domain: Domain) -> Phrasebook:
        """The domain's phrases beside the engine's own."""
        if domain.name not in self._phrasebooks:
            self._phrasebooks[domain.name] = phrasebook(domain)
        return self._phrasebooks[domain.name]


def _expert(reasoning: Reasoning) -> _MakeAgent:
    return lambda domain, world, _scenario, phrasebook: Expert(domain, world.facts, phrasebook, reasoning)


class _Careful:
    """A party made of a scenario's data. Where a recipe or a phrase cannot take them, this conversation fails and no other."""

    def __init__(self, player: Player) -> None:
        self._player = player

    async def move(self, view: View) -> Move | Reply | None:
        try:
            return await self._player.move(view)
        except (TypeError, ValueError, LookupError, AttributeError, AssertionError) as error:
            raise PartyFailed("scenario", "cannot be played", f"{type(error).__name__}: {error}") from error


def phrasebook(domain: Domain) -> Phrasebook:
    """The engine's phrases with a domain's own, which win."""
    neutral = files("engine.speech").joinpath("phrases.toml").read_text(encoding="utf-8")
    return Phrasebook((neutral, domain.phrases), domain.worded)
