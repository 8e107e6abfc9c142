"""The airline tools against recorded answers of the public benchmark's own code, byte for byte."""

from pathlib import Path

import pytest

from servers.airline import DOMAIN as AIRLINE
from servers.state import World
from servers.worlds import open_world
from tests.servers import oracle


@pytest.fixture(scope="module")
def folder(tau2: Path) -> Path:
    """Where the airline's public data lies."""
    return tau2 / "airline"


@pytest.fixture(scope="module")
def world(folder: Path) -> World:
    """The public world, shared by all: nothing may change it."""
    return open_world(AIRLINE, str(folder / "db.json"))


def test_every_public_task_plays_as_recorded(folder: Path, world: World) -> None:
    """All 30 tasks: the text and the flag of each gold action, and the database at the end."""
    before = world.fresh_digest()
    counted = oracle.tasks(AIRLINE, world, folder)
    print(dict(counted))
    assert counted == {"tasks": 30, "actions": 84, "refusals": 0}
    assert world.fresh_digest() == before


def test_every_fuzzed_call_is_answered_as_recorded_or_refused(folder: Path, world: World) -> None:
    """Of 1,200 calls 911 are comparable and agree in text, flag and digest; all others are refused or past a parting."""
    before = world.fresh_digest()
    counted = oracle.fuzz(AIRLINE, world, folder)
    print(dict(counted))
    assert counted == {
        oracle.AGREES: 911,
        oracle.UNFIT: 186,
        oracle.UNKNOWN: 15,
        oracle.THEIR_WORDS: 9,
        oracle.PARTED: 79,
    }
    assert world.fresh_digest() == before


def test_the_tools_are_those_of_the_public_environment(folder: Path) -> None:
    """The same names in the same order, the same kinds, the same arguments with the same ones required."""
    shown = oracle.shown(folder)
    tools = AIRLINE.tools_of("agent")
    assert [tool.name for tool in tools] == [tool["function"]["name"] for tool in shown["assistant"]]
    assert {tool.name: tool.kind for tool in tools} == shown["tool_types"]
    assert oracle.arguments_of(AIRLINE) == oracle.shown_arguments(folder)


def test_the_public_world_is_the_recorded_one(folder: Path, world: World) -> None:
    """Its digest by the public formula is the one that every recorded episode began with."""
    first = oracle.rows(folder / "oracle_tasks.jsonl")[0]
    assert world.open().public_sha256() == first["initial"]["db_sha256"]
