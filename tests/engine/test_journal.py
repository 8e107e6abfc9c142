"""The run's file: what happened is in it, in batches, and stays in it whatever happens to the process or the disk."""

import os
import shutil
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import anyio
import pytest

from engine.checkers.verdict import Verdict
from engine.clock import Deadlock, run_virtual
from engine.conversation.conversation import Conversation
from engine.conversation.events import Closed, Event, Replied, Spoke
from engine.journal import TRIALS, Entry, Happened, InlineSink, Journal, JournalFailed, Judged, Retried, key, writer
from engine.simulation import simulate
from engine.toolboxes.mcp import mcp_toolbox
from tests.engine.stages import Kept, SlowCasting, jobs, opened, stage

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with Journal(tmp_path / "journal.sqlite") as journal:
        yield journal


def entries(count: int, conversation: int = 0) -> list[Entry]:
    """A conversation of the user alone, which no kernel would let pass, and which a journal keeps all the same."""
    spoken = [Spoke(party="user", move=number, text=f"say {number} ü 😀 \\ud800 '; --") for number in range(1, count)]
    events: list[Event] = [opened(), *spoken]
    return [Happened(conversation, number, event) for number, event in enumerate(events)]


def test_what_was_written_is_read_back_in_order(journal: Journal) -> None:
    wrote = [entry for conversation in (5, 0, 3) for entry in entries(4, conversation)]
    journal.write(wrote[::-1])
    verdict = Verdict(standing="accepted", calls=3)
    journal.write([Judged(5, verdict)])
    assert journal.events(3) == [entry.event for entry in wrote if isinstance(entry, Happened) and entry.conversation == 3]
    assert journal.events(4) == []
    assert (journal.verdict(5), journal.verdict(3)) == (verdict, None)


def test_a_batch_is_written_whole_or_not_at_all(journal: Journal) -> None:
    """An event that is there already cannot be written again, and takes the others of its batch with it."""
    journal.write(entries(3))
    before = journal.digest()
    with pytest.raises(JournalFailed):
        journal.write([*entries(2, conversation=1), entries(3)[2]])
    assert journal.digest() == before
    journal.write(entries(2, conversation=1))


def test_a_conversation_that_is_begun_anew_has_nothing_yet(journal: Journal) -> None:
    journal.write([*entries(3, 1), *entries(3, 2), Judged(1, Verdict(standing="failed"))])
    journal.write([Retried(1, "tool failed")])
    assert (journal.events(1), journal.verdict(1)) == ([], None)
    assert len(journal.events(2)) == 3


def test_the_keys_of_scenarios_and_trials_never_meet() -> None:
    assert len({key(place, trial) for place in range(50) for trial in (0, 1, TRIALS - 1)}) == 150
    assert key(1 << 40, TRIALS - 1) < 1 << 63


async def playing(journal: Journal, inline: bool, concurrency: int = 8) -> None:
    async with mcp_toolbox() as toolbox, writer(journal) as sink:
        await simulate(jobs(), stage(toolbox), InlineSink(journal) if inline else sink, concurrency, lambda *_: None)


def test_both_sinks_write_the_same_and_two_runs_have_one_digest(tmp_path: Path) -> None:
    digests = []
    for name, inline, concurrency in [("a", False, 8), ("b", True, 8), ("c", False, 1)]:
        with Journal(tmp_path / name) as journal:
            anyio.run(playing, journal, inline, concurrency)
            digests.append(journal.digest())
            assert sum(journal.verdict(key(place, 0)) is not None for place in range(30)) == 30
    assert len(set(digests)) == 1


def test_a_digest_tells_any_difference(tmp_path: Path) -> None:
    changed: list[Sequence[Entry]] = [
        entries(3),
        entries(4),
        entries(3, 1),
        [*entries(3), Judged(0, Verdict(standing="accepted"))],
    ]
    digests = []
    for number, wrote in enumerate(changed):
        with Journal(tmp_path / str(number)) as journal:
            journal.write(wrote)
            digests.append(journal.digest())
    assert len(set(digests)) == len(changed)


async def test_the_writer_commits_in_batches(journal: Journal) -> None:
    """A thousand entries that come at once take a handful of transactions, and all are there when the block is left."""
    statements: list[str] = []
    journal._database.set_trace_callback(statements.append)
    async with writer(journal, backlog=400) as sink:
        for entry in entries(1_000):
            await sink.send(entry)
    journal._database.set_trace_callback(None)
    assert statements.count("COMMIT") <= 10
    assert len(journal.events(0)) == 1_000


class SlowJournal(Journal):
    """A journal on a disk on which each batch takes a moment."""

    most = 0

    def write(self, entries: Sequence[Entry]) -> None:
        time.sleep(0.002)
        self.most = max(self.most, len(entries))
        super().write(entries)


async def test_no_more_than_a_backlog_waits_for_a_slow_disk(tmp_path: Path) -> None:
    """Beside the batch that is being written; the sender is held up for as long."""
    waiting, sent = 0, 0
    with closing(SlowJournal(tmp_path / "j")) as journal:
        async with writer(journal, backlog=10) as sink:
            for entry in entries(300):
                await sink.send(entry)
                sent += 1
                if sent % 25 == 0:
                    waiting = max(waiting, sent - len(journal.events(0)))
        assert waiting <= 21
        assert journal.most <= 10
        assert len(journal.events(0)) == 300


async def test_a_models_reply_is_in_the_file_before_it_is_acted_upon(journal: Journal) -> None:
    """What was paid for is kept; other events do not wait."""
    replied = Happened(0, 1, Replied(party="agent", move=1, attempt=0, raw="{}"))
    async with writer(journal) as sink:
        await sink.send(entries(1)[0])
        assert journal.events(0) == []
        await sink.send(replied)
        assert journal.events(0) == [opened(), replied.event]


def test_the_threaded_writer_needs_real_time_and_the_inline_sink_does_not(tmp_path: Path) -> None:
    async def threaded(journal: Journal) -> None:
        async with writer(journal) as sink:
            await sink.send(entries(1)[0])

    async def inline(journal: Journal) -> None:
        await simulate(jobs(5), stage(casting=SlowCasting(1.0)), InlineSink(journal), 3, lambda *_: None)

    with Journal(tmp_path / "a") as journal, pytest.raises((Deadlock, ExceptionGroup)):
        run_virtual(threaded, journal)
    with Journal(tmp_path / "b") as journal:
        run_virtual(inline, journal)
        assert isinstance(journal.events(key(4, 0))[-1], Closed)


class Counting(Kept):
    """Passes on what it is sent, keeps what was taken, and cancels when it has had enough."""

    def __init__(self, journal_sink: object, scope: anyio.CancelScope, enough: int) -> None:
        super().__init__()
        self._sink = journal_sink
        self._scope = scope
        self._enough = enough

    async def send(self, entry: Entry) -> None:
        await self._sink.send(entry)  # type: ignore[attr-defined]
        await super().send(entry)
        if len(self.entries) == self._enough:
            self._scope.cancel()


@pytest.mark.parametrize("outside", [False, True], ids=["the players alone", "the writer too"])
async def test_a_cancelled_run_still_writes_what_has_happened(outside: bool, journal: Journal) -> None:
    async def run(scope: anyio.CancelScope) -> Counting:
        async with mcp_toolbox() as toolbox, writer(journal) as sink:
            with anyio.CancelScope() as inner:
                kept.append(Counting(sink, scope if outside else inner, enough=150))
                await simulate(jobs(), stage(toolbox), kept[0], 8, lambda *_: None)
        return kept[0]

    kept: list[Counting] = []
    with anyio.CancelScope() as scope:
        await run(scope)
    taken = kept[0].conversations()
    assert sum(map(len, taken.values())) > 120
    assert {number: journal.events(number) for number in taken} == taken


def played(path: Path, how: str, number: int) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.engine.killed", str(path), how, str(number)]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=60, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )


def prefixes(path: Path) -> dict[int, int]:
    """How many events each conversation has; each is a legal beginning of one."""
    with Journal(path) as journal:
        found = {place: journal.events(key(place, 0)) for place in range(30)}
    return {place: len(Conversation(events).events) for place, events in found.items() if events}


def test_a_journal_that_may_not_be_written_is_said_in_one_line_and_stays_as_it_is() -> None:
    folder = Path(tempfile.mkdtemp(prefix="writ-"))  # pytest's own folders are closed to others, and root may write anywhere
    try:
        path = folder / "journal.sqlite"
        with Journal(path) as journal:
            journal.write(entries(3))
        before = path.read_bytes()
        path.chmod(stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH)
        folder.chmod(0o555)
        ended = played(path, "rights", 0)
        assert (ended.returncode, ended.stderr) == (3, "")
        assert ended.stdout.startswith(f"{path}: the journal cannot be ")
        assert ended.stdout.count("\n") == 1
        assert path.read_bytes() == before
    finally:
        folder.chmod(0o755)
        shutil.rmtree(folder)


@pytest.mark.parametrize("content", [b"no database, but long enough to be taken for one" * 100, None])
def test_what_is_no_journal_is_said_in_one_line(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "journal.sqlite"
    path.mkdir() if content is None else path.write_bytes(content)
    with pytest.raises(JournalFailed) as failed:
        Journal(path)
    assert str(failed.value).startswith(f"{path}: the journal cannot be opened: ")
    assert "\n" not in str(failed.value)
