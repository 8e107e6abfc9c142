"""The shipped scenarios as a whole: what their README says of them is so."""

import re
from functools import cache
from pathlib import Path

import pytest

import servers
from engine.checkers.gold import GoldFailed, gold_state
from engine.scenario import Gold, Scenario, load
from engine.synthesis.coverage import Sides, coverage
from engine.users.manner import PERSONAS
from engine.worlds import Worlds
from servers.domain import Domain
from servers.state import World

FOLDER = Path(__file__).parents[1] / "scenarios"
README = (FOLDER / "README.md").read_text(encoding="utf-8")


@cache
def shipped(domain: str) -> tuple[Scenario, ...]:
    return tuple(load([FOLDER / domain]))


@cache
def met() -> dict[str, dict[str, Sides]]:
    return dict(coverage((scenario for domain in servers.names() for scenario in shipped(domain)), Worlds()))


@pytest.mark.parametrize("domain", servers.names())
def test_every_rule_is_met_from_both_sides(domain: str) -> None:
    """Some request is forbidden by it, and another that it could have forbidden is not."""
    assert set(met()[domain]) == {rule.name for rule in servers.load(domain).rules}
    assert [rule for rule, sides in met()[domain].items() if not (sides.forbidden and sides.allowed)] == []


def test_the_table_of_rules_is_what_is_counted() -> None:
    rows = re.findall(r"^\| (\w+) \| `(\w+)` \| (\d+) \| (\d+) \| (\d+) \|$", README, re.MULTILINE)
    said = {
        (domain, rule): Sides(forbidden=int(one), allowed=int(two), apart=int(three)) for domain, rule, one, two, three in rows
    }
    assert said == {(domain, rule): sides for domain, rules in met().items() for rule, sides in rules.items()}


def test_the_numbers_of_scenarios_are_those_of_the_files() -> None:
    said = {file: int(number) for file, number in re.findall(r"^\| `([\w/]+\.jsonl)` \| (\d+) scenarios", README, re.MULTILINE)}
    assert said == {str(path.relative_to(FOLDER)): len(list(load([path]))) for path in sorted(FOLDER.rglob("*.jsonl"))}


def test_the_shares_that_end_without_a_change_are_as_said() -> None:
    (found,) = re.findall(
        r"airline's scenarios (\d+) of (\d+) end .* (\d+) more are .* shop's (\d+) and (\d+) of (\d+)\.", README
    )
    counted = []
    for domain in ("airline", "retail"):
        made = shipped(domain)
        whole = sum(not scenario.gold.writes for scenario in made)
        partial = sum(bool(scenario.gold.writes and (scenario.answer.refuse or scenario.answer.transfer)) for scenario in made)
        counted.append((whole, partial, len(made)))
    (whole, partial, airline), (shop, part, retail) = counted
    assert tuple(map(int, found)) == (whole, airline, partial, shop, part, retail)


@pytest.mark.parametrize("domain", servers.names())
def test_every_recipe_tool_and_reaction_is_met(domain: str) -> None:
    """Whatever can be asked, changed and reacted to, and in pairs."""
    made, loaded = shipped(domain), servers.load(domain)
    assert {request.recipe for each in made for request in each.requests} == {recipe.name for recipe in loaded.recipes}
    tools = {tool.name for tool in loaded.tools_of("agent") if tool.kind == "write"}
    assert {write.name for each in made for write in each.gold.writes} == tools
    reactions = {reaction.on for each in made for reaction in each.plot}
    assert {"refused", "proposed", "written"} <= reactions
    assert any(each.provenance.twin_of for each in made) and any(each.answer.transfer for each in made)


@pytest.mark.parametrize("domain", servers.names())
def test_what_one_request_changes_another_needs(domain: str) -> None:
    """In a request that is done in two steps, and between requests that each take one; the other way round it ends elsewhere."""
    worlds, ordered = Worlds(), [scenario for scenario in shipped(domain) if scenario.gold.order]
    two_steps = [each for each in ordered if any(request.recipe in ("spend_refund", "way_round") for request in each.requests)]
    assert two_steps and len(ordered) > len(two_steps)
    for scenario in ordered:
        before, after = scenario.gold.order[0]
        places = list(range(len(scenario.gold.writes)))
        places[before], places[after] = after, before
        turned = Gold(writes=tuple(scenario.gold.writes[place] for place in places))
        assert _ends(*worlds.of(scenario), turned) != _ends(*worlds.of(scenario), scenario.gold), scenario.id


def _ends(domain: Domain, world: World, gold: Gold) -> str:
    try:
        return gold_state(domain, world, gold).digest()
    except GoldFailed as refused:
        return str(refused)


def test_every_persona_and_reaction_is_met() -> None:
    """In one domain at least: every person, what a customer does at a quote, too, and each thing that they can do."""
    made = [scenario for domain in servers.names() for scenario in shipped(domain)]
    assert {each.manner.persona for each in made} == {"", *PERSONAS}
    plots = [reaction for each in made for reaction in each.plot]
    assert {reaction.on for reaction in plots} == {"refused", "proposed", "quoted", "written"}
    assert any(each.change for each in plots) and any(each.withdraw for each in plots) and any(each.ask for each in plots)


@pytest.mark.parametrize("domain", servers.names())
def test_several_policies_are_met(domain: str) -> None:
    """Scenarios under every named policy."""
    variants = servers.load(domain).variants
    assert variants is not None
    met = {scenario.world.source.partition("@")[2] for scenario in shipped(domain)}
    assert set(variants.named) <= met and len(variants.named) >= 5
