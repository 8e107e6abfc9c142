"""A recorded run under today's checkers, and beside a person's labels."""

import json
import sqlite3
from pathlib import Path

import pytest

from engine.scenario import Expected, encode
from tests.engine import pack
from tests.engine.writ import writ


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """Six conversations, three of them by an agent that asks nobody."""
    (tmp_path / "pack.jsonl").write_bytes(b"".join(map(encode, pack.scenarios(64)[:6])))
    made = writ(
        "run", "pack.jsonl", "--tools", "direct", "--agent", "flawed:without_yes", "--out", "out", "--quiet", cwd=tmp_path
    )
    assert made.returncode == 0
    return tmp_path / "out"


def names(folder: Path, standing: str) -> list[str]:
    with sqlite3.connect(folder / "journal.sqlite") as journal:
        query = "SELECT scenario || '#' || trial FROM conversations WHERE standing = ? ORDER BY conversation"
        return [name for (name,) in journal.execute(query, (standing,))]


def test_a_run_judged_again_by_the_same_checkers_comes_to_the_same(run: Path) -> None:
    """Nothing is judged otherwise, and nothing in the folder is changed."""
    before = {path.name: path.read_bytes() for path in run.iterdir()}
    told = writ("rejudge", run, "--json", cwd=run.parent)
    found = json.loads(told.stdout)
    assert (told.returncode, found["conversations"], found["changed"]) == (0, 6, [])
    assert {path.name: path.read_bytes() for path in run.iterdir()} == before
    assert found["now"] == found["then"] and found["now"]["rejected"] == len(names(run, "rejected")) > 0


def test_a_run_is_judged_again_by_its_own_gates_from_wherever_its_scenarios_lie(run: Path) -> None:
    """Gold asks nobody, so that only its outcome is judged; and a file may have been moved."""
    pack_of_writes = [each for each in pack.scenarios(64) if each.gold.writes and each.answer == Expected()][:6]
    (run.parent / "writes.jsonl").write_bytes(b"".join(map(encode, pack_of_writes)))
    assert writ("run", "writes.jsonl", "--agent", "gold", "--out", "gold", "--quiet", cwd=run.parent).returncode == 0
    (run.parent / "writes.jsonl").rename(run.parent / "moved.jsonl")
    lost = writ("rejudge", "gold", cwd=run.parent)
    assert (lost.returncode, lost.stderr.count("\n")) == (2, 1)
    told = json.loads(writ("rejudge", "gold", "--scenarios", "moved.jsonl", "--json", cwd=run.parent).stdout)
    assert (told["now"], told["changed"]) == ({"accepted": 6}, [])


def test_other_gates_come_to_other_verdicts_and_each_is_said(run: Path) -> None:
    """By the outcome alone a write without a yes is right."""
    told = writ("rejudge", run, "--gates", "state,answer", cwd=run.parent)
    rejected = names(run, "rejected")
    assert told.returncode == 0
    assert [
        line.partition(":")[0] for line in told.stdout.splitlines() if ": accepted; it was rejected, policy" in line
    ] == rejected
    assert f"6 accepted; {len(rejected)} are judged otherwise" in told.stdout


def test_labels_of_a_person_are_compared(run: Path) -> None:
    """Agreement, precision and recall of what is accepted; those apart by name; labels of what is not there are said."""
    good, bad = names(run, "accepted"), names(run, "rejected")
    lines = [{"conversation": name, "keep": True} for name in (*good, bad[0])] + [{"conversation": "gone", "label": "reject"}]
    (run.parent / "labels.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    told = json.loads(writ("rejudge", run, "--labels", "labels.jsonl", "--json", cwd=run.parent).stdout)["labels"]
    assert (told["labelled"], told["agree"]) == (len(good) + 1, len(good))
    assert (told["precision"], told["recall"]) == (1.0, pytest.approx(len(good) / (len(good) + 1)))
    assert told["disagreements"] == [{"conversation": bad[0], "label": "keep", "reason": "policy"}]
    assert told["unknown"] == ["gone#0"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "is no label"),
        ('{"keep": true}', "needs 'conversation'"),
        ('{"conversation": "a"}', "needs 'conversation' (id#trial) and 'keep'"),
        ('{"conversation": "a", "label": "maybe"}', "is no label"),
        ('{"conversation": "b", "keep": true}', "'b#0' was labelled before"),
    ],
)
def test_a_label_that_is_none_is_named_by_its_line(run: Path, line: str, said: str) -> None:
    """File, line, and what is wrong, in one line."""
    (run.parent / "labels.jsonl").write_text('{"conversation": "b", "keep": false}\n' + line)
    told = writ("rejudge", run, "--labels", "labels.jsonl", cwd=run.parent)
    assert (told.returncode, told.stderr.count("\n")) == (2, 1)
    assert told.stderr.startswith("labels.jsonl:2: ") and said in told.stderr


def test_a_run_whose_scenarios_are_others_now_is_refused(run: Path) -> None:
    """Judging it by them would be wrong in silence."""
    (run.parent / "pack.jsonl").write_bytes(b"".join(map(encode, pack.scenarios(64)[3:9])))
    told = writ("rejudge", run, cwd=run.parent)
    assert (told.returncode, told.stderr.count("\n")) == (2, 1) and "is not what was played; put the files back" in told.stderr
    missing = writ("rejudge", run.parent / "nowhere", cwd=run.parent)
    assert (missing.returncode, missing.stderr.count("\n")) == (2, 1) and "no run is there" in missing.stderr
