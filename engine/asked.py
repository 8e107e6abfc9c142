"""The endpoint of a run while it plays: real ones, or the replies of another run; what was spent before counts."""

import os
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from itertools import chain
from random import Random

import anyio

from engine.config import Running
from engine.deploying import JOURNAL
from engine.journal import Journal
from engine.models.budget import Budget
from engine.models.client import connected
from engine.models.deployment import Deployment
from engine.models.endpoint import Endpoint, Role
from engine.models.prices import priced, prices
from engine.models.replaying import Replaying
from engine.scoring.judgements import usages
from engine.standing import Standing, Watch

EVERY = 1.0
"""Seconds between two looks at how the endpoints stand."""


@asynccontextmanager
async def asked(
    roles: Mapping[Role, Deployment], running: Running, journal: Journal, budget: Budget, watch: Watch
) -> AsyncIterator[Endpoint]:
    """Who answers as these roles. `watch` is told how they stand every second, and at the end."""
    if running.replay is not None:
        with Journal(running.replay / JOURNAL, read_only=True) as then:
            yield Replaying(then, str(running.replay))
        return
    table, known = prices(running.prices), set[tuple[str, str]]()
    first = not budget.so_far.replies
    for usage in chain((reply.usage for reply in (journal.replies() if first else ())), usages(journal)):
        if first:
            budget.spent(priced(usage, table))
        if usage.get("prompt_tokens") is not None:
            known.add((usage.get("model", ""), usage.get("endpoint", "")))
    asking = connected(roles, environ=os.environ, prices=table, random=Random(), budget=budget, known=known)
    async with asking as models, anyio.create_task_group() as tasks:
        tasks.start_soon(_watched, lambda: watch(Standing(meter=models.meter(), spent=budget.so_far)))
        yield models
        tasks.cancel_scope.cancel()


async def _watched(look: Callable[[], object]) -> None:
    try:
        while True:
            await anyio.sleep(EVERY)
            look()
    finally:
        look()
