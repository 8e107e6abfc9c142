"""Calls over HTTP: CPU of the server's process for each, beside a bare server of the library with one trivial tool."""

import contextlib
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from functools import partial
from random import Random
from typing import IO, Any

import anyio
import httpx2
import uvicorn
from mcp.server import Server
from mcp_types import CallToolResult, ListToolsResult, TextContent, Tool

import servers
from bench.apart import ROOT, Measured, apart, in_turn
from bench.figure import Figure, Setting
from servers.http.connections import config
from servers.http.serving import listening, serve
from servers.http.workspaces import Limits
from servers.mcp import over_http
from servers.worlds import open_world

DOMAIN, WORLD = "retail", "small:7"
CALLS, AT_ONCE, WARM = 2_000, 16, 200
BODY, UNLIMITED = 1 << 20, 1e9
VERSION = "2026-07-28"
HEADERS = {
    "mcp-protocol-version": VERSION,
    "mcp-method": "tools/call",
    "content-type": "application/json",
    "accept": "application/json, text/event-stream",
}

Asked = Callable[[int], httpx2.Request]


def figures(setting: Setting) -> list[Figure]:
    """Ours, the bare one as the library makes it, and that with what ours sets, in turn; a ratio is that of a round."""
    samples = in_turn(setting.runs, {which: partial(apart, served, which) for which in SERVERS})
    found, ours = [], samples["ours"]["CPU"]
    for which, words in WORDS.items():
        cpu = samples[which]["CPU"]
        found.append(Figure(what=f"{words}: the server's CPU", unit="µs", samples=cpu))
        found.append(Figure(what="– calls a second of that CPU", unit="", samples=[1e6 / each for each in cpu]))
        if which != "ours":
            ratios = [one / other for one, other in zip(ours, cpu, strict=True)]
            found.append(Figure(what="– ours to that", unit="times", samples=ratios))
    return found


def served(which: str) -> Measured:
    """CPU µs that a server, in a process of its own, spends on a call; this process is the client."""
    with _process(which) as (url, clock):
        return {"CPU": anyio.run(_measured, which, url, clock)}


async def _measured(which: str, url: str, clock: Callable[[], float]) -> float:
    limits = httpx2.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)
    async with httpx2.AsyncClient(base_url=url, limits=limits, trust_env=False, timeout=60) as http:
        asked = await SERVERS[which](http)
        await _called(http, asked, WARM)
        begun = clock()
        await _called(http, asked, CALLS)
        return (clock() - begun) / CALLS * 1e6


async def _called(http: httpx2.AsyncClient, asked: Asked, count: int) -> None:
    async def some(first: int) -> None:
        for number in range(first, count, AT_ONCE):
            response = await http.send(asked(number))
            assert response.status_code == 200 and '"isError":false' in response.text.replace(" ", ""), response.text

    async with anyio.create_task_group() as tasks:
        for first in range(AT_ONCE):
            tasks.start_soon(some, first)


async def _ours(http: httpx2.AsyncClient) -> Asked:
    """Reads of orders that are drawn evenly."""
    told = (await http.post("/workspaces", json={"domain": DOMAIN, "world": WORLD})).json()
    orders, random = list(open_world(servers.load(DOMAIN), WORLD).tables["orders"]), Random("bench http")
    sent = {**HEADERS, "authorization": f"Bearer {told['token']}"}
    return lambda _number: _request(http, told["url"], sent, "get_order_details", {"order_id": random.choice(orders)})


async def _bare(http: httpx2.AsyncClient) -> Asked:
    return lambda number: _request(http, "/", HEADERS, "echo", {"text": str(number)})


SERVERS = {"ours": _ours, "bare": _bare, "tuned": _bare}
WORDS = {
    "ours": "a call of a read tool in a workspace",
    "bare": "a call of a bare mcp server, as it comes",
    "tuned": "a call of a bare mcp server, with our settings",
}


def _request(http: httpx2.AsyncClient, url: str, headers: Mapping[str, str], name: str, arguments: Any) -> httpx2.Request:
    meta = {"io.modelcontextprotocol/protocolVersion": VERSION, "io.modelcontextprotocol/clientCapabilities": {}}
    call = {"_meta": meta, "name": name, "arguments": arguments}
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
    return http.build_request("POST", url, content=json.dumps(body), headers={**headers, "mcp-name": name})


@contextmanager
def _process(which: str) -> Iterator[tuple[str, Callable[[], float]]]:
    """A server in a process of its own: its address, and its CPU seconds so far."""
    command = [sys.executable, "-m", "bench.http", which]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None and process.stdout is not None
        try:
            yield process.stdout.readline().strip(), partial(_answered, process.stdin, process.stdout)
        finally:
            process.kill()


def _answered(asks: IO[str], answers: IO[str]) -> float:
    asks.write("\n")
    asks.flush()
    return float(answers.readline())


def _tell(listener: Any) -> None:
    """Tell the address, then the CPU seconds whenever a line comes in."""
    print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    for _ in sys.stdin:
        print(time.process_time(), flush=True)


def _serve_ours(listener: Any) -> None:
    limits = Limits(requests=UNLIMITED, calls=int(UNLIMITED), kept=int(UNLIMITED))
    serve({DOMAIN: servers.load(DOMAIN)}, listener, limits, hosts=[], origins=[])


def _serve_bare(listener: Any, *, tuned: bool = False) -> None:
    """The library's server by itself on the same transport: no sessions, answers as streams.

    Tuned, it is not asked for its tools at each call, writes no traces, and its connections send at once, as with ours.
    """

    async def list_tools(_context: Any, _params: Any) -> ListToolsResult:
        return ListToolsResult(tools=[Tool(name="echo", input_schema=schema)])

    async def call_tool(_context: Any, params: Any) -> CallToolResult:
        return CallToolResult(content=[TextContent(text=params.arguments["text"])])

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await held[0](scope, receive, send)
        elif scope["type"] == "lifespan":
            await receive()
            await send({"type": "lifespan.startup.complete"})

    async def main() -> None:
        async with AsyncExitStack() as stack:
            lookup = {"echo": schema}.get if tuned else None
            server = Server[Any]("bare", on_list_tools=list_tools, on_call_tool=call_tool, get_tool_input_schema=lookup)
            if tuned:
                server.middleware.clear()
            held.append(await stack.enter_async_context(over_http(server, BODY)))
            as_it_comes = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", ws="none")
            await uvicorn.Server(config(app, AT_ONCE, 60.0) if tuned else as_it_comes).serve([listener])

    schema = {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]}
    held: list[Any] = []
    anyio.run(main)


if __name__ == "__main__":
    with contextlib.closing(listening("127.0.0.1:0")) as at:
        threading.Thread(target=_tell, args=(at,), daemon=True).start()
        {"ours": _serve_ours, "bare": _serve_bare, "tuned": partial(_serve_bare, tuned=True)}[sys.argv[1]](at)
