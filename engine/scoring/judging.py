"""Asking a judge about the assertions of a run's conversations: one request each, again while its reply cannot be used.

After the run, over its journal: the conversations stand by then, and what is already answered there is not asked again.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import anyio
import msgspec
from anyio.streams.memory import MemoryObjectReceiveStream

from engine.conversation.converse import PartyFailed
from engine.conversation.events import Event, Reply
from engine.journal import Journal, key
from engine.models.endpoint import Ask, Endpoint
from engine.models.wire import Unusable
from engine.scenario import Scenario
from engine.scoring.assertions import answers, asked_again, digest, question
from engine.scoring.judgements import Judgements
from engine.scoring.public import needs_judge

ATTEMPTS = 3
"""Replies to one question that cannot be used, before it stays without an answer."""


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation whose reward hangs on its assertions: its key in the journal, its name, what happened."""

    key: int
    name: str
    scenario: Scenario
    events: list[Event]


class Asked(msgspec.Struct):
    """What came of it: conversations with an answer, those without one, requests that were made."""

    answered: int = 0
    without: int = 0
    requests: int = 0


async def judge_run(
    journal: Journal,
    conversations: Iterable[tuple[int, Scenario, int]],
    endpoint: Endpoint,
    judge: str,
    *,
    sampling: Mapping[str, Any] | None = None,
    concurrency: int = 16,
    admits: Callable[[], bool] = lambda: True,
) -> Asked:
    """Ask a judge (`judge` is its name in the journal) about every conversation (place, scenario, trial) that needs one.

    `admits`: may another request be made? Raises BadEndpoint. An endpoint that fails leaves its conversation without an answer,
    until this is called again.
    """
    judgements, asked = Judgements(journal, judge), Asked()
    judgements.name()
    asking = _Asking(endpoint, judgements, dict(sampling or {}), admits)
    async with anyio.create_task_group() as tasks:
        send, receive = anyio.create_memory_object_stream[Due](0)
        with send, receive:
            for _ in range(concurrency):
                tasks.start_soon(_work, receive.clone(), asking, asked)
            for due in _due(journal, conversations):
                await send.send(due)
    return asked


def _due(journal: Journal, conversations: Iterable[tuple[int, Scenario, int]]) -> Iterator[Due]:
    for place, scenario, trial in conversations:
        if scenario.assertions and (verdict := journal.verdict(number := key(place, trial))) is not None:
            events = journal.events(number)
            if needs_judge(scenario, verdict, events):
                yield Due(key=number, name=f"{scenario.id}#{trial}", scenario=scenario, events=events)


class _Asking(NamedTuple):
    endpoint: Endpoint
    judgements: Judgements
    sampling: Mapping[str, Any]
    admits: Callable[[], bool]


async def _work(dues: MemoryObjectReceiveStream[Due], asking: _Asking, asked: Asked) -> None:
    with dues:
        async for due in dues:
            if await _answered(due, asking, asked):
                asked.answered += 1
            else:
                asked.without += 1


async def _answered(due: Due, asking: _Asking, asked: Asked) -> bool:
    """Ask until a reply can be used, or too many cannot. What the endpoint sends instead of replies counts for this time only."""
    rows = question(due.scenario, due.events)
    name, count, broken = digest(rows), len(due.scenario.assertions), 0
    replies = asking.judgements.replies(due.key, name)
    while True:
        found = [answers(reply.raw, count) for reply in replies]
        wrong = [each for each in found if isinstance(each, Unusable)]
        if len(wrong) < len(found):
            return True
        told = [each.told for each in wrong if each.by == "model"]
        if len(told) >= ATTEMPTS or broken >= ATTEMPTS or not asking.admits():
            return False
        ask = _ask(due, asked_again(rows, told[-1] if told else ""), len(replies), asking.sampling)
        try:
            reply = await asking.endpoint.complete(ask)
        except PartyFailed:
            return False
        asked.requests += 1
        broken += _is_broken(reply, count)
        replies = [*replies, reply]
        asking.judgements.keep(due.key, name, replies)


def _is_broken(reply: Reply, count: int) -> bool:
    found = answers(reply.raw, count)
    return isinstance(found, Unusable) and found.by == "endpoint"


def _ask(due: Due, rows: tuple[Mapping[str, Any], ...], attempt: int, sampling: Mapping[str, Any]) -> Ask:
    return Ask(role="judge", conversation=due.name, move=0, attempt=attempt, messages=rows, sampling=sampling)
