"""The run's file: one SQLite database that has everything that happened, as it happens.

journal.sql has its tables, with what stands in them, and the views for people's queries. Append-only, but for
conversations that are begun anew; a run that was killed has a prefix of every conversation's events.
"""

import hashlib
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, closing, contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol, TypeVar

import anyio
import anyio.to_thread
import msgspec
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

from engine.checkers.verdict import Verdict
from engine.conversation.events import EVENT_DECODER, EVENT_ENCODER, Event, Replied
from engine.entries import Entry as Entry
from engine.entries import Happened as Happened
from engine.entries import Judged as Judged
from engine.entries import Retried as Retried
from engine.entries import surviving
from engine.schema import advice, damage, for_reading, for_writing

TRIALS = 1 << 16
"""Trials that a scenario may have."""

_REPLIES = """SELECT body FROM events WHERE substr(body, 1, 40) LIKE '%"type":"Replied"%'"""

BACKLOG = 2_000
"""Entries that may wait for the writer before conversations do."""

TOGETHER = 0.005
"""Seconds that a reply waits for others to be committed with: a commit of its own costs as much as all the rest of it."""

Body = TypeVar("Body")

_verdict_encoder = msgspec.json.Encoder()
_verdict_decoder = msgspec.json.Decoder(Verdict)


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
        self._read_only = read_only
        self._way_out = "" if read_only else "; choose another --out"
        with self._failing("opened"):
            self._database = for_reading(path) if read_only else for_writing(path)
        if not read_only:
            if self.note("closed") == "no" and (what := damage(self._database)):
                self._database.close()
                raise JournalFailed(f"{path}: the journal is damaged: {what}; choose another --out")
            self.set_note("closed", "no")

    def close(self) -> None:
        """Close the file."""
        with closing(self._database):
            if not self._read_only:
                with suppress(JournalFailed):  # on a full disk: it is looked at when it is opened again
                    self.set_note("closed", "yes")

    def __enter__(self) -> "Journal":
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def write(self, entries: Sequence[Entry]) -> None:
        """Write entries in one transaction."""
        kept = surviving(entries)
        events = [(e.conversation, e.number, EVENT_ENCODER.encode(e.event).decode()) for e in kept if isinstance(e, Happened)]
        judged = [(e.conversation, e.verdict) for e in kept if isinstance(e, Judged)]
        verdicts = [(place, verdict.standing, _verdict_encoder.encode(verdict).decode()) for place, verdict in judged]
        with self._failing("written"):
            try:
                self._database.execute("BEGIN")
                self._begin_anew([entry for entry in entries if isinstance(entry, Retried)])
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

    def notes(self, beginning: str) -> dict[str, str]:
        """The values whose names begin so."""
        rows = self._rows("SELECT name, value FROM run WHERE substr(name, 1, ?) = ?", len(beginning), beginning)
        return dict(rows)

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

    def standings(self, batch: int = 10_000) -> Iterator[tuple[int, str]]:
        """Every conversation that has a verdict, in the order of the run: its key, its standing.

        Read in batches: writing goes on meanwhile.
        """
        last, query = -1, "SELECT conversation, standing FROM verdicts WHERE conversation > ? ORDER BY conversation LIMIT ?"
        while rows := list(self._rows(query, last, batch)):
            yield from ((conversation, standing) for conversation, standing in rows)
            last = rows[-1][0]

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
            raise JournalFailed(f"{self._path}: the journal is damaged: {error}{self._way_out}") from None

    def _begin_anew(self, retries: Sequence[Retried]) -> None:
        """Drop what has happened in conversations that are begun anew, and keep why; within a transaction."""
        numbered = "SELECT ?, COALESCE(MAX(attempt), 0) + 1, ?, ? FROM retries WHERE conversation = ?"
        for retry in retries:
            number = retry.conversation
            self._database.execute("DELETE FROM events WHERE conversation = ? AND number >= ?", (number, retry.kept))
            self._database.execute("DELETE FROM verdicts WHERE conversation = ?", (number,))
            self._database.execute(f"INSERT INTO retries {numbered}", (number, retry.reason, retry.detail, number))

    def retried(self, scenarios: int, trials: int) -> int:
        """How often conversations among the first scenarios' first trials were begun anew."""
        query = "SELECT COUNT(*) FROM retries WHERE conversation / ? < ? AND conversation % ? < ?"
        return next(int(count) for (count,) in self._rows(query, TRIALS, scenarios, TRIALS, trials))

    def replies(self) -> Iterator[Replied]:
        """Every model's reply that is kept, of whatever conversation."""
        for (body,) in self._rows(_REPLIES):
            event = self._decoded(EVENT_DECODER, body)
            assert isinstance(event, Replied)
            yield event

    def unfinished(self) -> Iterator[int]:
        """The conversations that have begun and have no verdict, or one to be made again, in order."""
        judged = "SELECT 1 FROM verdicts v WHERE v.conversation = e.conversation AND v.standing <> 'unjudged'"
        query = f"SELECT conversation FROM events e WHERE number = 0 AND NOT EXISTS ({judged}) ORDER BY conversation"
        return (conversation for (conversation,) in self._rows(query))

    def _rows(self, query: str, *values: object) -> Iterator[tuple[Any, ...]]:
        with self._failing("read"):
            for row in self._database.execute(query, values):  # noqa: UP028, which would close the cursor after the file
                yield row

    @contextmanager
    def _failing(self, what: str) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise JournalFailed(f"{self._path}: the journal cannot be {what}: {error}{advice(error, self._way_out)}") from None


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


Commit = Callable[[list[Entry]], Awaitable[object]]
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
    limiter = anyio.CapacityLimiter(1)
    async with drained(lambda batch: anyio.to_thread.run_sync(journal.write, batch, limiter=limiter), backlog) as sink:
        yield sink


@asynccontextmanager
async def drained(commit: Commit, backlog: int) -> AsyncIterator[Sink]:
    """A sink whose entries a task commits in batches of at most a backlog, whatever committing is."""
    async with anyio.create_task_group() as tasks:
        send, receive = anyio.create_memory_object_stream[_Waiting](backlog)
        tasks.start_soon(_drain, commit, receive, backlog)
        with send:
            yield _StreamSink(send)


async def _drain(commit: Commit, receive: MemoryObjectReceiveStream[_Waiting], most: int) -> None:
    with receive, anyio.CancelScope(shield=True):  # a cancelled run still writes what has happened
        async for first in receive:
            batch = [first]
            _fill(batch, receive, most)
            if len(batch) < most and any(committed is not None for _, committed in batch):
                await anyio.sleep(TOGETHER)
                _fill(batch, receive, most)
            await commit([entry for entry, _ in batch])
            for _, committed in batch:
                if committed is not None:
                    committed.set()


def _fill(batch: list[_Waiting], receive: MemoryObjectReceiveStream[_Waiting], most: int) -> None:
    with suppress(anyio.WouldBlock, anyio.EndOfStream):
        while len(batch) < most:
            batch.append(receive.receive_nowait())
