"""Dual control from end to end, in a domain that is one folder and that nothing else knows of."""

from collections import Counter
from pathlib import Path
from random import Random

import msgspec
import pytest

from engine.casting import phrasebook
from engine.clock import run_virtual
from engine.conversation.events import Act, Called, Event, Returned, Spoke
from engine.conversation.views import Seen, View
from engine.randomness import Randomness
from engine.scenario import Known, Manner, Provenance, Scenario, encode
from engine.simulation import simulate
from engine.synthesis.compose import NotAdmitted, compose
from engine.synthesis.generate import generate
from engine.toolboxes.mcp import mcp_toolbox
from engine.users.scripted import ScriptedUser
from servers.domain import ToolCall
from servers.recipe import Draft, Look
from servers.state import View as WorldView
from tests.domains.lights.recipe import RESET
from tests.engine.stages import LIGHTS, Kept, jobs, scenarios, stage, world, written

ROOT = Path(__file__).parent.parent.parent


def by_kind() -> tuple[list[Scenario], list[Scenario]]:
    """Scenarios with something to write, and those in which all is refused."""
    return [one for one in scenarios() if one.gold.writes], [one for one in scenarios() if not one.gold.writes]


def test_it_has_three_tools_of_two_parties_and_one_recipe() -> None:
    assert {(tool.name, tool.owner, tool.kind) for tool in LIGHTS.tools} == {
        ("get_lamp", "agent", "read"),
        ("reset_lamp", "agent", "write"),
        ("look_at_lamp", "user", "read"),
    }
    assert [recipe.name for recipe in LIGHTS.recipes] == ["reset"]
    assert LIGHTS.identification is None


def test_neither_the_world_nor_the_engine_knows_a_word_of_it() -> None:
    """No registry was edited: its tools and rules are named in its own folder alone."""
    names = [*(tool.name for tool in LIGHTS.tools), LIGHTS.rules[0].name]
    sources = [path for folder in ("engine", "servers") for path in (ROOT / folder).rglob("*.py")]
    assert [path for path in sources if any(name in path.read_text(encoding="utf-8") for name in names)] == []


def test_some_scenarios_end_in_a_write_and_some_in_a_refusal_and_both_modes_come() -> None:
    writing, refusing = by_kind()
    assert len(writing) >= 5
    assert {refusal.rule for one in refusing for refusal in one.answer.refuse} == {"recalled"}
    assert {write.arguments["mode"] for one in writing for write in one.gold.writes} == {"full", "gentle"}


def test_a_slot_that_the_customer_looks_up_has_their_tool_and_no_value() -> None:
    for scenario in scenarios():
        for place, request in enumerate(scenario.requests):
            known = {known.slot: known for known in scenario.knows if known.request == place}
            look = ToolCall(name="look_at_lamp", arguments={"lamp_id": request.params["lamp_id"]}, requestor="user")
            assert known["colour"] == Known(slot="colour", via=look, request=place)
            assert request.params["colour"] not in scenario.instruction
            assert "look_at_lamp" in scenario.instruction


def test_the_read_that_decides_is_proven_and_the_customers_own_look_is_no_read_of_the_agents() -> None:
    for scenario in scenarios():
        for decision in scenario.decisions:
            assert [read.name for read in decision.certificate] == ["get_lamp"]
            assert decision.burden == 1
            assert any(edit.decides for edit in decision.edits)


async def test_all_are_accepted_over_both_toolboxes_with_equal_events() -> None:
    """Over MCP each party has a client of its own to a server of its own."""
    direct, over_mcp = Kept(), Kept()
    await simulate(jobs(), stage(), direct, 10, lambda *_: None)
    async with mcp_toolbox() as toolbox:
        await simulate(jobs(), stage(toolbox), over_mcp, 10, lambda *_: None)
        assert {party for _, party in toolbox._clients} == {"agent", "user"}
    assert direct.standings() == {("accepted", "", None): 30}
    assert {key: written(events) for key, events in direct.conversations().items()} == {
        key: written(events) for key, events in over_mcp.conversations().items()
    }


def played(scenario: Scenario) -> tuple[list[Event], Counter[tuple[str, str, str | None]]]:
    kept, (job, *_) = Kept(), jobs()
    run_virtual(simulate, [msgspec.structs.replace(job, scenario=scenario)], stage(), kept, 1, lambda *_: None)
    return kept.conversations().get(0, []), kept.standings()


def test_the_customer_looks_when_asked_and_says_what_they_see() -> None:
    writing, _ = by_kind()
    for scenario in writing:
        events, _ = played(scenario)
        looks = [event for event in events if isinstance(event, Called) and event.party == "user"]
        resets = [event for event in events if isinstance(event, Called) and event.name == "reset_lamp"]
        assert len(looks) >= len(resets) >= 1
        for look in looks:
            place = events.index(look)
            answer, said = events[place + 1], events[place + 2]
            assert isinstance(events[place - 1], Spoke)
            assert isinstance(answer, Returned)
            assert isinstance(said, Spoke)
            assert answer.text in said.text.casefold()
            assert [act.slots for act in said.meaning if act.kind == "inform"] == [{"colour": answer.text}]


def test_the_agent_asks_before_it_knows_the_colour_and_not_at_all_for_a_recalled_lamp() -> None:
    writing, refusing = by_kind()
    alone = [one for one in refusing if len(one.requests) == 1]
    assert alone
    assert not any(isinstance(event, Called) and event.party == "user" for one in alone for event in played(one)[0])
    asked = [act.kind for event in played(writing[0])[0] if isinstance(event, Spoke) for act in event.meaning]
    assert asked.index("ask.colour") < asked.index("propose.reset") < asked.index("report.reset")


def test_a_customer_whose_tool_refuses_says_that_they_do_not_know() -> None:
    """They do not say an error message as if it were a colour; the agent's write is then another one, and is found out."""
    writing, _ = by_kind()
    scenario = next(one for one in writing if len(one.requests) == 1 and one.requests[0].params["colour"] == "red")
    blind = ToolCall(name="look_at_lamp", arguments={"lamp_id": "L0"}, requestor="user")
    knows = tuple(msgspec.structs.replace(known, via=blind) if known.via else known for known in scenario.knows)
    events, _ = played(msgspec.structs.replace(scenario, knows=knows))
    place = next(place for place, event in enumerate(events) if isinstance(event, Returned) and event.party == "user")
    answer, said = events[place], events[place + 1]
    assert isinstance(answer, Returned)
    assert isinstance(said, Spoke)
    assert answer.error
    assert [act.kind for act in said.meaning] == ["unknown"]


def test_two_lamps_are_looked_at_one_after_the_other_each_for_itself() -> None:
    """The colour that was said for one lamp is not said again for the next."""
    chained = [one for one in by_kind()[0] if len(one.gold.writes) > 1]
    assert chained
    for scenario in chained:
        events, standings = played(scenario)
        looks = [event.arguments for event in events if isinstance(event, Called) and event.party == "user"]
        assert len(looks) == len(set(looks)) == len(scenario.gold.writes)
        assert standings == {("accepted", "", None): 1}


def test_what_was_seen_of_one_lamp_is_not_held_against_what_is_said_of_another() -> None:
    """Asked about both before anything is settled, the customer still says yes to what fits the first."""
    scenario = next(one for one in scenarios() if len(one.requests) > 1)
    scenario = msgspec.structs.replace(scenario, manner=Manner())
    seen: list[Seen] = [
        Spoke(party="user", move=1, text="", meaning=(Act(kind="request.reset"), Act(kind="request.reset"))),
        Spoke(party="agent", move=2, text="", meaning=(Act(kind="ask.colour", wants=("colour",)),)),
    ]
    for number, (request, colour) in enumerate(zip(scenario.requests, ("red", "amber"), strict=False), 1):
        lamp = msgspec.json.encode({"lamp_id": request.params["lamp_id"]}).decode()
        seen.append(Called(party="user", move=2 + number, call=number, name="look_at_lamp", arguments=lamp))
        seen.append(Returned(party="user", move=2 + number, call=number, text=colour))
    for said, reply in (("red", "confirm"), ("amber", "correct")):
        stated = {"lamp_id": scenario.requests[0].params["lamp_id"], "mode": "full", "colour": said}
        proposed = Spoke(party="agent", move=6, text="", meaning=(Act(kind="propose.reset", slots=stated),))
        drawn = Randomness(seed=0, scenario="s", trial=0, role="user")
        user = ScriptedUser(LIGHTS, scenario, phrasebook(LIGHTS))
        move = run_virtual(user.move, View(party="user", move=7, seen=(*seen, proposed), random=drawn))
        assert move is not None
        assert [act.kind for act in move.meaning] == [reply]


def test_a_draft_whose_look_does_not_show_its_value_makes_no_scenario() -> None:
    """Gold would rest on something that the customer cannot find out."""

    def wrong(view: WorldView, customer: str, random: Random) -> Draft | None:
        draft = RESET.draft(view, customer, random)
        look = Look(tool="get_lamp", arguments={"lamp_id": "L1"})
        return draft and msgspec.structs.replace(draft, via={"colour": look})

    recipe = msgspec.structs.replace(RESET, draft=wrong)
    with pytest.raises(NotAdmitted, match="own tool does not show the colour"):
        compose(LIGHTS, world(), "o1", [recipe], Random(1), Provenance(made_by="test"), "x")


def test_a_pack_of_the_same_seed_is_the_same_and_of_another_seed_another() -> None:
    packs = [b"".join(encode(one) for one in generate(LIGHTS, world(), 12, seed, Counter())) for seed in (3, 3, 4)]
    assert packs[0] == packs[1] != packs[2]
