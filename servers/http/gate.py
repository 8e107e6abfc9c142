"""What every request passes first: the right Host and Origin, a bounded body, a bounded time; and it is counted."""

import logging
import time

import anyio
import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from servers.http.metrics import Metrics
from servers.http.workspaces import Limits, Refused
from servers.mcp import guarded

_log = logging.getLogger(__name__)

OTHER = "other"
"""The route by which requests are counted that have none."""


def answer(content: object, status: int = 200) -> Response:
    """A JSON response that nobody may keep: it can hold tokens."""
    headers = {"cache-control": "no-store"}
    return Response(msgspec.json.encode(content), status, headers, media_type="application/json")


async def refused(_request: Request, refusal: Exception) -> Response:
    """A refusal as a response."""
    assert isinstance(refusal, Refused)
    response = answer({"error": str(refusal)}, refusal.status)
    if refusal.status == 401:
        response.headers["www-authenticate"] = "Bearer"
    if refusal.retry is not None:
        response.headers["retry-after"] = str(refusal.retry)
    return response


async def crashed(_request: Request, _error: Exception) -> Response:
    """What a client is told of our own bug; the log says more."""
    return answer({"error": "the server is at fault, and nothing was changed"}, 500)


def gated(app: ASGIApp, *, limits: Limits, hosts: list[str], origins: list[str], metrics: Metrics) -> ASGIApp:
    """The application behind the gate. Websockets are not spoken here."""
    inner = guarded(app, hosts=hosts, origins=origins, body=limits.body)

    async def gate(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await _served(_Exchange(scope, receive, send), inner, limits.patience, metrics)
        elif scope["type"] == "lifespan":
            await app(scope, receive, send)

    return gate


class _Gone(Exception):
    """The client left before all of its request had come: nothing of it is carried out."""


class _Exchange:
    """A request whose progress is watched: has all of it come, has its answer begun?"""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scope = scope
        self.arrived = False
        self.status: int | None = None
        self._receive = receive
        self._send = send

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.disconnect" and not self.arrived:
            raise _Gone
        self.arrived = self.arrived or not message.get("more_body", False)
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        await self._send(message)


async def _served(exchange: _Exchange, app: ASGIApp, patience: float, metrics: Metrics) -> None:
    began = time.perf_counter()
    try:
        with anyio.move_on_after(patience) as limit:
            await app(exchange.scope, exchange.receive, exchange.send)
        if limit.cancelled_caught and exchange.status is None:
            late, why = (503, "this takes too long; try again") if exchange.arrived else (408, "the request did not come in time")
            await answer({"error": why}, late)(exchange.scope, exchange.receive, exchange.send)
    except _Gone:
        pass
    except Exception:  # a bug: its answer is on its way, its siblings go on
        _log.exception("%s %s failed", exchange.scope["method"], _route(exchange.scope))
    finally:
        route = _route(exchange.scope)
        metrics.requests.labels(route, str(exchange.status or 499)).inc()
        metrics.seconds.labels(route).observe(time.perf_counter() - began)


def _route(scope: Scope) -> str:
    return getattr(scope.get("route"), "path", OTHER)


def bearer(scope: Scope) -> str | None:
    """The token of a request's one Authorization header, None without."""
    given = Request(scope).headers.getlist("authorization")
    scheme, _, token = given[0].partition(" ") if len(given) == 1 else ("", "", "")
    return token.strip() or None if scheme.lower() == "bearer" else None
