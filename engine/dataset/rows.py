"""Rows of the dataset. They hold nothing about toolbox, transport, concurrency, retries, interpreter or time."""

from collections.abc import Sequence
from typing import Any

import msgspec

from engine import VERSION
from engine.checkers.verdict import Verdict
from engine.conversation.events import Event
from engine.dataset.chat import messages, tools
from engine.scenario import Scenario
from servers.domain import Domain
from servers.state import World

_encoder = msgspec.json.Encoder()


class Rows:
    """Makes rows; each domain's tools and each world's policy are worded once."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._tools: dict[str, msgspec.Raw] = {}
        self._policies: dict[str, str] = {}

    def accepted(
        self, scenario: Scenario, trial: int, domain: Domain, world: World, events: Sequence[Event], verdict: Verdict
    ) -> bytes:
        """One line of accepted.jsonl."""
        if domain.name not in self._tools:
            self._tools[domain.name] = msgspec.Raw(_encoder.encode(tools(domain)))
        if world.digest not in self._policies:
            self._policies[world.digest] = domain.policy(world.facts)
        row = {
            "domain": scenario.domain,
            "trajectory_type": scenario.kind,
            "has_user_script": scenario.has_user_script,
            "messages": messages(self._policies[world.digest], events),
            "tools": self._tools[domain.name],
            "metadata": self._metadata(scenario, trial, world, verdict),
        }
        return _encoder.encode(row) + b"\n"

    def rejected(self, scenario: Scenario, trial: int, events: Sequence[Event], verdict: Verdict) -> bytes:
        """One line of rejected.jsonl: the verdict, and the conversation as it was heard."""
        row = {
            "domain": scenario.domain,
            "scenario": scenario.id,
            "trial": trial,
            "verdict": verdict,
            "messages": messages("", events)[1:],
        }
        return _encoder.encode(row) + b"\n"

    def _metadata(self, scenario: Scenario, trial: int, world: World, verdict: Verdict) -> dict[str, Any]:
        return {
            "scenario": scenario.id,
            "trial": trial,
            "seed": self._seed,
            "world": {"source": scenario.world.source, "digest": world.digest},
            "world_seen": "public" if world.facts.public else "synthetic",
            "recipes": [request.recipe for request in scenario.requests],
            "writes": verdict.writes,
            "reads": verdict.reads,
            "burden": scenario.burden,
            "checks": {finding.check: finding.result for finding in verdict.findings},
            "version": VERSION,
        }
