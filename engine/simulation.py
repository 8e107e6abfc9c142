"""Feed → converse → judge, and what is written: one screen.

Jobs go through a stream without a buffer to as many workers as conversations may be live; everything that
happens goes to the sink, which is bounded. Memory is flat, however many jobs there are. What the environment failed is
begun anew a few times, with the same randomness: its rows are those of a run in which nothing failed. What models replied
until then is paid for, and kept.
"""

from collections.abc import Callable, Iterable, Sequence

import anyio
import msgspec
from anyio.streams.memory import MemoryObjectReceiveStream

from engine.casting import Casting
from engine.checkers import judge
from engine.checkers.gates import STRICT, Gates
from engine.checkers.recording import Recording
from engine.checkers.verdict import REPLAY, Verdict
from engine.conversation.conversation import Conversation
from engine.conversation.converse import Limits, Table, converse
from engine.conversation.events import Event, Failed, Opened
from engine.journal import Happened, Judged, Retried, Sink, key
from engine.keeping import paid_for
from engine.randomness import Randomness
from engine.scenario import Scenario
from engine.toolboxes.bounded import CALL_SECONDS, Bounded
from engine.toolboxes.toolbox import Toolbox
from engine.worlds import Worlds
from servers.domain import Party


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """Why the environment failed a conversation."""

    reason: str
    detail: str = ""


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """One conversation to carry out: the place of its scenario in the run, the trial, and what has happened already.

    `failed`: that came to nothing, for this reason, and goes; what was paid for in it is kept.
    """

    place: int
    scenario: Scenario
    trial: int
    past: Sequence[Event] = ()
    failed: Failure | None = None


class Stage(msgspec.Struct, frozen=True, kw_only=True):
    """What all conversations of a run are played with.

    `retries`: how often one is begun anew when the environment failed. `call_seconds`: how long a call may take. `admits`:
    may another one begin? What runs comes to its end.
    """

    casting: Casting
    worlds: Worlds
    toolbox: Toolbox
    seed: int = 0
    limits: Limits = Limits()
    first: Party = "user"
    gates: Gates = STRICT
    retries: int = 0
    call_seconds: float = CALL_SECONDS
    admits: Callable[[], bool] = lambda: True


PAUSE, LONGEST_PAUSE = 0.25, 30.0
"""Seconds before the first time that a conversation is begun anew, doubled each time; and at most."""

Told = Callable[[Job, Verdict], None]


async def simulate(jobs: Iterable[Job], stage: Stage, sink: Sink, concurrency: int, told: Told) -> None:
    """Carry out and judge every job, `concurrency` at a time; `told` hears each verdict."""
    async with anyio.create_task_group() as tasks:
        send, receive = anyio.create_memory_object_stream[Job](0)
        with send, receive:
            for _ in range(concurrency):
                tasks.start_soon(_work, receive.clone(), stage, sink, told)
            for job in jobs:
                if not stage.admits():
                    break
                await send.send(job)


async def _work(jobs: MemoryObjectReceiveStream[Job], stage: Stage, sink: Sink, told: Told) -> None:
    with jobs:
        async for job in jobs:
            if not stage.admits():
                continue
            verdict = await carry_out(job, stage, sink)
            await sink.send(Judged(key(job.place, job.trial), verdict))
            told(job, verdict)


async def carry_out(job: Job, stage: Stage, sink: Sink) -> Verdict:
    """One conversation's verdict: that of its first try which the environment did not fail, or of the last try."""
    failure, left, past = job.failed, stage.retries, job.past
    while True:
        if failure is not None:
            past = paid_for(Recording(job.scenario, *stage.worlds.of(job.scenario), past))
            await sink.send(Retried(key(job.place, job.trial), failure.reason, failure.detail, len(past)))
        conversation = Conversation(past)
        verdict = await play(job, conversation, stage, sink)
        failure = failure_of(verdict, conversation.events)
        if failure is None or left == 0:
            return verdict
        past = conversation.events
        await anyio.sleep(min(PAUSE * 2 ** (stage.retries - left), LONGEST_PAUSE))
        left -= 1


def failure_of(verdict: Verdict, events: Sequence[Event]) -> Failure | None:
    """What the environment did to a conversation, None when it did nothing: a party's or scenario's failure stands."""
    last = events[-1] if events else None
    if isinstance(last, Failed) and last.blame == "environment":
        return Failure(reason=last.reason, detail=last.detail)
    if (verdict.standing, verdict.blame) == ("failed", "environment"):
        replay = (finding.detail for finding in verdict.findings if (finding.check, finding.result) == (REPLAY, "fail"))
        return Failure(reason=verdict.reason, detail=next(replay, ""))
    return None


async def play(job: Job, conversation: Conversation, stage: Stage, sink: Sink) -> Verdict:
    """One conversation from wherever it stands to its verdict."""
    scenario, name = job.scenario, f"{job.scenario.id}#{job.trial}"
    domain, world = stage.worlds.of(scenario)

    async def emit(event: Event) -> None:
        await sink.send(Happened(key(job.place, job.trial), len(conversation.events) - 1, event))

    if not conversation.events:
        first: Party = "agent" if scenario.greeting else stage.first
        opened = Opened(domain=domain.name, scenario=scenario.id, trial=job.trial, first=first)
        conversation.receive(opened)
        await emit(opened)
    tools = stage.toolbox.open(name, domain, world, conversation.events)
    roles: tuple[Party, ...] = ("agent", "user")
    table = Table(
        players=stage.casting.cast(domain, world, scenario, job.trial),
        tools=Bounded(domain, tools, stage.call_seconds),
        random={role: Randomness(seed=stage.seed, scenario=scenario.id, trial=job.trial, role=role) for role in roles},
        limits=stage.limits,
    )
    try:
        await converse(conversation, table, emit)
    finally:
        stage.toolbox.close(name)
    return judge(Recording(scenario, domain, world, conversation.events), stage.gates)
