"""Can the verdict be fooled? Parties that fail on purpose play scenarios, and what the checks make of it is counted.

A flaw applies to a scenario when the conversation is another one than without it (the same scenario, seed and
counterpart). What applies must not be accepted, the right check must say why and the right party be blamed. And the
reverse: agents that are right in another way than the expert must all be accepted.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal

import msgspec

from engine.agents import flawed as agents
from engine.casting import Casting
from engine.checkers import judge
from engine.checkers.gold import canonical
from engine.checkers.recording import Recording
from engine.checkers.verdict import Verdict
from engine.conversation.conversation import Conversation
from engine.conversation.events import Called, Event, Returned, Spoke
from engine.journal import Entry
from engine.scenario import Scenario
from engine.simulation import Job, Stage, play
from engine.toolboxes.calls import tool_call
from engine.toolboxes.direct import DirectToolbox
from engine.toolboxes.faulty import FAULTS, FaultyToolbox
from engine.toolboxes.toolbox import Toolbox
from engine.users import flawed as users
from engine.worlds import Worlds
from servers.domain import Domain, ToolCall

Culprit = Literal["agent", "user", "environment"]
Played = tuple[list[Event], Verdict]

PATIENCE = 0.02
"""Seconds that a tool of these conversations may take: they are in memory, and one of them never answers."""


class Row(msgspec.Struct, kw_only=True):
    """One flaw over many scenarios, in conversations.

    `harmless`: accepted ones that provably left everything right. `check_named`: ones in which a check that must see
    this flaw failed. `fault_named`: ones whose verdict blames the party that has the flaw.
    """

    party: Culprit
    flaw: str
    applies: int = 0
    accepted: int = 0
    harmless: int = 0
    check_named: int = 0
    fault_named: int = 0

    @property
    def seen_through(self) -> bool:
        """Was every conversation with this flaw rejected for the right reason, or harmless?"""
        wrong = self.applies - self.harmless
        return self.accepted == self.harmless and self.check_named >= wrong and self.fault_named >= wrong


class VariedRow(msgspec.Struct, kw_only=True):
    """One way to be right that is not the expert's, over many scenarios. `reasons`: why one was rejected, counted."""

    variation: str
    applies: int = 0
    accepted: int = 0
    reasons: Counter[str] = msgspec.field(default_factory=Counter)


class _Trial(msgspec.Struct, frozen=True, kw_only=True):
    """Who plays a flaw, opposite whom, over which tools, and without it. `checks`: those of which one must fail for it."""

    party: Culprit
    flaw: str
    agent: str = "expert"
    user: str = "scripted"
    fault: str = ""
    honest: tuple[str, str] = ("expert", "scripted")
    checks: tuple[str, ...] = ()


def trials() -> tuple[_Trial, ...]:
    """Every flaw that there is."""
    by_agent = (
        _Trial(party="agent", flaw=f.name, agent=f"flawed:{f.name}", user=f.user, honest=("expert", f.user), checks=f.checks)
        for f in agents.FLAWS.values()
    )
    by_user = (
        _Trial(
            party="user", flaw=f.name, agent=f.against, user=f"flawed:{f.name}", honest=(f.against, "scripted"), checks=f.checks
        )
        for f in users.FLAWS.values()
    )
    return (*by_agent, *by_user, *(_Trial(party="environment", flaw=name, fault=name) for name in FAULTS))


class Audit:
    """Plays every flaw over scenarios, one after the other: memory is flat. `rows` and `varied` are the counts so far.

    `text`: the verdict sees what a model's conversation would show, the words without their meaning.
    """

    def __init__(self, seed: int = 0, only: Sequence[str] = (), *, text: bool = False) -> None:
        self._worlds = Worlds()
        self._seed = seed
        self._text = text
        self._trials = [trial for trial in trials() if not only or trial.flaw in only]
        self._castings: dict[tuple[str, str], Casting] = {}
        self.rows = {(trial.party, trial.flaw): Row(party=trial.party, flaw=trial.flaw) for trial in self._trials}
        self.varied = {name: VariedRow(variation=name) for name in agents.VARIATIONS if not only or name in only}
        self.unexpected: list[tuple[str, str, str]] = []

    async def take(self, scenario: Scenario) -> None:
        """Play one scenario with every flaw and every variation."""
        honest: dict[tuple[str, str], Played] = {}
        for trial in self._trials:
            if trial.honest not in honest:
                honest[trial.honest] = await self._play(scenario, *trial.honest)
            toolbox = FaultyToolbox(FAULTS[trial.fault], good=0) if trial.fault else None
            flawed = await self._play(scenario, trial.agent, trial.user, toolbox)
            if flawed[0] != honest[trial.honest][0]:
                self._count(trial, scenario, flawed, honest[trial.honest])
        for name, row in self.varied.items():
            expert = honest.get(("expert", "scripted")) or await self._play(scenario, "expert", "scripted")
            events, verdict = await self._play(scenario, f"varied:{name}", "scripted")
            if events != expert[0]:
                row.applies += 1
                row.accepted += verdict.accepted
                if not verdict.accepted:
                    row.reasons[verdict.reason] += 1
                    self.unexpected.append((scenario.id, name, verdict.reason))

    async def _play(self, scenario: Scenario, agent: str, user: str, toolbox: Toolbox | None = None) -> Played:
        if (agent, user) not in self._castings:
            self._castings[agent, user] = Casting(agent, user)
        casting = self._castings[agent, user]
        tools = toolbox or DirectToolbox()
        stage = Stage(casting=casting, worlds=self._worlds, toolbox=tools, seed=self._seed, call_seconds=PATIENCE)
        conversation = Conversation()
        verdict = await play(Job(place=0, scenario=scenario, trial=0), conversation, stage, _Nowhere())
        if self._text and verdict.standing != "failed":
            verdict = judge(Recording(scenario, *self._worlds.of(scenario), _plain(conversation.events)))
        return conversation.events, verdict

    def _count(self, trial: _Trial, scenario: Scenario, flawed: Played, honest: Played) -> None:
        row, (events, verdict) = self.rows[trial.party, trial.flaw], flawed
        harmless = verdict.accepted and _same(self._worlds.of(scenario)[0], events, honest[0])
        named = any(finding.result == "fail" and finding.check in trial.checks for finding in verdict.findings)
        named = named or (trial.party == "environment" and verdict.standing == "failed")
        row.applies += 1
        row.accepted += verdict.accepted
        row.harmless += harmless
        row.check_named += named
        row.fault_named += verdict.blame == trial.party
        # an agent that proposes what is wrong, for a customer to see, may be blamed as well
        is_anothers = trial.honest[0] != "expert" and verdict.blame == "agent"
        if not harmless and not is_anothers and (verdict.accepted or not named or verdict.blame != trial.party):
            what = "accepted" if verdict.accepted else f"{verdict.reason or verdict.standing}, blame: {verdict.blame}"
            self.unexpected.append((scenario.id, trial.flaw, what))


class _Nowhere:
    """A sink for what nobody keeps."""

    async def send(self, entry: Entry) -> None:
        """Take an entry."""


def _plain(events: Iterable[Event]) -> list[Event]:
    """What was said, without what it means."""
    return [msgspec.structs.replace(event, meaning=()) if isinstance(event, Spoke) else event for event in events]


def _same(domain: Domain, events: Sequence[Event], honest: Sequence[Event]) -> bool:
    """Do two conversations differ only in the order of what the agent did, or in how it was worded?

    Then the flaw left everything right: the same calls were made, the same was said and asked and agreed to.
    """
    return Counter(_deeds(domain, events)) == Counter(_deeds(domain, honest))


def _deeds(domain: Domain, events: Iterable[Event]) -> Iterator[Any]:
    for event in events:
        match event:
            case Called():
                call = tool_call(event.party, event.name, event.arguments)
                yield canonical(domain, call.name, call.arguments) if isinstance(call, ToolCall) else event.arguments.encode()
            case Returned():
                yield event.error
            case Spoke():
                yield from ((event.party, act.kind, msgspec.json.encode(act.slots, order="sorted")) for act in event.meaning)
