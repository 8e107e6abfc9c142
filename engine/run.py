"""A run: an output folder with its journal, carried on from wherever it stands until its dataset is written."""

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
from engine.journal import TRIALS, Journal, key, writer
from engine.scenario import Scenario, files, load
from engine.simulation import Job, Stage, simulate
from engine.toolboxes.direct import DirectToolbox
from engine.toolboxes.mcp import mcp_toolbox
from engine.worlds import Worlds

JOURNAL = "journal.sqlite"

Heard = Callable[[Scenario, Verdict], None]


class BadRun(ValueError):
    """A folder or setting with which a run cannot be made: what, where, what to do."""


class Run:
    """One run: `paths` of scenarios, what makes its bytes, how it runs. Use `carry_out`."""

    def __init__(self, paths: list[Path], content: Content, running: Running) -> None:
        self.paths = paths
        self.worlds = Worlds()
        self.running = running
        self.count = self._checked()
        self.content = content.model_copy(update={"scenarios": content_of(files(paths))})
        self.folder = running.folder(self.content)

    def _checked(self) -> int:
        """Reads every scenario once before anything is played. Raises BadScenario."""
        count = 0
        for scenario in islice(load(self.paths), self.running.limit):
            self.worlds.of(scenario)
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

        Repeating a finished run plays nothing. Raises BadRun, JournalFailed, OSError.
        """
        with _folder(self.folder), Journal(self.folder / JOURNAL) as journal:
            self._claim(journal)
            self._settle_trials(journal)
            done = dict(journal.finished())
            begun(self.count * self.running.trials, self._done(done))
            wall, cpu = time.monotonic(), time.process_time()
            try:
                anyio.run(self._play, journal, done, heard)
            finally:
                wall_s = _added(journal, "wall_s", time.monotonic() - wall)
                cpu_s = _added(journal, "cpu_s", time.process_time() - cpu)
            summary = self._write(journal)
            write_summary(self.folder, summary, wall_s, cpu_s)
            return summary.as_dict(wall_s, cpu_s)

    def _write(self, journal: Journal) -> Summary:
        imported = self.content.imported_rows
        return write_dataset(self.folder, journal, self.conversations(), self.worlds, self.content.seed, imported_rows=imported)

    def _claim(self, journal: Journal) -> None:
        """The folder is this run's, or new; never another's."""
        known = journal.note("digest")
        if known is not None and known != self.content.digest:
            raise BadRun(f"{self.folder}: holds another run ({_differences(journal, self.content)}); choose another --out")
        journal.set_note("digest", self.content.digest)
        journal.set_note("content", self.content.model_dump_json())
        journal.set_note("paths", msgspec.json.encode([str(path) for path in self.paths]).decode())

    def _settle_trials(self, journal: Journal) -> None:
        if self.running.trials > TRIALS:
            raise BadRun(f"--trials: at most {TRIALS}")
        journal.set_note("version", self.content.version)

    def _done(self, done: dict[int, str]) -> int:
        return sum(place // TRIALS < self.count and place % TRIALS < self.running.trials for place in done)

    def _jobs(self, journal: Journal, done: dict[int, str]) -> Iterator[Job]:
        begun = journal.begun()
        for place, scenario, trial in self.conversations():
            conversation = key(place, trial)
            if conversation in done:
                continue
            if journal.verdict(conversation) is not None:  # it failed, by nobody's fault in it
                journal.forget(conversation)
            elif conversation in begun:
                yield Job(place=place, scenario=scenario, trial=trial, past=journal.events(conversation))
                continue
            yield Job(place=place, scenario=scenario, trial=trial)

    async def _play(self, journal: Journal, done: dict[int, str], heard: Heard) -> None:
        content = self.content
        gc.freeze()  # worlds and parsed phrases live as long as the run: no collection needs to look at them
        gc.set_threshold(50_000, 20, 50)
        async with _toolbox(self.running.tools) as toolbox, writer(journal) as sink:
            stage = Stage(
                casting=Casting(content.agent, content.user, content.reasoning),
                worlds=self.worlds,
                toolbox=toolbox,
                seed=content.seed,
                limits=Limits(moves=content.max_moves, calls=content.max_calls),
                first=content.first,
            )
            jobs = self._jobs(journal, done)
            await simulate(jobs, stage, sink, self.running.concurrency, lambda job, verdict: heard(job.scenario, verdict))


@asynccontextmanager
async def _toolbox(name: str) -> Any:
    if name == "direct":
        yield DirectToolbox()
    else:
        async with mcp_toolbox() as toolbox:
            yield toolbox


@contextmanager
def _folder(path: Path) -> Iterator[IO[str]]:
    """The output folder, made and held: a second run on it is refused."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        lock = (path / "lock").open("w")
    except OSError as error:
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
