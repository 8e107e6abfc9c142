"""Two runs compared, paired by scenario and trial: figures against counting by hand, and the command."""

import json
import shutil
from collections.abc import Mapping, Sequence
from itertools import product
from math import isclose
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from engine.checkers.verdict import Verdict
from engine.journal import Journal, Judged, key
from engine.scenario import GoldWrite, Scenario, WorldRef
from engine.scoring.comparing import Changed, Comparison, Trial
from engine.scoring.estimate import sign_test
from engine.scoring.outcome import Outcome
from tests.engine.writ import DIGEST, PRICE, scenario, writ, written

GOLD = ("--agent", "gold", "--tools", "direct", "--quiet")
LETTERS: Mapping[str, Outcome] = {
    "r": Outcome(right=True),
    "w": Outcome(right=False, why="state"),
    "u": Outcome(right=None, why="user"),
}


def _run(**trials: str) -> list[Trial]:
    """Scenarios by name, each with a letter a trial: right, wrong, the user's fault."""
    return [(scenario(name), place, LETTERS[letter]) for name, each in trials.items() for place, letter in enumerate(each)]


@settings(max_examples=40)
@given(st.lists(st.tuples(st.text("rwu", max_size=4), st.text("rwu", max_size=4)), max_size=6))
def test_figures_are_those_of_counting_by_hand(each: list[tuple[str, str]]) -> None:
    """Trials that both have and that count in both; a scenario weighs the same however many of them it has."""
    runs = [_run(**{f"s{place}": pair[side] for place, pair in enumerate(each)}) for side in (0, 1)]
    found = Comparison(*runs)
    paired = [[two for two in zip(*pair, strict=False) if "u" not in two] for pair in each]
    counted = [two for two in paired if two]
    assert found.pairs == sum(map(len, counted))
    row = found.overall()
    if not counted:
        assert row is None
        return
    shares = [[sum(two[side] == "r" for two in pairs) / len(pairs) for side in (0, 1)] for pairs in counted]
    assert row is not None
    assert row.wins == sum(second > first for first, second in shares)
    assert row.losses == sum(second < first for first, second in shares)
    assert row.ties == sum(second == first for first, second in shares)
    assert isclose(row.first, sum(first for first, _ in shares) / len(shares), abs_tol=1e-9)
    assert isclose(row.second, sum(second for _, second in shares) / len(shares), abs_tol=1e-9)
    assert isclose(row.difference.value, row.second - row.first, abs_tol=1e-9)
    assert row.difference.low - 1e-9 <= row.difference.value <= row.difference.high + 1e-9
    assert row.p == sign_test(row.wins, row.losses)
    assert len(found.changed) == sum(two in (("r", "w"), ("w", "r")) for pairs in counted for two in pairs)


def test_turned_round_it_says_the_opposite() -> None:
    first, second = _run(a="rr", b="wr", c="ww", d="wu"), _run(a="rw", b="rr", c="wr", d="rr")
    there, back = Comparison(first, second).overall(), Comparison(second, first).overall()
    assert there is not None and back is not None
    assert (there.wins, there.losses, there.p) == (back.losses, back.wins, back.p) == (3, 1, 0.625)
    assert there.difference.value == -back.difference.value == 0.375


def test_what_changed_is_named_with_the_check_that_rejected_it() -> None:
    """In either direction; what counts in one run alone is no change."""
    asked = Outcome(right=False, why="answer")
    first, second = _run(a="rw", b="ru"), _run(a="wr", b="rr")
    second[0] = (second[0][0], 0, asked)
    found = Comparison(first, second)
    assert found.changed == [
        Changed(scenario="a", trial=0, better=False, check="answer"),
        Changed(scenario="a", trial=1, better=True, check="state"),
    ]
    assert dict(found.left_out) == {("first", "user"): 1}


def test_only_the_same_scenarios_are_compared() -> None:
    """Wherever their world lies; what is only called alike is not."""
    moved = replace(scenario("a"), world=WorldRef(source="elsewhere.json", digest=DIGEST))
    other = replace(scenario("b"), instruction="Another one.")
    right = LETTERS["r"]
    found = Comparison(_run(a="r", b="r", c="r"), [(moved, 0, right), (other, 0, right), (scenario("d"), 0, right)])
    assert (found.pairs, found.alone, found.other) == (1, (1, 1), 1)


def test_a_clear_difference_is_told_from_none() -> None:
    """Thirty scenarios: of a tenth better alone chance is not to be told apart, of a third it is."""
    names = [f"s{place}" for place in range(30)]
    rows = {
        better: Comparison(
            _run(**dict.fromkeys(names, "w")), _run(**{name: "r" if place < better else "w" for place, name in enumerate(names)})
        ).overall()
        for better in (3, 10)
    }
    few, many = rows[3], rows[10]
    assert few is not None and many is not None
    assert few.p == 0.25 and many.p < 0.01 and many.difference.low > 0.1 and many.difference.high < 0.6


Made = tuple[Path, list[Scenario]]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Two runs of gold over four tasks in two trials, with verdicts that differ, and one over another task."""
    tmp_path, dear = tmp_path_factory.mktemp("runs"), GoldWrite(name="set_price", arguments={"book_id": "b2", "price": 3})
    pack = [scenario("price", PRICE), scenario("both", PRICE, dear), scenario("title", tell=("Title 3",)), scenario("last", dear)]
    written(tmp_path / "pack.jsonl", pack)
    written(tmp_path / "other.jsonl", [replace(pack[0], id="strange")])
    written(tmp_path / "half.jsonl", pack[:2])
    for out, file in (("a", "pack"), ("b", "pack"), ("other", "other"), ("half", "half")):
        assert writ("run", f"{file}.jsonl", *GOLD, "--trials", 2, "--out", out, cwd=tmp_path).returncode == 0
    _rejudge(tmp_path / "a", {(0, 0): "state", (0, 1): "state", (1, 0): "policy", (2, 0): "user"})
    _rejudge(tmp_path / "b", {(3, 1): "answer"})
    return tmp_path, pack


def _rejudge(run: Path, rejected: Mapping[tuple[int, int], str]) -> None:
    with Journal(run / "journal.sqlite") as journal:
        for place, check in rejected.items():
            blame: Any = "user" if check == "user" else "agent"
            journal.write([Judged(key(*place), Verdict(standing="rejected", reason=check, blame=blame))])


def _compared(folder: Path, *words: str) -> dict[str, Any]:
    told = writ("compare", *words, "--json", cwd=folder)
    assert told.returncode == 0, told.stderr
    found: dict[str, Any] = json.loads(told.stdout)
    return found


def test_compare_says_which_run_is_better_where_and_why(runs: Made) -> None:
    folder, _ = runs
    found = _compared(folder, "a", "b", "--by", "writes")
    assert (found["trials"], found["scenarios"], found["wins"], found["losses"], found["ties"]) == (7, 4, 2, 1, 1)
    assert (found["first"], found["second"], found["difference"], found["p"]) == (0.625, 0.875, 0.25, 1.0)
    assert found["left_out"] == {"first: user": 1}
    assert [(each["scenario"], each["trial"], each["better"], each["check"]) for each in found["changed"]] == [
        ("price", 0, True, "state"),
        ("price", 1, True, "state"),
        ("both", 0, True, "policy"),
        ("last", 1, False, "answer"),
    ]
    assert {label: (row["wins"], row["losses"]) for label, row in found["by_writes"].items()} == {
        "0": (0, 0),
        "1": (1, 1),
        "2": (1, 0),
    }
    assert found == _compared(folder, "a", "b", "--by", "writes")
    lines = writ("compare", "a", "b", cwd=folder).stdout.splitlines()
    assert any("7 trials compared; left out: 1 user in the first" in line for line in lines)
    assert lines[-1] == "  - last#1 rejected now: answer" and "  + price#0 right now, was rejected: state" in lines


def test_runs_that_share_some_scenarios_are_compared_by_those(runs: Made) -> None:
    """It says how many there are."""
    folder, _ = runs
    found = _compared(folder, "a", "half")
    assert (found["scenarios"], found["trials"], found["only_in_first"], found["only_in_second"]) == (2, 4, 2, 0)
    assert "4 trials compared; 2 scenarios only in the first" in writ("compare", "a", "half", cwd=folder).stdout


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("a", "other"), "a and other: share no scenario; compare runs over the same files"),
        (("a", "nowhere"), "nowhere: no run is there"),
        (("a", "b", "--by", "size"), "--by: 'size' is none; choose domain"),
        (("a", "b", "--reward", "gold"), "--reward: 'gold' is none; choose accepted, public"),
        (("a", "b", "--reward", "public"), "a and b: share no task of a public benchmark"),
    ],
)
def test_what_cannot_be_compared_is_one_line(runs: Made, words: Sequence[str], line: str) -> None:
    told = writ("compare", *words, cwd=runs[0])
    assert told.returncode == 2 and told.stderr.startswith(line) and told.stderr.count("\n") == 1, told.stderr


def test_runs_of_which_nothing_counts_say_so(runs: Made) -> None:
    """And those whose scenarios are only called alike."""
    folder, pack = runs
    shutil.copytree(folder / "a", folder / "users")
    _rejudge(folder / "users", dict.fromkeys(product(range(4), range(2)), "user"))
    told = writ("compare", "users", "b", cwd=folder)
    assert told.returncode == 2 and "share scenarios, and no trial that counts in both (8 user in the first)" in told.stderr
    written(folder / "changed.jsonl", [replace(each, instruction="Another.") for each in pack])
    assert writ("run", "changed.jsonl", *GOLD, "--out", "changed", cwd=folder).returncode == 0
    told = writ("compare", "half", "changed", cwd=folder)
    assert told.returncode == 2 and "share no scenario; 2 are called alike and are not the same" in told.stderr


def test_the_public_reward_may_be_compared_instead(runs: Made) -> None:
    """Right by the basis though the checks reject it."""
    folder, pack = runs
    written(folder / "public.jsonl", [replace(each, basis=("DB",)) for each in pack])
    for run in ("c", "d"):
        assert writ("run", "public.jsonl", *GOLD, "--trials", 2, "--out", run, cwd=folder).returncode == 0
    assert _compared(folder, "c", "d", "--reward", "public")["first"] == 1.0
