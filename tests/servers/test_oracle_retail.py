"""The retail tools against recorded answers of the public benchmark's own code, byte for byte."""

import json
from collections import Counter
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import pytest

from servers import load
from servers.domain import ToolCall
from servers.replay import apply
from servers.state import State, World
from servers.worlds import open_world

RETAIL = load("retail")
Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def world(tau2: Path) -> World:
    """The public world, shared by all: nothing may change it."""
    return open_world(RETAIL, str(tau2 / "retail" / "db.json"))


def _rows(path: Path) -> Rows:
    return [json.loads(line) for line in path.read_text().splitlines()]


def _fits(schema: dict[str, Any] | None, arguments: dict[str, Any]) -> bool:
    """Do the arguments fit a public schema? Unknown names are refused, and there are only texts and lists of texts."""
    if schema is None or not set(schema.get("required", ())) <= set(arguments) <= set(schema["properties"]):
        return False
    for name, value in arguments.items():
        if schema["properties"][name]["type"] == "array":
            if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
                return False
        elif not isinstance(value, str):
            return False
    return True


def test_every_public_task_plays_as_recorded(tau2: Path, world: World) -> None:
    """All 74 tasks: the text and the flag of each gold action, and the database at the end; 13 actions are refusals."""
    before = world.fresh_digest()
    counted: Counter[str] = Counter()
    for task in _rows(tau2 / "retail" / "oracle_tasks.jsonl"):
        state = world.open()
        for action in task["actions"]:
            outcome = apply(RETAIL, state, ToolCall(name=action["name"], arguments=action["arguments"]))
            assert (outcome.text, outcome.error) == (action["result_text"], action["error"]), (task["task_id"], action)
            counted["actions"] += 1
            counted["refusals"] += outcome.error
        assert state.public_sha256() == task["final_gold"]["db_sha256"], task["task_id"]
        counted["tasks"] += 1
    print(dict(counted))
    assert counted == {"tasks": 74, "actions": 365, "refusals": 13}
    assert world.fresh_digest() == before


class _Episode:
    """Calls in a row on one state, with its digest."""

    def __init__(self, world: World) -> None:
        self.state: State = world.open()
        self.digest = self.state.public_sha256()


def _judged(row: dict[str, Any], episode: _Episode, schemas: dict[str, Any]) -> str:
    """What the comparison of a recorded call comes to."""
    name, arguments = row["call"]["name"], row["call"]["arguments"]
    outcome = apply(RETAIL, episode.state, ToolCall(name=name, arguments=arguments))
    if outcome.changed:
        episode.digest = episode.state.public_sha256()
    if name not in schemas:
        return "unknown tool" if outcome.text == row["result_text"] and outcome.error else "WRONG unknown tool"
    if not _fits(schemas[name], arguments):
        return "unfit" if outcome.error and not outcome.changed else "WRONG unfit"
    if row["error"] and row["error_kind"] != "domain":
        return "interpreter's words" if outcome.error and not outcome.changed else "WRONG interpreter's words"
    same = (outcome.text, outcome.error, episode.digest) == (row["result_text"], row["error"], row["db_sha256"])
    return "agrees" if same else f"WRONG answer to {name} {arguments}"


def test_every_fuzzed_call_is_answered_as_recorded_or_refused(tau2: Path, world: World) -> None:
    """Of 1,200 calls 1,005 are comparable and agree in text, flag and digest; all others are refused."""
    before = world.fresh_digest()
    shown = json.loads((tau2 / "retail" / "tool_schemas.json").read_text())["assistant"]
    schemas = {tool["function"]["name"]: tool["function"]["parameters"] for tool in shown}
    counted: Counter[str] = Counter()
    for _, calls in groupby(_rows(tau2 / "retail" / "oracle_fuzz.jsonl"), key=itemgetter("episode")):
        episode = _Episode(world)
        counted.update(_judged(row, episode, schemas) for row in calls)
    print(dict(counted))
    assert counted == {"agrees": 1005, "unfit": 184, "unknown tool": 8, "interpreter's words": 3}
    assert world.fresh_digest() == before


def test_the_tools_are_those_of_the_public_environment(tau2: Path) -> None:
    """The same names in the same order, the same kinds, the same arguments with the same ones required."""
    shown = json.loads((tau2 / "retail" / "tool_schemas.json").read_text())
    tools = RETAIL.tools_of("agent")
    assert [tool.name for tool in tools] == [tool["function"]["name"] for tool in shown["assistant"]]
    assert {tool.name: tool.kind for tool in tools} == shown["tool_types"]


def test_the_public_world_is_the_recorded_one(tau2: Path, world: World) -> None:
    """Its digest by the public formula is the one that every recorded episode began with."""
    first = _rows(tau2 / "retail" / "oracle_tasks.jsonl")[0]
    assert world.open().public_sha256() == first["initial"]["db_sha256"]
