"""What the making of a pack has taught: what is tried first, which burdens are aimed at."""

from random import Random

from engine.synthesis.dials import HEAVY, Span
from engine.synthesis.experience import REMEMBERED, Experience

LIGHT, MIDDLE, LARGE, HUGE = (Span(low, high, low) for low, high, _ in HEAVY)


def test_a_pack_without_read_heavy_scenarios_aims_at_every_part_of_the_spread() -> None:
    assert Experience().aims(HEAVY, Random(1)) == (LIGHT, MIDDLE, LARGE, HUGE)


def test_a_part_that_has_its_share_is_not_aimed_at() -> None:
    experience = Experience()
    for burden in (5, 6, 7, 9):
        experience.made(burden)
    assert LIGHT not in experience.aims(HEAVY, Random(1)) and MIDDLE in experience.aims(HEAVY, Random(1))


def test_the_share_of_a_part_that_is_never_hit_goes_to_the_one_below() -> None:
    """Fifteen in a hundred want the largest; where nobody reaches it, they want the next."""
    experience, random = Experience(), Random(1)
    for burden in [5] * 40 + [9] * 40 + [12] * 22:
        experience.made(burden)
    assert LARGE not in experience.aims(HEAVY, random)
    for _ in range(40):
        experience.aimed([HUGE], None)
    aims = [experience.aims(HEAVY, random) for _ in range(40)]
    assert len([each for each in aims if LARGE in each]) > 30 > len([each for each in aims if HUGE in each])


def test_of_two_recipes_that_serve_alike_the_cheaper_one_serves_better() -> None:
    experience = Experience()
    for _ in range(20):
        experience.tried("need", "cheap", looks=5, served=True)
        experience.tried("need", "dear", looks=5_000, served=True)
    assert experience.serves("need", "cheap", ()) > 10 * experience.serves("need", "dear", ())


def test_a_recipe_that_takes_a_burden_serves_it_better_than_one_that_does_not() -> None:
    experience = Experience()
    for _ in range(20):
        experience.read("large", 13)
        experience.read("light", 2)
    assert experience.serves("need", "large", [LARGE]) > 10 * experience.serves("need", "light", [LARGE])


def test_what_a_recipe_came_to_long_ago_is_forgotten() -> None:
    """Of the burdens that its proofs came to the last ones count."""
    came, never = Experience(), Experience()
    for burden in [13] * REMEMBERED + [2] * REMEMBERED:
        came.proven(("sale", False), 14, burden)
    for _ in range(REMEMBERED):
        never.proven(("sale", False), 14, 2)
    assert came.serves("need", "sale", [LARGE]) == never.serves("need", "sale", [LARGE])


def test_a_proof_is_seldom_tried_of_what_never_came_out_until_many_drafts_were_made() -> None:
    experience, random = Experience(), Random(1)
    for _ in range(30):
        experience.proven(("sale", False), 9, 2)
    tried = [experience.is_worth(("sale", False), 9, [MIDDLE], 0, random) for _ in range(100)]
    assert len([each for each in tried if each]) < 20
    assert all(experience.is_worth(("sale", False), 9, [MIDDLE], 600, random) for _ in range(20))
