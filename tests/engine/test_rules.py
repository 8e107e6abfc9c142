"""Rules as code: tools, policy text, recipes and agents read the same constants, so another world has other right answers."""

from collections import Counter

import msgspec
import pytest

import servers
from engine.scenario import Scenario
from engine.synthesis.generate import generate
from servers.retail.facts import SYNTHETIC, RetailFacts
from servers.state import World
from tests.engine.pack import play, retail


def shop(facts: RetailFacts) -> World:
    """The smallest shop under other constants."""
    domain, world = retail()
    return World(domain=world.domain, source=world.source, facts=facts, tables=world.tables, indexes=domain.indexes)


def rules_met(facts: RetailFacts, seed: int = 2) -> tuple[Counter[str], list[Scenario]]:
    """How often each rule is the reason of a refusal in a pack made under these constants, all of it accepted."""
    world = shop(facts)
    made = list(generate(servers.load("retail"), world, 60, seed, Counter()))
    assert {verdict.standing for _, _, verdict in play(made, world=world)} == {"accepted"}
    return Counter(refusal.rule for scenario in made for refusal in scenario.answer.refuse), made


VARIANTS = [
    SYNTHETIC,
    msgspec.structs.replace(SYNTHETIC, cancel_reasons=("changed my mind about the color", "taking too long to arrive")),
    msgspec.structs.replace(SYNTHETIC, returns_to_gift_card=False, refund_days=(2, 3)),
    msgspec.structs.replace(SYNTHETIC, max_items_changed=1),
]


@pytest.mark.parametrize("facts", VARIANTS, ids=["default", "reasons", "refunds", "one item"])
def test_under_other_constants_other_outcomes_are_right_and_the_expert_finds_them(facts: RetailFacts) -> None:
    """A pack made for a world is accepted in it, with refusals by its own rules."""
    met, made = rules_met(facts)
    assert met
    said = [write.arguments["reason"] for scenario in made for write in scenario.gold.writes if "reason" in write.arguments]
    assert set(said) <= set(facts.cancel_reasons)


def test_the_policy_text_follows_the_constants() -> None:
    """Each variant tells its agent something else."""
    domain, _ = retail()
    texts = [domain.policy(facts) for facts in VARIANTS]
    assert len(set(texts)) == len(texts)
    assert "taking too long to arrive" in texts[1] and "no longer needed" not in texts[1]
    assert "2 to 3" in texts[2]


def test_a_world_with_other_constants_has_another_digest() -> None:
    """The policy is part of what a scenario is pinned to."""
    assert len({shop(facts).digest for facts in VARIANTS}) == len(VARIANTS)
