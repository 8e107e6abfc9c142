"""Feed → converse → judge, and what is written: one screen.

Jobs go through a stream without a buffer to as many workers as conversations may be live; everything that
happens goes to the sink, which is bounded. Memory is flat, however many jobs there are.
"""

from collections.abc import Callable, Iterable, Sequence

import anyio
import msgspec
from anyio.streams.memory import MemoryObjectReceiveStream

from engine.casting import Casting
from engine.checkers import judge
from engine.checkers.recording import Recording
from engine.checkers.verdict import Verdict
from engine.conversation.conversation import Conversation
from engine.conversation.converse import Limits, Table, converse
from engine.conversation.events import Event, Opened
from engine.journal import Happened, Judged, Sink, key
from engine.randomness import Randomness
from engine.scenario import Scenario
from engine.toolboxes.toolbox import Toolbox
from engine.worlds import Worlds
from servers.domain import Party


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """One conversation to carry out: the place of its scenario in the run, the trial, and what has happened already."""

    place: int
    scenario: Scenario
    trial: int
    past: Sequence[Event] = ()


class Stage(msgspec.Struct, frozen=True, kw_only=True):
    """What all conversations of a run are played with."""

    casting: Casting
    worlds: Worlds
    toolbox: Toolbox
    seed: int = 0
    limits: Limits = Limits()
    first: Party = "user"


Told = Callable[[Job, Verdict], None]


async def simulate(jobs: Iterable[Job], stage: Stage, sink: Sink, concurrency: int, told: Told) -> None:
    """Carry out and judge every job, `concurrency` at a time; `told` hears each verdict."""
    async with anyio.create_task_group() as tasks:
        send, receive = anyio.create_memory_object_stream[Job](0)
        with send, receive:
            for _ in range(concurrency):
                tasks.start_soon(_work, receive.clone(), stage, sink, told)
            for job in jobs:
                await send.send(job)


async def _work(jobs: MemoryObjectReceiveStream[Job], stage: Stage, sink: Sink, told: Told) -> None:
    with jobs:
        async for job in jobs:
            verdict = await play(job, stage, sink)
            await sink.send(Judged(key(job.place, job.trial), verdict))
            told(job, verdict)


async def play(job: Job, stage: Stage, sink: Sink) -> Verdict:
    """One conversation from wherever it stands to its verdict."""
    scenario, name = job.scenario, f"{job.scenario.id}#{job.trial}"
    domain, world = stage.worlds.of(scenario)
    conversation = Conversation(job.past)

    async def emit(event: Event) -> None:
        await sink.send(Happened(key(job.place, job.trial), len(conversation.events) - 1, event))

    if not conversation.events:
        opened = Opened(domain=domain.name, scenario=scenario.id, trial=job.trial, first=stage.first)
        conversation.receive(opened)
        await emit(opened)
    tools = stage.toolbox.open(name, domain, world, conversation.events)
    roles: tuple[Party, ...] = ("agent", "user")
    table = Table(
        players=stage.casting.players(domain, world.facts, scenario),
        tools=tools,
        random={role: Randomness(seed=stage.seed, scenario=scenario.id, trial=job.trial, role=role) for role in roles},
        limits=stage.limits,
    )
    try:
        await converse(conversation, table, emit)
    finally:
        stage.toolbox.close(name)
    return judge(Recording(scenario, domain, world, conversation.events))
