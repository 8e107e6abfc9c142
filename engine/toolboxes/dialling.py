"""The two ways to tools elsewhere: a workspace over HTTP, or a process that speaks over stdio, for each conversation."""

import os
import re
import shlex
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import httpx2
import msgspec
from mcp import Client
from mcp.client.stdio import StdioServerParameters
from mcp.client.streamable_http import streamable_http_client

from engine.conversation.converse import EnvironmentFailed
from engine.toolboxes.bounded import CALL_SECONDS
from engine.toolboxes.remote import Clients, Dial
from servers.domain import Domain, Party
from servers.state import World

PATIENCE = 60
"""Times that a full server is asked for a workspace, a second or more apart."""
LONGEST_WAIT = 30.0
"""Seconds between two such times, at most."""

_HTTP = re.compile(r"mcp\+(?P<url>https?://[^/?#]+:[0-9]+)/?")
_STDIO = "mcp+stdio:"


def dialled(tools: str, seconds: float = CALL_SECONDS) -> AbstractAsyncContextManager[Dial]:
    """The way that `mcp+http://HOST:PORT` or `mcp+stdio:COMMAND {domain} {world}` names. Raises ValueError.

    No answer there may take longer than `seconds`, those of the way itself included.
    """
    if found := _HTTP.fullmatch(tools):
        return _over_http(found["url"], seconds)
    command = shlex.split(tools.removeprefix(_STDIO)) if tools.startswith(_STDIO) else []
    if not command:
        raise ValueError("tools are elsewhere at 'mcp+http://HOST:PORT' or 'mcp+stdio:COMMAND {domain} {world}'")
    return _over_stdio(command, seconds)


class _Tokens(httpx2.Auth):
    """Gives each request the token of its path, so that all conversations share one pool of connections."""

    def __init__(self) -> None:
        self.of: dict[str, str] = {}

    def auth_flow(self, request: httpx2.Request) -> Iterator[httpx2.Request]:  # type: ignore[override]
        token = self.of.get(request.url.path)
        if token is not None:
            request.headers["authorization"] = f"Bearer {token}"
        yield request


@asynccontextmanager
async def _over_http(url: str, seconds: float) -> AsyncIterator[Dial]:
    # Servers close what has been idle for five seconds or so: what is not used for half of that is not used again.
    unlimited = httpx2.Limits(max_connections=None, max_keepalive_connections=None, keepalive_expiry=2.5)
    tokens = _Tokens()
    async with httpx2.AsyncClient(base_url=url, auth=tokens, limits=unlimited, timeout=seconds, trust_env=False) as http:

        @asynccontextmanager
        async def dial(domain: Domain, world: World) -> AsyncIterator[Clients]:
            opened = await _opened(http, domain, world)
            mine = {f"/workspaces/{opened['id']}": opened["grader_token"], opened["url"]: opened["token"]}
            ways: dict[Party, str] = {"agent": opened["url"]}
            if domain.tools_of("user"):
                ways["user"] = opened["user_url"]
                mine[opened["user_url"]] = opened["user_token"]
            tokens.of.update(mine)
            try:
                if opened["world_digest"] != world.digest:
                    raise EnvironmentFailed(f"the world {opened['world']} of {domain.name} over there is another one than ours")
                async with AsyncExitStack() as stack:
                    clients = {}
                    for party, way in ways.items():
                        transport = streamable_http_client(f"{url}{way}", http_client=http)
                        clients[party] = await stack.enter_async_context(Client(transport, read_timeout_seconds=seconds))
                    yield clients
            finally:
                await _closed(http, opened["id"])
                for path in mine:
                    del tokens.of[path]

        yield dial


async def _opened(http: httpx2.AsyncClient, domain: Domain, world: World) -> dict[str, Any]:
    """What is told of a fresh workspace; a server that is full is asked again."""
    wanted = {"domain": domain.name, "world": Path(world.source).name}
    for _ in range(PATIENCE):
        response = await http.post("/workspaces", json=wanted)
        if response.status_code not in (429, 503):
            break
        await anyio.sleep(min(float(response.headers.get("retry-after", "1")), LONGEST_WAIT))
    if response.status_code != 201:
        raise EnvironmentFailed(f"no workspace for {domain.name} {wanted['world']}: {response.status_code} {response.text[:200]}")
    try:
        return msgspec.json.decode(response.content, type=dict[str, Any])
    except msgspec.DecodeError:
        raise EnvironmentFailed("what is there is no server of worlds: it opens workspaces and does not tell which") from None


async def _closed(http: httpx2.AsyncClient, workspace: str) -> None:
    """Close a workspace, also when the run is being stopped. One that cannot be closed ends when it has been idle."""
    with anyio.move_on_after(5.0, shield=True):
        try:
            await http.delete(f"/workspaces/{workspace}")
        except httpx2.HTTPError:
            return


@asynccontextmanager
async def _over_stdio(command: list[str], seconds: float) -> AsyncIterator[Dial]:
    starting = anyio.CapacityLimiter(os.cpu_count() or 1)

    @asynccontextmanager
    async def dial(domain: Domain, world: World) -> AsyncIterator[Clients]:
        program, *arguments = (word.replace("{domain}", domain.name).replace("{world}", world.source) for word in command)
        client = Client(StdioServerParameters(command=program, args=arguments), read_timeout_seconds=seconds)
        async with AsyncExitStack() as stack:
            async with starting:
                await stack.enter_async_context(client)
            yield {"agent": client}

    yield dial
