"""Tasks of τ²-bench as scenarios.

A folder holds `db.json`, the world that a domain's tasks play in, and `tasks.json`.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

import servers
from engine.imports.listed import BadTasks, Listed, scenario
from engine.scenario import Scenario
from servers.domain import Domain, ToolCall
from servers.state import World
from servers.worlds import open_world

WORLD, TASKS = "db.json", "tasks.json"

_WORDS = ("reason_for_call", "known_info", "unknown_info", "task_instructions")
"""The parts of a user's instructions, in the order in which they are told."""

GREETING = "Hi! How can I help you today?"
"""What every conversation begins with there."""

_BASIS = ("DB", "COMMUNICATE")
"""What a task is rewarded by that does not say so itself."""


class _Action(msgspec.Struct, kw_only=True):
    name: str
    arguments: dict[str, Any]
    requestor: str = "assistant"


class _Criteria(msgspec.Struct, kw_only=True):
    actions: list[_Action] | None = None
    communicate_info: list[str] | None = None
    nl_assertions: list[str] | None = None
    reward_basis: list[str] | None = None


class _User(msgspec.Struct, kw_only=True):
    instructions: dict[str, Any] | str
    persona: str | None = None


class _Task(msgspec.Struct, kw_only=True):
    id: str
    user_scenario: _User
    evaluation_criteria: _Criteria | None = None
    initial_state: Any = None


def scenarios(folder: Path, name: str) -> Iterator[Scenario]:
    """The tasks of a domain, in order. `folder` is the domain's, or has one by its name.

    Raises BadTasks, BadWorld, UnknownDomain.
    """
    domain = servers.load(name)
    inside = folder / name if (folder / name).is_dir() else folder
    for needed in (WORLD, TASKS):
        if not (inside / needed).is_file():
            raise BadTasks(f"{inside}: has no {needed}; give the folder with {name}/{WORLD} and {name}/{TASKS}")
    tasks = _tasks(inside / TASKS)
    world = open_world(domain, str(inside / WORLD))
    for task in tasks:
        yield _scenario(domain, world, task, inside / TASKS)


def _tasks(path: Path) -> list[_Task]:
    try:
        found = msgspec.json.decode(path.read_bytes())
        if not isinstance(found, list):
            raise BadTasks(f"{path}: must be a list of tasks")
        tasks = []
        for place, task in enumerate(found):
            try:
                tasks.append(msgspec.convert(task, _Task))
            except msgspec.ValidationError as error:
                raise BadTasks(f"{path}: task {place}: {error}") from None
    except (OSError, UnicodeDecodeError, msgspec.DecodeError, RecursionError) as error:
        raise BadTasks(f"{path}: cannot be read: {error}") from None
    ids = [task.id for task in tasks]
    if twice := next((each for each in ids if not each or "#" in each or ids.count(each) > 1), None):
        raise BadTasks(f"{path}: the id '{twice}' comes twice or has a '#'")
    return tasks


def _scenario(domain: Domain, world: World, task: _Task, path: Path) -> Scenario:
    where = f"{path}: task {task.id}"
    if task.initial_state is not None:
        raise BadTasks(f"{where}: has an initial state of its own, which is not supported")
    criteria = task.evaluation_criteria or _Criteria()
    actions = tuple(ToolCall(name=action.name, arguments=action.arguments) for action in criteria.actions or ())
    if any(action.requestor != "assistant" for action in criteria.actions or ()):
        raise BadTasks(f"{where}: lists calls of the user's own, which are not supported")
    listed = Listed(
        id=f"tau2-{domain.name}-{task.id}",
        made_by="tau2-bench",
        actions=actions,
        tell=tuple(criteria.communicate_info or ()),
        instruction=_instruction(task.user_scenario),
        greeting=GREETING,
        basis=tuple(_BASIS if criteria.reward_basis is None else criteria.reward_basis) if task.evaluation_criteria else (),
        assertions=tuple(criteria.nl_assertions or ()),
    )
    return scenario(domain, world, listed, where)


def _instruction(user: _User) -> str:
    """What the user is told, in plain lines."""
    told = user.instructions if isinstance(user.instructions, dict) else {"task_instructions": user.instructions}
    lines = [user.persona, *(told.get(word) for word in _WORDS)]
    return "\n".join(line.strip() for line in lines if isinstance(line, str) and line.strip())
