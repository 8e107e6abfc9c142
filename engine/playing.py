"""A run's conversations, played in this process: from what the journal has of them to jobs, until all are judged.

Above: a run, or a worker that has a part of one. Below: the simulation. `workers.py` is the other way, in several processes.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

import anyio

from engine.casting import Casting
from engine.checkers.verdict import Verdict
from engine.config import Content, Running
from engine.conversation.converse import Limits
from engine.conversation.events import Failed
from engine.deploying import JOURNAL, deployments
from engine.journal import TRIALS, Entry, Happened, Journal, Sink, key, writer
from engine.modelled import Modelled
from engine.models.budget import Budget
from engine.models.deployment import Deployment
from engine.models.endpoint import Endpoint, Role
from engine.replayed import Replayed, Unasked
from engine.scenario import Scenario, stream
from engine.scoring.judging import judge_run
from engine.simulation import Failure, Job, Stage, failure_of, simulate
from engine.standing import Watch
from engine.toolboxes.direct import DirectToolbox
from engine.toolboxes.toolbox import Toolbox
from engine.worlds import Worlds, keep
from servers.domain import Party


class Named(Protocol):
    """What is known of a scenario wherever it was played."""

    @property
    def id(self) -> str:
        """Its name."""


Heard = Callable[[Named, Verdict, str], None]
"""Hears a verdict, and with which words the conversation failed, if it did."""


class Playing:
    """The conversations of a run or of a part of it. `stop` may be called from a signal handler or another thread."""

    def __init__(self, paths: list[Path], content: Content, running: Running, worlds: Worlds) -> None:
        self._paths = paths
        self._content = content
        self._running = running
        self._worlds = worlds
        self._stopping = False
        self._cancel: Callable[[], object] | None = None
        self._held_up = False
        self.budget = Budget(running.max_tokens, running.max_cost)
        self.watch: Watch = lambda _: None

    def conversations(self) -> Iterator[tuple[int, Scenario, int]]:
        """Every conversation: the place of its scenario in the whole run, the scenario, the trial."""
        for place, scenario in enumerate(islice(stream(self._paths), self._running.limit)):
            if self._running.shard.has(place):
                for trial in range(self._running.trials):
                    yield place, scenario, trial

    def carry_out(self, journal: Journal, heard: Heard, before: Journal | None = None) -> bool:
        """Play and judge what is missing. False: it was stopped; `why` says so where a budget did.

        `before` has what was done of it earlier, if not `journal`.
        """
        if before is not None:
            self._take_over(before, journal)
        anyio.run(self._play, journal, before or journal, heard)
        return not self._stopping and not self.why

    def ask_judge(self, journal: Journal) -> int:
        """Ask the judge about what is said in words, as far as it was not asked before. How many stay without an answer."""
        return anyio.run(self._ask_judge, journal) if self._content.judge else 0

    @property
    def why(self) -> str:
        """Why something was not begun, as it stands now; empty where everything was."""
        return self.budget.why() if self._held_up else ""

    @property
    def stopped(self) -> bool:
        """Was it asked to stop?"""
        return self._stopping

    def stop(self) -> None:
        """Stop playing; what has happened is still written."""
        self._stopping = True
        if self._cancel is not None:
            self._cancel()

    def _take_over(self, before: Journal, journal: Journal) -> None:
        """Conversations that are not finished go on here, from where they stand there."""
        for conversation in before.unfinished():
            if self._running.shard.has(conversation // TRIALS):
                events = before.events(conversation)
                journal.write([Happened(conversation, number, event) for number, event in enumerate(events)])

    def _jobs(self, journal: Journal, before: Journal) -> Iterator[Job]:
        """What is still to be done. What failed begins anew, what a checker crashed on is judged again as it is."""
        fresh, standing_of = before.empty and journal.empty, _standings(before)
        for place, scenario, trial in self.conversations():
            conversation = key(place, trial)
            standing = None if fresh else standing_of(conversation)
            if standing in ("accepted", "rejected"):
                continue
            failure = None if standing is None else _failure(before, conversation)
            if failure is not None:
                yield Job(place=place, scenario=scenario, trial=trial, past=before.events(conversation), failed=failure)
            else:
                yield Job(place=place, scenario=scenario, trial=trial, past=() if fresh else journal.events(conversation))

    async def _play(self, journal: Journal, before: Journal, heard: Heard) -> None:
        content, running = self._content, self._running
        async with (
            self._casting(journal) as casting,
            _toolbox(running.tools, running.call_seconds) as toolbox,
            writer(journal) as sink,
        ):
            keep()
            stage = Stage(
                casting=casting,
                worlds=self._worlds,
                toolbox=toolbox,
                seed=content.seed,
                limits=Limits(moves=content.max_moves, calls=content.max_calls),
                first=content.first,
                gates=content.deciding,
                retries=running.retries,
                call_seconds=running.call_seconds,
                admits=self._admits,
            )
            with self._stoppable():
                told, jobs = _Overheard(sink), self._jobs(journal, before)

                def judged(job: Job, verdict: Verdict) -> None:
                    heard(job.scenario, verdict, told.failed(key(job.place, job.trial)))

                await simulate(jobs, stage, told, running.concurrency, judged)

    def _admits(self) -> bool:
        """May another conversation begin, or another be judged in words? Asked only while there is one."""
        self._held_up = self._held_up or not self.budget.admits()
        return not self._held_up

    @asynccontextmanager
    async def _casting(self, journal: Journal) -> AsyncIterator[Casting]:
        content = self._content
        if not content.models():
            yield Casting(content.agent, content.user, content.reasoning)
            return
        async with self._endpoint(journal) as endpoint:
            sampling: Mapping[Party, Mapping[str, Any]] = {"agent": content.sampling("agent"), "user": content.sampling("user")}
            yield Modelled(content.agent, content.user, content.reasoning, endpoint, sampling, content.system)

    @asynccontextmanager
    async def _endpoint(self, journal: Journal) -> AsyncIterator[Endpoint]:
        """Who plays the parties: models, or the run that is replayed."""
        from engine.asked import asked  # half a second, which a run without models need not spend

        roles, there = deployments(self._content, self._running), self._running.replay
        async with asked(roles, self._running, journal, self.budget, self.watch) as endpoint:
            yield endpoint if there is None else Replayed(endpoint, str(there), same=_is_of(there, self._content))

    @asynccontextmanager
    async def _judging(self, journal: Journal) -> AsyncIterator[Endpoint]:
        """Who is the judge. Also when a run is replayed: of what nobody was asked there."""
        from engine.asked import asked

        if roles := judging(self._content, self._running):
            running = self._running.model_copy(update={"replay": None})
            async with asked(roles, running, journal, self.budget, self.watch) as endpoint:
                yield endpoint
        else:
            yield Unasked()

    async def _ask_judge(self, journal: Journal) -> int:
        content, running = self._content, self._running
        async with self._judging(journal) as endpoint:
            with self._stoppable():
                found = await judge_run(
                    journal,
                    self.conversations(),
                    endpoint,
                    content.judge or "",
                    sampling=content.sampling("judge"),
                    concurrency=min(running.concurrency, running.max_in_flight),
                    admits=self._admits,
                )
                return found.without
        return 0

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


class _Overheard:
    """A sink that remembers with which words conversations failed, until that is told."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._failed: dict[int, str] = {}

    async def send(self, entry: Entry) -> None:
        """As Sink."""
        if isinstance(entry, Happened) and isinstance(entry.event, Failed):
            self._failed[entry.conversation] = entry.event.detail
        await self._sink.send(entry)

    def failed(self, conversation: int) -> str:
        """The words of one that has come to its end."""
        return self._failed.pop(conversation, "")


def judging(content: Content, running: Running) -> Mapping[Role, Deployment]:
    """Where the judge is; nowhere in a replay that does not say where. Raises BadSettings."""
    if content.judge is None or (running.replay is not None and not (running.judge_base_url or running.base_url)):
        return {}
    alone = content.model_copy(update={"agent": "gold", "user": "scripted"})
    return deployments(alone, running.model_copy(update={"replay": None}))


def _is_of(there: Path, content: Content) -> bool:
    """Was the run there made of the same?"""
    with Journal(there / JOURNAL, read_only=True) as journal:
        return journal.note("digest") == content.digest


def _standings(journal: Journal) -> Callable[[int], str | None]:
    """Answers the standing of conversations that are asked for in order: all of them are read once, a few at a time."""
    rows = journal.standings()
    latest = next(rows, None)

    def standing(conversation: int) -> str | None:
        nonlocal latest
        while latest is not None and latest[0] < conversation:
            latest = next(rows, None)
        return latest[1] if latest is not None and latest[0] == conversation else None

    return standing


def _failure(journal: Journal, conversation: int) -> Failure | None:
    """Why a conversation has to be begun anew, None when its events are as good as ever."""
    verdict = journal.verdict(conversation)
    assert verdict is not None
    failed = Failure(reason=verdict.reason) if verdict.standing == "failed" else None
    return failure_of(verdict, journal.events(conversation)) or failed


@asynccontextmanager
async def _toolbox(name: str, seconds: float) -> AsyncIterator[Toolbox]:
    if name == "direct":
        yield DirectToolbox()
    elif name == "mcp":
        from engine.toolboxes.mcp import mcp_toolbox  # half a second, which a run without it need not spend

        async with mcp_toolbox() as toolbox:
            yield toolbox
    else:
        from engine.toolboxes.dialling import dialled
        from engine.toolboxes.remote import remote_toolbox

        async with remote_toolbox(dialled(name, seconds)) as elsewhere:
            yield elsewhere
