"""What a trajectory is worth, which moves earned it, and which checks decide whether it is kept."""

from collections.abc import Sequence

import msgspec
import pytest
from msgspec.structs import replace

from engine.checkers import judge, names
from engine.checkers.finding import Finding, Result
from engine.checkers.gates import STRICT, Gates
from engine.checkers.recording import Recording
from engine.checkers.verdict import verdict
from engine.config import Content
from engine.conversation.events import Blame, Called, Closed, Event, Failed, Opened, Returned, Spoke
from engine.dataset.rows import Rows
from engine.scenario import Scenario
from engine.toolboxes.calls import tool_call
from servers.domain import ToolCall
from servers.replay import apply
from tests.engine import pack


def calls(scenario: Scenario, made: Sequence[tuple[str, dict[str, object]]]) -> Recording:
    """A conversation in which the agent makes these calls and says nothing."""
    domain, world = pack.opened(scenario.domain)
    state, events = world.open(), list[Event]()
    events.append(Opened(domain=domain.name, scenario=scenario.id, trial=0, first="user"))
    events.append(Spoke(party="user", move=1, text="Hello."))
    for number, (name, arguments) in enumerate(made, 1):
        text = msgspec.json.encode(arguments).decode()
        call = tool_call("agent", name, text)
        assert isinstance(call, ToolCall)
        outcome = apply(domain, state, call)
        events.append(Called(party="agent", move=1 + number, call=number, name=name, arguments=text))
        events.append(Returned(party="agent", move=1 + number, call=number, text=outcome.text, error=outcome.error))
    return Recording(scenario, domain, world, [*events, Closed(reason="user left")])


def writing() -> Scenario:
    """A scenario in which something is changed."""
    return next(each for each in pack.scenarios(96) if each.gold.writes)


def chain() -> Scenario:
    """A scenario with several gold writes that nobody has to be told of."""
    return next(each for each in pack.scenarios(96) if len(each.gold.writes) > 1)


def test_the_share_of_gold_that_was_reached_and_what_was_changed_beside_it() -> None:
    """Nothing, a part, all; and a change that nobody asked for is collateral."""
    scenario = chain()
    writes = [(write.name, dict(write.arguments)) for write in scenario.gold.writes]
    shares = [judge(calls(scenario, writes[:count])).reward.gold_share for count in range(len(writes) + 1)]
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    assert all(share is not None for share in shares) and shares == sorted(shares, key=float) and len(set(shares)) == len(shares)
    address = dict.fromkeys(("address1", "address2", "city", "state", "country", "zip"), "1 Elm Street")
    stranger = next(key for key in pack.opened("retail")[1].tables["users"] if key != scenario.customer)
    spoilt = judge(calls(scenario, [*writes, ("modify_user_address", {"user_id": stranger, **address})])).reward
    assert (spoilt.state, spoilt.gold_share, spoilt.collateral) == (0.0, 1.0, 6)


def test_gold_that_changes_nothing_has_no_share() -> None:
    """Of nothing nothing can be reached; whatever is changed is collateral."""
    scenario = next(each for each in pack.scenarios(96) if not each.gold.writes)
    assert judge(calls(scenario, [])).reward.gold_share is None


def test_reads_beyond_the_certificates_are_counted_and_never_judged() -> None:
    """The rows of the expert with the same reads twice: as many more, and accepted all the same."""
    ((scenario, _, before),) = pack.play(pack.scenarios(1))
    needed = {msgspec.json.encode(read) for each in scenario.decisions for read in each.certificate}
    assert before.excess_reads == max(0, before.reads - len(needed))
    reads = [("get_user_details", {"user_id": scenario.customer})] * 3
    assert judge(calls(scenario, reads)).excess_reads == max(0, 3 - len(needed))


def test_each_check_names_the_messages_that_earned_it() -> None:
    """Places in the row's own messages: the write of a state, the reads of an evidence."""
    for scenario, events, found in pack.play(pack.scenarios(24)):
        domain, world = pack.opened(scenario.domain)
        row = msgspec.json.decode(Rows(Content()).accepted(scenario, 0, domain, world, events, found))
        credit = {each["check"]: each["messages"] for each in row["metadata"]["credit"]}
        for check, places in credit.items():
            assert places == sorted(set(places)) and check in names()
            assert all(row["messages"][place]["role"] in ("assistant", "user") for place in places)
        writes = {write.name for write in scenario.gold.writes}
        called = [{call["function"]["name"] for call in row["messages"][p]["tool_calls"]} for p in credit.get("state", ())]
        assert writes == set().union(*called)


ENDED = [Opened(domain="retail", scenario="x", trial=0, first="user"), Closed(reason="user left")]
CUT_OFF = [ENDED[0], Failed(blame="user", reason="too many moves")]


OUTCOMES: tuple[tuple[Result, str], ...] = (("not judged", "rejected"), ("unsure", "accepted"), ("pass", "accepted"))


def finding(check: str, result: Result, blame: Blame = "agent") -> Finding:
    return Finding(check=check, result=result, blame=blame)


@pytest.mark.parametrize(
    ("events", "findings", "gates", "expected"),
    [
        (ENDED, [finding("state", "pass")], STRICT, ("accepted", "", None)),
        (ENDED, [], STRICT, ("rejected", "nothing was judged", "scenario")),
        (ENDED, [finding("state", "not judged")], STRICT, ("rejected", "nothing was judged", "scenario")),
        (ENDED, [finding("policy", "pass")], STRICT, ("rejected", "nothing was settled", "agent")),
        (ENDED, [finding("policy", "fail"), finding("state", "fail")], STRICT, ("rejected", "state", "agent")),
        (ENDED, [finding("policy", "fail"), finding("state", "pass")], STRICT, ("rejected", "policy", "agent")),
        (ENDED, [finding("state", "fail"), finding("user", "fail", "user")], STRICT, ("rejected", "user", "user")),
        (ENDED, [finding("state", "pass"), finding("user", "fail", "user")], STRICT, ("rejected", "user", "user")),
        (ENDED, [finding("state", "unsure")], STRICT, ("rejected", "gold does not replay", "scenario")),
        (ENDED, [finding("policy", "unsure"), finding("state", "pass")], STRICT, ("accepted", "", None)),
        (
            ENDED,
            [finding("policy", "unsure"), finding("state", "pass")],
            Gates(unsure=frozenset({"policy"})),
            ("rejected", "policy", "agent"),
        ),
        (
            ENDED,
            [finding("policy", "fail"), finding("state", "pass")],
            Gates(failing=frozenset({"state"})),
            ("accepted", "", None),
        ),
        (CUT_OFF, [finding("state", "pass")], STRICT, ("rejected", "too many moves", "user")),
        (CUT_OFF, [finding("progress", "fail", "agent")], STRICT, ("rejected", "too many moves", "agent")),
    ],
)
def test_whose_fault_it_is(
    events: list[Event], findings: list[Finding], gates: Gates, expected: tuple[str, str, Blame | None]
) -> None:
    """A user's fault is never booked on the agent; the outcome names the reason before the conduct does."""
    domain, world = pack.opened("retail")
    found = verdict(Recording(writing(), domain, world, events), tuple(findings), gates)
    assert (found.standing, found.reason, found.blame) == expected


def test_a_scenario_may_leave_checks_out_and_they_are_recorded_all_the_same() -> None:
    """A task that was made elsewhere promises less."""
    domain, world = pack.opened("retail")
    scenario = replace(writing(), gates=("state",))
    found = verdict(Recording(scenario, domain, world, ENDED), (finding("policy", "fail"), finding("state", "pass")), STRICT)
    assert found.accepted and [each.check for each in found.findings] == ["policy", "state"]


def test_where_gold_is_empty_an_agent_that_settles_nothing_is_not_accepted() -> None:
    """The state is right when nothing is done; it takes an answer or a decision with its evidence as well."""
    domain, world = pack.opened("retail")
    refused = next(each for each in pack.scenarios(96) if not each.gold.writes)
    for result, standing in OUTCOMES:
        found = (finding("answer", result), finding("evidence", "not judged"), finding("state", "pass"))
        assert verdict(Recording(refused, domain, world, ENDED), found, STRICT).standing == standing


def test_what_was_left_out_is_booked_on_the_last_thing_that_its_party_did() -> None:
    """A write that was never made, an answer that was never given: no event did it, and a turn has to answer for it."""
    scenario = chain()
    silent = calls(scenario, [("get_user_details", {"user_id": scenario.customer})])
    state = next(finding for finding in judge(silent).findings if finding.check == "state")
    assert (state.result, state.events) == ("fail", (2,))
    for _, events, found in pack.play(pack.scenarios(8)):
        looked_at = {each.check: each.events for each in found.findings if each.result == "pass"}
        assert all(looked_at[check] for check in ("policy", "grounding", "claims", "user", "progress") if check in looked_at)
        assert all(isinstance(events[number], Called) for number in looked_at["policy"])
