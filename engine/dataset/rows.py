"""Rows of the dataset. They hold nothing about toolbox, transport, concurrency, retries, interpreter or time."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from engine import VERSION
from engine.checkers.verdict import Verdict
from engine.config import Content
from engine.conversation.events import Event
from engine.dataset.chat import chat, messages, tools
from engine.scenario import Scenario
from servers.domain import Domain
from servers.state import World

_encoder = msgspec.json.Encoder()

POLICIES = 1_000
"""Policy texts that are kept: one a world."""


class Rows:
    """Makes rows; each domain's tools and what is said of each world's policy are worded once."""

    def __init__(self, content: Content) -> None:
        self._content = content
        self._tools: dict[str, msgspec.Raw] = {}
        self._policies: dict[str, str] = {}

    def accepted(
        self, scenario: Scenario, trial: int, domain: Domain, world: World, events: Sequence[Event], verdict: Verdict
    ) -> bytes:
        """One line of accepted.jsonl."""
        if domain.name not in self._tools:
            self._tools[domain.name] = msgspec.Raw(_encoder.encode(tools(domain)))
        if world.digest not in self._policies:
            if len(self._policies) >= POLICIES:
                self._policies.clear()
            self._policies[world.digest] = self._content.system(domain.policy(world.facts))
        rows, places = chat(self._policies[world.digest], events)
        row = {
            "domain": scenario.domain,
            "trajectory_type": scenario.kind,
            "has_user_script": scenario.has_user_script,
            "messages": rows,
            "tools": self._tools[domain.name],
            "metadata": self._metadata(scenario, trial, world, verdict) | {"credit": _credit(verdict, places)},
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
            "agent": self._content.agent,
            "user": self._content.user,
            "seed": self._content.seed,
            "world": {"source": scenario.world.source, "digest": world.digest},
            "world_seen": "public" if world.facts.public else "synthetic",
            "recipes": [request.recipe for request in scenario.requests],
            "writes": verdict.writes,
            "reads": verdict.reads,
            "burden": scenario.burden,
            "union": scenario.measures.union,
            "candidates": max((decision.candidates for decision in scenario.decisions), default=0),
            "tokens_of_evidence": sum(int(decision.tokens) for decision in scenario.decisions),
            "state_sharpness": scenario.measures.state_sharpness,
            "excess_reads": verdict.excess_reads,
            "reward": verdict.reward,
            "checks": {finding.check: finding.result for finding in verdict.findings},
            "version": VERSION,
        }


def _credit(verdict: Verdict, places: Mapping[int, int]) -> list[dict[str, Any]]:
    """Each check that names moves: its result, and the places of the messages that earned it or broke it."""
    found = []
    for finding in verdict.findings:
        named = sorted({places[event] for event in finding.events if event in places})
        if named:
            found.append({"check": finding.check, "result": finding.result, "messages": named})
    return found
