"""The dials of a pack: what is asked for is what comes, as far as the world allows, and what it does not allow is said."""

from collections import Counter

import pytest

from engine.scenario import Scenario, encode
from engine.synthesis.dials import BadDial, Dials, Span, dial, merged
from engine.synthesis.generate import Wanted, generate, groups
from engine.synthesis.pack import PER_CUSTOMER, PER_GOLD, SHARE, Pack, gold_of
from engine.synthesis.plot import Plots
from engine.synthesis.presets import PRESETS
from engine.synthesis.tally import BURDENS, Tally
from tests.engine.pack import opened

domains = pytest.mark.parametrize("name", ["retail", "airline"])


def made(name: str, dials: Dials, count: int = 12, seed: int = 4, pack: Pack | None = None) -> list[Scenario]:
    """A pack of a shipped domain."""
    wanted = Wanted(count=count, seed=seed, dials=dials)
    return [scenario for group in groups(*opened(name), wanted, pack or Pack()) for scenario in group]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("3", ((3, 3, 1.0),)),
        ("2-5", ((2, 5, 1.0),)),
        ("0:0.2,1:0.5,2-4:0.3", ((0, 0, 0.2), (1, 1, 0.5), (2, 4, 0.3))),
        ("1:1,2:0", ((1, 1, 1.0),)),
    ],
)
def test_a_dial_is_a_number_a_range_or_shares(text: str, parts: tuple[tuple[int, int, float], ...]) -> None:
    assert dial("writes", text, 6).parts == parts


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("many", "give a number (3), a range (2-5) or shares"),
        ("", "give a number (3)"),
        ("1,2", "give a number (3)"),
        ("7", "7 is none; it goes from 0 to 6"),
        ("4-2", "4-2 is none; it goes from 0 to 6, the lower number first"),
        ("0:0.2,1:0.5", "the shares must add up to 1"),
    ],
)
def test_a_dial_that_cannot_be_read_says_what_may_be(text: str, said: str) -> None:
    with pytest.raises(BadDial) as refused:
        dial("writes", text, 6)
    assert said in str(refused.value) and "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("dials", "said"),
    [
        (Dials(kinds=("normal",), writes=dial("writes", "4", 6)), "--writes has nothing of the kind normal, which has 0-2"),
        (Dials(kinds=("read-heavy",), burden=dial("burden", "0-3", 60)), "read-heavy, which has 5 or more"),
        (Dials(kinds=("write-intensive", None), unchanged=0.6), "--unchanged: at most 0.50 of these kinds"),
        (Dials(unchanged=1.5), "is no share"),
        (Dials(unchanged=0.5, writes=dial("writes", "0", 6)), "--writes 0 leaves no scenario with a change"),
    ],
)
def test_dials_that_exclude_each_other_are_refused(dials: Dials, said: str) -> None:
    with pytest.raises(BadDial) as refused:
        dials.check()
    assert said in str(refused.value)


def test_targets_have_the_shares_of_the_dial_already_in_a_small_pack() -> None:
    """Number after number they fill the shares evenly; another pack begins elsewhere."""
    dials = Dials(writes=dial("writes", "0:0.2,1:0.5,2-3:0.3", 6), burden=dial("burden", "0-4:0.5,5-8:0.5", 60))
    targets = [dials.target("x", number) for number in range(40)]
    writes = Counter(target.writes for target in targets)
    assert abs(writes[Span(0, 0, 0)] - 8) <= 1 and abs(writes[Span(1, 1, 1)] - 20) <= 1
    assert min(writes[Span(2, 2, 2)], writes[Span(3, 3, 3)]) >= 4
    assert abs(Counter(target.burden.low for target in targets)[5] - 20) <= 1
    assert targets != [dials.target("y", number) for number in range(40)]


@domains
def test_writes_and_burden_are_what_the_dials_say(name: str) -> None:
    """Every scenario has the writes and the burden of one of the parts."""
    pack = Pack()
    dials = Dials(writes=dial("writes", "1:0.5,2-3:0.5", 6), burden=dial("burden", "1-4:0.5,5-8:0.5", 60))
    scenarios = made(name, dials, pack=pack)
    assert not pack.missed
    assert {len(scenario.gold.writes) for scenario in scenarios} == {1, 2, 3}
    assert all(1 <= scenario.burden <= 8 for scenario in scenarios)
    assert 4 <= sum(scenario.burden >= 5 for scenario in scenarios) <= 8


@domains
def test_the_share_without_a_change_is_what_the_dial_says(name: str) -> None:
    tally = Tally()
    for scenario in made(name, Dials(kinds=("normal", "read-heavy"), unchanged=0.5)):
        tally.take(scenario)
    assert 5 <= 12 * tally.unchanged <= 7
    assert tally.cells[0, 0] + sum(tally.cells[0, column] for column in range(1, len(BURDENS))) == round(12 * tally.unchanged)


@domains
def test_what_a_world_does_not_yield_is_taken_as_near_as_it_comes_and_said(name: str) -> None:
    """Nobody reads fifty records here: the pack is made all the same, and the report says what was reached."""
    pack, tally = Pack(), Tally()
    for scenario in made(name, Dials(writes=dial("writes", "1", 6), burden=dial("burden", "50-60", 60)), 1, pack=pack):
        tally.take(scenario)
    (missed,) = pack.missed.values()
    assert missed.times == tally.kinds.total() == 1 and 0 < missed.burden < 50
    line = f"not to be had here, 1 times: burden 50-60 with 1 writes; instead up to {missed.burden}"
    assert line in "\n".join(tally.lines(pack))


def test_a_burden_that_all_exceed_is_missed_by_as_little_as_it_can() -> None:
    """Nothing of the shop is read for less than nothing: of what is asked for at no burden, nothing takes more than one read."""
    pack = Pack()
    found = made("retail", Dials(writes=dial("writes", "1", 6), burden=dial("burden", "0", 60)), 6, 0, pack)
    assert pack.missed and max(scenario.burden for scenario in found) <= 2
    assert all(scenario.gold.writes for scenario in found)


def test_pairs_that_are_not_to_be_had_are_said() -> None:
    """What has a plot has no twin."""
    pack, tally = Pack(), Tally()
    for group in groups(*opened("retail"), Wanted(count=6, seed=1, twins=0.8, plots=Plots(share=1.0)), pack):
        tally.take(group[0])
    assert any(line.startswith("twins: ") and "80% were asked for" in line for line in tally.lines(pack))


def test_what_a_small_world_has_more_of_is_said() -> None:
    """Where no other gold is left, one more of each is allowed."""
    pack = Pack()
    assert list(pack.loosened()) == []
    pack.allow_more_of_a_gold()
    assert list(pack.loosened()) == ["up to 3 scenarios of a gold, for want of more here; usually 2"]


@domains
def test_no_recipe_customer_or_gold_takes_too_much_of_a_pack(name: str) -> None:
    """Counted over the pack; the first few requests are too few for a share."""
    domain, _ = opened(name)
    scenarios = made(name, Dials(), 60)
    recipes = Counter(request.recipe for scenario in scenarios for request in scenario.requests)
    assert recipes.most_common(1)[0][1] <= SHARE * recipes.total() + 1
    assert max(Counter(scenario.customer for scenario in scenarios).values()) <= PER_CUSTOMER
    assert max(Counter(gold_of(domain, scenario) for scenario in scenarios).values()) <= PER_GOLD


@domains
def test_dials_and_seed_make_the_pack_to_the_byte(name: str) -> None:
    """What comes does not depend on how many are asked for; another seed makes another pack."""
    dials = PRESETS["writ"](name)
    long, short, other = (made(name, dials, count, seed) for count, seed in ((6, 4), (3, 4), (3, 5)))
    assert [encode(each) for each in long[:3]] == [encode(each) for each in short] != [encode(each) for each in other]


def test_options_win_over_a_preset() -> None:
    """And given writes over the share that it has without a change."""
    preset = PRESETS["tau2-like"]("airline")
    assert merged(preset, {"unchanged": 0.1}).writes == preset.writes
    given = merged(preset, {"writes": dial("writes", "2", 6)})
    assert given.unchanged is None and given.burden == preset.burden


def test_writ_mixes_the_kinds_forty_thirty_thirty() -> None:
    kinds = Counter(PRESETS["writ"]("retail").target("x", number).kind for number in range(100))
    assert kinds == {"normal": 40, "write-intensive": 30, "read-heavy": 30}


@pytest.mark.parametrize(("name", "least", "most"), [("airline", 0.40, 0.55), ("retail", 0.08, 0.15)])
def test_tau2_like_ends_without_a_change_as_often_as_the_public_tasks(name: str, least: float, most: float) -> None:
    dials = PRESETS["tau2-like"](name)
    targets = [dials.target("x", number) for number in range(200)]
    assert least <= sum(target.writes.high == 0 for target in targets) / 200 <= most


def test_the_plain_call_is_the_same_pack() -> None:
    """`generate` is `groups` without what it does not name."""
    plain = list(generate(*opened("retail"), 3, 4, Counter(), ("normal",)))
    assert plain == made("retail", Dials(kinds=("normal",)), 3)
