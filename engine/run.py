"""A run: an output folder with its journal, carried on from wherever it stands until its dataset is written."""

import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from engine.config import JUDGING, Content, Running, content_of
from engine.dataset.write import write_dataset, write_summary
from engine.deploying import JOURNAL as JOURNAL
from engine.deploying import refuse_unusable
from engine.diary import diary
from engine.folder import BadRun as BadRun
from engine.folder import held
from engine.journal import TRIALS, Journal
from engine.playable import refuse_unplayable
from engine.playing import Heard, Playing, judging
from engine.scenario import Scenario, files, load
from engine.scoring.judgements import claim, copied
from engine.shards import Shard
from engine.spending import overrun, way_on
from engine.standing import Begun, Watch, judged_before
from engine.workers import Workers, take_in_what_is_left
from engine.worlds import Worlds


class Stopped(Exception):
    """`Run.stop` was called, or the budget is spent: what has happened is in the journal. Says how far it came.

    With a budget there is a dataset of what is judged, whose `summary` it has; and `advice`: how to go on.
    """

    def __init__(self, how_far: str, summary: dict[str, Any] | None = None, advice: str = "") -> None:
        super().__init__(how_far)
        self.summary = summary
        self.advice = advice


class Run:
    """One run: `paths` of scenarios, what makes its bytes, how it runs. Use `carry_out`.

    `count` is how many scenarios there are in all, `total` how many conversations are this run's, `without` how many of them
    have no answer of the judge.
    """

    def __init__(self, paths: list[Path], content: Content, running: Running) -> None:
        self.paths = paths
        self.worlds = Worlds()
        self.running = running
        self.count = self._checked()
        self.total = running.shard.count(self.count) * running.trials
        self.content = content.model_copy(update={"scenarios": content_of(files(paths))})
        self.folder = running.folder(self.content)
        self._here = Playing(paths, self.content, running, self.worlds)
        workers = min(running.workers, running.shard.count(self.count))
        self._playing = self._here if workers <= 1 else Workers(paths, self.content, running, workers, self.folder)
        self._is_playing = False
        self.without = 0

    def _checked(self) -> int:
        """Reads every scenario once before anything is played. Raises BadScenario."""
        count = 0
        for scenario in islice(load(self.paths), self.running.limit):
            if self.running.shard.has(count):
                refuse_unplayable(scenario, *self.worlds.of(scenario))
            count += 1
        if not count:
            raise BadRun(f"{', '.join(map(str, self.paths))}: no scenarios in these files")
        return count

    def conversations(self) -> Iterator[tuple[int, Scenario, int]]:
        """Every conversation of the run: the place of its scenario, the scenario, the trial."""
        return self._here.conversations()

    def carry_out(
        self,
        heard: Heard,
        begun: Begun = lambda _total, _before: None,
        watch: Watch = lambda _: None,
    ) -> dict[str, Any]:
        """Carry out what is missing, write the dataset, answer the summary. `heard` hears each new verdict, `watch` how its
        endpoints stand.

        Repeating a finished run plays nothing. Raises BadRun, BadEndpoint, JournalFailed, WorkerFailed, OSError, Stopped; alone
        or in a group.
        """
        refuse_unusable(self.content, self.running)
        judging(self.content, self.running)
        with (
            held(self.folder),
            Journal(self.folder / JOURNAL) as journal,
            self._diary(heard, begun, watch) as (heard, begun, watch),
        ):
            self._here.watch = watch
            self._claim(journal)
            take_in_what_is_left(self.folder)
            begun(self.total, judged_before(journal, self.count, self.running.trials))
            if not self._played(journal, heard):
                raise self._stopped(journal)
            summary = self.write(journal)
            if (written := summary["conversations"]) != self.total:
                where = ", ".join(map(str, self.paths))
                raise BadRun(
                    f"{self.folder}: has {written} of {self.total} conversations: {where} changed meanwhile; run it again"
                )
            return summary

    def _diary(self, heard: Heard, begun: Begun, watch: Watch) -> AbstractContextManager[tuple[Heard, Begun, Watch]]:
        """Who hears and watches: where models take part, the log in the folder as well."""
        content = self.content
        if not content.models() and content.judge is None:
            return nullcontext((heard, begun, watch))
        players = {"agent": content.agent, "user": content.user, "judge": content.judge}
        return diary(self.folder, heard, begun, watch, floor=self.running.floor, conversations=self.total, **players)

    def _stopped(self, journal: Journal) -> Stopped:
        """How far it came. What a budget has paid for is written."""
        done, why = journal.finished(self.count, self.running.trials), self._here.why
        parts = [f"{done} of {self.total} conversations are judged", why, self.overrun if why else ""]
        if self.without:
            parts.insert(1, f"{self.without} have no answer of the judge")
        how_far = "; ".join(filter(None, parts))
        if not why or self._here.stopped:
            return Stopped(how_far)
        return Stopped(how_far, self.write(journal, stopped=how_far), way_on(self._here.budget))

    @property
    def overrun(self) -> str:
        """By how much its budget is exceeded, empty where it is not."""
        return overrun(self._here.budget)

    def _played(self, journal: Journal, heard: Heard) -> bool:
        """Play to the end, or until it is stopped, and ask the judge; how long that took is kept in any case."""
        wall, cpu = time.monotonic(), _cpu_s()
        self._is_playing = True
        try:
            if self._playing.carry_out(journal, heard):
                self.without = self._here.ask_judge(journal)
                return not self._here.stopped and not self._here.why
            return False
        finally:
            self._is_playing = False
            for name, seconds in (("wall_s", time.monotonic() - wall), ("cpu_s", _cpu_s() - cpu)):
                journal.set_note(name, f"{float(journal.note(name) or 0.0) + seconds:.3f}")

    def stop(self) -> bool:
        """Stop playing, from a signal handler or another thread; `carry_out` then raises Stopped. False: nothing is played."""
        if self._is_playing:
            self._playing.stop()
        return self._is_playing

    def write(self, journal: Journal, stopped: str = "") -> dict[str, Any]:
        """Write the dataset of what is judged, and answer the summary. `stopped` says how far a run came that goes on later."""
        summary = write_dataset(self.folder, journal, self.conversations(), self.worlds, self.content)
        summary.retried, summary.stopped = journal.retried(self.count, self.running.trials), stopped
        for name, size in (self._reached(journal) if stopped else self._size()).items():
            journal.set_note(f"written {name}", str(size))
        seconds = float(journal.note("wall_s") or 0.0), float(journal.note("cpu_s") or 0.0)
        write_summary(self.folder, summary, *seconds)
        return summary.as_dict(*seconds)

    def _size(self) -> dict[str, int]:
        """How large the run is, in the ways in which it may grow."""
        return {"scenarios": self.count, "trials": self.running.trials}

    def _reached(self, journal: Journal) -> dict[str, int]:
        """How large a run is that was stopped: it may not become smaller than its rows."""
        scenarios, trials = (int(journal.note(f"written {name}") or 0) for name in self._size())
        for conversation, _ in journal.standings():
            place, trial = divmod(conversation, TRIALS)
            if place < self.count and trial < self.running.trials:
                scenarios, trials = max(scenarios, place + 1), max(trials, trial + 1)
        return {"scenarios": scenarios, "trials": trials}

    def _claim(self, journal: Journal) -> None:
        """The folder is this run's, or new; never another's. A judge may be another one each time."""
        known, shard = journal.note("digest"), str(self.running.shard)
        if known is not None and known != self.content.digest:
            raise BadRun(f"{self.folder}: holds another run ({_differences(journal, self.content)}); choose another --out")
        if known is not None and (there := journal.note("shard") or str(Shard())) != shard:
            raise BadRun(f"{self.folder}: holds shard {there} of this run, not {shard}; choose another --out")
        for name, now in self._size().items():
            if now < int(journal.note(f"written {name}") or 0):
                raise BadRun(f"{self.folder}: has the rows of more {name} than {now}; a run may grow, choose another --out")
        self.name(journal)
        if self.content.judge is not None:
            if self.running.replay is not None:
                with Journal(self.running.replay / JOURNAL, read_only=True) as replayed:
                    copied(replayed, journal)
            claim(journal, str(self.folder), self.content.judge, self.content.sampling("judge"))

    def name(self, journal: Journal) -> None:
        """Keep in the journal what run it is."""
        paths = msgspec.json.encode([str(path) for path in self.paths]).decode()
        size = {f"asked {name}": str(size) for name, size in self._size().items()}
        content = {"digest": self.content.digest, "content": self.content.model_dump_json(), "paths": paths}
        for name, value in (content | size | {"shard": str(self.running.shard)}).items():
            journal.set_note(name, value)


def _differences(journal: Journal, content: Content) -> str:
    try:
        old = msgspec.json.decode(journal.note("content") or "{}")
    except msgspec.DecodeError:
        return "its settings cannot be read"
    new = content.model_dump(mode="json")
    names = [name for name in new if name not in JUDGING and old.get(name) != new[name]]
    return ", ".join(f"{name}: {_short(old.get(name))} there, {_short(new[name])} here" for name in names) or "of another version"


def _short(value: object) -> str:
    """A value in one line: of a longer one the digest."""
    text = str(value)
    return text if len(text) <= 64 and "\n" not in text else hashlib.sha256(text.encode()).hexdigest()[:12]


def _cpu_s() -> float:
    """Seconds of processors that this process and those that it has waited for have used."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system
