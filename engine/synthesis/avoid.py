"""Contamination: what a pack must not share with tasks that somebody will be tested on.

A scenario touches a task when a customer, or a record that belongs to one (an order, a reservation), stands in both: in what
is asked, known, read or written. It shares words with it when eight words in a row of what its customer knows stand in the
task's instruction; the sentences around them are everybody's.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from engine.imports import tau2
from engine.scenario import BadScenario, Scenario, load
from servers.domain import Domain
from servers.frozen import Record
from servers.state import World

GRAM = 8
"""Words in a row that may not be shared."""

_word = re.compile(r"\w+")
_token = re.compile(r"#?\w+")


class Avoided:
    """The names and the words of given tasks; `scenarios_of` reads the files that have them."""

    def __init__(self, domain: Domain, worlds: Iterable[World], tasks: Iterable[Scenario]) -> None:
        self._names = set[str]()
        self._grams = set[tuple[str, ...]]()
        self._worlds = {world.digest: world for world in worlds}
        for task in tasks:
            self._names |= {*_named(task), *_token.findall(task.instruction)}
            self._grams |= {*_grams(task.instruction)}
        for world in self._worlds.values():  # whose order it is, is the task's customer
            for table, field in domain.owners.items():
                rows = world.tables[table]
                self._names |= {str(getattr(rows[name], field)) for name in self._names & rows.keys()}

    def touched_by(self, domain: Domain, scenario: Scenario) -> str:
        """Why a scenario is too near to the tasks, '' when it is not. Its world, or one with its records, must be among ours."""
        tables = {domain.customers, *domain.owners}
        for name in _named(scenario):
            if name in self._names and any(_is_record(world, tables, name) for world in self._worlds.values()):
                return "a customer or a record of theirs is in the tasks to be avoided"
        told = (domain.worded(known.slot, known.value) for known in scenario.knows if known.via is None)
        if any(gram in self._grams for words in told for gram in _grams(words)):
            return f"{GRAM} words in a row are in the tasks to be avoided"
        return ""


def scenarios_of(paths: Iterable[Path], domain: Domain) -> Iterator[Scenario]:
    """The tasks of scenario files, of folders of them, and of τ²-bench's tasks.json. Raises BadScenario, BadTasks, BadWorld."""
    for path in paths:
        if path.name == tau2.TASKS:
            yield from tau2.scenarios(path.parent, domain.name)
        elif path.suffix == ".json" and path.is_file():
            raise BadScenario(f"{path}: is no scenario file (.jsonl); τ²-bench's tasks are read from one named {tau2.TASKS}")
        else:
            yield from load([path])


def _is_record(world: World, tables: Iterable[str], name: str) -> bool:
    return any(isinstance(world.tables[table].get(name), Record) for table in tables)


def _named(scenario: Scenario) -> Iterator[str]:
    """Every text that stands for itself in a scenario's data."""
    yield scenario.customer
    yield from _texts([request.params for request in scenario.requests])
    yield from _texts([known.value for known in scenario.knows])
    yield from _texts([write.arguments for write in scenario.gold.writes])
    yield from _texts([action.arguments for action in scenario.actions])
    yield from _texts([read.arguments for decision in scenario.decisions for read in decision.certificate])


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part)


def _grams(text: str) -> Iterator[tuple[str, ...]]:
    words: Sequence[str] = _word.findall(text.lower())
    return (tuple(words[place : place + GRAM]) for place in range(len(words) - GRAM + 1))
