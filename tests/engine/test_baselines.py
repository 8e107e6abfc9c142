"""What agents without judgement score by the state alone."""

import pytest

from engine.scenario import Scenario
from engine.synthesis.baselines import BASELINES, always_complies, always_hands_over, always_refuses, guesses, scores
from engine.synthesis.dials import Dials
from engine.synthesis.generate import Wanted, groups
from engine.synthesis.pack import Pack
from servers.domain import Domain
from servers.state import World
from tests.engine.pack import opened

domains = pytest.mark.parametrize("name", ["retail", "airline"])


def pack(name: str, count: int = 10, **dials: object) -> list[tuple[Scenario, Domain, World]]:
    domain, world = opened(name)
    wanted = Wanted(count=count, seed=6, dials=Dials(**dials))  # type: ignore[arg-type]
    return [(group[0], domain, world) for group in groups(domain, world, wanted, Pack())]


@domains
def test_who_does_nothing_passes_where_nothing_is_to_be_done(name: str) -> None:
    made = pack(name, kinds=("normal",), unchanged=0.5)
    for each in made:
        assert always_refuses(*each) == always_hands_over(*each) == (not each[0].gold.writes)
    assert 0.3 <= scores(made)["always refuses"] <= 0.7


@domains
def test_who_complies_passes_where_everything_is_allowed(name: str) -> None:
    """And nowhere where a rule alone stands in the way: the airline's tools let a forbidden cancellation through."""
    for each in pack(name, kinds=("normal",)):
        if not each[0].answer.refuse and each[0].answer.transfer is None:
            assert always_complies(*each) == 1.0


def test_who_complies_does_what_only_a_rule_forbids() -> None:
    """The airline's tools cancel what its policy does not let go; the shop's refuse to cancel what was shipped."""
    cancelled = pack("airline", 6, rules=("cancel_window",))
    assert [always_complies(*each) for each in cancelled] == [0.0] * 6
    shipped = pack("retail", 30, rules=("cancel_pending",))
    shipped = [each for each in shipped if [request.recipe for request in each[0].requests] == ["cancel"]]
    assert shipped and [always_complies(*each) for each in shipped] == [1.0] * len(shipped)


@domains
def test_who_guesses_passes_by_one_in_the_number_of_ways(name: str) -> None:
    """Twice as many requests, each with several ways, leave the less; nobody is surer than sure."""
    for each in pack(name, 6):
        ways = [len([edit for edit in decision.edits if edit.decides]) for decision in each[0].decisions]
        chance = guesses(*each)
        assert 0 < chance <= 1
        assert (chance < 1) == any(ways)
        bound = 1.0
        for number in ways:
            bound /= number + 1
        assert chance >= bound


def test_scores_are_means_and_an_empty_pack_has_none() -> None:
    made = pack("retail", 4)
    assert set(scores(made)) == set(BASELINES) and scores([]) == {}
    total = 0.0
    for each in made:
        total += guesses(*each)
    assert scores(made)["guesses"] == total / 4
