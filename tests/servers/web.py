"""Shelves served over HTTP, for tests: without sockets, or on loopback in the test's own event loop."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from random import Random
from typing import Any

import anyio
import httpx2
import uvicorn
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from servers.domain import Domain, ToolCall
from servers.http.app import Served
from servers.http.connections import config
from servers.http.serving import hosts_of, listening
from servers.http.workspaces import Limits
from servers.replay import apply
from servers.state import World
from tests.servers.shelf import DOMAIN

HOST = "127.0.0.1:8400"
DOMAINS = {DOMAIN.name: DOMAIN}
SHELF = {"domain": "shelf", "world": "tiny:1"}


class Hand:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Web:
    """A served application, and a client of it without tokens."""

    def __init__(self, served: Served, http: httpx2.AsyncClient) -> None:
        self.served = served
        self.http = http

    async def opened(self, **wanted: Any) -> dict[str, Any]:
        """A fresh workspace."""
        response = await self.http.post("/workspaces", json={**SHELF, **wanted})
        assert response.status_code == 201, response.text
        told: dict[str, Any] = response.json()
        return told

    async def graded(self, opened: Mapping[str, Any]) -> dict[str, Any]:
        """What a workspace's grader is told."""
        response = await self.http.get(f"/workspaces/{opened['id']}", headers=bearer(opened["grader_token"]))
        assert response.status_code == 200, response.text
        told: dict[str, Any] = response.json()
        return told

    async def close(self, opened: Mapping[str, Any]) -> None:
        response = await self.http.delete(f"/workspaces/{opened['id']}", headers=bearer(opened["grader_token"]))
        assert response.status_code == 204, response.text

    async def call(self, opened: Mapping[str, Any], name: str, **arguments: Any) -> str:
        """The text that a call answers, by a request of the newest protocol made by hand."""
        response = await self.post(opened, "tools/call", {"name": name, "arguments": arguments}, {"mcp-name": name})
        assert response.status_code == 200, response.text
        text: str = response.json()["result"]["content"][0]["text"]
        return text

    async def post(
        self, opened: Mapping[str, Any], method: str, params: Mapping[str, Any], headers: Mapping[str, str] | None = None
    ) -> httpx2.Response:
        """A request of the newest protocol."""
        meta = {"io.modelcontextprotocol/protocolVersion": VERSION, "io.modelcontextprotocol/clientCapabilities": {}}
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": {"_meta": meta, **params}}
        sent = {**PROTOCOL, "mcp-method": method, **bearer(opened["token"]), **(headers or {})}
        return await self.http.post(opened["url"], content=json.dumps(body), headers=sent)

    @asynccontextmanager
    async def client(self, opened: Mapping[str, Any], mode: str = "auto", party: str = "") -> AsyncIterator[Client]:
        """The library's own client of a workspace's tools."""
        url = f"{self.http.base_url}".rstrip("/") + opened[f"{party}url"]
        headers = {**self.http.headers, **bearer(opened[f"{party}token"])}
        mine = httpx2.AsyncClient(transport=self.http._transport, headers=headers)
        way = streamable_http_client(url, http_client=mine)
        async with Client(way, mode=mode, read_timeout_seconds=20) as client:  # `mine` has nothing of its own to close
            yield client


VERSION = "2026-07-28"
PROTOCOL = {
    "mcp-protocol-version": VERSION,
    "content-type": "application/json",
    "accept": "application/json, text/event-stream",
}


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


@asynccontextmanager
async def web(limits: Limits | None = None, domains: Mapping[str, Domain] = DOMAINS, **options: Any) -> AsyncIterator[Web]:
    """An application without sockets; `clock=` a Hand makes its time a matter of the test."""
    served = Served(domains, options.pop("clock", Hand()), limits=limits, hosts=[HOST], origins=[f"http://{HOST}"], **options)
    async with alive(served), httpx2.AsyncClient(transport=httpx2.ASGITransport(served.app), base_url=f"http://{HOST}") as http:
        yield Web(served, http)


@asynccontextmanager
async def alive(served: Served) -> AsyncIterator[None]:
    """An application between its start and its end, as a server tells it."""
    to, at = anyio.create_memory_object_stream[dict[str, Any]](2)
    heard = [anyio.Event(), anyio.Event()]

    async def send(message: Any) -> None:
        assert message["type"].endswith(".complete"), message
        heard["shutdown" in message["type"]].set()

    async with anyio.create_task_group() as tasks, to, at:
        tasks.start_soon(served.app, {"type": "lifespan", "state": {}}, at.receive, send)
        await to.send({"type": "lifespan.startup"})
        await heard[0].wait()
        try:
            yield
        finally:
            await to.send({"type": "lifespan.shutdown"})
            with anyio.CancelScope(shield=True):
                await heard[1].wait()


@asynccontextmanager
async def on_loopback(
    limits: Limits | None = None, domains: Mapping[str, Domain] = DOMAINS, clock: Any = anyio.current_time
) -> AsyncIterator[Web]:
    """The application behind uvicorn, as it is deployed, on a free port of loopback."""
    limits = limits or Limits()
    listener = listening("127.0.0.1:0")
    hosts = hosts_of(listener)
    served = Served(domains, clock, limits=limits, hosts=hosts, origins=[])
    server = uvicorn.Server(config(served.app, limits.connections, limits.patience))
    unlimited = httpx2.Limits(max_connections=None, max_keepalive_connections=None)
    client = httpx2.AsyncClient(base_url=f"http://{hosts[0]}", limits=unlimited, timeout=60, trust_env=False)

    async def serving() -> None:
        with anyio.CancelScope(shield=True):  # it ends in good order, also when the test does not
            await server.serve([listener])

    async with anyio.create_task_group() as tasks, client:
        tasks.start_soon(serving)
        try:
            yield Web(served, client)
        finally:
            server.should_exit = True


def own_calls(random: Random, count: int, books: int = 3) -> list[ToolCall]:
    """Calls that change the same few books, some refused, and look at them in between."""
    calls = []
    for _ in range(count):
        book = f"b{random.randint(1, books)}"
        if random.random() < 0.6:
            calls.append(ToolCall(name="set_price", arguments={"book_id": book, "price": random.randrange(12_000) / 100}))
        else:
            calls.append(ToolCall(name="get_book", arguments={"book_id": book}))
    return calls


def alone(domain: Domain, world: World, calls: list[ToolCall]) -> str:
    """The digest that a sequence of calls leaves by itself."""
    state = world.open()
    for call in calls:
        apply(domain, state, call)
    return state.digest()
