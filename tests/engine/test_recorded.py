"""Journals of earlier versions, and of this one: whatever was recorded once is read, replayed and judged by all later ones."""

import sqlite3
from collections import Counter
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest

import servers
from engine.conversation.conversation import Conversation
from engine.conversation.events import Called, Event, Opened, Returned
from engine.journal import Journal
from engine.scenario import WorldRef
from engine.toolboxes.calls import tool_call
from servers.domain import Domain, Outcome
from servers.replay import apply
from servers.state import World
from servers.worlds import BadWorld, open_world
from tests.recorded.recording import HERE, Recorded, load_into, names, record

Loaded = tuple[Path, Recorded]
DOMAINS = ("airline", "retail", "tests.domains.lights")


@pytest.fixture(params=names())
def loaded(request: pytest.FixtureRequest, tmp_path: Path) -> Loaded:
    """A recording as a journal, as its version left it."""
    path = tmp_path / "journal.sqlite"
    return path, load_into(request.param, path)


def conversations(path: Path) -> list[list[Event]]:
    with Journal(path, read_only=True) as journal:
        return [journal.events(number) for number, _, _ in journal.begun()]


def test_what_was_recorded_is_read_and_the_kernel_accepts_it(loaded: Loaded) -> None:
    """Every event decodes and is legal where it stands; every verdict decodes, and stands as it stood."""
    path, recorded = loaded
    kinds = Counter(type(event).__name__ for events in conversations(path) for event in Conversation(events).events)
    assert set(kinds) == {"Opened", "Replied", "Spoke", "Called", "Returned", "Failed", "Closed"}
    with Journal(path, read_only=True) as journal:
        standings = Counter(verdict.standing if verdict else "running" for _, _, verdict in journal.begun())
        findings = [found for _, _, verdict in journal.begun() if verdict for found in verdict.findings]
    assert standings == recorded.standings
    assert findings and all(found.check and found.result for found in findings)


@pytest.mark.parametrize("name", DOMAINS)
def test_in_a_world_that_is_the_same_every_tool_answers_what_it_answered(name: str, loaded: Loaded) -> None:
    """To the letter. Conversations whose world is made otherwise today are left out, and the test says so."""
    path, recorded = loaded
    domain, answered, other = servers.load(name), 0, set[str]()
    for events in conversations(path):
        opened = events[0]
        if isinstance(opened, Opened) and opened.domain == name and opened.scenario in recorded.worlds:
            world = _same_world(domain, recorded.worlds[opened.scenario])
            if isinstance(world, World):
                answered += _answers_the_same(domain, world, events)
            else:
                other.add(world)
    if other:
        pytest.skip(f"{name}: {answered} calls answered the same, others were not made again: {'; '.join(sorted(other))}")
    assert answered > 5


def _same_world(domain: Domain, reference: WorldRef) -> World | str:
    """The world of a recording, or why there is none today."""
    try:
        world = open_world(domain, reference.source)
    except BadWorld as gone:
        return str(gone)
    if world.digest != reference.digest:
        return f"{reference.source} has digest {world.digest[:12]}… today and had {reference.digest[:12]}…"
    return world


def _answers_the_same(domain: Domain, world: World, events: list[Event]) -> int:
    """How many calls were made again."""
    state, answered = world.open(), 0
    for called, returned in pairwise(events):
        if isinstance(called, Called) and isinstance(returned, Returned):
            call = tool_call(called.party, called.name, called.arguments)
            outcome = call if isinstance(call, Outcome) else apply(domain, state, call)
            assert (outcome.text, outcome.error) == (returned.text, returned.error), called
            answered += 1
    return answered


def test_opened_for_writing_it_has_todays_views_and_keeps_what_it_has(loaded: Loaded) -> None:
    path, recorded = loaded
    before = conversations(path)
    with Journal(path):
        pass
    assert conversations(path) == before
    with closing(sqlite3.connect(path)) as database:
        counts = database.execute("SELECT standing, COUNT(*) FROM conversations GROUP BY standing").fetchall()
    assert dict(counts) == recorded.standings


def test_a_recording_is_the_same_bytes_whenever_it_is_made(tmp_path: Path) -> None:
    """So that recording anew shows as a difference what has changed, and nothing else."""
    made = [{file.name: file.read_bytes() for file in record(name, tmp_path).iterdir()} for name in ("a", "b")]
    assert made[0] == made[1]
    assert sorted(made[0]) == ["journal.sql", "worlds.json"]


def test_recordings_are_kept_and_small() -> None:
    """At least this version's; together they are less than 200 KB."""
    assert names()
    assert sum(path.stat().st_size for path in HERE.rglob("*") if path.suffix in (".sql", ".json")) < 200_000
