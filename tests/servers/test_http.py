"""Worlds served over HTTP: what well-behaved clients get, what hostile ones get, and that neither touches the other."""

import gc
import json
import logging
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import anyio
import anyio.abc
import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mcp.shared.exceptions import MCPError
from mcp_types import INVALID_PARAMS, INVALID_REQUEST, TextContent, TextResourceContents
from typer.testing import CliRunner

from engine.clock import run_virtual
from servers.cli import app
from servers.http.app import Served
from servers.http.serving import BadAddress, hosts_of, listening
from servers.http.workspaces import Limits, Workspace
from servers.mcp import CRASHED
from servers.state import World
from tests.servers.shelf import DOMAIN
from tests.servers.web import DOMAINS, HOST, PROTOCOL, Hand, Web, alive, alone, bearer, on_loopback, own_calls, web

ROOT = Path(__file__).parent.parent.parent
TEN_MB = 10 << 20


def _text(result: Any) -> str:
    (content,) = result.content
    assert isinstance(content, TextContent)
    return content.text


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_a_workspace_is_served_in_both_eras(mode: str) -> None:
    """Tools, policy, a write that is read back, a refusal, a crash with its mark; the grader sees what was changed."""
    async with web() as here:
        opened = await here.opened()
        async with here.client(opened, mode) as client:
            assert (client.protocol_version == "2026-07-28") == (mode == "auto")
            assert [tool.name for tool in (await client.list_tools()).tools] == [tool.name for tool in DOMAIN.tools_of("agent")]
            (policy,) = (await client.read_resource("policy://shelf")).contents
            assert isinstance(policy, TextResourceContents)
            assert "dearer than 100.0" in policy.text
            await client.call_tool("set_price", {"book_id": "b1", "price": 7})
            assert json.loads(_text(await client.call_tool("get_book", {"book_id": "b1"})))["price"] == 7.0
            assert (await client.call_tool("get_book", {"book_id": "b99"})).is_error
            with pytest.raises(MCPError) as error:
                await client.call_tool("break_shelf")
            assert error.value.data == CRASHED
        graded = await here.graded(opened)
        assert [call["name"] for call in graded["calls"]] == ["set_price", "get_book", "get_book"]
        assert [(part["key"], part["field"], part["after"]) for part in graded["diff"]] == [("b1", "price", 7.0)]


async def test_what_an_opener_is_told() -> None:
    """The way in for the agent, and for the user where users own tools; one's token does not open the other's door."""
    async with web(Limits(ttl=100.0)) as here:
        opened = await here.opened(ttl=50)
        assert opened["url"] == f"/w/{opened['id']}/mcp"
        assert (opened["expires"], opened["world"]) == (50.0, "tiny:1")
        async with here.client(opened, party="user_") as client:
            assert [tool.name for tool in (await client.list_tools()).tools] == ["look_up"]
            assert _text(await client.call_tool("look_up", {})) == "said"
        for url, token in ((opened["url"], opened["user_token"]), (opened["user_url"], opened["token"])):
            response = await here.post({"url": url, "token": token}, "tools/list", {})
            assert response.status_code == 403
        assert [call["requestor"] for call in (await here.graded(opened))["calls"]] == ["user"]


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_a_domain_lists_its_tools_and_has_no_state(mode: str) -> None:
    async with web() as here:
        (domain,) = (await here.http.get("/domains")).json()
        assert (domain["name"], domain["sizes"]) == ("shelf", ["tiny", "small"])
        async with here.client({"url": domain["url"], "token": "any"}, mode) as client:
            assert len((await client.list_tools()).tools) == len(DOMAIN.tools_of("agent"))
            for called in (client.call_tool("get_book", {"book_id": "b1"}), client.read_resource("policy://shelf")):
                with pytest.raises(MCPError, match="POST /workspaces") as error:
                    await called
                assert error.value.code == INVALID_PARAMS
        assert (await here.http.post("/domains/attic/mcp", content="{}", headers=PROTOCOL)).status_code == 404


async def test_a_used_up_workspace_says_so_over_the_protocol() -> None:
    async with web(Limits(calls=1)) as here:
        opened = await here.opened()
        async with here.client(opened) as client:
            await client.call_tool("get_book", {"book_id": "b1"})
            with pytest.raises(MCPError, match="used up its 1 calls") as error:
                await client.call_tool("get_book", {"book_id": "b1"})
        assert error.value.code == INVALID_REQUEST


DOORS = [("GET", "/workspaces/{id}"), ("DELETE", "/workspaces/{id}"), ("POST", "/w/{id}/mcp"), ("POST", "/w/{id}/user/mcp")]


@pytest.mark.parametrize(("method", "path"), DOORS)
async def test_every_door_needs_its_token_and_a_closed_one_says_that(method: str, path: str) -> None:
    """None 401, any other 403 (for a workspace that never was alike), closed or expired 410."""
    clock = Hand()
    async with web(Limits(idle=10.0), clock=clock) as here:
        opened, other = await here.opened(), await here.opened()
        role = {"GET": "grader_token", "DELETE": "grader_token"}.get(method, "user_token" if "user" in path else "token")

        async def status(workspace: str, *tokens: str) -> int:
            headers = [(b"content-type", b"application/json"), *((b"authorization", token.encode("latin-1")) for token in tokens)]
            response = await here.http.request(method, path.format(id=workspace), content="{}", headers=headers)
            assert response.headers.get("www-authenticate") == ("Bearer" if response.status_code == 401 else None)
            return response.status_code

        right = f"Bearer {opened[role]}"
        assert await status(opened["id"]) == 401
        assert await status(opened["id"], "Bearer ") == 401
        assert await status(opened["id"], f"Basic {opened[role]}") == 401
        assert await status(opened["id"], right, right) == 401
        wrong = {opened[name] for name in ("token", "grader_token", "user_token") if name != role} | {other[role], "x", "\u00fc"}
        assert {await status(opened["id"], f"Bearer {token}") for token in wrong} == {403}
        assert await status("never", right) == 403
        clock.now += 10
        assert await status(opened["id"], right) == 410
        assert len(here.served.workspaces) == 1  # the other one has not been looked at yet


async def test_closing_ends_a_workspace_at_once() -> None:
    async with web() as here:
        opened = await here.opened()
        await here.close(opened)
        assert (await here.post(opened, "tools/list", {})).status_code == 410
        assert len(here.served.workspaces) == 0


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("", "truncated"),
        ("[]", "object"),
        ('{"domain": "attic"}', "no domain"),
        ('{"domain": "shelf", "world": "../x"}', "no world"),
        ('{"domain": "shelf", "world": "huge:1"}', "huge"),
        ('{"domain": "shelf", "ttl": 0}', "ttl"),
        ('{"domain": "shelf", "ttl": "long"}', "ttl"),
        ('{"domain": "shelf", "more": 1}', "more"),
        ('{"domain": ' + "[" * 10_000, "expected"),
        ('{"domain": "\udcff"}', "UTF-8"),
    ],
)
async def test_a_workspace_that_cannot_be_opened_is_refused_in_words(body: str, why: str) -> None:
    async with web() as here:
        content = body.encode(errors="surrogateescape")
        response = await here.http.post("/workspaces", content=content, headers={"content-type": "application/json"})
        assert response.status_code == 400
        assert why.lower() in response.json()["error"].lower()


PATHS = ("/", "//workspaces", "/w", "/w/", "/w/..", "/w/%2e%2e/mcp", "/w/a%2Fb/mcp", "/w/a/mcp/", "/w/%00/mcp/x")


async def test_paths_that_are_none_lead_nowhere() -> None:
    async with web() as here:
        for path in PATHS:
            assert (await here.http.get(path)).status_code in (404, 405), path
        for path in ("/w/%00/mcp", "/w/%ff/mcp", "/w/%ed%a0%80/mcp"):
            assert (await here.http.post(path, content="{}", headers=PROTOCOL | bearer("x"))).status_code == 403
        opened = await here.opened()
        for method in ("GET", "PUT", "DELETE", "PATCH", "TRACE", "OPTIONS", "NONSENSE"):
            assert (await here.http.request(method, opened["url"], headers=bearer(opened["token"]))).status_code == 405


async def test_foreign_hosts_and_origins_are_refused_everywhere() -> None:
    """Before anything else is looked at; the own origin is let in."""
    async with web() as here:
        opened = await here.opened()
        for path in ("/health", "/metrics", "/domains", f"/workspaces/{opened['id']}"):
            for host in ("evil.example", "127.0.0.1", f"{HOST}.evil.example", "127.0.0.1:1"):
                assert (await here.http.get(path, headers={"host": host})).status_code == 421
            for origin in ("http://evil.example", "null", "https://127.0.0.1:8400", "file://"):
                assert (await here.http.get(path, headers={"origin": origin})).status_code == 403
        assert (await here.http.get("/health", headers={"origin": f"http://{HOST}"})).status_code == 200
        attempt = await here.http.post("/workspaces", json={"domain": "shelf"}, headers={"origin": "http://evil.example"})
        assert (attempt.status_code, len(here.served.workspaces)) == (403, 1)


async def _endless() -> Any:
    for _ in range(TEN_MB // 65_536):
        yield b"x" * 65_536


@pytest.mark.parametrize("door", ["/workspaces", "/w/any/mcp", "/domains/shelf/mcp", "/nowhere"])
async def test_ten_megabytes_are_too_much(door: str) -> None:
    """Whether their size is said before or not."""
    async with web() as here:
        headers = PROTOCOL | bearer("x")
        assert (await here.http.post(door, content=b"x" * TEN_MB, headers=headers)).status_code == 413
        assert (await here.http.post(door, content=_endless(), headers=headers)).status_code == 413


MALFORMED = ("", "null", "[]", "7", "{", '{"jsonrpc": "2.0"}', '{"jsonrpc": "1.0", "id": 1, "method": "tools/list"}', "[" * 5000)


@pytest.mark.parametrize("version", ["2026-07-28", "2025-06-18", "1999-01-01", ""])
async def test_malformed_messages_are_refused_and_change_nothing(version: str) -> None:
    async with web() as here:
        opened = await here.opened()
        headers = PROTOCOL | bearer(opened["token"]) | {"mcp-protocol-version": version}
        message: dict[str, Any] = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "get_book"}}
        batch = json.dumps([message, message])
        for body in (*MALFORMED, batch, json.dumps(message | {"id": {}}), json.dumps(message | {"params": 7})):
            response = await here.http.post(opened["url"], content=body, headers=headers)
            assert 202 <= response.status_code < 500, (version, body[:60], response.text)
        assert (await here.graded(opened))["calls"] == []


@pytest.mark.parametrize(
    "method", ["tools/none", "", "initialize", "resources/subscribe", "logging/setLevel", "subscriptions/listen"]
)
async def test_methods_that_there_are_not_are_refused(method: str) -> None:
    async with web() as here:
        response = await here.post(await here.opened(), method, {})
        assert 400 <= response.status_code < 500


async def test_sixteen_workspaces_in_flight_end_as_each_would_alone(library: World) -> None:
    """On one world, twenty calls each on the same few books, interleaved at random; then nothing of them is left."""
    random = Random("sixteen")
    async with on_loopback() as here:
        await _burst(here, library, random, 16, 20)
        base = _held()
        for _ in range(3):
            await _burst(here, library, random, 16, 20)
        now = _held()
    assert now[:2] == base[:2]
    assert abs(now[2] - base[2]) <= 4


async def _burst(here: Web, library: World, random: Random, count: int, calls: int) -> None:
    plans = [own_calls(random, calls) for _ in range(count)]
    opened = [await here.opened() for _ in plans]
    turns = [number for number, plan in enumerate(plans) for _ in plan]
    random.shuffle(turns)
    order: list[int] = []

    async def work(number: int) -> None:
        async with here.client(opened[number], random.choice(["auto", "legacy"])) as client:
            for call in plans[number]:
                await client.call_tool(call.name, dict(call.arguments))
                order.append(number)
                for _ in range(random.randrange(3)):
                    await anyio.lowlevel.checkpoint()

    async with anyio.create_task_group() as tasks:
        for number in dict.fromkeys(turns):
            tasks.start_soon(work, number)
    for number, plan in enumerate(plans):
        graded = await here.graded(opened[number])
        assert graded["digest"] == alone(DOMAIN, library, plan)
        assert [call["name"] for call in graded["calls"]] == [call.name for call in plan]
        await here.close(opened[number])
    assert order != sorted(order)


def _held() -> tuple[int, int, int]:
    """Workspaces and states that are alive, and open file descriptors."""
    gc.collect()
    alive_ones = sum(isinstance(each, Workspace) for each in gc.get_objects())
    return alive_ones, 0, len(os.listdir("/proc/self/fd"))  # noqa: PTH208


async def _raw(here: Web, sent: bytes, receives: int | None = None) -> anyio.abc.SocketStream:
    """A connection on which something was sent; `receives` bounds how much it takes unread."""
    url = here.http.base_url
    stream = await anyio.connect_tcp(url.host, url.port or 0)
    if receives is not None:
        stream.extra(anyio.abc.SocketAttribute.raw_socket).setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receives)
    await stream.send(sent)
    return stream


async def _ended(stream: anyio.abc.SocketStream) -> bytes:
    """Everything that a connection says until the other side ends it."""
    said = b""
    try:
        with anyio.fail_after(20):
            while True:
                said += await stream.receive()
    except (anyio.EndOfStream, anyio.BrokenResourceError):
        return said
    finally:
        await stream.aclose()


async def test_silent_and_slow_connections_are_cut_off_beside_a_good_one(library: World) -> None:
    """Of three bad kinds; a workspace beside them completes, and in the end none of them is left."""
    async with on_loopback(Limits(patience=1.2)) as here:
        opened = await here.opened()
        body = f"POST {opened['url']} HTTP/1.1\r\n{_host(here)}Content-Type: application/json\r\nContent-Length: 99\r\n\r\n{{"
        bad = [await _raw(here, sent) for sent in [b"", b"GET /hea", body.encode()] * 15]
        plan = own_calls(Random("good"), 30)
        async with here.client(opened) as client:
            for call in plan:
                await client.call_tool(call.name, dict(call.arguments))
        assert (await here.graded(opened))["digest"] == alone(DOMAIN, library, plan)
        said = [await _ended(stream) for stream in bad]
    assert set(said[0::3]) == {b""} == set(said[1::3])
    assert all(b" 408 " in each for each in said[2::3])


async def test_a_client_that_never_reads_is_cut_off_beside_a_good_one() -> None:
    """It asks and asks until nothing more is taken from it; then its connection is ended, which its sending shows."""
    async with on_loopback(Limits(patience=1.2)) as here:
        asks = f"GET /metrics HTTP/1.1\r\n{_host(here)}\r\n".encode() * 1000
        stream = await _raw(here, b"", receives=4096)
        with anyio.fail_after(60), pytest.raises(anyio.BrokenResourceError):
            while True:
                await stream.send(asks)
                assert (await here.http.get("/health")).status_code == 200
        await stream.aclose()


def _host(here: Web) -> str:
    return f"Host: {here.http.base_url.host}:{here.http.base_url.port}\r\n"


async def test_idle_connections_make_room_for_others() -> None:
    """Forty of them, where twenty may be: the oldest go, and requests are answered all the while."""
    async with on_loopback(Limits(connections=20)) as here:
        idle = [await _raw(here, b"") for _ in range(40)]
        for _ in range(5):
            assert (await here.http.get("/health")).status_code == 200
        with anyio.fail_after(10):
            assert await _ended(idle[0]) == b""
        for stream in idle:
            await stream.aclose()


async def test_a_caller_who_leaves_leaves_a_whole_call_or_none(caplog: pytest.LogCaptureFixture) -> None:
    """Connections closed while a write was sent, or at once after: the state is that of the calls that were counted."""
    async with on_loopback() as here:
        for version in ("2026-07-28", "2025-06-18"):
            opened = await here.opened()
            meta = {"io.modelcontextprotocol/protocolVersion": version, "io.modelcontextprotocol/clientCapabilities": {}}
            for price in range(1, 41):
                params = {"name": "set_price", "arguments": {"book_id": "b1", "price": price}, "_meta": meta}
                body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}).encode()
                headers = PROTOCOL | bearer(opened["token"]) | {"mcp-method": "tools/call", "mcp-name": "set_price"}
                headers |= {"mcp-protocol-version": version, "content-length": str(len(body))}
                head = f"POST {opened['url']} HTTP/1.1\r\nhost: {here.http.base_url.host}:{here.http.base_url.port}\r\n"
                head += "".join(f"{name}: {value}\r\n" for name, value in headers.items()) + "\r\n"
                stream = await _raw(here, head.encode() + body[: len(body) if price % 4 else price])
                await stream.aclose()
            last = {"book_id": "b1", "price": 50}
            await here.call(opened, "set_price", **last)
            graded = await here.graded(opened)
            made = [call["arguments"]["price"] for call in graded["calls"]]
            assert made[-1] == 50
            assert len(set(made)) == len(made)
            assert not any(price % 4 == 0 for price in made[:-1])
            assert [part["after"] for part in graded["diff"]] == [50.0]
        assert 'status="500"' not in (await here.http.get("/metrics")).text
    assert [record.message for record in caplog.records if record.levelno >= logging.ERROR] == []


async def test_nothing_secret_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """Every token, right and wrong, at the most talkative level of every logger, through good and bad requests."""
    caplog.set_level(logging.DEBUG)
    async with on_loopback(Limits(requests=5.0)) as here:
        opened = await here.opened()
        secrets = [opened[name] for name in ("token", "grader_token", "user_token")]
        async with here.client(opened) as client:
            await client.call_tool("get_book", {"book_id": "b1"})
            with pytest.raises(MCPError):
                await client.call_tool("break_shelf")
        for token in [*secrets, "a-guessed-token"]:
            for path in ("/workspaces/x", f"/workspaces/{opened['id']}", opened["url"]):
                await here.http.get(path, headers=bearer(token))
                await here.http.post(path, content="rubbish", headers=PROTOCOL | bearer(token))
                await here.http.get(path, headers=bearer(token) | {"host": "evil.example"})
    assert "fell down" in caplog.text
    assert [token for token in [*secrets, "a-guessed-token"] if token in caplog.text] == []


async def test_a_crash_of_our_own_is_a_500_without_words(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with web() as here:
        monkeypatch.setattr(here.served.workspaces, "room", lambda: 1 / 0)
        response = await here.http.post("/workspaces", json={"domain": "shelf"})
        assert response.status_code == 500
        assert "division" not in response.text
        assert "division" in caplog.text
        assert (await here.http.get("/health")).status_code == 200


async def test_what_happens_is_counted() -> None:
    async with web() as here:
        opened = await here.opened()
        await here.call(opened, "set_price", book_id="b1", price=101)
        await here.call(opened, "get_book", book_id="b1")
        await here.http.get("/nowhere")
        await here.close(opened)
        text = (await here.http.get("/metrics")).text
    for line in (
        'writ_tool_calls_total{domain="shelf",outcome="refused",tool="set_price"} 1.0',
        'writ_tool_calls_total{domain="shelf",outcome="answered",tool="get_book"} 1.0',
        'writ_http_requests_total{route="/w/{workspace}/mcp",status="200"} 2.0',
        'writ_http_requests_total{route="other",status="404"} 1.0',
        'writ_workspaces_ended_total{how="closed"} 1.0',
        "writ_workspaces 0.0",
        "writ_worlds 1.0",
    ):
        assert line in text.splitlines()
    assert opened["id"] not in text


def test_expired_workspaces_go_without_being_asked_for() -> None:
    """In virtual time: an hour passes, and what nobody asked for any more is gone."""

    async def main() -> list[int]:
        served = Served(DOMAINS, anyio.current_time, limits=Limits(ttl=3600.0, idle=600.0), hosts=[HOST], origins=[])
        counts = []
        async with alive(served):
            for seconds in (599, 2, 3000):
                served.workspaces.open(DOMAIN, WORLD, 3600)
                await anyio.sleep(seconds)
                counts.append(len(served.workspaces))
        return [*counts, len(served.workspaces)]

    assert run_virtual(main) == [1, 1, 0, 0]


WORLD = World(
    domain="shelf", source="tiny:1", facts=DOMAIN.public_facts or DOMAIN.facts(now=""), tables={"books": {}, "readers": {}}
)


@pytest.fixture(params=[signal.SIGTERM, signal.SIGINT])
def ending(request: pytest.FixtureRequest) -> Iterator[signal.Signals]:
    yield request.param


def test_a_server_ends_in_good_order_on_a_signal(ending: signal.Signals) -> None:
    """In a process of its own: it says where it is, serves, and exits 0 with an idle connection still open."""
    command = [sys.executable, "-m", "servers", "serve", "tests.servers.shelf", "--http", "127.0.0.1:0"]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            told = process.stderr.readline()
            url = told.split()[-1]
            assert told == f"serving shelf on {url}\n"
            with httpx2.Client(base_url=url, trust_env=False, timeout=20) as http:
                assert http.post("/workspaces", json={"domain": "shelf", "world": "tiny:1"}).status_code == 201
                process.send_signal(ending)
                assert process.wait(timeout=20) == 0
            assert process.stderr.read() == ""
        finally:
            process.kill()


@pytest.mark.parametrize("address", ["nowhere", "127.0.0.1:", "127.0.0.1:99999", "127.0.0.1:x", "256.0.0.1:80", ":", "[::1"])
def test_an_address_that_is_none_is_said_in_one_line(address: str) -> None:
    with pytest.raises(BadAddress, match=r"HOST:PORT|cannot be served on"):
        listening(address)


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--http", "nowhere"), "an address is HOST:PORT"),
        (("attic", "--http", "127.0.0.1:0"), "no domain 'attic'"),
        ((), "name one domain"),
        (("retail", "lights"), "name one domain"),
    ],
)
def test_what_cannot_be_served_is_refused_before_it_is(arguments: tuple[str, ...], why: str) -> None:
    result = CliRunner().invoke(app, ["serve", *arguments])
    assert result.exit_code == 2
    assert why in " ".join(result.stderr.replace("│", " ").split())


def test_hosts_are_those_of_the_socket() -> None:
    with listening("127.0.0.1:0") as listener:
        port = listener.getsockname()[1]
        assert hosts_of(listener) == [f"{name}:{port}" for name in ("127.0.0.1", "[::1]", "localhost")]


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(["b1", "shelf", "tiny:1"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=6) | st.sampled_from(["name", "domain"]), inner, max_size=3)
    ),
    max_leaves=6,
)
METHODS = st.sampled_from(["GET", "POST", "DELETE", "PUT", "HEAD", "OPTIONS"])
ROUTES = st.sampled_from(
    ["/workspaces", "/workspaces/§", "/w/§/mcp", "/w/§/user/mcp", "/domains/shelf/mcp", "/domains/§/mcp", "/health"]
)
TOKENS = st.sampled_from(["token", "grader_token", "user_token", ""])
QUIET = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))


@QUIET
@given(
    tries=st.lists(
        st.tuples(
            METHODS, ROUTES, TOKENS, st.sampled_from(["§", "%00", "é", "a b", "..", ""]), ANY_JSON | st.binary(max_size=30)
        ),
        min_size=1,
        max_size=8,
    )
)
def test_nothing_that_is_asked_makes_the_server_fail(tries: list[tuple[str, str, str, str, Any]]) -> None:
    """Any method, route, token, id and body, one after the other on one server: no 5xx, and a good call still works."""

    async def main() -> None:
        async with web() as here:
            opened, good = await here.opened(), await here.opened()
            for method, route, token, name, body in tries:
                path = route.replace("§", opened["id"] if name == "§" else name)
                content = body if isinstance(body, bytes) else json.dumps(body).encode()
                headers = PROTOCOL | (bearer(opened[token]) if token else {})
                response = await here.http.request(method, path, content=content, headers=headers)
                assert response.status_code < 500, (method, path, response.text)
            assert "price" in await here.call(good, "get_book", book_id="b1")

    anyio.run(main)


NAMES = st.sampled_from([*(tool.name for tool in DOMAIN.tools if tool.name != "break_shelf"), "nothing", "", "look_up\n", "ü"])
RPC = st.sampled_from(["tools/call", "tools/list", "resources/read", "server/discover", "initialize", "ping", "x"])
PARAMS = st.one_of(
    ANY_JSON,
    st.fixed_dictionaries({"name": NAMES | ANY_JSON, "arguments": ANY_JSON}),
    st.fixed_dictionaries(
        {"name": NAMES, "arguments": st.fixed_dictionaries({"book_id": ANY_JSON}, optional={"price": ANY_JSON})}
    ),
)


@QUIET
@given(
    version=st.sampled_from(["2026-07-28", "2025-11-25", "2024-11-05", "tomorrow"]),
    tries=st.lists(st.tuples(RPC, PARAMS, st.integers() | ANY_JSON, st.booleans()), min_size=1, max_size=8),
)
def test_nothing_that_is_called_makes_the_server_fail(version: str, tries: list[tuple[str, Any, Any, bool]]) -> None:
    """Any message to the tools in every protocol: no 5xx, whole answers, and the grader can still look."""

    async def main() -> None:
        async with web() as here:
            opened = await here.opened()
            for method, params, number, enveloped in tries:
                meta = {"io.modelcontextprotocol/protocolVersion": version, "io.modelcontextprotocol/clientCapabilities": {}}
                sent = {**params, "_meta": meta} if enveloped and isinstance(params, dict) else params
                message = {"jsonrpc": "2.0", "id": number, "method": method, "params": sent}
                name = params.get("name") if isinstance(params, dict) else None
                headers = PROTOCOL | bearer(opened["token"]) | {"mcp-protocol-version": version, "mcp-method": method}
                if isinstance(name, str) and name.isascii() and name.isprintable():
                    headers["mcp-name"] = name
                response = await here.http.post(opened["url"], content=json.dumps(message), headers=headers)
                assert response.status_code < 500, (message, response.text)
            graded = await here.graded(opened)
            assert (graded["diff"] == []) or any(call["changed"] for call in graded["calls"])

    anyio.run(main)
