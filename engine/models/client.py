"""The models of a run over HTTP: each role's requests to a replica of its endpoint, paced, retried, counted.

Above: the parties, which ask. Below: `http.py`. Everything that waits does so through anyio, what is drawn is drawn from an
argument, and what has to be decided is decided in `answers`, `pacing`, `breaker` and `retrying`.
"""

import hashlib
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
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
from engine.models.pacing import Pace
from engine.models.prices import Prices
from engine.models.proof import Proof
from engine.models.replica import Replica
from engine.models.retrying import Again, Tries, persistently
from engine.models.usage import Ledger, used

_NOBODY = (
    "nobody has ever answered there: correct the base URL, or start its server, and resume (--on-bad-endpoint pause waits for it)"
)
_NO_ROOM = "its context has no room for a first message: serve the model with a larger one, or ask for shorter replies"


class Deployed:
    """A deployment that can be asked. `known`: the base URLs that have given it completions in earlier sessions."""

    def __init__(
        self, deployment: Deployment, replicas: Sequence[Replica], prices: Prices, random: Random, known: Collection[str] = ()
    ) -> None:
        self.deployment = deployment
        self.replicas = replicas
        self._price = prices.of(deployment.model)
        self._random = random
        self._proofs = {replica.url: Proof(replica.url in known, deployment.patience) for replica in replicas}

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
        """A conversation's own replica; while that one is paused, its next; when all are, the one that is back first. Raises
        BadEndpoint when all are given up.
        """
        left = [replica for replica in self.replicas if not replica.given_up]
        if not left:
            raise self._end(self.replicas[-1].given_up)
        if len(left) == 1:
            return left[0]
        ranked = sorted(left, key=lambda replica: _rank(conversation, replica.url))
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
            replica.tried(none)
            kind = "bad" if none.hopeless and not replica.answered else none.kind
            told = Meaning(kind=kind, line=none.line, advice="correct the base URL, or what it leads to")
        except BaseException:
            replica.gate.nothing(let)
            raise
        else:
            replica.tried()
            told = meaning(answer, self.deployment.key)
            if told.kind in ("good", "unparsed"):
                return self._good(replica, let, self._reply(replica, let, answer, len(body)))
            if told.kind == "odd":
                return self._odd(replica, let, told, self._reply(replica, let, answer, len(body)))
        raise self._trouble(ask, replica, let, told)

    def _reply(self, replica: Replica, let: Pass, answer: Answer, asked: int) -> Reply:
        usage = used(answer.text, asked, self._price)
        usage["model"], usage["endpoint"] = self.deployment.model, replica.url
        usage["seconds"] = round(anyio.current_time() - let.begun.at, 3)
        return Reply(raw=answer.text, usage=usage)

    def _good(self, replica: Replica, let: Pass, reply: Reply) -> Reply:
        self._proofs[replica.url].good()
        replica.gate.good(let, reply.usage.get("prompt_tokens", 0) + reply.usage.get("completion_tokens", 0))
        return reply

    def _odd(self, replica: Replica, let: Pass, told: Meaning, reply: Reply) -> Reply:
        """What is no completion is handed out as it came, for it is kept; to the gate it is a failure like any other. Where
        nothing else has ever come everybody pauses at once, and before long it is a bad endpoint.
        """
        line, proof, now = self._line(replica, told), self._proofs[replica.url], anyio.current_time()
        if proof.odd(now):
            raise self._bad(replica, let, f"{line}; {told.advice}")
        replica.gate.away(let, _short(told), at_once=not proof.known)
        if error := self._over(line):
            raise error
        return reply

    def _line(self, replica: Replica, told: Meaning) -> str:
        """Which endpoint, and what it answered: also what was wrong last."""
        line = f"{replica.url} (model {self.deployment.model}) {told.line}"
        replica.err(line)
        return line

    def _trouble(self, ask: Ask, replica: Replica, let: Pass, told: Meaning) -> Exception:
        """Tell the gate what became of it; answers what the request fails of."""
        line, proof = self._line(replica, told), self._proofs[replica.url]
        if told.retry_after is not None and told.retry_after > self._patience:
            told = Meaning(kind="bad", line=told.line, advice=f"it asks to wait {told.retry_after:,.0f} s: resume then")
        match told.kind:
            case "turned away":
                replica.gate.turned_away(let, _short(told), told.retry_after)
                return Again("turned away", line)
            case "context full":
                first = not any(row["role"] == "assistant" for row in ask.messages)
                if first and not proof.known and ask.role != "judge":
                    return self._bad(replica, let, f"{line}; {_NO_ROOM}")
                replica.gate.nothing(let)
                return PartyFailed("environment" if first or ask.role == "judge" else ask.role, "context full", line)
            case "bad":
                return self._bad(replica, let, f"{line}; {told.advice}")
            case "refused":
                if proof.refused(ask.conversation):
                    return self._bad(replica, let, f"{line}; so it does to every request: correct what is asked")
                replica.gate.nothing(let)
                return PartyFailed("environment", "endpoint failed", line)
        return self._away(replica, let, told, line)

    def _away(self, replica: Replica, let: Pass, told: Meaning, line: str) -> Exception:
        too_much = told.kind in ("overloaded", "too slow")
        replica.gate.away(let, _short(told), too_much=too_much, retry_after=told.retry_after)
        if error := self._over(line):
            return error
        if replica.gate.breaker.is_open:
            return Again("paused", line)
        return Again("turned away" if told.kind == "overloaded" else "failed", line)

    def _over(self, line: str) -> BadEndpoint | None:
        """The end of the run, when all replicas have been away for too long."""
        now = anyio.current_time()
        left = [replica for replica in self.replicas if not replica.given_up]
        if all(replica.gate.breaker.is_exhausted(now) for replica in left):
            return self._end(f"{line}; it has not answered for {self._patience:,.0f} s: see that it runs, and resume")
        if not self.deployment.pauses and all(replica.is_nobody(now) for replica in left):
            return self._end(f"{line}; {_NOBODY}")
        return None

    def _bad(self, replica: Replica, let: Pass, line: str) -> Exception:
        """The end of the run; or of this replica, while there are others; or a pause, until a probe finds it mended."""
        replica.err(line)
        if self.deployment.pauses:
            replica.gate.away(let, "after a pause", at_once=True)
            return Again("paused", line)
        if any(not each.given_up for each in self.replicas if each is not replica):
            replica.given_up = line
            replica.err(f"{line}; the run goes on without it")
            replica.gate.nothing(let)
            replica.gate.scatter()
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
                why=replica.why,
                away=replica.is_away,
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
    roles: Mapping[Role, Deployment],
    *,
    environ: Mapping[str, str],
    prices: Prices,
    random: Random,
    budget: Budget | None = None,
    known: Collection[tuple[str, str]] = (),
) -> AsyncIterator[Models]:
    """Clients for all roles, closed at the end. Roles with the same model at the same URL share its places. `known`: the models
    and base URLs that have given completions before.
    """
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
            deployed[role] = Deployed(one, mine, prices, random, [url for url in one.urls if (one.model, url) in known])
        yield Models(deployed, budget or Budget())


def _patience(deployment: Deployment) -> float:
    return float("inf") if deployment.pauses else deployment.patience


def _short(told: Meaning) -> str:
    """Without the words of the endpoint, which are in the last error."""
    return told.line.partition(":")[0]


def _rank(conversation: str, url: str) -> bytes:
    return hashlib.blake2b(f"{conversation}\n{url}".encode(), digest_size=8).digest()
