"""The run's file: one SQLite database that has everything that happened, as it happens.

Tables: `run` (name, value: the configuration as JSON), `events` (conversation, number, body), `verdicts`
(conversation, standing, body). A conversation's key is the place of its scenario in the run times 2**16 plus the
trial. Bodies are JSON. Append-only; a run that was killed has a prefix of every conversation's events.
"""

import sqlite3
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol

import anyio
import anyio.to_thread
import msgspec
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

from engine.checkers.verdict import Verdict
from engine.conversation.events import EVENT_DECODER, EVENT_ENCODER, Event

TRIALS = 1 << 16
"""Trials that a scenario may have."""

BACKLOG = 2_000
"""Entries that may wait for the writer before conversations do."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS run (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS events (conversation INTEGER NOT NULL, number INTEGER NOT NULL, body TEXT NOT NULL);
CREATE UNIQUE INDEX IF NOT EXISTS event_of ON events (conversation, number);
CREATE TABLE IF NOT EXISTS verdicts (conversation INTEGER NOT NULL, standing TEXT NOT NULL, body TEXT NOT NULL);
CREATE UNIQUE INDEX IF NOT EXISTS verdict_of ON verdicts (conversation);
"""

_verdict_encoder = msgspec.json.Encoder()
_verdict_decoder = msgspec.json.Decoder(Verdict)


class Happened(msgspec.Struct, frozen=True):
    """An event of a conversation, with its number."""

    conversation: int
    number: int
    event: Event


class Judged(msgspec.Struct, frozen=True):
    """A conversation's verdict."""

    conversation: int
    verdict: Verdict


Entry = Happened | Judged


class JournalFailed(OSError):
    """The journal cannot be opened or written: the run stops, nothing that was written is lost."""


def key(place: int, trial: int) -> int:
    """A conversation's key: the place of its scenario, and its trial."""
    return place * TRIALS + trial


class Journal:
    """The file. Every method is a plain call; `writer` is how a running simulation writes. Raises JournalFailed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            self._database.execute("PRAGMA journal_mode=WAL")
            self._database.execute("PRAGMA synchronous=NORMAL")
            self._database.executescript(_SCHEMA)
        except sqlite3.Error as error:
            raise JournalFailed(f"{path}: the journal cannot be opened: {error}") from None

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def __enter__(self) -> "Journal":
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def write(self, entries: Sequence[Entry]) -> None:
        """Write entries in one transaction."""
        events = [(e.conversation, e.number, EVENT_ENCODER.encode(e.event).decode()) for e in entries if isinstance(e, Happened)]
        verdicts = [
            (e.conversation, e.verdict.standing, _verdict_encoder.encode(e.verdict).decode()) for e in entries if isinstance(e, Judged)
        ]
        try:
            self._database.execute("BEGIN")
            self._database.executemany("INSERT INTO events VALUES (?, ?, ?)", events)
            self._database.executemany("INSERT OR REPLACE INTO verdicts VALUES (?, ?, ?)", verdicts)
            self._database.execute("COMMIT")
        except sqlite3.Error as error:
            if self._database.in_transaction:
                self._database.execute("ROLLBACK")
            raise JournalFailed(f"{self._path}: the journal cannot be written: {error}; free some space and repeat the command") from None

    def note(self, name: str) -> str | None:
        """A value of the run's configuration."""
        row = self._database.execute("SELECT value FROM run WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def set_note(self, name: str, value: str) -> None:
        """Set a value of the run's configuration."""
        try:
            self._database.execute("INSERT OR REPLACE INTO run VALUES (?, ?)", (name, value))
        except sqlite3.Error as error:
            raise JournalFailed(f"{self._path}: the journal cannot be written: {error}") from None

    def finished(self) -> Iterator[tuple[int, str]]:
        """The keys of judged conversations with their standing. What could not be carried out or judged is left out: it is due again."""
        yield from self._database.execute("SELECT conversation, standing FROM verdicts WHERE standing IN ('accepted', 'rejected')")

    def events(self, conversation: int) -> list[Event]:
        """A conversation's events, in order."""
        rows = self._database.execute("SELECT body FROM events WHERE conversation = ? ORDER BY number", (conversation,))
        return [EVENT_DECODER.decode(body) for (body,) in rows]

    def verdict(self, conversation: int) -> Verdict | None:
        """A conversation's verdict, None while it has none."""
        row = self._database.execute("SELECT body FROM verdicts WHERE conversation = ?", (conversation,)).fetchone()
        return _verdict_decoder.decode(row[0]) if row else None

    def forget(self, conversation: int) -> None:
        """Drop a conversation that failed, so that it can be carried out again from its beginning."""
        self._database.execute("DELETE FROM events WHERE conversation = ?", (conversation,))
        self._database.execute("DELETE FROM verdicts WHERE conversation = ?", (conversation,))

    def begun(self) -> set[int]:
        """The keys of conversations that have events."""
        return {row[0] for row in self._database.execute("SELECT DISTINCT conversation FROM events")}


class Sink(Protocol):
    """Where a running simulation writes. Two kinds: through a thread, and inline for virtual time."""

    async def send(self, entry: Entry) -> None:
        """Take an entry; waits while too many are waiting."""


class InlineSink:
    """Writes at once, in the caller's task: for tests in virtual time."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    async def send(self, entry: Entry) -> None:
        self._journal.write([entry])


class _StreamSink:
    def __init__(self, stream: MemoryObjectSendStream[Entry]) -> None:
        self._stream = stream

    async def send(self, entry: Entry) -> None:
        try:
            self._stream.send_nowait(entry)
        except anyio.WouldBlock:
            await self._stream.send(entry)


@asynccontextmanager
async def writer(journal: Journal, backlog: int = BACKLOG) -> AsyncIterator[Sink]:
    """A sink whose entries a task commits in batches, in a thread. Leaving the block waits until all are written."""
    async with anyio.create_task_group() as tasks:
        send, receive = anyio.create_memory_object_stream[Entry](backlog)
        tasks.start_soon(_drain, journal, receive, backlog)
        with send:
            yield _StreamSink(send)


async def _drain(journal: Journal, receive: MemoryObjectReceiveStream[Entry], most: int) -> None:
    limiter = anyio.CapacityLimiter(1)
    with receive, anyio.CancelScope(shield=True):  # a cancelled run still writes what has happened
        async for first in receive:
            batch: list[Entry] = [first]
            while len(batch) < most:
                try:
                    batch.append(receive.receive_nowait())
                except (anyio.WouldBlock, anyio.EndOfStream):
                    break
            await anyio.to_thread.run_sync(journal.write, batch, limiter=limiter)
