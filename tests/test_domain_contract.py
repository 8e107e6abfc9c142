"""What every domain keeps: tested for each folder of `servers/` on its arrival, and for the toy domain."""

import re
from collections import Counter
from functools import cache

import jsonschema
import msgspec
import pytest

import servers
from engine.casting import Casting, phrasebook
from engine.checkers.verdict import Verdict
from engine.conversation.events import Event, Spoke
from engine.scenario import Scenario
from engine.synthesis.generate import generate
from servers.arguments import schema
from servers.domain import Domain
from servers.state import World
from servers.worlds import open_world, save_world
from tests.engine.pack import play

SHIPPED = servers.names()
ALL = (*SHIPPED, "tests.domains.lights")


@cache
def opened(name: str) -> tuple[Domain, World]:
    """A domain with a world of its smallest size."""
    domain = servers.load(name)
    return domain, open_world(domain, f"{domain.sizes[0]}:3")


@cache
def played(name: str, count: int = 80) -> list[tuple[Scenario, list[Event], Verdict]]:
    """Scenarios of all the domain's recipes, played by the expert and the scripted user."""
    domain, world = opened(name)
    return play(tuple(generate(domain, world, count, 11, Counter())), Casting(), world)


def test_there_is_a_domain() -> None:
    """The listing of the folder is not empty."""
    assert "retail" in SHIPPED


@pytest.mark.parametrize("name", ALL)
def test_the_same_seed_makes_the_same_world(name: str) -> None:
    """Size and seed are all that goes into a world."""
    domain, world = opened(name)
    assert open_world(domain, f"{domain.sizes[0]}:3").digest == world.digest
    assert open_world(domain, f"{domain.sizes[0]}:4").digest != world.digest


@pytest.mark.parametrize("name", ALL)
def test_a_saved_world_is_the_same_world(name: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Every record round-trips strictly through its type."""
    domain, world = opened(name)
    path = tmp_path_factory.mktemp("world") / "world.json"
    save_world(world, path)
    assert open_world(domain, str(path)).digest == world.digest
    for table, kind in domain.tables.items():
        for record in world.tables[table].values():
            assert msgspec.json.decode(msgspec.json.encode(record), type=kind) == record


@pytest.mark.parametrize("name", ALL)
def test_every_tool_has_a_closed_schema_with_a_description_for_each_argument(name: str) -> None:
    """A model can read what a tool wants, and a validator agrees that it is a schema."""
    for tool in opened(name)[0].tools:
        shape = schema(tool)
        jsonschema.Draft202012Validator.check_schema(shape)
        assert tool.description and shape["additionalProperties"] is False, tool.name
        assert all(each.get("description") for each in shape["properties"].values()), tool.name
        assert set(shape["required"]) <= set(shape["properties"])


@pytest.mark.parametrize("name", ALL)
def test_tools_that_write_say_what_they_change_and_want_a_yes(name: str) -> None:
    """What is out of date after a write is declared, not guessed."""
    domain, _ = opened(name)
    for tool in domain.tools:
        assert (tool.kind == "write") == bool(tool.changes), tool.name
        assert tool.confirmed <= (tool.kind == "write"), tool.name
        assert all(change.table in domain.tables for change in tool.changes)


@pytest.mark.parametrize("name", ALL)
def test_expert_and_scripted_user_settle_every_scenario(name: str) -> None:
    """Whatever the recipes make, the deterministic parties bring to its gold."""
    standings = [(scenario.id, verdict.standing, verdict.reason) for scenario, _, verdict in played(name)]
    assert [row for row in standings if row[1] != "accepted"] == []


@pytest.mark.parametrize("name", ALL)
def test_every_recipe_and_every_writing_tool_is_met(name: str) -> None:
    """A pack that takes the recipes in turn reaches everything that can be changed."""
    domain, _ = opened(name)
    made = [scenario for scenario, _, _ in played(name)]
    assert {request.recipe for scenario in made for request in scenario.requests} == {recipe.name for recipe in domain.recipes}
    written = {write.name for scenario in made for write in scenario.gold.writes}
    assert written == {tool.name for tool in domain.tools_of("agent") if tool.kind == "write"}


@pytest.mark.parametrize("name", ALL)
def test_every_rule_that_is_met_is_one_of_the_domain(name: str) -> None:
    """Refusals name rules that there are, and the pack has requests that are forbidden and others that are allowed."""
    domain, _ = opened(name)
    met = {refusal.rule for scenario, _, _ in played(name) for refusal in scenario.answer.refuse}
    assert met and met <= {rule.name for rule in domain.rules}
    assert any(scenario.gold.writes for scenario, _, _ in played(name))


@pytest.mark.parametrize("name", SHIPPED)
def test_no_act_is_short_of_words(name: str) -> None:
    """For an act, masked realisations are at least 40 times its mean occurrences in a conversation, and at least 12.

    What the policy gives the words for, between backticks, has those alone.
    """
    domain, world = opened(name)
    book, given = phrasebook(domain), re.findall(r"`([^`]+)`", domain.policy(world.facts))
    met: Counter[tuple[str, str, frozenset[str]]] = Counter()
    for _, events, _ in played(name):
        for event in events:
            if isinstance(event, Spoke):
                own = () if event.text in given else event.meaning
                met.update((event.party, act.kind, frozenset(act.slots)) for act in own)
    short = {
        act: (wordings, occurrences / len(played(name)))
        for act, occurrences in met.items()
        if (wordings := book.wordings(*act)) < max(12, 40 * occurrences / len(played(name)))  # type: ignore[arg-type]
    }
    assert short == {}


@pytest.mark.parametrize("name", ALL)
def test_the_agent_is_told_a_policy(name: str) -> None:
    """The text is rendered from the world's facts."""
    domain, world = opened(name)
    assert len(domain.policy(world.facts)) > 100
