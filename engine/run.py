"""A run: an output folder with its journal, carried on from wherever it stands until its dataset is written."""

import asyncio
import errno
import fcntl
import gc
import time
from collections.abc import Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from itertools import islice
from pathlib import Path
from typing import IO, Any

import anyio
import msgspec

from engine.casting import Casting
from engine.checkers.verdict import Verdict
from engine.config import Content, Running, content_of
from engine.conversation.converse import Limits
from engine.dataset.summary import Summary
from engine.dataset.write import write_dataset, write_summary
from engine.journal import Journal, key, writer
from engine.playable import refuse_unplayable
from engine.scenario import Scenario, files, load
from engine.simulation import Job, Stage, simulate
from engine.toolboxes.direct import DirectToolbox
from engine.worlds import Worlds

JOURNAL = "journal.sqlite"

Heard = Callable[[Scenario, Verdict], None]


class BadRun(ValueError):
    """A folder or setting with which a run cannot be made: what, where, what to do."""


class Stopped(Exception):
    """`Run.stop` was called: what has happened is in the journal, the dataset was not written. Says how far it came."""


class Run:
    """One run: `paths` of scenarios, what makes its bytes, how it runs. Use `carry_out`."""

    def __init__(self, paths: list[Path], content: Content, running: Running) -> None:
        self.paths = paths
        self.worlds = Worlds()
        self.running = running
        self.count = self._checked()
        self.content = content.model_copy(update={"scenarios": content_of(files(paths))})
        self.folder = running.folder(self.content)
        self._playing = self._stopping = False
        self._cancel: Callable[[], object] | None = None

    def _checked(self) -> int:
        """Reads every scenario once before anything is played. Raises BadScenario."""
        count = 0
        for scenario in islice(load(self.paths), self.running.limit):
            refuse_unplayable(scenario, *self.worlds.of(scenario))
            count += 1
        if not count:
            raise BadRun(f"{', '.join(map(str, self.paths))}: no scenarios in these files")
        return count

    def conversations(self) -> Iterator[tuple[int, Scenario, int]]:
        """Every conversation of the run: the place of its scenario, the scenario, the trial."""
        for place, scenario in enumerate(islice(load(self.paths), self.running.limit)):
            for trial in range(self.running.trials):
                yield place, scenario, trial

    def carry_out(self, heard: Heard, begun: Callable[[int, int], None] = lambda _total, _done: None) -> dict[str, Any]:
        """Carry out what is missing, write the dataset, answer the summary. `heard` hears each new verdict.

        Repeating a finished run plays nothing. Raises BadRun, JournalFailed, OSError, Stopped; alone or in a group.
        """
        with _folder(self.folder), Journal(self.folder / JOURNAL) as journal:
            self._claim(journal)
            begun(self.count * self.running.trials, journal.finished(self.count, self.running.trials))
            wall, cpu = time.monotonic(), time.process_time()
            self._playing = True
            try:
                anyio.run(self._play, journal, heard)
            finally:
                self._playing = False
                wall_s = _added(journal, "wall_s", time.monotonic() - wall)
                cpu_s = _added(journal, "cpu_s", time.process_time() - cpu)
            if self._stopping:
                done = journal.finished(self.count, self.running.trials)
                raise Stopped(f"{done} of {self.count * self.running.trials} conversations are judged")
            summary = self._write(journal)
            for name, size in self._size().items():
                journal.set_note(f"written {name}", str(size))
            write_summary(self.folder, summary, wall_s, cpu_s)
            return summary.as_dict(wall_s, cpu_s)

    def stop(self) -> bool:
        """Stop playing, from a signal handler or another thread; `carry_out` then raises Stopped. False: nothing is played."""
        self._stopping = self._playing
        if self._cancel is not None:
            self._cancel()
        return self._playing

    def _write(self, journal: Journal) -> Summary:
        imported = self.content.imported_rows
        return write_dataset(self.folder, journal, self.conversations(), self.worlds, self.content.seed, imported_rows=imported)

    def _size(self) -> dict[str, int]:
        """How large the run is, in the ways in which it may grow."""
        return {"scenarios": self.count, "trials": self.running.trials}

    def _claim(self, journal: Journal) -> None:
        """The folder is this run's, or new; never another's."""
        known = journal.note("digest")
        if known is not None and known != self.content.digest:
            raise BadRun(f"{self.folder}: holds another run ({_differences(journal, self.content)}); choose another --out")
        for name, now in self._size().items():
            if now < int(journal.note(f"written {name}") or 0):
                raise BadRun(f"{self.folder}: has the rows of more {name} than {now}; a run may grow, choose another --out")
        journal.set_note("digest", self.content.digest)
        journal.set_note("content", self.content.model_dump_json())
        journal.set_note("paths", msgspec.json.encode([str(path) for path in self.paths]).decode())

    def _jobs(self, journal: Journal) -> Iterator[Job]:
        """What is still to be done. What failed begins anew, what a checker crashed on is judged again as it is."""
        fresh = journal.empty
        for place, scenario, trial in self.conversations():
            conversation = key(place, trial)
            standing = None if fresh else journal.standing(conversation)
            if standing in ("accepted", "rejected"):
                continue
            if standing == "failed":
                journal.forget(conversation)
            yield Job(place=place, scenario=scenario, trial=trial, past=() if fresh else journal.events(conversation))

    async def _play(self, journal: Journal, heard: Heard) -> None:
        content = self.content
        async with _toolbox(self.running.tools) as toolbox, writer(journal) as sink:
            gc.freeze()  # worlds and libraries live as long as the run: no collection needs to look at them
            gc.set_threshold(50_000, 20, 50)
            stage = Stage(
                casting=Casting(content.agent, content.user, content.reasoning),
                worlds=self.worlds,
                toolbox=toolbox,
                seed=content.seed,
                limits=Limits(moves=content.max_moves, calls=content.max_calls),
                first=content.first,
            )
            with self._stoppable():
                jobs, live = self._jobs(journal), self.running.concurrency
                await simulate(jobs, stage, sink, live, lambda job, verdict: heard(job.scenario, verdict))

    @contextmanager
    def _stoppable(self) -> Iterator[None]:
        """A block that `stop` cancels; the writer is outside of it and still writes what has happened."""
        loop = asyncio.get_running_loop()
        with anyio.CancelScope() as scope:
            self._cancel = lambda: loop.call_soon_threadsafe(scope.cancel)
            try:
                if self._stopping:
                    scope.cancel()
                yield
            finally:
                self._cancel = None


@asynccontextmanager
async def _toolbox(name: str) -> Any:
    if name == "direct":
        yield DirectToolbox()
    elif name == "mcp":
        from engine.toolboxes.mcp import mcp_toolbox  # half a second, which a run without it need not spend

        async with mcp_toolbox() as toolbox:
            yield toolbox
    else:
        from engine.toolboxes.dialling import dialled
        from engine.toolboxes.remote import remote_toolbox

        async with remote_toolbox(dialled(name)) as elsewhere:
            yield elsewhere


@contextmanager
def _folder(path: Path) -> Iterator[IO[str]]:
    """The output folder, made and held: a second run on it is refused."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        lock = (path / "lock").open("w")
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO):
            raise
        raise BadRun(f"{path}: the output folder cannot be written ({error.strerror}); choose another --out") from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise BadRun(f"{path}: another run is working here; wait for it, or choose another --out") from None
        yield lock


def _differences(journal: Journal, content: Content) -> str:
    try:
        old = msgspec.json.decode(journal.note("content") or "{}")
    except msgspec.DecodeError:
        return "its settings cannot be read"
    new = content.model_dump(mode="json")
    names = [name for name in new if old.get(name) != new[name]]
    return ", ".join(f"{name}: {old.get(name)} there, {new[name]} here" for name in names) or "of another version"


def _added(journal: Journal, name: str, seconds: float) -> float:
    """Seconds over all sessions of the run."""
    total = float(journal.note(name) or 0.0) + seconds
    journal.set_note(name, f"{total:.3f}")
    return total
