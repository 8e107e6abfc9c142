"""Casting in which models take part: as a party, or in giving a deterministic one its words.

Above: the simulation. Below: the parties, and the endpoint that all of them ask.
"""

from collections.abc import Callable, Mapping
from typing import Any

from engine.agents.greeting import greeting_with
from engine.agents.guided import GuidedAgent
from engine.agents.model import ModelAgent
from engine.casting import Casting, Reasoning
from engine.conversation.converse import Player
from engine.models.endpoint import Endpoint
from engine.models.naming import GUIDED, OPENAI, model_of, way_of
from engine.scenario import Scenario
from engine.users.guided import GuidedUser
from engine.users.model import ModelUser
from servers.domain import Domain, Party
from servers.state import World


class Modelled(Casting):
    """As Casting; parties called `openai:MODEL` and `guided:MODEL` ask the endpoint. `sampling` is by party,
    `system` makes a model agent's system message of the policy."""

    def __init__(
        self,
        agent: str,
        user: str,
        reasoning: Reasoning,
        endpoint: Endpoint,
        sampling: Mapping[Party, Mapping[str, Any]],
        system: Callable[[str], str] = str,
    ) -> None:
        super().__init__("expert" if model_of(agent) else agent, "scripted" if model_of(user) else user, reasoning)
        self._ways: Mapping[Party, str] = {"agent": way_of(agent), "user": way_of(user)}
        self._endpoint = endpoint
        self._sampling = sampling
        self._system = system

    def cast(self, domain: Domain, world: World, scenario: Scenario, trial: int) -> Mapping[Party, Player]:
        """As Casting's. A task in words alone leaves nothing to be guided: its deterministic user says it as it is."""
        name, players = f"{scenario.id}#{trial}", dict(self.players(domain, world, scenario))
        book, (ours, theirs) = self.phrasebook(domain), (self._sampling["agent"], self._sampling["user"])
        if self._ways["agent"] == OPENAI:
            told = self._system(domain.policy(world.facts))
            players["agent"] = greeting_with(scenario.greeting, ModelAgent(domain, told, self._endpoint, name, ours))
        elif self._ways["agent"] == GUIDED:
            worded = GuidedAgent(players["agent"], domain, book, self._endpoint, name, ours)
            players["agent"] = greeting_with(scenario.greeting, worded)
        if self._ways["user"] == OPENAI:
            players["user"] = ModelUser(domain, scenario, self._endpoint, name, theirs)
        elif self._ways["user"] == GUIDED and scenario.requests:
            players["user"] = GuidedUser(players["user"], domain, scenario, book, self._endpoint, name, theirs)
        return players
