"""The models of a run over HTTP: each role's requests to a replica of its endpoint, paced, retried, counted.

Above: the parties, which ask. Below: `http.py`. Everything that waits does so through anyio, what is drawn is drawn from an
argument, and what has to be decided is decided in `answers`, `pacing`, `breaker` and `retrying`.
"""

import hashlib
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from random import Random
from typing import Any

import anyio
import msgspec

from engine.conversation.converse import PartyFailed
from engine.conversation.events import Reply
from engine.models.answers import Answer, Meaning, NoAnswer, meaning
from engine.models.breaker import Breaker
from engine.models.budget import Budget
from engine.models.deployment import Deployment
from engine.models.endpoint import Ask, BadEndpoint, Role
from engine.models.gate import Gate, Moved, Pass
from engine.models.http import Post, key_of, posting
from engine.models.meter import Meter, Replicated
from engine.models.pacing import NOW, Pace
from engine.models.prices import Prices
from engine.models.retrying import Again, Tries, persistently
from engine.models.usage import Ledger, used

REFUSALS = 10
"""Requests refused in a row, without an answer between them, after which it is the configuration and not the conversation."""


_NO_ROOM = "its context has no room for a first message: serve the model with a larger one, or ask for shorter replies"


class Replica:
    """One base URL that serves a model."""

    def __init__(self, url: str, gate: Gate, post: Post) -> None:
        self.url = url
        self.gate = gate
        self.post = post
        self.last_error = ""
        self.erred_at = NOW

    def err(self, line: str) -> None:
        """Keep what was wrong last, for a person to see."""
        self.last_error, self.erred_at = line, anyio.current_time()


class Deployed:
    """A deployment that can be asked."""

    def __init__(self, deployment: Deployment, replicas: Sequence[Replica], prices: Prices, random: Random) -> None:
        self.deployment = deployment
        self.replicas = replicas
        self._price = prices.of(deployment.model)
        self._random = random
        self._answered = False
        self._refusals = 0

    async def complete(self, ask: Ask) -> Reply:
        """As Endpoint."""
        body = msgspec.json.encode(self._body(ask))
        tries = Tries(self.deployment.attempts, self._random)
        try:
            return await persistently(tries)(self._once, ask, body)
        except Again as again:
            count = tries.failed + tries.turned_away
            raise PartyFailed("environment", "endpoint failed", f"{count} times, the last: {again.line}") from None

    def chosen(self, conversation: str, now: float) -> Replica:
        """A conversation's own replica; while that one is paused, its next; when all are, the one that is back first."""
        if len(self.replicas) == 1:
            return self.replicas[0]
        ranked = sorted(self.replicas, key=lambda replica: _rank(conversation, replica.url))
        for replica in ranked:
            if not replica.gate.is_paused(now):
                return replica
        return min(ranked, key=lambda replica: replica.gate.opens(now))

    def _body(self, ask: Ask) -> dict[str, Any]:
        body = {**self.deployment.sampling, **ask.sampling, "model": self.deployment.model, "messages": ask.messages}
        return body if ask.tools is None else body | {"tools": ask.tools}

    async def _once(self, ask: Ask, body: bytes) -> Reply:
        replica = self.chosen(ask.conversation, anyio.current_time())
        try:
            let = await replica.gate.enter()
        except Moved:
            raise Again("paused", replica.last_error) from None
        try:
            answer = await replica.post(body)
        except NoAnswer as none:
            kind = "bad" if none.hopeless and not self._answered else none.kind
            told = Meaning(kind=kind, line=none.line, advice="correct the base URL, or what it leads to")
        except BaseException:
            replica.gate.nothing(let)
            raise
        else:
            told = meaning(answer, self.deployment.key)
            if told.kind in ("good", "unparsed"):
                return self._reply(replica, let, answer, len(body))
        raise self._trouble(ask, replica, let, told)

    def _reply(self, replica: Replica, let: Pass, answer: Answer, asked: int) -> Reply:
        usage = used(answer.text, asked, self._price)
        usage["model"], usage["endpoint"] = self.deployment.model, replica.url
        usage["seconds"] = round(anyio.current_time() - let.begun.at, 3)
        self._answered, self._refusals = True, 0
        replica.gate.good(let, usage.get("prompt_tokens", 0) + usage.get("completion_tokens", 0))
        return Reply(raw=answer.text, usage=usage)

    def _trouble(self, ask: Ask, replica: Replica, let: Pass, told: Meaning) -> Exception:
        """Tell the gate what became of it; answers what the request fails of."""
        line = f"{replica.url} (model {self.deployment.model}) {told.line}"
        replica.err(line)
        if told.retry_after is not None and told.retry_after > self._patience:
            told = Meaning(kind="bad", line=told.line, advice=f"it asks to wait {told.retry_after:,.0f} s: resume then")
        match told.kind:
            case "turned away":
                replica.gate.turned_away(let, told.line, told.retry_after)
                return Again("turned away", line)
            case "context full":
                first = not any(row["role"] == "assistant" for row in ask.messages)
                if first and not self._answered and ask.role != "judge":
                    return self._bad(replica, let, f"{line}; {_NO_ROOM}")
                replica.gate.nothing(let)
                return PartyFailed("environment" if first or ask.role == "judge" else ask.role, "context full", line)
            case "bad":
                return self._bad(replica, let, f"{line}; {told.advice}")
            case "refused":
                self._refusals += 1
                if self._refusals >= REFUSALS:
                    return self._bad(replica, let, f"{line}; so it does to every request: correct what is asked")
                replica.gate.nothing(let)
                return PartyFailed("environment", "endpoint failed", line)
        return self._away(replica, let, told, line)

    def _away(self, replica: Replica, let: Pass, told: Meaning, line: str) -> Exception:
        too_much = told.kind in ("overloaded", "too slow")
        replica.gate.away(let, told.line, too_much=too_much, retry_after=told.retry_after)
        now = anyio.current_time()
        if all(each.gate.breaker.is_exhausted(now) for each in self.replicas):
            return self._end(f"{line}; it has not answered for {self._patience:,.0f} s: see that it runs, and resume")
        if replica.gate.breaker.is_open:
            return Again("paused", line)
        return Again("turned away" if told.kind == "overloaded" else "failed", line)

    def _bad(self, replica: Replica, let: Pass, line: str) -> Exception:
        """The end of the run; or a pause, until a probe finds it mended."""
        replica.err(line)
        if self.deployment.pauses:
            replica.gate.away(let, line, at_once=True)
            return Again("paused", line)
        error = self._end(line)
        replica.gate.nothing(let)
        return error

    def _end(self, line: str) -> BadEndpoint:
        error = BadEndpoint(line)
        for replica in self.replicas:
            replica.gate.close(error)
        return error

    @property
    def _patience(self) -> float:
        return _patience(self.deployment)


class Models:
    """The endpoint of a run: asks whoever plays the role. Adds up what is used, and tells the budget."""

    def __init__(self, roles: Mapping[Role, Deployed], budget: Budget) -> None:
        self.roles = roles
        self.ledger = Ledger()
        self.budget = budget
        self.asking = 0

    async def complete(self, ask: Ask) -> Reply:
        """As Endpoint."""
        self.asking += 1
        try:
            reply = await self.roles[ask.role].complete(ask)
        finally:
            self.asking -= 1
        self.ledger.add(ask.role, reply.usage)
        self.budget.spent(reply.usage)
        return reply

    def meter(self) -> Meter:
        """How it stands now."""
        replicas = {id(replica): replica for deployed in self.roles.values() for replica in deployed.replicas}
        shown = tuple(
            Replicated(
                url=replica.url,
                in_flight=replica.gate.pace.in_flight,
                waiting=replica.gate.waiting,
                places=int(replica.gate.pace.places),
                why=replica.gate.breaker.why if replica.gate.breaker.is_open else replica.gate.pace.why,
                away=replica.gate.breaker.is_open,
                last_error=replica.last_error,
            )
            for replica in replicas.values()
        )
        last = max(replicas.values(), key=lambda replica: replica.erred_at)
        return Meter(
            asking=self.asking,
            last_error=last.last_error,
            replicas=shown,
            spent=self.ledger.run,
            by_role=dict(self.ledger.roles),
        )


@asynccontextmanager
async def connected(
    roles: Mapping[Role, Deployment], *, environ: Mapping[str, str], prices: Prices, random: Random, budget: Budget | None = None
) -> AsyncIterator[Models]:
    """Clients for all roles, closed at the end. Roles with the same model at the same URL share its places."""
    async with AsyncExitStack() as stack:
        posts: dict[tuple[str, str, float], Post] = {}
        replicas: dict[Any, Replica] = {}
        deployed: dict[Role, Deployed] = {}
        for role, one in roles.items():
            most = 0
            for each in roles.values():
                most += each.limits.most
            for url in one.urls:
                way = (url, one.key, one.seconds)
                if way not in posts:
                    key = key_of(one.key, environ)
                    posts[way] = await stack.enter_async_context(posting(url, key, most, one.seconds))
                same = (*way, one.model, one.limits, _patience(one))
                if same not in replicas:
                    replicas[same] = Replica(url, Gate(Pace(one.limits), Breaker(_patience(one))), posts[way])
            mine = [replicas[url, one.key, one.seconds, one.model, one.limits, _patience(one)] for url in one.urls]
            deployed[role] = Deployed(one, mine, prices, random)
        yield Models(deployed, budget or Budget())


def _patience(deployment: Deployment) -> float:
    return float("inf") if deployment.pauses else deployment.patience


def _rank(conversation: str, url: str) -> bytes:
    return hashlib.blake2b(f"{conversation}\n{url}".encode(), digest_size=8).digest()
