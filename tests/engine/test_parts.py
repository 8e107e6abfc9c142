"""Held-out parts: nobody's customer and nobody's recipe in both, and everything to be had of each."""

from collections import Counter
from dataclasses import replace

import pytest

from engine.scenario import Scenario
from engine.synthesis.generate import Wanted, groups
from engine.synthesis.pack import Pack
from engine.synthesis.parts import FEWEST, Part, TooFewRecipes, parts
from engine.synthesis.presets import writ
from tests.engine.pack import opened

NAMES = pytest.mark.parametrize("name", ["retail", "airline"])


@NAMES
def test_two_parts_share_neither_customers_nor_recipes_and_leave_nothing_out(name: str) -> None:
    """A tenth of the customers, by chance, and four recipes; the same for the same seed, others for another."""
    domain, world = opened(name)
    train, rest = parts(domain, world, 0.1, 7)
    held = _recipes(rest)
    assert _recipes(train) | held == _recipes(Part(domain, bool)) and not _recipes(train) & held and len(held) == FEWEST
    customers = world.keys(domain.customers)
    assert all(train.has(customer) != rest.has(customer) for customer in customers)
    assert 0.05 < len([*filter(rest.has, customers)]) / len(customers) < 0.16
    assert _recipes(parts(domain, world, 0.1, 7)[1]) == held
    assert any(_recipes(parts(domain, world, 0.1, seed)[1]) != held for seed in (8, 9))


@NAMES
@pytest.mark.parametrize("seed", [1, 7])
def test_of_the_held_out_recipes_every_kind_can_be_had_with_writes_and_refusals(name: str, seed: int) -> None:
    domain, world = opened(name)
    rest = parts(domain, world, 0.1, seed)[1]
    found = [
        scenario
        for group in groups(rest.domain, world, Wanted(count=20, seed=seed, dials=writ(name)), Pack())
        for scenario in group
    ]
    assert Counter(scenario.kind for scenario in found) == {"normal": 8, "write-intensive": 6, "read-heavy": 6}
    assert any(scenario.gold.writes for scenario in found)
    assert any(_refuses(scenario) for scenario in found) or seed != 7, "of other seeds a refusal may be rarer than one in twenty"


def _refuses(scenario: Scenario) -> bool:
    return bool(scenario.answer.refuse) or scenario.answer.transfer is not None


def _recipes(part: Part) -> set[str]:
    return {recipe.name for recipe in part.domain.recipes}


def test_a_domain_with_few_recipes_cannot_be_parted() -> None:
    domain, world = opened("retail")
    few = replace(domain, recipes=domain.recipes[:7])
    with pytest.raises(TooFewRecipes, match="retail has 7 recipes: too few to hold 4 of them out"):
        parts(few, world, 0.1, 7)
