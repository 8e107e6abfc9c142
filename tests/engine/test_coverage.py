"""How the rules of a policy are met by a pack: forbidden, allowed, and allowed by one fact alone."""

from collections import Counter

import pytest

import servers
from engine.scenario import Scenario
from engine.synthesis.coverage import Sides, coverage
from engine.synthesis.generate import NoScenario, generate
from engine.worlds import Worlds
from servers.worlds import open_world

LIGHTS = servers.load("tests.domains.lights")
WORLD = open_world(LIGHTS, "small:1")


def pack(count: int, rule: str | None = None) -> list[Scenario]:
    return list(generate(LIGHTS, WORLD, count, 3, Counter(), rules=(rule,)))


def test_every_request_is_on_one_side_and_every_lamp_could_have_been_recalled() -> None:
    made = pack(30)
    forbidden = sum(len(scenario.answer.refuse) for scenario in made)
    asked = sum(len(scenario.requests) for scenario in made)
    assert 0 < forbidden < asked
    sides = coverage(made, Worlds())[LIGHTS.name]
    assert sides == {"recalled": Sides(forbidden=forbidden, allowed=asked - forbidden, apart=asked - forbidden)}


def test_a_rule_that_is_wanted_forbids_something_in_every_scenario() -> None:
    assert all({refusal.rule for refusal in scenario.answer.refuse} == {"recalled"} for scenario in pack(8, "recalled"))


def test_a_rule_that_never_forbids_anything_makes_no_scenario() -> None:
    with pytest.raises(NoScenario, match="nothing is forbidden by out_of_the_world"):
        pack(1, "out_of_the_world")


def test_a_rule_that_a_pack_does_not_meet_has_no_sides() -> None:
    fine = [scenario for scenario in pack(30) if len(scenario.requests) == 1 and scenario.gold.writes][:1]
    domain = servers.load("retail")
    shop = list(generate(domain, open_world(domain, "small:7"), 6, 5, Counter()))
    sides = coverage([*fine, *shop], Worlds())
    assert sides["retail"]["items_at_once"] == Sides()
    assert sides[LIGHTS.name]["recalled"] == Sides(allowed=1, apart=1)
