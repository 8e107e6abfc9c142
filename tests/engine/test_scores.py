"""pass^k: estimators against brute force, intervals, whose doing counts against the agent, groups; and the command."""

import json
from collections import Counter
from collections.abc import Sequence
from itertools import combinations, product
from math import comb, isclose
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from engine.checkers.verdict import Verdict
from engine.conversation.events import Blame
from engine.journal import Journal, Judged, key
from engine.scenario import Evidence, Gold, GoldWrite, Scenario
from engine.scoring.estimate import bootstrap, difference, estimate, pass_hat, sign_test, wilson
from engine.scoring.groups import BY, groups
from engine.scoring.outcome import Outcome, accepted
from engine.scoring.score import Score, ks
from servers.recipe import Request
from tests.engine.writ import PRICE, scenario, writ, written

RIGHT, WRONG = Outcome(right=True), Outcome(right=False, why="state")


@given(st.lists(st.booleans(), min_size=1, max_size=7), st.integers(1, 7))
def test_pass_hat_is_the_share_of_all_choices_of_k_trials_that_are_all_right(trials: list[bool], k: int) -> None:
    """Counted out; more than there are is refused."""
    if k > len(trials):
        with pytest.raises(ValueError, match=rf"pass\^{k} needs {k} trials"):
            pass_hat(len(trials), sum(trials), k)
    else:
        choices = [all(chosen) for chosen in combinations(trials, k)]
        assert pass_hat(len(trials), sum(trials), k) == choices.count(True) / len(choices)


def test_pass_hat_does_not_lean_to_either_side() -> None:
    """Over everything that four trials can come to, weighed by how likely it is, it is the chance that k are all right."""
    for chance, k in product((0.1, 0.5, 0.9), (1, 2, 3, 4)):
        found = [comb(4, right) * chance**right * (1 - chance) ** (4 - right) * pass_hat(4, right, k) for right in range(5)]
        assert isclose(sum(found), chance**k)


@pytest.mark.parametrize(
    ("share", "count", "low", "high"),
    [(0.8, 10, 0.4902, 0.9433), (0.5, 100, 0.4038, 0.5962), (1.0, 10, 0.7225, 1.0), (0.0, 1, 0.0, 0.7935)],
)
def test_wilsons_interval_is_that_of_the_tables(share: float, count: int, low: float, high: float) -> None:
    assert [round(end, 4) for end in wilson(share, count)] == [low, high]


def test_an_interval_is_the_same_every_time() -> None:
    found = [bootstrap([0.0, 0.5, 1.0], [3, 4, 5]) for _ in range(2)]
    assert found[0] == found[1] and 0.3 < found[0][0] < 0.58 < found[0][1] < 0.8


def test_the_bootstrap_finds_what_drawing_scenarios_again_and_again_finds() -> None:
    """Close to the plain one, which draws every scenario."""
    values, counts, random = [0.0, 1 / 3, 1.0], [20, 15, 25], Random("plain")
    units = [value for value, count in zip(values, counts, strict=True) for _ in range(count)]
    drawn = sorted(sum(random.choices(units, k=len(units))) / len(units) for _ in range(2_000))
    low, high = bootstrap(values, counts)
    assert abs(low - drawn[50]) < 0.02 and abs(high - drawn[-51]) < 0.02


def test_an_interval_of_95_percent_has_the_truth_in_it_about_as_often() -> None:
    """Forty scenarios whose chances differ, four trials each: pass^1 and pass^2."""
    random, inside = Random("coverage"), Counter[int]()
    for _ in range(150):
        chances = [random.choice((0.2, 0.6, 1.0)) for _ in range(40)]
        right = Counter(sum(random.random() < chance for _ in range(4)) for chance in chances)
        for k, truth in ((1, 0.6), (2, (0.04 + 0.36 + 1.0) / 3)):
            found = estimate([pass_hat(4, each, k) for each in right], list(right.values()), single=False)
            assert found.method == "bootstrap"
            inside[k] += found.low <= truth <= found.high
    assert all(inside[k] / 150 >= 0.88 for k in (1, 2)), inside
    assert any(inside[k] < 150 for k in (1, 2)), "so wide an interval says nothing"


@pytest.mark.parametrize(("values", "single"), [([0.0, 1.0], True), ([1.0], False), ([0.0], False), ([0.5], False)])
def test_where_a_bootstrap_sees_no_spread_wilson_says_how_much_there_may_be(values: Sequence[float], single: bool) -> None:
    """Ten of ten right is not certainty."""
    found = estimate(values, [5] * len(values), single=single)
    assert found.method == "wilson" and found.low < found.value + 1e-9 and found.high - found.low > 0.2


def test_equal_runs_may_still_differ_by_what_so_few_scenarios_do_not_show() -> None:
    few, many = difference([0.0], [5]), difference([0.0], [500])
    assert (few.value, few.method) == (0.0, "wilson") and few.low == -few.high
    assert few.high > 0.4 > 0.01 > many.high > 0
    better = difference([1.0], [5])
    assert better.high == 1.0 and better.low < 0.2


@pytest.mark.parametrize("better", range(5))
@pytest.mark.parametrize("worse", range(5))
def test_the_sign_test_counts_what_is_as_far_from_even_or_further(better: int, worse: int) -> None:
    """Both tails of every way in which so many coins can fall."""
    coins = better + worse
    ways = [sum(fallen) for fallen in product((0, 1), repeat=coins)]
    far = sum(abs(heads - coins / 2) >= abs(better - coins / 2) for heads in ways)
    assert isclose(sign_test(better, worse), far / len(ways))


def _verdict(standing: Any, reason: str = "", blame: Blame | None = None) -> Verdict:
    return Verdict(standing=standing, reason=reason, blame=blame)


@pytest.mark.parametrize(
    ("verdict", "outcome"),
    [
        (_verdict("accepted"), Outcome(right=True)),
        (_verdict("rejected", "state", "agent"), Outcome(right=False, why="state")),
        (_verdict("rejected", "too many moves", "agent"), Outcome(right=False, why="too many moves")),
        (_verdict("rejected", "state"), Outcome(right=False, why="state")),
        (_verdict("rejected", "user", "user"), Outcome(right=None, why="user")),
        (_verdict("rejected", "user's fault", "user"), Outcome(right=None, why="user")),
        (_verdict("rejected", "gold does not replay", "scenario"), Outcome(right=None, why="scenario")),
        (_verdict("failed", "endpoint failed", "environment"), Outcome(right=None, why="environment")),
        (_verdict("failed", "came to no end"), Outcome(right=None, why="environment")),
        (_verdict("unjudged", "a checker crashed"), Outcome(right=None, why="unjudged")),
        (None, Outcome(right=None, why="not finished")),
    ],
)
def test_only_the_agents_own_doing_counts_against_it(verdict: Verdict | None, outcome: Outcome) -> None:
    assert accepted(verdict) == outcome


def _score(*scenarios: tuple[Scenario, Sequence[Outcome]]) -> Score:
    score = Score()
    for each, outcomes in scenarios:
        for outcome in outcomes:
            score.take(each, outcome)
    return score


TRIALS = st.lists(st.lists(st.sampled_from([True, False, None]), min_size=1, max_size=5), min_size=1, max_size=8)


@given(TRIALS)
def test_a_score_is_the_mean_over_scenarios_that_have_as_many_trials(trials: list[list[bool | None]]) -> None:
    """By brute force, from the trials themselves; what does not count is as if it had never been, and is counted apart."""
    named = [scenario(f"s{place}") for place in range(len(trials))]
    outcomes = [[Outcome(right=right, why="" if right else "user") for right in each] for each in trials]
    score = _score(*zip(named, outcomes, strict=True))
    counted = [[right for right in each if right is not None] for each in trials]
    row = score.overall()
    assert (row.scenarios, score.silent) == (sum(bool(each) for each in counted), sum(not each for each in counted))
    assert (row.counted, row.right) == (sum(map(len, counted)), sum(map(sum, counted)))
    assert score.left_out["user"] == score.conversations - row.counted
    for k in range(1, score.trials + 1):
        fitting = [list(combinations(each, k)) for each in counted if len(each) >= k]
        means = [sum(map(all, chosen)) / len(chosen) for chosen in fitting]
        if means:
            assert isclose(row.estimates[k].value, sum(means) / len(means), abs_tol=1e-12)
            assert row.estimates[k].low <= row.estimates[k].value + 1e-9 and row.estimates[k].scenarios == len(means)
        else:
            assert k not in row.estimates


def test_a_scenario_is_counted_in_each_of_its_groups_once() -> None:
    requests = tuple(Request(recipe=name, params={}) for name in ("swap", "cancel", "swap"))
    decision = Evidence(request=0, outcome="write", fresh=6)
    wide = scenario("wide", requests=requests, gold=Gold(writes=(PRICE,) * 7), decisions=(decision,), kind="read-heavy")
    shelf = "tests.servers.shelf"
    assert groups(wide) == (
        ("domain", shelf),
        ("kind", "read-heavy"),
        ("writes", "6+"),
        ("burden", "5-8"),
        ("recipe", f"{shelf}: swap"),
        ("recipe", f"{shelf}: cancel"),
    )
    parts = _score((scenario("plain", PRICE), [RIGHT, WRONG]), (wide, [WRONG, WRONG])).by()
    assert list(parts) == list(BY) and list(parts["writes"]) == ["1", "6+"] and list(parts["burden"]) == ["0", "5-8"]
    assert {label: row.estimates[1].value for label, row in parts["kind"].items()} == {"normal": 0.5, "read-heavy": 0.0}
    assert len(parts["recipe"]) == 2


def test_of_many_trials_not_every_k_is_shown() -> None:
    assert ks(4) == [1, 2, 3, 4] and ks(1) == [1] and ks(0) == []
    assert ks(70) == [*range(1, 17), 32, 64]
    assert _score((scenario("often"), [RIGHT] * 69 + [WRONG])).overall().estimates[64].value == pytest.approx(6 / 70)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """Three tasks in four trials, of which gold carries out two; then some of it is somebody else's doing."""
    dear = GoldWrite(name="set_price", arguments={"book_id": "b2", "price": 400})
    pack = [scenario("price", PRICE), scenario("dear", dear), scenario("title", tell=("Title 3",))]
    written(tmp_path / "pack.jsonl", pack)
    told = writ("run", "pack.jsonl", "--agent", "gold", "--tools", "direct", "--trials", 4, "--out", "out", cwd=tmp_path)
    assert told.returncode == 0, told.stderr
    wrong, users = _verdict("rejected", "state", "agent"), _verdict("rejected", "user", "user")
    with Journal(tmp_path / "out" / "journal.sqlite") as journal:
        rejected = [Judged(key(1, trial), wrong) for trial in range(4)]
        journal.write([Judged(key(0, 1), wrong), Judged(key(2, 3), users), *rejected])
    return tmp_path


def test_score_says_how_often_the_agent_is_right(run: Path) -> None:
    """As JSON and as a table, by the groups that are asked for."""
    told = writ("score", "out", "--json", "--by", "writes", cwd=run)
    assert told.returncode == 0, told.stderr
    found = json.loads(told.stdout)["accepted"]
    assert (found["trials"], found["conversations"], found["counted"], found["right"]) == (4, 12, 11, 6)
    assert found["left_out"] == {"user": 1}
    assert {k: each["value"] for k, each in found["pass^k"].items()} == {"1": 0.5833, "2": 0.5, "3": 0.4167, "4": 0.0}
    assert found["pass^k"]["4"]["scenarios"] == 2
    assert [*found["by_writes"]] == ["0", "1"] and "by_kind" not in found
    table = writ("score", "out", "--by", "writes", cwd=run).stdout
    assert "12 conversations; 1 do not count: 1 user" in table and "pass^4" in table and "0.583 [" in table
    assert "public" not in table


def test_a_summary_of_several_trials_has_pass_k_and_one_of_a_single_trial_has_none(run: Path) -> None:
    """Beside all that it had."""
    again = ("--agent", "gold", "--tools", "direct")
    assert writ("run", "pack.jsonl", *again, "--trials", 4, "--out", "out", cwd=run).returncode == 0
    summary = json.loads((run / "out" / "summary.json").read_text())
    assert summary["accepted"] == 6 and summary["rejected"] == 6
    told = writ("score", "out", "--json", "--by", "domain", "--by", "kind", cwd=run)
    assert summary["pass^k"] == json.loads(told.stdout)["accepted"]
    assert writ("run", "pack.jsonl", *again, "--out", "single", cwd=run).returncode == 0
    assert "pass^k" not in json.loads((run / "single" / "summary.json").read_text())


def test_what_cannot_be_scored_is_one_line(run: Path) -> None:
    """No run, a grouping that is none, scenario files that have changed or have gone."""
    told = [writ("score", *rest, cwd=run) for rest in (["nowhere"], ["out", "--by", "colour"])]
    written(run / "other.jsonl", [replace(scenario("price", PRICE), instruction="x")])
    told.append(writ("score", "out", "--scenarios", "other.jsonl", cwd=run))
    (run / "pack.jsonl").rename(run / "moved.jsonl")
    told.append(writ("score", "out", cwd=run))
    wanted = [
        "nowhere: no run is there",
        "'colour' is none; choose domain,",
        "is not what was played",
        "pack.jsonl: no such file",
    ]
    for each, line in zip(told, wanted, strict=True):
        assert each.returncode == 2 and line in each.stderr and each.stderr.count("\n") == 1, each
    assert writ("score", "out", "--scenarios", "moved.jsonl", cwd=run).returncode == 0
