"""Runs of shards become the run that one machine would have made, byte for byte, or it is said what is missing."""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from engine.checkers.verdict import Verdict
from engine.journal import Journal, Judged, Retried, key
from engine.scenario import encode
from tests.engine.stages import scenarios
from tests.engine.test_shards import contents
from tests.engine.writ import Finished, writ

OPTIONS = ("--tools", "direct", "--trials", "2")
SHARDS = ("1/3", "2/3", "3/3")


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a pack, the runs of its three shards (1, 2, 3), and the undivided run (whole)."""
    folder = tmp_path_factory.mktemp("parts")
    (folder / "lights.jsonl").write_bytes(b"".join(map(encode, scenarios())))
    for name, more in [("whole", ()), *((shard[0], ("--shard", shard)) for shard in SHARDS)]:
        told = writ("run", "lights.jsonl", *OPTIONS, *more, "--quiet", "--out", name, cwd=folder)
        assert told.returncode == 0, told.stderr
    return folder


@pytest.fixture
def here(parts: Path, tmp_path: Path) -> Path:
    """A copy that a test may change."""
    return Path(shutil.copytree(parts, tmp_path / "parts"))


def merge(here: Path, *words: object) -> Finished:
    return writ("merge", *words, cwd=here)


@pytest.mark.parametrize("order", [("1", "2", "3"), ("3", "1", "2")])
def test_merged_shards_are_the_undivided_run(here: Path, order: tuple[str, ...]) -> None:
    """Journal, rows and counts, whatever the order; run again it plays nothing, and it can be looked at."""
    told = merge(here, *order, "--out", "out", "--json")
    assert (told.returncode, told.stderr) == (0, "")
    assert contents(here / "out") == contents(here / "whole")
    summary = json.loads(told.stdout)
    assert (summary["conversations"], summary["out"]) == (60, "out")
    assert not list(here.glob(".out*"))
    again = writ("run", "lights.jsonl", *OPTIONS, "--out", "out", cwd=here)
    assert (again.returncode, again.stderr) == (0, "")
    assert contents(here / "out") == contents(here / "whole")
    first = scenarios()[0].id
    assert "accepted" in writ("show", "out", f"{first}#1", cwd=here).stdout


def test_a_shard_that_is_not_there_is_said_and_nothing_is_written(here: Path) -> None:
    told = merge(here, "1", "3", "--out", "out")
    assert (told.returncode, told.stdout) == (1, "")
    assert told.stderr.splitlines() == [
        "missing: shard 2/3",
        "nothing was written; run what is missing, or merge what is there with --partial",
    ]
    assert sorted(path.name for path in here.iterdir()) == ["1", "2", "3", "lights.jsonl", "whole"]


def test_what_is_there_is_merged_when_that_is_asked_for_and_the_rest_is_played_by_a_run(here: Path) -> None:
    told = merge(here, "1", "3", "--out", "out", "--partial", "--json")
    assert (told.returncode, told.stderr) == (0, "missing: shard 2/3\n")
    assert json.loads(told.stdout)["conversations"] == 40
    rest = writ("run", "lights.jsonl", *OPTIONS, "--out", "out", cwd=here)
    assert (rest.returncode, rest.stderr) == (0, "60 conversations, 40 of them done before\n")
    assert contents(here / "out") == contents(here / "whole")


def test_conversations_that_were_not_carried_out_are_named(here: Path) -> None:
    """One a line up to twenty, then a count."""
    with Journal(here / "2" / "journal.sqlite") as journal:
        for conversation in [conversation for conversation, *_ in journal.begun()][:3]:
            journal.write([Retried(conversation, "tool failed")])
    told = merge(here, "1", "2", "3", "--out", "out")
    second, fifth = scenarios()[1].id, scenarios()[4].id
    lines = [f"missing: conversation {name}" for name in (f"{second}#0", f"{second}#1", f"{fifth}#0")]
    assert (told.returncode, told.stderr.splitlines()[:-1]) == (1, lines)
    with Journal(here / "3" / "journal.sqlite") as journal:
        for conversation, *_ in list(journal.begun()):
            journal.write([Retried(conversation, "tool failed")])
    lines = merge(here, "1", "2", "3", "--out", "out").stderr.splitlines()
    assert (len(lines), lines[20]) == (22, "missing: 3 more conversations")


def test_a_conversation_that_two_runs_have_is_refused_by_its_key(here: Path) -> None:
    told = merge(here, "1", "2", "3", "whole", "--out", "out")
    assert told.returncode == 2
    name = f"{scenarios()[0].id}#0"
    assert told.stderr == f"whole: has the conversation {name} (key 0), which 1 has too; give one of the two\n"
    assert not (here / "out").exists() and not list(here.glob(".out*"))


def test_runs_of_other_content_are_refused_with_what_differs(here: Path) -> None:
    other = writ("run", "lights.jsonl", *OPTIONS, "--shard", "2/3", "--seed", "5", "--quiet", "--out", "other", cwd=here)
    assert other.returncode == 0
    told = merge(here, "1", "other", "3", "--out", "out")
    assert told.returncode == 2
    assert told.stderr == "other: is another run than 1 (in seed); only parts of one run can be merged\n"


def test_scenarios_that_have_moved_are_named_and_others_are_refused(here: Path) -> None:
    pack = here / "lights.jsonl"
    moved = pack.rename(here / "moved.jsonl")
    told = merge(here, "1", "2", "3", "--out", "out")
    assert told.returncode == 2
    assert told.stderr == "lights.jsonl: the scenarios are no longer there as they were; name them: --scenarios PATH\n"
    assert merge(here, "1", "2", "3", "--out", "out", "--scenarios", moved).returncode == 0
    assert contents(here / "out") == contents(here / "whole")
    pack.write_bytes(moved.read_bytes().splitlines(keepends=True)[0])
    told = merge(here, "1", "2", "3", "--out", "other", "--scenarios", pack)
    assert told.returncode == 2 and "these are not the scenarios of 1" in told.stderr


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("1", "nowhere"), "nowhere: no run is there"),
        (("1", "2", "3", "--out", "whole"), "whole: is there already; choose another --out"),
    ],
)
def test_bad_input_is_a_line(here: Path, words: tuple[str, ...], line: str) -> None:
    told = merge(here, *words, *(() if "--out" in words else ("--out", "out")))
    assert told.returncode == 2
    assert told.stderr.startswith(line) and told.stderr.count("\n") == 1


def test_a_merge_that_was_killed_is_begun_anew(here: Path) -> None:
    """What it had written so far lies under another name, and is no obstacle."""
    unfinished = here / ".out.unfinished"
    unfinished.mkdir()
    for name in ("journal.sqlite", "journal.sqlite-wal", "accepted.jsonl"):
        (unfinished / name).write_bytes(b"the beginning of something")
    assert merge(here, "1", "2", "3", "--out", "out").returncode == 0
    assert contents(here / "out") == contents(here / "whole")


def test_shards_may_be_carried_out_by_workers_and_differ_in_their_number(here: Path) -> None:
    """A shard in two processes, and one of them divided once more."""
    for shard, name in (("2/6", "a"), ("5/6", "b")):
        options = (*OPTIONS, "--shard", shard, "--workers", 2, "--quiet", "--out", name)
        assert writ("run", "lights.jsonl", *options, cwd=here).returncode == 0
    told = merge(here, "1", "3", "a", "b", "--out", "out", "--quiet")
    assert (told.returncode, told.stderr) == (0, "")
    assert contents(here / "out") == contents(here / "whole")


def test_a_run_that_was_ended_while_its_workers_played_is_refused(here: Path) -> None:
    """What they did is not in its journal yet."""
    shutil.copytree(here / "2", here / "2" / "workers" / "1-1")
    told = merge(here, "1", "2", "3", "--out", "out")
    assert (told.returncode, told.stderr) == (2, "2: was ended while its workers played; repeat its command first\n")
    assert not list(here.glob("*out*")) + list(here.glob(".out*"))


@pytest.mark.parametrize(
    ("note", "value"),
    [("content", '{"speed": 3}'), ("content", "x"), ("paths", "3"), ("shard", "x"), ("asked trials", "x"), ("wall_s", "x")],
)
def test_settings_that_are_not_known_here_are_one_line(here: Path, note: str, value: str) -> None:
    with Journal(here / "2" / "journal.sqlite") as journal:
        journal.set_note(note, value)
    told = merge(here, "1", "2", "3", "--out", "out")
    line = "2: this version cannot read its settings; merge it with the one that made it\n"
    assert (told.returncode, told.stderr) == (2, line)


def test_merging_makes_nothing_in_the_runs(here: Path) -> None:
    """So they may lie where nobody can write."""
    names = {shard: sorted(path.name for path in (here / shard).iterdir()) for shard in "123"}
    assert "journal.sqlite-wal" not in names["1"]
    files = [here / shard / name for shard, there in names.items() for name in there]
    before = [path.read_bytes() for path in files]
    assert merge(here, "1", "2", "3", "--out", "out").returncode == 0
    assert {shard: sorted(path.name for path in (here / shard).iterdir()) for shard in "123"} == names
    assert [path.read_bytes() for path in files] == before


@pytest.mark.parametrize("damage", ["UPDATE verdicts SET body = 'x'", "UPDATE events SET body = '{}' WHERE number > 0"])
def test_a_part_that_is_damaged_is_named(here: Path, damage: str) -> None:
    """Another output folder would not help, nor would space."""
    with closing(sqlite3.connect(here / "2" / "journal.sqlite")) as database:
        database.executescript(damage)
    told = merge(here, "1", "2", "3", "--out", "out")
    assert (told.returncode, told.stderr.count("\n")) == (1, 1)
    assert told.stderr.startswith("2/journal.sqlite: the journal is damaged: ") and "--out" not in told.stderr


def test_a_part_that_is_no_database_is_named(here: Path) -> None:
    path = here / "2" / "journal.sqlite"
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"x" * (len(whole) - 4096))
    told = merge(here, "1", "2", "3", "--out", "out")
    assert told.returncode == 1 and told.stderr.startswith("2/journal.sqlite: "), told.stderr
    assert "it is damaged" in told.stderr and "space" not in told.stderr and "--out" not in told.stderr


def test_what_failed_in_a_part_is_tried_again_by_a_run_of_the_whole(here: Path) -> None:
    """Not by merging once more."""
    with Journal(here / "2" / "journal.sqlite") as journal:
        journal.write([Judged(key(1, 0), Verdict(standing="failed", reason="tool failed", blame="environment"))])
    told = merge(here, "1", "2", "3", "--out", "out")
    assert told.returncode == 1
    assert "1 conversations could not be carried out or judged; 'python -m engine run … --out out' tries" in told.stderr
