"""A write sequence's digest hangs on nothing but the writes: not on forking, replaying, or what a journal made of them."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import servers
from engine.checkers.verdict import Verdict
from engine.conversation.conversation import Conversation
from engine.conversation.events import Called, Event, Opened, Returned, Spoke
from engine.journal import Happened, Journal, Judged, Retried
from engine.toolboxes.toolbox import state_after
from servers.domain import Domain, Outcome, ToolCall
from servers.replay import apply, replay
from servers.state import World
from servers.worlds import open_world
from tests.servers.traffic import plans

DOMAINS = ("retail", "airline")
SEEDS = st.integers(0, 1_000_000)
COUNTS = st.integers(0, 12)


@cache
def given_world(name: str) -> tuple[Domain, World]:
    domain = servers.load(name)
    return domain, open_world(domain, "small:7")


@cache
def another_world(name: str) -> World:
    """The same world, made a second time."""
    return open_world(servers.load(name), "small:7")


def calls(world: World, seed: int, count: int) -> list[ToolCall]:
    """Mostly writes, on the same few records; some are refused."""
    return plans(world, Random(f"digest {seed}"), 1, count)[0]


def straight(domain: Domain, world: World, made: Sequence[ToolCall]) -> tuple[str, list[Outcome]]:
    """One state, one call after the other."""
    state = world.open()
    outcomes = [apply(domain, state, call) for call in made]
    return state.digest(), outcomes


def conversed(domain: Domain, made: Sequence[ToolCall], outcomes: Sequence[Outcome]) -> list[Event]:
    """The same calls as a conversation of an agent who makes them two at a move."""
    events: list[Event] = [Opened(domain=domain.name, scenario="s", trial=0, first="agent")]
    for number, (call, outcome) in enumerate(zip(made, outcomes, strict=True)):
        move, text = number // 2 + 1, msgspec.json.encode(call.arguments).decode()
        events.append(Called(party="agent", move=move, call=number + 1, name=call.name, arguments=text))
        events.append(Returned(party="agent", move=move, call=number + 1, text=outcome.text, error=outcome.error))
    return Conversation([*events, Spoke(party="agent", move=(len(made) + 1) // 2 + 1, text="done")]).events


@pytest.mark.parametrize("name", DOMAINS)
@settings(max_examples=25, deadline=None)
@given(SEEDS, COUNTS, st.lists(st.booleans(), min_size=12, max_size=12))
def test_a_digest_does_not_hang_on_forks(name: str, seed: int, count: int, forks: list[bool]) -> None:
    """The state goes on in a fork wherever one is made, and what is done on the other side is not seen."""
    domain, world = given_world(name)
    made, stray = calls(world, seed, count), calls(world, seed + 1, 3)
    expected, outcomes = straight(domain, world, made)
    state, untouched = world.open(), world.open().digest()
    for call, forked, outcome in zip(made, forks, outcomes, strict=False):
        if forked:
            before, old = state.digest(), state
            state = old.fork()
            for other in stray:
                apply(domain, old, other)
            assert state.digest() == before
        assert apply(domain, state, call) == outcome
    assert state.digest() == expected
    assert world.open().digest() == untouched


@pytest.mark.parametrize("name", DOMAINS)
@settings(max_examples=25, deadline=None)
@given(SEEDS, COUNTS)
def test_a_digest_does_not_hang_on_replaying(name: str, seed: int, count: int) -> None:
    """All calls replayed, the successful ones alone, and on a world that was opened anew: one digest."""
    domain, world = given_world(name)
    made = calls(world, seed, count)
    expected, outcomes = straight(domain, world, made)
    state = world.open()
    replay(domain, state, made)
    assert state.digest() == expected
    fine = [call for call, outcome in zip(made, outcomes, strict=True) if not outcome.error]
    assert straight(domain, world, fine)[0] == expected
    assert straight(domain, another_world(name), made)[0] == expected


@pytest.mark.parametrize("name", DOMAINS)
@settings(max_examples=15, deadline=None)
@given(SEEDS, COUNTS, st.integers(1, 5))
def test_a_digest_does_not_hang_on_a_journal(name: str, seed: int, count: int, size: int) -> None:
    """Written in batches of any size, among others' events, begun anew on the way, and read back: the same state."""
    domain, world = given_world(name)
    made = calls(world, seed, count)
    expected, outcomes = straight(domain, world, made)
    events = conversed(domain, made, outcomes)
    entries = [entry for number, event in enumerate(events) for entry in (Happened(3, number, event), Happened(4, number, event))]
    entries = [*entries[: len(entries) // 2], Retried(3, "x"), Retried(4, "x"), *entries]
    with TemporaryDirectory() as folder:
        with Journal(Path(folder) / "j") as journal:
            for start in range(0, len(entries), size):
                journal.write(entries[start : start + size])
            journal.write([Judged(3, Verdict(standing="accepted"))])
        with Journal(Path(folder) / "j", read_only=True) as journal:
            read = [journal.events(conversation) for conversation in (3, 4)]
    for found in read:
        assert found == events
        assert state_after(domain, world, found).digest() == expected


def test_another_write_is_another_digest() -> None:
    """What the properties above compare can differ: a sequence that goes on changing things has ever new digests."""
    domain, world = given_world("retail")
    made = calls(world, 5, 30)
    assert len({straight(domain, world, made[:count])[0] for count in range(31)}) > 5
