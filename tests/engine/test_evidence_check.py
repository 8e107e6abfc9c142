"""The check of evidence: what tells a decision apart from another one was shown before it was made."""

from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from engine.checkers import evidence
from engine.checkers.decided import decided
from engine.checkers.recording import Recording
from engine.conversation.events import Called, Event, Returned, Spoke
from engine.scenario import Read, Scenario, load
from engine.worlds import Worlds
from tests.engine import pack

DOMAINS = ("retail", "airline")
SHIPPED = Path(__file__).parents[2] / "scenarios"
LOOKS = ("get_", "find_", "search_", "list_")


def recording(scenario: Scenario, events: Sequence[Event]) -> Recording:
    domain, world = pack.opened(scenario.domain)
    return Recording(scenario, domain, world, list(events))


def keeping(events: Sequence[Event], reads: Sequence[Read]) -> list[Event]:
    """The conversation as it would stand had the agent looked at nothing but these; its writes stay."""
    wanted = [(read.name, dict(read.arguments)) for read in reads]
    looks = [event for event in events if isinstance(event, Called) and event.name.startswith(LOOKS)]
    dropped = {each.call for each in looks if (each.name, msgspec.json.decode(each.arguments)) not in wanted}
    return [event for event in events if not (isinstance(event, Called | Returned) and event.call in dropped)]


def spoken(events: Sequence[Event]) -> list[Event]:
    """The same conversation as text only, as a model's would be."""
    return [replace(event, meaning=()) if isinstance(event, Spoke) else event for event in events]


@pytest.mark.parametrize("name", DOMAINS)
def test_an_expert_had_its_evidence(name: str) -> None:
    """Every conversation of the expert passes, whatever it decides; only what depends on nothing is not judged."""
    found = [evidence.check(recording(scenario, events)) for scenario, events, _ in pack.play(pack.scenarios(name=name))]
    assert {finding.result for finding in found} <= {"pass", "not judged"}
    assert sum(finding.result == "pass" for finding in found) > 50
    assert all(finding.events for finding in found if finding.result == "pass")


@pytest.mark.parametrize("name", DOMAINS)
def test_the_certificate_is_enough_and_none_of_its_evidence_can_be_left_out(name: str) -> None:
    """Nothing read but the certificate passes; each evidence read taken out of it by itself fails and names the decision."""
    tried = 0
    for scenario, events, _ in pack.play(pack.scenarios(32, name=name)):
        if len(scenario.requests) > 1 or not any(edit.decides for edit in scenario.decisions[0].edits):
            continue
        certificate = scenario.decisions[0].certificate
        assert evidence.check(recording(scenario, keeping(events, certificate))).result == "pass"
        for read in certificate:
            if read.role == "evidence":
                fewer = [other for other in certificate if other is not read]
                finding = evidence.check(recording(scenario, keeping(events, fewer)))
                assert (finding.result, finding.check, finding.blame) == ("fail", "evidence", "agent")
                assert "without having been shown" in finding.detail
                tried += 1
    assert tried > 15


@pytest.mark.parametrize("name", DOMAINS)
def test_a_read_after_the_decision_came_too_late(name: str) -> None:
    """All reads moved behind the agent's last word: everything was shown, and nothing in time."""
    late = 0
    for scenario, events, _ in pack.play(pack.scenarios(24, name=name)):
        reads = [each.call for each in events if isinstance(each, Called) and each.name.startswith(LOOKS)]
        moved = [each for each in events if isinstance(each, Called | Returned) and each.call in reads]
        rest = [each for each in events[:-1] if each not in moved]
        result = evidence.check(recording(scenario, [*rest, *moved, events[-1]])).result
        late += result == "fail"
        assert result in ("fail", "not judged")
    assert late > 15


def test_of_a_text_that_says_when_it_refused_nothing_is_certain() -> None:
    """A model's refusal: with its evidence before, a pass; read only afterwards, unsure; never read at all, a failure."""
    results = set()
    for scenario, events, _ in pack.play(pack.scenarios(64, name="airline")):
        if len(scenario.decisions) != 1 or scenario.decisions[0].outcome != "refusal":
            continue
        text = spoken(events)
        reads = [each for each in text if isinstance(each, Called | Returned)]
        said = [each for each in text[:-1] if each not in reads]
        assert evidence.check(recording(scenario, text)).result == "pass"
        results.add(evidence.check(recording(scenario, [*said, *reads, text[-1]])).result)
        assert evidence.check(recording(scenario, [*said, text[-1]])).result == "fail"
    assert results == {"unsure"}


def test_two_requests_refused_for_one_rule_are_two_decisions() -> None:
    """Each refusal is its own: one sentence does not stand for both."""
    apart = (scenario for scenario in load([SHIPPED]) if not scenario.manner.together)  # together they may share a message
    shipped = [scenario for scenario in apart if len(twice(scenario)) > 1]
    assert shipped
    for scenario, events, verdict in pack.play(shipped[:5]):
        assert verdict.accepted
        own = [
            one.event for one in decided(Recording(scenario, *Worlds().of(scenario), events)) if one.request in twice(scenario)
        ]
        assert len(set(own)) == len(own) > 1


def twice(scenario: Scenario) -> set[int]:
    """The requests that are refused for a rule for which another one is, too."""
    rules = [each.rule for each in scenario.answer.refuse]
    return {each.request for each in scenario.answer.refuse if rules.count(each.rule) > 1}
