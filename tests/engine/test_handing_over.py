"""A customer whose request only a person can settle is handed over: after everything else, by the tool, with the fixed words."""

from collections import Counter
from collections.abc import Sequence
from functools import cache

import pytest
from msgspec.structs import replace

import servers
from engine.casting import Casting
from engine.checkers import judge
from engine.checkers.recording import Recording
from engine.checkers.verdict import Verdict
from engine.conversation.events import Called, Event, Returned, Spoke
from engine.scenario import Scenario
from engine.synthesis.generate import generate
from servers.domain import Domain
from servers.state import World
from servers.worlds import open_world
from tests.engine.pack import play

WORDS = "YOU ARE BEING TRANSFERRED TO A HUMAN AGENT. PLEASE HOLD ON."


@cache
def airline() -> tuple[Domain, World]:
    domain = servers.load("airline")
    return domain, open_world(domain, "small:3")


@cache
def played() -> list[tuple[Scenario, list[Event], Verdict]]:
    made = generate(*airline(), 16, 4, Counter(), rules=("cancel_flown",))
    return play(tuple(made), Casting(), airline()[1])


def verdict(scenario: Scenario, events: Sequence[Event]) -> Verdict:
    return judge(Recording(scenario, *airline(), events))


def test_the_tool_is_called_last_and_the_fixed_words_follow() -> None:
    assert any(len(scenario.requests) > 1 for scenario, _, _ in played())
    for scenario, events, found in played():
        calls = [event for event in events if isinstance(event, Called)]
        said = [event for event in events if isinstance(event, Spoke)]
        assert found.accepted and scenario.answer.transfer == "cancel_flown"
        assert [call.name for call in calls].count("transfer_to_human_agents") == 1
        assert calls[-1].name == "transfer_to_human_agents"
        assert (said[-1].party, said[-1].text) == ("agent", WORDS)


def test_whoever_is_handed_over_has_heard_of_everything_else() -> None:
    for scenario, events, _ in played():
        acts = [act.kind for event in events if isinstance(event, Spoke) and event.party == "agent" for act in event.meaning]
        assert sum(kind.startswith("report.") for kind in acts) == len(scenario.gold.writes)
        assert sum(kind.startswith("refuse.") for kind in acts) == len(scenario.answer.refuse)


@pytest.mark.parametrize("trick", ["never", "refused"])
def test_an_agent_who_does_not_hand_over_is_rejected(trick: str) -> None:
    for scenario, events, _ in played():
        handed = next(event for event in events if isinstance(event, Called) and event.name == "transfer_to_human_agents")
        if trick == "never":
            kept = [event for event in events if not (isinstance(event, Called | Returned) and event.call == handed.call)]
        else:
            kept = [replace(event, arguments="{}") if event is handed else event for event in events]
        found = verdict(scenario, kept)
        assert not found.accepted
        assert [finding.result for finding in found.findings if finding.check == "answer"] == ["fail"]


def test_nothing_is_asked_for_after_that() -> None:
    for scenario, _, _ in played():
        assert [decision.outcome for decision in scenario.decisions].index("transfer") == len(scenario.decisions) - 1
        assert not scenario.manner.together
