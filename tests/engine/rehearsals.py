"""Runs in which models take part that know their parts: what a run without them did, played again through an endpoint."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache

from msgspec.structs import replace

from engine.agents.model import ModelAgent
from engine.casting import Casting
from engine.clock import run_virtual
from engine.conversation.conversation import Conversation
from engine.conversation.converse import Player, converse
from engine.conversation.events import Event, Replied, Reply
from engine.journal import Entry, Sink, key
from engine.models.endpoint import Ask, Endpoint
from engine.models.rehearsed import Fault, Part, Rehearsed, body_of, due, part_of
from engine.scenario import Scenario
from engine.simulation import simulate
from engine.toolboxes.direct import DirectToolbox
from engine.users.model import ModelUser
from servers.domain import Domain, Party
from servers.state import World
from tests.engine import stages
from tests.engine.stages import Kept


class Models(Casting):
    """Both parties are models behind one endpoint."""

    def __init__(self, endpoint: Endpoint, attempts: int = 3) -> None:
        super().__init__()
        self._endpoint = endpoint
        self._attempts = attempts

    def players(self, domain: Domain, world: World, scenario: Scenario) -> Mapping[Party, Player]:
        name, policy = f"{scenario.id}#0", domain.policy(world.facts)
        return {
            "agent": ModelAgent(domain, policy, self._endpoint, name, {}, attempts=self._attempts),
            "user": ModelUser(domain, scenario, self._endpoint, name, {}, attempts=self._attempts),
        }


class Answering:
    """An endpoint that answers with what a function makes of each request; `asked` has them all."""

    def __init__(self, answer: Callable[[Ask], bytes]) -> None:
        self._answer = answer
        self.asked: list[Ask] = []

    async def complete(self, ask: Ask) -> Reply:
        self.asked.append(ask)
        return Reply(raw=self._answer(ask).decode())


class _Both:
    """A sink that is two."""

    def __init__(self, *sinks: Sink) -> None:
        self._sinks = sinks

    async def send(self, entry: Entry) -> None:
        for sink in self._sinks:
            await sink.send(entry)


def on_lamps(casting: Casting, count: int = 6, first: Party = "user", sink: Sink | None = None) -> dict[str, list[Event]]:
    """Play scenarios about lamps, and answer the events of each conversation by its name."""
    kept, jobs = Kept(), stages.jobs(count)
    stage = replace(stages.stage(casting=casting), first=first)
    run_virtual(simulate, jobs, stage, _Both(kept, *([sink] if sink else [])), 1, lambda *_: None)
    names = {key(job.place, job.trial): f"{job.scenario.id}#{job.trial}" for job in jobs}
    return {names[conversation]: events for conversation, events in kept.conversations().items()}


@cache
def parts(count: int = 6, first: Party = "user") -> Mapping[str, Part]:
    """What the expert and the scripted user do about lamps."""
    return {name: part_of(events) for name, events in on_lamps(Casting(), count, first).items()}


def rehearsed(fault: Fault = lambda _: "", count: int = 6, first: Party = "user") -> tuple[Rehearsed, list[Ask]]:
    """An endpoint that knows those parts, and what it is asked."""
    asked: list[Ask] = []
    return Rehearsed(parts(count, first), fault=fault, hear=asked.append), asked


def always(body: Callable[[Ask], bytes], role: Party = "agent") -> Answering:
    """The parties of the first conversation about lamps: one is always answered so, the other knows its part."""
    known = parts(1)
    return Answering(
        lambda ask: body(ask) if ask.role == role else body_of(due(known[ask.conversation][ask.role], ask.messages))  # type: ignore[index]
    )


def go_on(scenario: Scenario, past: Sequence[Event], casting: Casting) -> list[Event]:
    """A conversation about lamps from wherever it stands to its end."""
    conversation, players = Conversation(past), casting.players(stages.LIGHTS, stages.world(), scenario)
    tools = DirectToolbox().open("c", stages.LIGHTS, stages.world(), past)
    run_virtual(converse, conversation, stages.table(players["user"], players["agent"], tools), nowhere)
    return conversation.events


async def nowhere(_event: Event) -> None:
    """Emits to nobody."""


def replies(events: Sequence[Event]) -> set[tuple[str, int, int]]:
    """Which replies are among events: party, move, attempt."""
    return {(event.party, event.move, event.attempt) for event in events if isinstance(event, Replied)}
