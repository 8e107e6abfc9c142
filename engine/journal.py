"""The run's file: one SQLite database that has everything that happened, as it happens.

Tables: `run` (name, value: the configuration as JSON), `events` (conversation, number, body), `verdicts`
(conversation, standing, body). A conversation's key is the place of its scenario in the run times 2**16 plus the
trial. Bodies are JSON. Append-only; a run that was killed has a prefix of every conversation's events.
"""

import hashlib
import sqlite3
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Protocol, TypeVar

import anyio
import anyio.to_thread
import msgspec
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

from engine.checkers.verdict import Verdict
from engine.conversation.events import EVENT_DECODER, EVENT_ENCODER, Event, Replied

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

Body = TypeVar("Body")

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
    """The file. Every method is a plain call; `writer` is how a running simulation writes. Raises JournalFailed.

    `read_only` looks at a run, also at one that is going on, and writes nothing into its folder.
    """

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self._path = path
        with self._failing("opened"):
            if read_only:
                self._database = sqlite3.connect(_for_reading(path), uri=True, isolation_level=None)
                self._database.execute("SELECT 1 FROM run").fetchone()
            else:
                self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
                self._database.execute("PRAGMA journal_mode=WAL")
                self._database.execute("PRAGMA synchronous=NORMAL")
                self._database.executescript(_SCHEMA)

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
        judged = [(e.conversation, e.verdict) for e in entries if isinstance(e, Judged)]
        verdicts = [(place, verdict.standing, _verdict_encoder.encode(verdict).decode()) for place, verdict in judged]
        with self._failing("written"):
            try:
                self._database.execute("BEGIN")
                self._database.executemany("INSERT INTO events VALUES (?, ?, ?)", events)
                self._database.executemany("INSERT OR REPLACE INTO verdicts VALUES (?, ?, ?)", verdicts)
                self._database.execute("COMMIT")
            except sqlite3.Error:
                if self._database.in_transaction:
                    self._database.execute("ROLLBACK")
                raise

    def note(self, name: str) -> str | None:
        """A value of the run's configuration."""
        return next((value for (value,) in self._rows("SELECT value FROM run WHERE name = ?", name)), None)

    def set_note(self, name: str, value: str) -> None:
        """Set a value of the run's configuration."""
        with self._failing("written"):
            self._database.execute("INSERT OR REPLACE INTO run VALUES (?, ?)", (name, value))

    @property
    def empty(self) -> bool:
        """Has nothing happened yet?"""
        return not list(self._rows("SELECT 1 FROM events LIMIT 1"))

    def standing(self, conversation: int) -> str | None:
        """A conversation's standing, None while it has no verdict."""
        rows = self._rows("SELECT standing FROM verdicts WHERE conversation = ?", conversation)
        return next((standing for (standing,) in rows), None)

    def finished(self, scenarios: int, trials: int) -> int:
        """How many of the first scenarios' first trials are accepted or rejected: what failed or is unjudged is due again."""
        judged = "SELECT COUNT(*) FROM verdicts WHERE standing IN ('accepted', 'rejected')"
        rows = self._rows(f"{judged} AND conversation / ? < ? AND conversation % ? < ?", TRIALS, scenarios, TRIALS, trials)
        return sum(count for (count,) in rows)

    def events(self, conversation: int) -> list[Event]:
        """A conversation's events, in order."""
        rows = self._rows("SELECT body FROM events WHERE conversation = ? ORDER BY number", conversation)
        return [self._decoded(EVENT_DECODER, body) for (body,) in rows]

    def digest(self) -> str:
        """sha256 (hex) over all events and verdicts in order: two runs of the same bytes have the same."""
        hasher = hashlib.sha256()
        for row in self._rows("SELECT conversation, number, body FROM events ORDER BY conversation, number"):
            hasher.update(msgspec.json.encode(row))
        for row in self._rows("SELECT conversation, standing, body FROM verdicts ORDER BY conversation"):
            hasher.update(msgspec.json.encode(row))
        return hasher.hexdigest()

    def verdict(self, conversation: int) -> Verdict | None:
        """A conversation's verdict, None while it has none."""
        bodies = self._rows("SELECT body FROM verdicts WHERE conversation = ?", conversation)
        return next((self._decoded(_verdict_decoder, body) for (body,) in bodies), None)

    def begun(self) -> Iterator[tuple[int, Event, Verdict | None]]:
        """Every conversation that has begun, in the order of the run: its key, its first event, its verdict."""
        query = (
            "SELECT e.conversation, e.body, v.body FROM events e LEFT JOIN verdicts v ON v.conversation = e.conversation "
            "WHERE e.number = 0 ORDER BY e.conversation"
        )
        for conversation, first, verdict in self._rows(query):
            event = self._decoded(EVENT_DECODER, first)
            yield conversation, event, self._decoded(_verdict_decoder, verdict) if verdict else None

    def _decoded(self, decoder: msgspec.json.Decoder[Body], body: str) -> Body:
        try:
            return decoder.decode(body)
        except msgspec.DecodeError as error:
            raise JournalFailed(f"{self._path}: the journal is damaged: {error}; choose another --out") from None

    def forget(self, conversation: int) -> None:
        """Drop a conversation that failed, so that it can be carried out again from its beginning."""
        with self._failing("written"):
            self._database.execute("DELETE FROM events WHERE conversation = ?", (conversation,))
            self._database.execute("DELETE FROM verdicts WHERE conversation = ?", (conversation,))

    def _rows(self, query: str, *values: object) -> Iterator[tuple[Any, ...]]:
        with self._failing("read"):
            for row in self._database.execute(query, values):  # noqa: UP028, which would close the cursor after the file
                yield row

    @contextmanager
    def _failing(self, what: str) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            hint = "; free some space and repeat the command" if what == "written" else ""
            raise JournalFailed(f"{self._path}: the journal cannot be {what}: {error}{hint}") from None


def _for_reading(path: Path) -> str:
    """The address under which SQLite only reads. Without a write-ahead log nobody writes, and no file is needed beside it."""
    at_rest = not path.with_name(f"{path.name}-wal").exists()
    return f"{path.absolute().as_uri()}?mode=ro{'&immutable=1' if at_rest else ''}"


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


_Waiting = tuple[Entry, anyio.Event | None]
"""An entry for the writer, and who wants to hear when it is committed."""


class _StreamSink:
    def __init__(self, stream: MemoryObjectSendStream[_Waiting]) -> None:
        self._stream = stream

    async def send(self, entry: Entry) -> None:
        paid = isinstance(entry, Happened) and isinstance(entry.event, Replied)
        committed = anyio.Event() if paid else None
        try:
            try:
                self._stream.send_nowait((entry, committed))
            except anyio.WouldBlock:
                await self._stream.send((entry, committed))
        except anyio.BrokenResourceError:  # the writer has failed, and its task group is about to cancel this task
            await anyio.sleep_forever()
        if committed is not None:
            await committed.wait()


@asynccontextmanager
async def writer(journal: Journal, backlog: int = BACKLOG) -> AsyncIterator[Sink]:
    """A sink whose entries a task commits in batches, in a thread. Leaving the block waits until all are written.

    A model's reply waits for its commit: what was paid for is kept before it is acted upon.
    """
    async with anyio.create_task_group() as tasks:
        send, receive = anyio.create_memory_object_stream[_Waiting](backlog)
        tasks.start_soon(_drain, journal, receive, backlog)
        with send:
            yield _StreamSink(send)


async def _drain(journal: Journal, receive: MemoryObjectReceiveStream[_Waiting], most: int) -> None:
    limiter = anyio.CapacityLimiter(1)
    with receive, anyio.CancelScope(shield=True):  # a cancelled run still writes what has happened
        async for first in receive:
            batch = [first]
            while len(batch) < most:
                try:
                    batch.append(receive.receive_nowait())
                except (anyio.WouldBlock, anyio.EndOfStream):
                    break
            await anyio.to_thread.run_sync(journal.write, [entry for entry, _ in batch], limiter=limiter)
            for _, committed in batch:
                if committed is not None:
                    committed.set()
