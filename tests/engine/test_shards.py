"""Runs in parts: shards of the scenarios, several processes, and all of it the same bytes as one process makes."""

import json
import os
import signal
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.config import BadSettings, settings
from engine.journal import Journal, JournalFailed
from engine.scenario import BadScenario, Scenario, encode, load, stream
from engine.shards import Shard
from engine.workers import left_over
from tests.engine.stages import scenarios
from tests.engine.writ import command, environment, writ, written

TRIALS = 30
OPTIONS = ("--tools", "direct", "--concurrency", "8", "--trials", str(TRIALS))

NUMBERS = st.integers(1, 12)


@given(st.data(), NUMBERS, NUMBERS, st.integers(0, 200))
def test_shards_have_every_place_once_and_so_have_the_parts_of_a_shard(data: Any, of: int, workers: int, count: int) -> None:
    shards = [Shard(index=index, of=of) for index in range(1, of + 1)]
    found = [[place for place in range(count) if shard.has(place)] for shard in shards]
    assert sorted(place for places in found for place in places) == list(range(count))
    assert [shard.count(count) for shard in shards] == list(map(len, found))
    shard = data.draw(st.sampled_from(shards))
    parts = [[place for place in range(count) if shard.part(worker, workers).has(place)] for worker in range(workers)]
    assert sorted(place for places in parts for place in places) == found[shard.index - 1]


@pytest.mark.parametrize("written", ["0/3", "4/3", "1/0", "1", "a/b", "1/2/3", "-1/2", ""])
def test_what_is_no_shard_is_said(written: str) -> None:
    with pytest.raises(BadSettings, match=r"--shard: input should be i/n"):
        settings(None, {"shard": written})


def test_a_shard_is_read_as_it_is_written() -> None:
    assert settings(None, {"shard": "2/5"})[1].shard == Shard(index=2, of=5)
    assert str(Shard.parse("2/5")) == "2/5"
    assert Shard().whole and not Shard(index=1, of=2).whole


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("pack") / "lights.jsonl", scenarios())


@pytest.fixture(scope="module")
def undisturbed(pack: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run by one process."""
    folder = tmp_path_factory.mktemp("undisturbed")
    told = writ("run", pack, *OPTIONS, "--quiet", "--out", folder / "run", cwd=folder)
    assert told.returncode == 0, told.stderr
    return folder / "run"


def contents(folder: Path) -> tuple[str, bytes, bytes, dict[str, Any]]:
    """All that a run comes to, apart from how long it took."""
    with Journal(folder / "journal.sqlite", read_only=True) as journal:
        digest = journal.digest()
    summary = json.loads((folder / "summary.json").read_text())
    timeless = {name: value for name, value in summary.items() if name not in ("wall_s", "cpu_s")}
    return digest, (folder / "accepted.jsonl").read_bytes(), (folder / "rejected.jsonl").read_bytes(), timeless


@pytest.mark.parametrize("workers", [2, 3])
def test_several_workers_make_the_same_bytes_as_one(pack: Path, undisturbed: Path, tmp_path: Path, workers: int) -> None:
    """Journal, rows and counts; nothing of them is left in the folder; repeated, the run plays nothing."""
    told = writ("run", pack, *OPTIONS, "--workers", workers, "--out", "out", cwd=tmp_path)
    assert (told.returncode, told.stderr.splitlines()[0]) == (0, f"{30 * TRIALS} conversations")
    assert contents(tmp_path / "out") == contents(undisturbed)
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {"accepted.jsonl", "rejected.jsonl", "summary.json", "journal.sqlite", "lock"}
    again = writ("run", pack, *OPTIONS, "--workers", workers + 1, "--out", "out", cwd=tmp_path)
    assert (again.returncode, again.stderr) == (0, "")
    assert contents(tmp_path / "out") == contents(undisturbed)


def test_more_workers_than_scenarios_are_not_started(pack: Path, tmp_path: Path) -> None:
    """A run of two scenarios has no use for five workers, one of one scenario for none."""
    for limit in (1, 2):
        options = ("--tools", "direct", "--limit", limit, "--workers", 5, "--json", "--out", tmp_path / str(limit))
        told = writ("run", pack, *options, cwd=tmp_path)
        assert json.loads(told.stdout)["accepted"] == limit, told.stderr


def judged(folder: Path) -> int:
    """How many conversations the workers of a run that goes on have judged so far."""
    count = 0
    for path in folder.glob("workers/*/journal.sqlite"):
        try:
            with Journal(path, read_only=True) as journal:
                count += journal.finished(1 << 40, 1 << 16)
        except JournalFailed:  # it has only just been made
            continue
    return count


def children(process: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def disturbed(pack: Path, cwd: Path, disturb: Callable[[subprocess.Popen[str]], object], workers: int = 2) -> tuple[int, str]:
    """A run by several workers in which something happens when they have judged a few conversations: its status and errors."""
    words = command("run", pack, *OPTIONS, "--workers", workers, "--out", "out")
    with subprocess.Popen(words, cwd=cwd, env=environment(), stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as run:
        while judged(cwd / "out") < 20:
            assert run.poll() is None
        disturb(run)
        _, errors = run.communicate(timeout=60)
    return run.returncode, errors


def kill_a_worker(run: subprocess.Popen[str]) -> None:
    os.kill(children(run.pid)[0], signal.SIGKILL)


def finished(folder: Path) -> int:
    with Journal(folder / "journal.sqlite", read_only=True) as journal:
        return journal.finished(30, TRIALS)


def test_a_worker_that_is_killed_ends_the_run_with_a_line_and_what_has_happened_is_kept(
    pack: Path, undisturbed: Path, tmp_path: Path
) -> None:
    """Also what the killed one did; gone on with by one process, the end is as if nothing had been."""
    status, errors = disturbed(pack, tmp_path, kill_a_worker)
    assert status == 1
    assert errors.splitlines()[-1].endswith(" was killed by signal 9; what has happened is kept, the same command goes on")
    assert "Traceback" not in errors
    done = finished(tmp_path / "out")
    assert 20 <= done < 30 * TRIALS
    assert not (tmp_path / "out" / "accepted.jsonl").exists()
    told = writ("run", pack, *OPTIONS, "--out", "out", cwd=tmp_path)
    assert f"{done} of them done before" in told.stderr
    assert contents(tmp_path / "out") == contents(undisturbed)


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_stops_the_workers_too_and_the_run_says_how_to_go_on(
    number: signal.Signals, status: int, pack: Path, undisturbed: Path, tmp_path: Path
) -> None:
    """They end by themselves, and what they wrote is in the run's journal; another number of them goes on."""
    workers: list[int] = []

    def disturb(run: subprocess.Popen[str]) -> None:
        workers.extend(children(run.pid))
        run.send_signal(number)

    ended, errors = disturbed(pack, tmp_path, disturb)
    assert ended == status, errors
    assert "conversations are judged; what has happened is kept. To go on: python -m engine run" in errors
    assert len(workers) == 2
    assert not any(Path(f"/proc/{worker}").exists() for worker in workers)
    done = finished(tmp_path / "out")
    assert done >= 20
    told = writ("run", pack, *OPTIONS, "--workers", 3, "--out", "out", cwd=tmp_path)
    assert f"{done} of them done before" in told.stderr
    assert contents(tmp_path / "out") == contents(undisturbed)


def test_workers_of_a_run_that_is_killed_stop_and_their_work_is_taken_in(pack: Path, undisturbed: Path, tmp_path: Path) -> None:
    """By whoever goes on, at once, which waits for the last of them to end."""
    status, _ = disturbed(pack, tmp_path, lambda run: run.kill())
    assert status == -signal.SIGKILL
    told = writ("run", pack, *OPTIONS, "--workers", 3, "--out", "out", cwd=tmp_path)
    assert told.returncode == 0, told.stderr
    assert int(told.stderr.split(" conversations, ")[1].split(" of them")[0]) >= 20
    assert contents(tmp_path / "out") == contents(undisturbed)


def test_workers_import_nothing_from_the_folder_in_which_they_are_started(pack: Path, tmp_path: Path) -> None:
    """A file there that has a library's name is no library; the domains of the run are found as the run found them."""
    (tmp_path / "msgspec.py").write_text("raise SystemExit('this is none')\n")
    words = [sys.executable, "-P", "-m", "engine", "run", pack, "--tools", "direct", "--limit", "4", "--workers", "2", "--quiet"]
    told = subprocess.run(words, cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=60)
    assert (told.returncode, told.stderr) == (0, "")


def test_what_workers_left_is_taken_in_in_the_order_in_which_they_were_begun(tmp_path: Path) -> None:
    for name in ("10-1", "2-10", "2-9"):
        (tmp_path / "workers" / name).mkdir(parents=True)
        (tmp_path / "workers" / name / "journal.sqlite").touch()
    assert [path.parent.name for path in left_over(tmp_path)] == ["2-9", "2-10", "10-1"]


def test_a_folder_of_a_shard_is_not_gone_on_with_as_another(pack: Path, tmp_path: Path) -> None:
    options = ("--tools", "direct", "--limit", "6", "--out", "out")
    assert writ("run", pack, *options, "--shard", "2/3", cwd=tmp_path).returncode == 0
    assert (tmp_path / "out" / "accepted.jsonl").read_bytes().count(b"\n") == 2
    for other in (("--shard", "1/3"), ()):
        told = writ("run", pack, *options, *other, cwd=tmp_path)
        assert told.returncode == 2
        assert f"out: holds shard 2/3 of this run, not {other[1] if other else '1/1'}; choose another --out" in told.stderr


def test_a_shard_has_a_folder_of_its_own(pack: Path, tmp_path: Path) -> None:
    """Two shards that are given no folder do not meet."""
    for shard in ("1/2", "2/2"):
        told = writ("run", pack, "--tools", "direct", "--limit", "4", "--shard", shard, "--quiet", cwd=tmp_path)
        assert told.returncode == 0, told.stderr
    names = sorted(path.name.partition("-")[2] for path in (tmp_path / "runs").iterdir())
    assert names == ["1-of-2", "2-of-2"]


def many(path: Path, count: int) -> Path:
    """So many scenarios that differ in their ids alone."""
    line = encode(scenarios()[0])
    name = scenarios()[0].id.encode()
    with path.open("wb") as file:
        for number in range(count):
            file.write(line.replace(name, b"scenario-%d" % number))
    return path


def grown(feed: Callable[[Iterable[Path]], Iterator[Scenario]], path: Path) -> int:
    """Bytes that are held more when the last scenario comes than when the hundredth did."""
    tracemalloc.start()
    try:
        begun = 0
        for number, _ in enumerate(feed([path])):
            if number == 100:
                begun = tracemalloc.get_traced_memory()[0]
        last = tracemalloc.get_traced_memory()[0]
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    return max(last, peak) - begun


def test_scenarios_are_streamed_from_files_of_any_length(tmp_path: Path) -> None:
    """Reading keeps nothing of them; the first time, when their ids are compared, a number each."""
    path = many(tmp_path / "many.jsonl", 20_000)
    assert grown(stream, path) < 200_000
    assert grown(load, path) < 20_000 * 200


def test_an_id_that_comes_again_is_named_with_both_places(tmp_path: Path) -> None:
    path = many(tmp_path / "many.jsonl", 300)
    path.write_bytes(path.read_bytes() + path.read_bytes().splitlines(keepends=True)[41])
    with pytest.raises(BadScenario, match=r"many\.jsonl:301: the id 'scenario-41' was used before, at .*many\.jsonl:42$"):
        list(load([path]))
