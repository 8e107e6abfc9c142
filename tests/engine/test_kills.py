"""Whatever happens to a run and to its file: the same command ends as if nothing had, or says in one line why it cannot."""

import os
import random
import shutil
import signal
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from engine.cli.failures import explained
from engine.journal import JournalFailed
from engine.run import JOURNAL
from engine.scenario import encode
from tests.engine.kills import Kill, Left, carried_out, command, disturbed, drawn, happened, held, killed, left, mixed
from tests.engine.moments import MOMENTS
from tests.engine.stages import scenarios
from tests.engine.writ import writ

Whole = tuple[Path, Path, Left]
"""A pack, the folder of an undisturbed run of it, and what that left."""


def undisturbed(pack: Path, folder: Path) -> Whole:
    return pack, folder, carried_out(pack, folder, tools="mcp")


@pytest.fixture(scope="module")
def lamps(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    """Thirty conversations about lamps."""
    folder = tmp_path_factory.mktemp("lamps")
    pack = folder / "pack.jsonl"
    pack.write_bytes(b"".join(map(encode, scenarios())))
    return undisturbed(pack, folder / "whole")


@pytest.fixture(scope="module")
def every(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    """A few conversations of every domain, of those that are shipped."""
    folder = tmp_path_factory.mktemp("every")
    return undisturbed(mixed(folder / "pack.jsonl", 3), folder / "whole")


@pytest.mark.parametrize("whole", ["lamps", "every"])
@pytest.mark.parametrize("place", range(len(MOMENTS)), ids=list(MOMENTS))
def test_killed_at_any_moment_a_run_ends_as_an_undisturbed_one(
    whole: str, place: int, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """Twenty kills in all. The campaign has two hundred."""
    pack, folder, expected = request.getfixturevalue(whole)
    kill = drawn(f"some kills of {whole}", len(MOMENTS), folder)[place]
    assert killed(kill, pack, tmp_path / "run")
    assert carried_out(pack, tmp_path / "run") == expected


def test_killed_again_and_again_while_it_goes_on_a_run_still_comes_to_its_end(lamps: Whole, tmp_path: Path) -> None:
    pack, _, expected = lamps
    kept = [0]
    for _ in range(3):
        assert killed(Kill(moment="a commit", number=3, tools="mcp"), pack, tmp_path / "run")
        kept.append(happened(tmp_path / "run"))
    assert sorted(set(kept)) == kept
    assert carried_out(pack, tmp_path / "run") == expected


@pytest.mark.parametrize(("what", "status"), [("int", 130), ("term", 143)])
@pytest.mark.parametrize("moment", ["an event", "judging", "writing rows", "before a rename"])
def test_a_signal_is_a_wish_to_stop_and_what_is_going_on_is_written(
    moment: str, what: str, status: int, lamps: Whole, tmp_path: Path
) -> None:
    """One line that says how to go on; nothing half-made is left in the folder."""
    pack, _, expected = lamps
    ended = disturbed(moment, 2 if "rename" in moment else 12, what, 1, command(pack, tmp_path / "run"))
    assert (ended.returncode, ended.stdout) == (status, "")
    assert ended.stderr.startswith("stopped: ") and ended.stderr.count("\n") == 1
    assert "To go on: " in ended.stderr
    names = {path.name for path in (tmp_path / "run").iterdir()}
    assert not any("unfinished" in name or "-wal" in name for name in names)
    assert carried_out(pack, tmp_path / "run") == expected


@pytest.mark.parametrize(("what", "number"), [("int", signal.SIGINT), ("term", signal.SIGTERM)])
def test_the_second_signal_kills(what: str, number: signal.Signals, lamps: Whole, tmp_path: Path) -> None:
    """Whoever cannot wait loses nothing either."""
    pack, _, expected = lamps
    ended = disturbed("an event", 200, what, 2, command(pack, tmp_path / "run"))
    assert (ended.returncode, ended.stderr) == (-number, "")
    assert carried_out(pack, tmp_path / "run") == expected


@pytest.mark.parametrize(
    ("moment", "number", "room", "file"),
    [
        ("an event", 150, 60_000, JOURNAL),
        ("a commit", 3, 20_000, JOURNAL),
        ("writing rows", 4, 2_000, "accepted.jsonl"),
        ("writing rows", 30, 70_000, "accepted.jsonl"),
        ("the summary", 1, 100, "summary.json"),
    ],
)
def test_a_full_disk_is_said_in_one_line_and_the_run_goes_on_when_there_is_room(
    moment: str, number: int, room: int, file: str, lamps: Whole, tmp_path: Path
) -> None:
    """Exit status 1, by the name of the file that found no room; no other rows than whole ones are there."""
    pack, _, expected = lamps
    out = tmp_path / "run"
    ended = disturbed(moment, number, "full", room, command(pack, out))
    assert (ended.returncode, ended.stdout) == (1, ""), ended.stderr
    assert ended.stderr.startswith(f"{out / file}: ") and ended.stderr.count("\n") == 1
    rows = out / "accepted.jsonl"
    assert rows.read_bytes() == expected[1] if file == "summary.json" else not rows.exists()
    assert carried_out(pack, out) == expected


@pytest.fixture
def open_to_all() -> Iterator[Path]:
    """A folder that others may look into: pytest's own are closed to them, and root may write anywhere."""
    folder = Path(tempfile.mkdtemp(prefix="writ-"))
    folder.chmod(0o755)
    yield folder
    (folder / "run").chmod(0o755)
    shutil.rmtree(folder)


@pytest.mark.parametrize(("moment", "number"), [("an event", 150), ("writing rows", 1), ("the summary", 1)])
def test_a_folder_that_may_no_longer_be_written_is_one_line(moment: str, number: int, lamps: Whole, open_to_all: Path) -> None:
    """The rows need a new file there; what has happened is in the journal that was open."""
    pack, _, expected = lamps
    out = open_to_all / "run"
    ended = disturbed(moment, number, "closed", out, command(pack, out))
    assert (ended.returncode, ended.stdout, ended.stderr.count("\n")) == (1, "", 1), ended.stderr
    assert ended.stderr.startswith(f"{out}/")
    out.chmod(0o755)
    assert carried_out(pack, out) == expected


def test_a_second_run_on_a_folder_is_refused_while_the_first_holds_it(lamps: Whole, tmp_path: Path) -> None:
    """In one line, with nothing changed. When the first was killed the folder is free."""
    pack, _, expected = lamps
    out = tmp_path / "run"
    with held("an event", 200, command(pack, out)) as first:
        try:
            _await_standstill(first.pid)
            before = {path.name: path.stat().st_size for path in out.iterdir()}
            second = writ(*command(pack, out), cwd=tmp_path)
            assert second.returncode == 2
            assert second.stderr == f"{out}: another run is working here; wait for it, or choose another --out\n"
            assert {path.name: path.stat().st_size for path in out.iterdir()} == before
        finally:
            first.kill()
    assert carried_out(pack, out) == expected


def _await_standstill(process: int) -> None:
    """Returns when the process was stopped; asks the system, which waits."""
    _, status = os.waitpid(process, os.WUNTRACED)
    assert os.WIFSTOPPED(status), status


Damage = Callable[[Path, Path], object]
"""What is done to a journal and to the log beside it."""


def _cut(path: Path, share: float, page: int = 1) -> None:
    with path.open("r+b") as file:
        file.truncate(int(path.stat().st_size * share) // page * page)


def _overwritten(path: Path, at: int, length: int, *, zeros: bool = False) -> None:
    with path.open("r+b") as file:
        file.seek(at, 2 if at < 0 else 0)
        file.write(bytes(length) if zeros else random.Random(length).randbytes(length))


LOG: dict[str, Damage] = {
    "the log is lost": lambda _, log: log.unlink(),
    "the log is cut": lambda _, log: _cut(log, 0.5),
    "the log is cut to its head": lambda _, log: _cut(log, 0.0001),
    "the log's end is garbage": lambda _, log: _overwritten(log, -3_000, 3_000),
    "the log's middle is garbage": lambda _, log: _overwritten(log, log.stat().st_size // 2, 3_000),
    "the log is zeros": lambda _, log: _overwritten(log, 0, log.stat().st_size, zeros=True),
    "the log's index is garbage": lambda file, _: _overwritten(file.with_name(f"{file.name}-shm"), 0, 32_768),
    "everything is empty": lambda file, _: _cut(file, 0),
}
FILE: dict[str, Damage] = {
    "the file is cut": lambda file, log: (log.unlink(), _cut(file, 0.75, 4_096)),
    "the file is cut within a page": lambda file, log: (log.unlink(), _cut(file, 0.6)),
    "the file's last page is garbage": lambda file, log: (log.unlink(), _overwritten(file, -4_096, 4_096)),
    "the file's last page is zeros": lambda file, log: (log.unlink(), _overwritten(file, -4_096, 4_096, zeros=True)),
    "the file's first page is garbage": lambda file, log: (log.unlink(), _overwritten(file, 0, 4_096)),
}


@pytest.fixture(scope="module")
def halfway(lamps: Whole, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that was stopped, gone on with, and then killed: its journal has a part of it, the log beside it the rest."""
    out = tmp_path_factory.mktemp("halfway") / "run"
    words = command(lamps[0], out, tools="mcp")
    assert disturbed("an event", 250, "term", 1, words).returncode == 143
    assert disturbed("a commit", 5, "kill", 0, words).returncode == -signal.SIGKILL
    assert min((out / name).stat().st_size for name in (JOURNAL, f"{JOURNAL}-wal")) > 12_000
    return out


def damaged(halfway: Path, damage: Damage, out: Path) -> Path:
    shutil.copytree(halfway, out)
    damage(out / JOURNAL, out / f"{JOURNAL}-wal")
    return out


@pytest.mark.parametrize("how", LOG)
def test_a_journal_that_lost_its_log_or_a_part_of_it_goes_on_from_what_is_left(
    how: str, lamps: Whole, halfway: Path, tmp_path: Path
) -> None:
    pack, _, expected = lamps
    assert carried_out(pack, damaged(halfway, LOG[how], tmp_path / "run")) == expected


@pytest.mark.parametrize("how", FILE)
def test_a_journal_that_is_damaged_itself_is_said_in_one_line_and_no_rows_are_made_of_it(
    how: str, lamps: Whole, halfway: Path, tmp_path: Path
) -> None:
    out = damaged(halfway, FILE[how], tmp_path / "run")
    assert becomes(lamps, out) == "refused"
    assert not (out / "accepted.jsonl").exists()


def test_whatever_page_of_a_journal_turns_to_garbage_the_rows_are_right_or_there_are_none(
    lamps: Whole, halfway: Path, tmp_path: Path
) -> None:
    """Every seventh page in turn; the campaign takes them all."""
    pages = (halfway / JOURNAL).stat().st_size // 4_096
    counts = [page_of_garbage(lamps, halfway, page, tmp_path / str(page)) for page in range(0, pages, 7)]
    assert "refused" in counts


def page_of_garbage(whole: Whole, halfway: Path, page: int, out: Path) -> str:
    """What becomes of a run whose journal has one page of garbage."""
    return becomes(whole, damaged(halfway, lambda file, _: _overwritten(file, page * 4_096, 4_096), out))


def becomes(whole: Whole, out: Path) -> str:
    """What the same command makes of a damaged run: `refused`, in one line, or `equal`. Anything else is an error."""
    try:
        assert carried_out(whole[0], out) == whole[2]
    except (JournalFailed, ExceptionGroup) as refused:
        line, status = explained(refused)
        assert status == 1 and line.startswith(f"{out / JOURNAL}: ") and "choose another --out" in line
        assert "\n" not in line and "free some space" not in line
        return "refused"
    return "equal"


def test_a_log_that_is_lost_while_its_pages_were_copied_leaves_right_rows_or_none(
    lamps: Whole, halfway: Path, tmp_path: Path
) -> None:
    """SQLite copies them in order: the first are of the end, the others of the beginning. Every third place in turn."""
    before, after = (halfway / JOURNAL).read_bytes(), _copied(halfway, tmp_path / "copied")
    pages = len(after) // 4_096
    counts = [
        becomes(lamps, damaged(halfway, _half_copied(before, after, page), tmp_path / str(page)))
        for page in [*range(0, pages, 3), pages]
    ]
    assert "refused" in counts and counts[0] == counts[-1] == "equal"


def _copied(halfway: Path, out: Path) -> bytes:
    """The journal when the whole log is in it."""
    shutil.copytree(halfway, out)
    with closing(sqlite3.connect(out / JOURNAL)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return (out / JOURNAL).read_bytes()


def _half_copied(before: bytes, after: bytes, page: int) -> Damage:
    def damage(file: Path, log: Path) -> None:
        log.unlink()
        file.write_bytes((after[: page * 4_096] + before[page * 4_096 :])[: len(after)])

    return damage


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("DELETE FROM events WHERE conversation = 65536 AND number = 2", "conversation 65536 lacks events"),
        ("DELETE FROM events WHERE conversation = 65536 AND number > 2", "conversation 65536 has a verdict and no end"),
        ("DELETE FROM events WHERE conversation = 65536", "conversation 65536 has a verdict and no end"),
    ],
)
def test_what_only_a_loss_can_leave_is_seen_when_a_killed_run_is_gone_on_with(
    statement: str, what: str, lamps: Whole, tmp_path: Path
) -> None:
    out = tmp_path / "run"
    shutil.copytree(lamps[1], out)
    with closing(sqlite3.connect(out / JOURNAL)) as database:
        database.executescript(f"{statement}; UPDATE run SET value = 'no' WHERE name = 'closed'")
    with pytest.raises(JournalFailed) as refused:
        carried_out(lamps[0], out)
    assert str(refused.value) == f"{out / JOURNAL}: the journal is damaged: {what}; choose another --out"


def test_a_finished_run_is_as_it_was_after_all_this(lamps: Whole) -> None:
    """What the others are compared with was not touched by them."""
    assert left(lamps[1]) == lamps[2]
