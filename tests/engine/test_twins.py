"""Twins: two scenarios beside each other that are alike but for one thing."""

from functools import cache

import pytest
from msgspec.structs import replace

from engine.scenario import Scenario
from engine.synthesis.generate import Wanted, groups
from engine.synthesis.pack import Pack, gold_of
from engine.synthesis.soundness import problems
from engine.synthesis.twins import under
from engine.worlds import Worlds
from servers.worlds import open_world
from tests.engine.pack import opened

COUNT = 40

domains = pytest.mark.parametrize("name", ["retail", "airline"])


@cache
def pairs(name: str) -> tuple[tuple[Scenario, ...], ...]:
    """The groups of a pack of which half should stand in pairs."""
    return tuple(groups(*opened(name), Wanted(count=COUNT, seed=2, twins=0.5), Pack()))


def of(name: str, way: str) -> list[tuple[Scenario, Scenario]]:
    """The pairs of a kind: the scenario and its twin."""
    return [(group[0], group[1]) for group in pairs(name) if len(group) > 1 and group[1].id.endswith(f"-{way}")]


@domains
def test_twins_stand_beside_each_other_and_their_ids_say_so(name: str) -> None:
    """About as many as were asked for, never more; all others have none."""
    twins = [group for group in pairs(name) if len(group) > 1]
    assert COUNT / 5 <= 2 * len(twins) <= COUNT / 2
    assert sum(len(group) for group in pairs(name)) == COUNT
    for group in pairs(name):
        assert group[0].provenance.twin_of is None
        for twin in group[1:]:
            assert twin.provenance.twin_of == group[0].id
            assert twin.id in (f"{group[0].id}-plain", f"{group[0].id}-other")
            assert twin.customer == group[0].customer and twin.manner.persona == group[0].manner.persona
            assert set(twin.manner.clauses) <= set(group[0].manner.clauses)


@domains
def test_a_plain_twin_has_the_same_gold_for_fewer_reads(name: str) -> None:
    domain, _ = opened(name)
    found = of(name, "plain")
    assert found
    for scenario, twin in found:
        golds = [gold_of(domain, replace(each, decisions=())) for each in (scenario, twin)]
        assert golds[0] == golds[1] and scenario.gold.writes and scenario.answer.tell == twin.answer.tell
        assert twin.burden < scenario.burden and twin.requests != scenario.requests


@domains
def test_of_the_other_twins_one_is_done_and_one_is_refused(name: str) -> None:
    """One slot of the request is another one, or the policy is."""
    found = of(name, "other")
    assert found
    for scenario, twin in found:
        done, refused = sorted((scenario, twin), key=lambda each: not each.gold.writes)
        assert done.gold.writes and not done.answer.refuse and not done.answer.transfer
        assert not refused.gold.writes and (refused.answer.refuse or refused.answer.transfer)
        (one,), (other,) = scenario.requests, twin.requests
        slots = {slot for slot in {*one.params, *other.params} if one.params.get(slot) != other.params.get(slot)}
        assert one.recipe == other.recipe
        assert len(slots) + (scenario.world.source != twin.world.source) == 1


@domains
def test_twins_are_proven_like_any_scenario(name: str) -> None:
    worlds = Worlds()
    found = [twin for group in pairs(name) for twin in group[1:]]
    assert [problem for twin in found for problem in problems(twin, worlds)] == []


@domains
def test_a_world_under_another_policy_is_the_one_that_its_name_opens(name: str) -> None:
    domain, world = opened(name)
    other = under(domain, world, "strict")
    opens = open_world(domain, "small:7@strict")
    assert (other.source, other.digest) == (opens.source, opens.digest) and other.digest != world.digest


def test_without_being_asked_for_there_are_none() -> None:
    assert all(len(group) == 1 for group in groups(*opened("retail"), Wanted(count=6, seed=2), Pack()))
