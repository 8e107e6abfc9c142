"""A run that was killed goes on where it was: nothing finished is played again, and the end is as if nothing had been."""

import signal
from pathlib import Path

import pytest

from engine.config import Content, Running
from engine.journal import Journal, key
from engine.run import JOURNAL, Run
from tests.engine.stages import scenarios, stage
from tests.engine.test_journal import played, prefixes
from tests.engine.writ import written

CONTENT = Content(seed=stage().seed)


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("pack") / "lights.jsonl", scenarios())


@pytest.fixture(scope="module")
def undisturbed(pack: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("undisturbed")
    assert carried_out(pack, folder, "mcp") == 30
    return folder


def carried_out(pack: Path, folder: Path, tools: str) -> int:
    """How many verdicts a run of the pack in this folder heard."""
    heard: list[str] = []
    running = Running.model_validate({"out": folder, "tools": tools, "concurrency": 8})
    summary = Run([pack], CONTENT, running).carry_out(lambda scenario, *_: heard.append(scenario.id))
    assert summary["conversations"] == 30
    assert len(set(heard)) == len(heard)
    return len(heard)


def contents(folder: Path) -> tuple[str, bytes, bytes]:
    with Journal(folder / JOURNAL) as journal:
        digest = journal.digest()
    return digest, (folder / "accepted.jsonl").read_bytes(), (folder / "rejected.jsonl").read_bytes()


def finished(folder: Path) -> int:
    with Journal(folder / JOURNAL) as journal:
        return sum(journal.verdict(key(place, 0)) is not None for place in range(30))


@pytest.mark.parametrize(("event", "tools"), [(37, "mcp"), (171, "direct"), (392, "mcp")])
def test_a_killed_run_has_a_prefix_and_resumed_it_ends_as_an_undisturbed_one(
    event: int, tools: str, pack: Path, undisturbed: Path, tmp_path: Path
) -> None:
    """Killed hard in the middle of several conversations; the rest may be played over the other toolbox."""
    ended = played(tmp_path / JOURNAL, "event", event)
    assert ended.returncode == -signal.SIGKILL
    kept, done = prefixes(tmp_path / JOURNAL), finished(tmp_path)
    assert sum(kept.values()) <= event
    assert carried_out(pack, tmp_path, tools) == 30 - done
    assert contents(tmp_path) == contents(undisturbed)
    if event > 100:
        assert 0 < done < len(kept) < 30


def test_repeated_a_finished_run_plays_nothing(pack: Path, undisturbed: Path) -> None:
    before = contents(undisturbed)
    assert carried_out(pack, undisturbed, "direct") == 0
    assert contents(undisturbed) == before


def test_a_full_disk_is_said_in_one_line_and_the_run_goes_on_when_there_is_room(
    pack: Path, undisturbed: Path, tmp_path: Path
) -> None:
    path = tmp_path / JOURNAL
    ended = played(path, "size", 200_000)
    assert (ended.returncode, ended.stderr) == (3, "")
    assert ended.stdout.startswith(f"{path}: the journal cannot be written: ")
    assert "repeat the command" in ended.stdout
    assert ended.stdout.count("\n") == 1
    kept, done = prefixes(path), finished(tmp_path)
    assert 0 < done <= len(kept) < 30
    assert carried_out(pack, tmp_path, "mcp") == 30 - done
    assert contents(tmp_path) == contents(undisturbed)
