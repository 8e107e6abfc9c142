"""A run in several processes: each worker plays a shard into a journal of its own, and the run's journal takes them in.

Above: a run. Below: `engine/cli/worker.py`, one process a shard, which is told its task on standard input and tells its
verdicts on standard output, a line of JSON each. A worker stops when its standard input ends: when the run is stopped,
and also when it is killed. Workers are processes of their own session, so that a terminal's Ctrl-C reaches the run alone.
"""

import asyncio
import shutil
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import anyio
import msgspec
from anyio.abc import ByteReceiveStream, Process

from engine.checkers.verdict import Verdict
from engine.config import Content, Running
from engine.folder import held
from engine.joining import take_in
from engine.journal import Journal
from engine.playing import Heard

FOLDER, JOURNAL = "workers", "journal.sqlite"

_START = "import sys; sys.path[:] = sys.argv[1:]; from engine.cli.worker import main; sys.exit(main())"
"""A worker imports from where the run does, never from the folder in which somebody happens to be."""

PATIENCE = 30.0
"""Seconds that workers of a run that was killed may take to end."""


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """What a worker is told: the scenarios, both parts of the settings as JSON, and the journal of what was done before."""

    paths: list[str]
    content: str
    running: str
    before: str


class Told(msgspec.Struct, frozen=True, kw_only=True, tag="verdict"):
    """A worker has judged a conversation of this scenario; `why` it failed in its own words, if it did."""

    id: str
    verdict: Verdict
    why: str = ""


class Gave(msgspec.Struct, frozen=True, kw_only=True, tag="gave up"):
    """A worker cannot go on, and says why in a line."""

    why: str


TOLD_ENCODER = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Told | Gave)


class WorkerFailed(OSError):
    """A worker did not come to its end: the run stops, nothing that was written is lost."""


class Workers:
    """The other way to play a run, see `Playing`: in `count` processes, whose journals are under the run's folder."""

    def __init__(self, paths: list[Path], content: Content, running: Running, count: int, folder: Path) -> None:
        self._paths = paths
        self._content = content
        self._running = running
        self._count = count
        self._folder = folder
        self._stopping = False
        self._failures: list[str] = []
        self._stop: Callable[[], object] | None = None

    def carry_out(self, journal: Journal, heard: Heard) -> bool:
        """Play and judge what is missing, take in what the workers wrote. False: it was stopped. Raises WorkerFailed."""
        session = int(journal.note("sessions") or 0) + 1
        journal.set_note("sessions", str(session))
        try:
            anyio.run(self._play, session, heard)
        finally:
            take_in_what_is_left(self._folder)
        if self._failures:
            raise WorkerFailed(f"{self._failures[0]}; what has happened is kept, the same command goes on")
        return not self._stopping

    def stop(self) -> None:
        """Let every worker stop."""
        self._stopping = True
        if self._stop is not None:
            self._stop()

    async def _play(self, session: int, heard: Heard) -> None:
        loop, over = asyncio.get_running_loop(), anyio.Event()
        self._stop = lambda: loop.call_soon_threadsafe(over.set)
        if self._stopping:
            over.set()
        try:
            async with anyio.create_task_group() as tasks:
                for number in range(self._count):
                    tasks.start_soon(self._work, number, session, heard, over)
        finally:
            self._stop = None

    async def _work(self, number: int, session: int, heard: Heard, over: anyio.Event) -> None:
        command = [sys.executable, "-P", "-c", _START, *filter(None, sys.path)]
        why = ""
        starting = anyio.open_process(command, stderr=None, start_new_session=True)
        async with await starting as process, anyio.create_task_group() as tasks:
            tasks.start_soon(_tell, process, self._task(number, session), over)
            async for line in _lines(process):
                match _decoder.decode(line):
                    case Gave(why=why):
                        pass
                    case Told() as told:
                        heard(told, told.verdict, told.why)
            status = await process.wait()
            tasks.cancel_scope.cancel()
        if why or (status and not self._stopping):
            self._failures.append(why or f"worker {number + 1} of {self._count} {_ended(status)}")
            over.set()

    def _task(self, number: int, session: int) -> bytes:
        part = self._running.shard.part(number, self._count)
        out = self._folder / FOLDER / f"{session}-{number + 1}"
        live = -(-self._running.concurrency // self._count)
        running = self._running.model_copy(update={"shard": part, "workers": 1, "out": out, "concurrency": live})
        task = Task(
            paths=[str(path) for path in self._paths],
            content=self._content.model_dump_json(),
            running=running.model_dump_json(),
            before=str(self._folder / JOURNAL),
        )
        return msgspec.json.encode(task) + b"\n"


async def _tell(process: Process, task: bytes, over: anyio.Event) -> None:
    """Give a worker its task, and end its standard input when it shall stop."""
    assert process.stdin is not None
    try:
        await process.stdin.send(task)
        await over.wait()
        await process.stdin.aclose()
    except (anyio.BrokenResourceError, anyio.ClosedResourceError):
        return  # it has ended already: its status says why


async def _lines(process: Process) -> AsyncIterator[bytes]:
    stream, rest = process.stdout, b""
    assert isinstance(stream, ByteReceiveStream)
    async for chunk in stream:
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            yield line


def _ended(status: int) -> str:
    return f"was killed by signal {-status}" if status < 0 else f"ended with status {status}"


def left_over(folder: Path) -> list[Path]:
    """The journals of workers that are not taken in yet, in the order in which they were begun."""
    return sorted((folder / FOLDER).glob(f"*-*/{JOURNAL}"), key=_begun)


def _begun(part: Path) -> tuple[int, ...]:
    return tuple(map(int, part.parent.name.split("-")))


def take_in_what_is_left(folder: Path) -> None:
    """Take in what workers have written, in this session or one that was killed, and remove their folders.

    Raises JournalFailed.
    """
    for part in left_over(folder):
        with held(part.parent, PATIENCE):
            take_in(folder / JOURNAL, part)
    shutil.rmtree(folder / FOLDER, ignore_errors=True)
