"""The workspaces that there are: opened, entered with a token, limited, closed or expired. No I/O; time is an argument.

A token is a keyed hash of the workspace's id and the role that it gives: none is stored, and none can be told from
one that was never given out. So a right token whose workspace is not here is that of one that is closed.
"""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from typing import Literal

import msgspec

from servers.arguments import LIMIT
from servers.domain import Domain, Outcome, ToolCall
from servers.mcp import NotServed
from servers.replay import apply
from servers.state import Difference, World, diff

Role = Literal["agent", "user", "grader"]
"""What a token is good for: to call a party's tools, or to look at what came of it and to close."""

Clock = Callable[[], float]


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Quotas: of one request (`body` bytes, `patience` seconds), of one workspace (`ttl` and `idle` seconds, `requests`
    a second, `calls` and their arguments in `kept` bytes), of the server (`workspaces`, `worlds`, `connections`)."""

    body: int = 1 << 20
    patience: float = 30.0
    ttl: float = 3600.0
    idle: float = 600.0
    requests: float = 1000.0
    calls: int = 2000
    kept: int = 4 << 20
    workspaces: int = 1024
    worlds: int = 8
    connections: int = 4096


class Refused(Exception):
    """A request that is not carried out: its HTTP status, why in one line, and after how many seconds to try again."""

    def __init__(self, status: int, why: str, retry: int | None = None) -> None:
        super().__init__(why)
        self.status = status
        self.retry = retry


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A call that was answered. `arguments` are JSON; null when they were refused as too much or as no proper JSON."""

    name: str
    requestor: str
    arguments: msgspec.Raw
    error: bool
    changed: bool


class Graded(msgspec.Struct, frozen=True, kw_only=True):
    """A workspace as its grader sees it. `expires` is in seconds from now; `diff` is against the fresh world."""

    id: str
    domain: str
    world: str
    world_digest: str
    expires: float
    calls: tuple[Kept, ...]
    digest: str
    diff: tuple[Difference, ...]


class Workspace:
    """One state, with the calls that made it. Only `Workspaces` makes them."""

    def __init__(self, name: str, domain: Domain, world: World, limits: Limits, now: float, ttl: float) -> None:
        self.id = name
        self.domain = domain
        self.world = world
        self.expires = now + ttl
        self.used = now
        self._state = world.open()
        self._calls: list[Kept] = []
        self._kept = 0
        self._limits = limits
        self._allowed = max(limits.requests, 1.0)

    def carry_out(self, call: ToolCall) -> Outcome:
        """Apply a call and keep it. Nothing waits between the two: a caller who leaves leaves a whole call or none.

        Raises NotServed when the workspace has used up its calls, and ToolCrashed.
        """
        if len(self._calls) >= self._limits.calls or self._kept >= self._limits.kept:
            raise NotServed(f"this workspace has used up its {len(self._calls)} calls; open another one")
        outcome = apply(self.domain, self._state, call)
        arguments = _written(call)
        self._kept += len(arguments)
        self._calls.append(
            Kept(
                name=call.name,
                requestor=call.requestor,
                arguments=msgspec.Raw(arguments),
                error=outcome.error,
                changed=outcome.changed,
            )
        )
        return outcome

    def graded(self, now: float) -> Graded:
        """What the grader is told."""
        return Graded(
            id=self.id,
            domain=self.domain.name,
            world=self.world.source,
            world_digest=self.world.digest,
            expires=round(self.expires - now, 3),
            calls=tuple(self._calls),
            digest=self._state.digest(),
            diff=diff(self.world.open(), self._state),
        )

    def policy(self) -> str:
        """What the agent is told of this world's rules."""
        return self.domain.policy(self.world.facts)

    def take_turn(self, now: float) -> None:
        """Count a request. Raises Refused (429) when there are too many a second."""
        rate = max(self._limits.requests, 1.0)
        self._allowed = min(rate, self._allowed + (now - self.used) * self._limits.requests)
        self.used = now
        if self._allowed < 1:
            raise Refused(429, f"more than {self._limits.requests:g} requests a second", 1)
        self._allowed -= 1


class Workspaces:
    """All workspaces, at most `limits.workspaces` at once. `clock` counts seconds, `key` makes the tokens."""

    def __init__(self, limits: Limits, clock: Clock, key: bytes | None = None) -> None:
        self.limits = limits
        self._clock = clock
        self._key = key or secrets.token_bytes(32)
        self._open: dict[str, Workspace] = {}

    def __len__(self) -> int:
        return len(self._open)

    def worlds(self) -> Iterator[World]:
        """The worlds that workspaces stand on, each as often as there are such."""
        return (workspace.world for workspace in self._open.values())

    def room(self) -> None:
        """Raises Refused (503) when no further workspace may be opened."""
        if len(self._open) >= self.limits.workspaces:
            self.sweep()
        if len(self._open) >= self.limits.workspaces:
            raise Refused(503, f"all {self.limits.workspaces} workspaces are in use; try again, or close one", 1)

    def open(self, domain: Domain, world: World, ttl: float | None = None) -> Workspace:
        """A fresh workspace that lives `ttl` seconds, as long as allowed by default. Raises Refused (503)."""
        self.room()
        now, most = self._clock(), self.limits.ttl
        workspace = Workspace(secrets.token_urlsafe(12), domain, world, self.limits, now, most if ttl is None else min(ttl, most))
        self._open[workspace.id] = workspace
        return workspace

    def enter(self, name: str, role: Role, token: str | None) -> Workspace:
        """The workspace of that id, for a bearer of the role's token. Raises Refused: 401 without a token, 403 with
        another one (whether there is such a workspace or not), 410 when it is closed or expired, 429."""
        if token is None:
            raise Refused(401, "a bearer token is needed: Authorization: Bearer …")
        if not hmac.compare_digest(_hashed(token), _hashed(self.token(name, role))):
            raise Refused(403, "that token does not open this")
        workspace = self._open.get(name)
        now = self._clock()
        if workspace is not None and self._is_over(workspace, now):
            del self._open[name]
            workspace = None
        if workspace is None:
            raise Refused(410, "this workspace is closed or has expired; nothing of it is left")
        workspace.take_turn(now)
        return workspace

    def token(self, name: str, role: Role) -> str:
        """The token that a workspace's id and a role have: 256 bits that only the holder of the key can make."""
        made = hmac.digest(self._key, f"{role}\0{name}".encode(errors="surrogatepass"), hashlib.sha256)
        return urlsafe_b64encode(made).decode().rstrip("=")

    def graded(self, workspace: Workspace) -> Graded:
        """What the grader is told of a workspace now."""
        return workspace.graded(self._clock())

    def close(self, workspace: Workspace) -> None:
        """Forget a workspace with all that it holds."""
        self._open.pop(workspace.id, None)

    def close_all(self) -> None:
        """Forget them all."""
        self._open.clear()

    def sweep(self) -> int:
        """Forget those whose time is over; answers how many."""
        now = self._clock()
        over = [name for name, workspace in self._open.items() if self._is_over(workspace, now)]
        for name in over:
            del self._open[name]
        return len(over)

    def _is_over(self, workspace: Workspace, now: float) -> bool:
        return now >= workspace.expires or now - workspace.used >= self.limits.idle


def _written(call: ToolCall) -> bytes:
    """A call's arguments as JSON; null for those that no tool takes: more than LIMIT, or no proper JSON."""
    try:
        written = msgspec.json.encode(call.arguments)
    except (msgspec.MsgspecError, OverflowError, RecursionError, TypeError, ValueError):
        return b"null"
    return written if len(written) <= LIMIT else b"null"


def _hashed(token: str) -> bytes:
    return hashlib.sha256(token.encode(errors="surrogatepass")).digest()
