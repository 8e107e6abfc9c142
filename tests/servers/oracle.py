"""Recorded answers of the public benchmark's own code: played again on a domain here, call by call, and counted."""

import json
from collections import Counter
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import jsonschema

from servers.arguments import schema
from servers.domain import Domain, ToolCall
from servers.replay import apply
from servers.state import State, World

Row = dict[str, Any]

AGREES, UNFIT, UNKNOWN, THEIR_WORDS, PARTED = "agrees", "unfit", "unknown tool", "interpreter's words", "after a parting"
"""What the comparison of a recorded call comes to where nothing is wrong."""


def rows(path: Path) -> list[Row]:
    """The rows of a recording."""
    return [json.loads(line) for line in path.read_text().splitlines()]


def shown(folder: Path) -> Row:
    """The tools as the public environment shows them."""
    tools: Row = json.loads((folder / "tool_schemas.json").read_text())
    return tools


def tasks(domain: Domain, world: World, folder: Path) -> Counter[str]:
    """Play every recorded task: text and flag of each gold action agree, and the database at the end."""
    counted: Counter[str] = Counter()
    for task in rows(folder / "oracle_tasks.jsonl"):
        state = world.open()
        for action in task["actions"]:
            outcome = apply(domain, state, ToolCall(name=action["name"], arguments=action["arguments"]))
            assert (outcome.text, outcome.error) == (action["result_text"], action["error"]), (task["task_id"], action)
            counted["actions"] += 1
            counted["refusals"] += outcome.error
        assert state.public_sha256() == task["final_gold"]["db_sha256"], task["task_id"]
        counted["tasks"] += 1
    return counted


def fuzz(domain: Domain, world: World, folder: Path) -> Counter[str]:
    """Play every recorded episode of fuzzed calls and count what their comparison comes to."""
    schemas = {tool["function"]["name"]: tool["function"]["parameters"] for tool in shown(folder)["assistant"]}
    counted: Counter[str] = Counter()
    for _, calls in groupby(rows(folder / "oracle_fuzz.jsonl"), key=itemgetter("episode")):
        episode = _Episode(domain, world, schemas)
        counted.update(episode.judged(row) for row in calls)
    return counted


def shown_arguments(folder: Path) -> dict[str, Any]:
    """Every public tool's arguments, as `arguments_of` tells them."""
    return {tool["function"]["name"]: _arguments(tool["function"]["parameters"]) for tool in shown(folder)["assistant"]}


def arguments_of(domain: Domain) -> dict[str, Any]:
    """Every agent's tool's arguments without the words about them: types, options, parts, and which are required."""
    return {tool.name: _arguments(schema(tool)) for tool in domain.tools_of("agent")}


def _arguments(shape: Row, root: Row | None = None) -> Any:
    root = root or shape
    if "anyOf" in shape:  # the public schemas let a plain object stand for each of their types
        shape = shape["anyOf"][0]
    if "$ref" in shape:
        shape = root["$defs"][shape["$ref"].rpartition("/")[2]]
    if shape.get("type") == "array":
        return [_arguments(shape["items"], root)]
    if shape.get("type") == "object":
        required = shape.get("required", ())
        return {name: (name in required, _arguments(part, root)) for name, part in shape["properties"].items()}
    return set(shape["enum"]) if "enum" in shape else shape["type"]


def _fits(shape: Row, arguments: Row) -> bool:
    """Do the arguments fit a public schema, with unknown names refused on top?"""
    return set(arguments) <= set(shape["properties"]) and jsonschema.Draft202012Validator(shape).is_valid(arguments)


class _Episode:
    """Calls in a row on one state, until the public code takes a call that does not fit and changes its own state."""

    def __init__(self, domain: Domain, world: World, schemas: Row) -> None:
        self.domain = domain
        self.schemas = schemas
        self.state: State = world.open()
        self.digest = self.state.public_sha256()
        self.theirs = self.digest
        self.parted = False

    def judged(self, row: Row) -> str:
        """What the comparison of a recorded call comes to."""
        if row["call"]["name"] not in self.schemas:
            return self._unknown(row)
        if self.parted:
            return PARTED
        fits = _fits(self.schemas[row["call"]["name"]], row["call"]["arguments"])
        self.parted = not fits and row["db_sha256"] != self.theirs
        self.theirs = row["db_sha256"]
        return self._compared(row, fits)

    def _unknown(self, row: Row) -> str:
        outcome = apply(self.domain, self.state, ToolCall(name=row["call"]["name"], arguments=row["call"]["arguments"]))
        return UNKNOWN if outcome.text == row["result_text"] and outcome.error else f"WRONG {UNKNOWN}"

    def _compared(self, row: Row, fits: bool) -> str:
        name, arguments = row["call"]["name"], row["call"]["arguments"]
        outcome = apply(self.domain, self.state, ToolCall(name=name, arguments=arguments))
        if outcome.changed:
            self.digest = self.state.public_sha256()
        if not fits:
            return UNFIT if outcome.error and not outcome.changed else f"WRONG {UNFIT} {name} {arguments}"
        if row["error"] and row["error_kind"] != "domain":
            return THEIR_WORDS if outcome.error and not outcome.changed else f"WRONG {THEIR_WORDS} {name} {arguments}"
        same = (outcome.text, outcome.error, self.digest) == (row["result_text"], row["error"], row["db_sha256"])
        return AGREES if same else f"WRONG answer to {name} {arguments}"
