"""Recordings of the older τ-bench: conversations that bring their own task, judged on a world as it is today.

A line is one of its results: `task_id`, `trial`, `traj` (chat messages) and `info.task` with the customer, the gold
actions and the outputs that must be told. An older release of the environment answered: in other words, mostly.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

import servers
from engine.imports.listed import Listed, scenario
from engine.outside import BadConversation, Conversation, rows
from servers.domain import Domain, ToolCall
from servers.worlds import open_world

IDLE = frozenset({"think"})
"""Its tools that did nothing and are not here."""

STOP = "###STOP###"
"""What its users end a conversation with."""


class _Action(msgspec.Struct, kw_only=True):
    name: str
    kwargs: dict[str, Any]


class _Task(msgspec.Struct, kw_only=True):
    user_id: str
    actions: list[_Action]
    instruction: str = ""
    outputs: list[str] = []


class _Info(msgspec.Struct, kw_only=True):
    task: _Task


class _Result(msgspec.Struct, kw_only=True):
    task_id: int | str
    traj: list[dict[str, Any]]
    info: _Info
    trial: int = 0


def conversations(path: Path, name: str, source: str) -> Iterator[Conversation]:
    """The conversations of a file, one at a time, each with its own task as a scenario in the world that `source` names.

    Raises BadConversation, BadTasks, BadWorld, UnknownDomain.
    """
    domain = servers.load(name)
    world = open_world(domain, source)
    for where, row in rows(path):
        try:
            result = msgspec.convert(row, _Result)
        except msgspec.ValidationError as error:
            what = f"is no conversation of τ-bench with its own task: {error}"
            raise BadConversation(f"{where}: {what}; what names a scenario is judged with --scenarios") from None
        task = _listed(domain, result)
        yield Conversation(
            where=where,
            scenario=scenario(domain, world, task, f"{where}: task {result.task_id}"),
            trial=result.trial,
            messages=result.traj,
            reworded=True,
            idle=IDLE,
            cut_off=not _ended(domain, result.traj),
        )


def _listed(domain: Domain, result: _Result) -> Listed:
    task = result.info.task
    return Listed(
        id=f"tau-{domain.name}-{result.task_id}",
        made_by="tau-bench",
        actions=tuple(ToolCall(name=action.name, arguments=action.kwargs) for action in task.actions),
        tell=tuple(task.outputs),
        instruction=task.instruction,
        customer=task.user_id,
    )


def _ended(domain: Domain, messages: Sequence[Mapping[str, Any]]) -> bool:
    """Did the customer say the end, or a tool make it? Otherwise the agent ran into that benchmark's limit of 30 turns."""
    last = messages[-1] if messages else {}
    if last.get("role") == "tool":
        return domain.ends(str(last.get("name")), "agent")
    return last.get("role") == "user" and STOP in str(last.get("content"))
