"""The routes: workspaces are opened, looked at and closed; their tools, and each domain's list of tools, are MCP endpoints."""

from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Annotated, Any

import anyio
import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from servers.domain import Domain, Outcome, Party, ToolCall
from servers.http.atlas import Atlas
from servers.http.gate import answer, bearer, crashed, gated, refused
from servers.http.metrics import Metrics
from servers.http.workspaces import Clock, Limits, Refused, Role, Workspace, Workspaces
from servers.mcp import Context, UnknownState, over_http, server_of
from servers.replay import ToolCrashed

SWEEP = 1.0
"""Seconds between looks for workspaces that have expired unseen."""

_HERE = "servers.http.workspace"
"""The key of a request's scope under which its workspace is, once its token was found right."""


class Wanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is asked for when a workspace is opened."""

    domain: str
    world: str = "small:7"
    ttl: Annotated[float, msgspec.Meta(gt=0)] | None = None


class Opened(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the opener of a workspace is told. `expires` is in seconds from now; `user_…` is there where users own tools."""

    id: str
    url: str
    token: str
    grader_token: str
    expires: float
    world: str
    world_digest: str
    user_url: str | None = None
    user_token: str | None = None


class Served:
    """The application with what it holds: `app` is to be served, `workspaces` and `metrics` to be looked at."""

    def __init__(
        self,
        domains: Mapping[str, Domain],
        clock: Clock,
        *,
        limits: Limits | None = None,
        hosts: list[str],
        origins: list[str],
        folder: Path | None = None,
        sizes: Collection[str] = (),
    ) -> None:
        self.limits = limits or Limits()
        self.metrics = Metrics()
        self.workspaces = Workspaces(self.limits, clock)
        self.atlas = Atlas(domains, self.limits.worlds, self.workspaces.worlds, folder, sizes)
        self._endpoints: dict[tuple[str, Party], ASGIApp] = {}
        app = Starlette(routes=self._routes(), lifespan=self._lifespan, exception_handlers={Refused: refused, Exception: crashed})
        app.router.redirect_slashes = False
        self.app = gated(app, limits=self.limits, hosts=hosts, origins=origins, metrics=self.metrics)

    def _routes(self) -> list[Route]:
        return [  # asked one after the other: calls of tools come first
            Route("/w/{workspace}/mcp", _Posts(self._endpoint("agent")), methods=["POST"]),
            Route("/health", self._health, methods=["GET"]),
            Route("/metrics", self._metrics, methods=["GET"]),
            Route("/domains", self._domains, methods=["GET"]),
            Route("/domains/{domain}/mcp", _Posts(self._stateless), methods=["POST"]),
            Route("/workspaces", self._open, methods=["POST"]),
            Route("/workspaces/{workspace}", self._look, methods=["GET"]),
            Route("/workspaces/{workspace}", self._close, methods=["DELETE"]),
            Route("/w/{workspace}/user/mcp", _Posts(self._endpoint("user")), methods=["POST"]),
        ]

    @asynccontextmanager
    async def _lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        async with anyio.create_task_group() as tasks, AsyncExitStack() as stack:
            for domain in self.atlas.domains.values():
                for party in _parties(domain):
                    server = server_of(domain, domain.tools_of(party), self._carried_out, _policy)
                    endpoint = await stack.enter_async_context(over_http(server, self.limits.body))
                    self._endpoints[domain.name, party] = endpoint
            tasks.start_soon(self._sweep)
            try:
                yield
            finally:
                tasks.cancel_scope.cancel()
                self.workspaces.close_all()

    async def _sweep(self) -> None:
        while True:
            await anyio.sleep(SWEEP)
            self.metrics.ended.labels("expired").inc(self.workspaces.sweep())

    def _carried_out(self, context: Context, call: ToolCall) -> Outcome:
        workspace = _workspace(context)
        count = self.metrics.calls
        try:
            outcome = workspace.carry_out(call)
        except ToolCrashed:
            count.labels(workspace.domain.name, call.name, "crashed").inc()
            raise
        count.labels(workspace.domain.name, call.name, "refused" if outcome.error else "answered").inc()
        return outcome

    async def _health(self, _request: Request) -> Response:
        return answer({"status": "ok", "workspaces": len(self.workspaces), "worlds": len(self.atlas)})

    async def _metrics(self, _request: Request) -> Response:
        self.metrics.workspaces.set(len(self.workspaces))
        self.metrics.worlds.set(len(self.atlas))
        return Response(self.metrics.text(), media_type="text/plain; version=0.0.4")

    async def _domains(self, _request: Request) -> Response:
        return answer(
            [
                {
                    "name": domain.name,
                    "title": domain.title,
                    "sizes": self.atlas.sizes(domain),
                    "url": f"/domains/{domain.name}/mcp",
                }
                for domain in self.atlas.domains.values()
            ]
        )

    async def _open(self, request: Request) -> Response:
        wanted = _decoded(await request.body())
        self.workspaces.room()
        domain, world = await self.atlas.world(wanted.domain, wanted.world)
        opened = self.workspaces.open(domain, world, wanted.ttl)
        self.metrics.opened.labels(domain.name).inc()
        token = self.workspaces.token
        users = bool(domain.tools_of("user"))
        told = Opened(
            id=opened.id,
            url=f"/w/{opened.id}/mcp",
            token=token(opened.id, "agent"),
            grader_token=token(opened.id, "grader"),
            expires=self.limits.ttl if wanted.ttl is None else min(wanted.ttl, self.limits.ttl),
            world=world.source,
            world_digest=world.digest,
            user_url=f"/w/{opened.id}/user/mcp" if users else None,
            user_token=token(opened.id, "user") if users else None,
        )
        return answer(told, 201)

    async def _look(self, request: Request) -> Response:
        return answer(self.workspaces.graded(self._entered(request.scope, "grader")))

    async def _close(self, request: Request) -> Response:
        self.workspaces.close(self._entered(request.scope, "grader"))
        self.metrics.ended.labels("closed").inc()
        return Response(status_code=204)

    def _entered(self, scope: Scope, role: Role) -> Workspace:
        return self.workspaces.enter(scope["path_params"]["workspace"], role, bearer(scope))

    def _endpoint(self, party: Party) -> Callable[[Scope], ASGIApp]:
        def endpoint(scope: Scope) -> ASGIApp:
            workspace = scope[_HERE] = self._entered(scope, party)
            found = self._endpoints.get((workspace.domain.name, party))
            if found is None:
                raise Refused(404, f"in {workspace.domain.name} the {party} has no tools")
            return found

        return endpoint

    def _stateless(self, scope: Scope) -> ASGIApp:
        """A domain's tools to be listed: without a workspace, every call of them is refused."""
        found = self._endpoints.get((scope["path_params"]["domain"], "agent"))
        if found is None:
            raise Refused(404, f"no such domain: there is {', '.join(self.atlas.domains)}")
        return found


class _Posts:
    """A route's application, found anew for each request by its scope."""

    def __init__(self, found: Callable[[Scope], ASGIApp]) -> None:
        self._found = found

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = self._found(scope)
        try:
            await found(scope, receive, send)
        finally:
            scope.pop(_HERE, None)  # a connection that is kept alive keeps its last scope


def _parties(domain: Domain) -> tuple[Party, ...]:
    return ("agent", "user") if domain.tools_of("user") else ("agent",)


def _workspace(context: Context) -> Workspace:
    workspace = context.request.scope.get(_HERE) if isinstance(context.request, Request) else None
    if not isinstance(workspace, Workspace):
        raise UnknownState("there is no state without a workspace: POST /workspaces opens one and tells its URL")
    return workspace


def _policy(context: Context) -> str:
    return _workspace(context).policy()


def _decoded(body: bytes) -> Wanted:
    try:
        return msgspec.json.decode(body, type=Wanted)
    except (msgspec.MsgspecError, RecursionError, ValueError) as error:
        why: Any = "it is nested too deeply" if isinstance(error, RecursionError) else error
        raise Refused(400, f"the body must be {{domain, world?, ttl?}}: {why}") from None
