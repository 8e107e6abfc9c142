"""Feed, conversations, judge, sink: concurrent in truth, bounded in everything, the same bytes at any concurrency."""

import dataclasses
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

import anyio
import msgspec
import pytest

from engine.casting import Casting
from engine.clock import run_virtual
from engine.conversation.converse import PartyFailed, Player
from engine.conversation.events import Call, Failed, Move
from engine.journal import Entry, Happened
from engine.scenario import Scenario
from engine.simulation import Job, Stage, simulate
from engine.toolboxes.direct import DirectToolbox
from engine.toolboxes.mcp import mcp_toolbox
from engine.worlds import Worlds
from servers.domain import Domain, Party
from servers.state import State, World
from tests.domains.lights.tools import Reset, reset_lamp
from tests.engine.stages import LIGHTS, Kept, Listed, SlowCasting, jobs, says, stage, world, written


def unheard(_job: Job, _verdict: object) -> None:
    """Tells nobody."""


def in_virtual_time(concurrency: int) -> tuple[dict[int, bytes], list[str], float]:
    """What each conversation came to, whose moves were made in which order, and how long it took."""
    kept, casting = Kept(), SlowCasting(seconds=1.0)

    async def main() -> float:
        await simulate(jobs(), stage(casting=casting), kept, concurrency, unheard)
        return anyio.current_time()

    took = run_virtual(main)
    return {key: written(events) for key, events in kept.conversations().items()}, casting.log, took


def test_conversations_interleave_and_their_events_are_the_same_at_any_concurrency() -> None:
    """One at a time nobody's moves mix; fifty at once nearly everybody's do, in a fraction of the time, with equal bytes."""
    alone, order_alone, took_alone = in_virtual_time(1)
    together, order_together, took_together = in_virtual_time(50)
    assert alone == together
    assert len(alone) == 30
    assert switches(order_alone) == 29
    assert sorted(order_together) == sorted(order_alone)
    assert switches(order_together) > len(order_together) / 2
    assert took_together < took_alone / 10


def switches(order: list[str]) -> int:
    """How often the next move belonged to another conversation."""
    return sum(1 for one, other in pairwise(order) if one != other)


def test_two_runs_in_virtual_time_do_everything_in_the_same_order() -> None:
    assert in_virtual_time(7) == in_virtual_time(7)


async def test_over_mcp_in_real_time_the_events_are_the_same_at_any_concurrency() -> None:
    found = []
    for concurrency in (1, 50):
        kept = Kept()
        async with mcp_toolbox() as toolbox:
            await simulate(jobs(), stage(toolbox), kept, concurrency, unheard)
        order = [str(entry.conversation) for entry in kept.entries if isinstance(entry, Happened)]
        found.append((switches(order), {key: written(events) for key, events in kept.conversations().items()}))
    assert found[0][1] == found[1][1]
    assert found[0][0] == 29
    assert found[1][0] > 60


class SlowSink(Kept):
    """A disk on which an entry takes a second, and at most `room` entries wait for it."""

    def __init__(self, room: int) -> None:
        super().__init__()
        self._room = anyio.Semaphore(room)
        self.produced = self.written = self.most = 0

    async def send(self, entry: Entry) -> None:
        self.produced += 1
        self.most = max(self.most, self.produced - self.written)
        async with self._room:
            await anyio.sleep(1)
            await super().send(entry)
        self.written += 1


@pytest.mark.parametrize("concurrency", [1, 4, 12])
def test_a_slow_sink_slows_the_conversations_and_the_feed_is_not_drawn_ahead(concurrency: int) -> None:
    """What is produced and not written is at most one entry a conversation, what is drawn and not done one job more."""
    drawn = done = most_drawn = 0

    def feed() -> Iterator[Job]:
        nonlocal drawn, most_drawn
        for job in jobs():
            drawn += 1
            most_drawn = max(most_drawn, drawn - done)
            yield job

    def told(_job: Job, _verdict: object) -> None:
        nonlocal done
        done += 1

    async def main() -> SlowSink:
        sink = SlowSink(room=2)
        await simulate(feed(), stage(), sink, concurrency, told)
        return sink

    sink = run_virtual(main)
    assert (drawn, done, sink.written) == (30, 30, sink.produced)
    assert sink.most <= concurrency
    assert most_drawn <= concurrency + 1


class OneWorld(Worlds):
    """The world of the lamps in another edition of their domain."""

    def __init__(self, domain: Domain) -> None:
        super().__init__()
        self._domain = domain

    def of(self, scenario: Scenario) -> tuple[Domain, World]:
        return self._domain, world()


def broken(state: State, sent: Reset) -> Any:
    if int(sent.lamp_id[1:]) % 2:
        raise RuntimeError("smoke")
    return reset_lamp(state, sent)


def test_a_tool_that_crashes_fails_its_conversation_by_the_environments_fault_and_the_others_go_on() -> None:
    tools = tuple(msgspec.structs.replace(tool, function=broken) if tool.kind == "write" else tool for tool in LIGHTS.tools)
    odd = Stage(casting=Casting(), worlds=OneWorld(dataclasses.replace(LIGHTS, tools=tools)), toolbox=DirectToolbox(), seed=7)
    kept = Kept()
    run_virtual(simulate, jobs(), odd, kept, 5, unheard)
    standings = kept.standings()
    assert set(standings) == {("accepted", "", None), ("failed", "tool failed", "environment")}
    assert sum(standings.values()) == 30
    crash = Failed(blame="environment", reason="tool failed", detail="tests.domains.lights.reset_lamp crashed")
    failed = [events[-1] for events in kept.conversations().values() if isinstance(events[-1], Failed)]
    assert failed == [crash] * standings["failed", "tool failed", "environment"]


SABOTAGED = {job.scenario.id for job in jobs()[::5]}


class Sabotaged(Casting):
    """In every fifth scenario one party is replaced."""

    def __init__(self, party: Party, player: Player) -> None:
        super().__init__()
        self._party = party
        self._player = player

    def players(self, domain: Domain, world: World, scenario: Scenario) -> Mapping[Party, Player]:
        players = super().players(domain, world, scenario)
        return {**players, self._party: self._player} if scenario.id in SABOTAGED else players


@pytest.mark.parametrize(
    ("party", "player", "verdict"),
    [
        (
            "agent",
            Listed(PartyFailed("agent", "no reply that could be read")),
            ("rejected", "no reply that could be read", "agent"),
        ),
        ("user", Listed(PartyFailed("user", "left its part")), ("rejected", "left its part", "user")),
        ("agent", Listed(PartyFailed("environment", "endpoint down")), ("failed", "endpoint down", "environment")),
        ("agent", Listed(Move(calls=(Call(name="x"),) * 500)), ("rejected", "too many calls", "agent")),
        ("user", Listed(*[says(str(number)) for number in range(60)]), ("rejected", "too many moves", None)),
    ],
)
def test_a_party_that_fails_costs_its_own_conversation_alone(
    party: Party, player: Player, verdict: tuple[str, str, str | None]
) -> None:
    kept = Kept()
    run_virtual(simulate, jobs(), stage(casting=Sabotaged(party, player)), kept, 5, unheard)
    standings = kept.standings()
    assert standings["accepted", "", None] == 24
    ((standing, reason, blame),) = [found for found in standings if found != ("accepted", "", None)]
    assert (standing, reason) == verdict[:2]
    assert blame in ((verdict[2],) if verdict[2] else ("user", "agent"))


def test_any_other_exception_stops_the_run() -> None:
    """It is our bug: not recorded as anybody's failure."""
    kept = Kept()
    with pytest.raises(ExceptionGroup) as stopped:
        run_virtual(simulate, jobs(), stage(casting=Sabotaged("agent", Listed(ZeroDivisionError("ours")))), kept, 3, unheard)
    assert stopped.group_contains(ZeroDivisionError, match="ours")
    assert not any(isinstance(events[-1], Failed) for events in kept.conversations().values())


@pytest.mark.parametrize("count", [0, 1, 3])
def test_more_workers_than_jobs_come_to_an_end(count: int) -> None:
    kept = Kept()
    run_virtual(simulate, jobs()[:count], stage(), kept, 20, unheard)
    assert sum(kept.standings().values()) == count


def test_trials_of_one_scenario_differ_and_are_judged_alike() -> None:
    kept = Kept()
    run_virtual(simulate, jobs(4, trials=3), stage(), kept, 4, unheard)
    assert kept.standings() == {("accepted", "", None): 12}
    assert len({written(events[1:]) for events in kept.conversations().values()}) == 12


def test_a_tools_conversation_is_closed_whatever_happens() -> None:
    """The toolbox keeps nothing of conversations that ended, well or badly."""

    async def main() -> tuple[int, int]:
        async with mcp_toolbox() as toolbox:
            await simulate(jobs(10), stage(toolbox), Kept(), 4, unheard)
            after_all = len(toolbox._states)
            sabotaged = stage(toolbox, casting=Sabotaged("agent", Listed(ZeroDivisionError())))
            with pytest.raises(ExceptionGroup):
                await simulate(jobs(10), sabotaged, Kept(), 4, unheard)
            return after_all, len(toolbox._states)

    assert anyio.run(main) == (0, 0)
