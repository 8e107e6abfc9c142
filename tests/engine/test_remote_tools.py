"""Tools that are served elsewhere: equal answers, equal datasets, and trouble that is nobody's refusal."""

import json
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import anyio
import pytest

from engine.conversation.converse import EnvironmentFailed
from engine.conversation.events import Called, Event, Returned
from engine.toolboxes import dialling
from engine.toolboxes.dialling import dialled
from engine.toolboxes.direct import DirectToolbox
from engine.toolboxes.remote import RemoteToolbox, remote_toolbox
from servers.http.workspaces import Limits
from servers.state import World
from servers.worlds import open_world
from tests.domains.lights import DOMAIN as LIGHTS
from tests.engine.pack import scenarios
from tests.engine.test_toolboxes import RETAIL, Tried, answered, tried
from tests.engine.writ import ROOT, writ, written
from tests.servers.shelf import DOMAIN as SHELF
from tests.servers.web import Web, on_loopback

ALL = {domain.name: domain for domain in (LIGHTS, RETAIL, SHELF)}
GOOD: Tried = ("agent", "get_book", '{"book_id": "b1"}')


def _priced(price: float) -> Tried:
    return "agent", "set_price", json.dumps({"book_id": "b1", "price": price})


@asynccontextmanager
async def _remote(limits: Limits | None = None) -> AsyncIterator[tuple[Web, RemoteToolbox]]:
    """A server on loopback, and a toolbox that reaches it."""
    async with on_loopback(limits, ALL) as web, remote_toolbox(dialled(f"mcp+{web.http.base_url}")) as toolbox:
        yield web, toolbox


@asynccontextmanager
async def _answering(kind: str) -> AsyncIterator[str]:
    """The address of something that is no server of worlds."""

    async def silent(stream: anyio.abc.SocketStream) -> None:
        async with stream:
            await anyio.sleep_forever()

    async def plain(stream: anyio.abc.SocketStream) -> None:
        async with stream:
            await stream.receive()
            body = b"out of order"
            await stream.send(b"HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

    async with await anyio.create_tcp_listener(local_host="127.0.0.1") as listener, anyio.create_task_group() as tasks:
        tasks.start_soon(listener.serve, silent if kind == "silent" else plain)
        yield f"127.0.0.1:{listener.extra(anyio.abc.SocketAttribute.local_port)}"
        tasks.cancel_scope.cancel()


@pytest.mark.parametrize("domain", [LIGHTS, RETAIL, SHELF], ids=lambda domain: domain.name)
async def test_over_http_every_call_is_answered_as_in_process(domain: Any) -> None:
    """Good, refused and malformed calls of both parties' tools, in order on one state; crashes in the same words."""
    world = open_world(domain, "tiny:1" if domain is SHELF else "small:1")
    calls = list(tried(domain, world))
    async with _remote() as (_, toolbox):
        ours, theirs = DirectToolbox().open("c", domain, world, ()), toolbox.open("c", domain, world, ())
        for call in calls:
            assert await answered(ours, call) == await answered(theirs, call), (call[:2], call[2][:80])
        assert await answered(theirs, ("agent", "nothing", "{}")) == ("Error: Tool 'nothing' not found.", True, False)
    assert len(calls) > 50


async def test_each_conversation_has_a_workspace_and_leaves_none(library: World) -> None:
    """Thirty at once on one world; a closed one answers no more, and after the block nothing is open over there."""
    async with _remote() as (web, toolbox):

        async def converse(number: int) -> None:
            tools = toolbox.open(f"c{number}", SHELF, library, ())
            for step in range(3):
                await tools.call(*_priced(number + step))
                assert json.loads((await tools.call(*GOOD))[0].text)["price"] == number + step
            toolbox.close(f"c{number}")
            with pytest.raises(EnvironmentFailed, match="closed"):
                await tools.call(*GOOD)

        async with anyio.create_task_group() as tasks:
            for number in range(30):
                tasks.start_soon(converse, number)
        await toolbox.open("left open", SHELF, library, ()).call(*GOOD)
        assert len(web.served.workspaces) >= 1
        toolbox.shut()
        with anyio.fail_after(20):
            while len(web.served.workspaces):
                await anyio.lowlevel.checkpoint()


def _past(library: World, *prices: float) -> list[Event]:
    """The events of answered pricings, with one malformed call among them and one that is open still."""
    events: list[Event] = []
    tools = DirectToolbox().open("c", SHELF, library, ())
    for number, price in enumerate(prices, 1):
        _, name, arguments = _priced(price)
        outcome = anyio.run(tools.call, "agent", name, arguments)[0]
        events.append(Called(party="agent", move=number, call=number, name=name, arguments=arguments))
        events.append(Returned(party="agent", move=number, call=number, text=outcome.text, error=outcome.error))
    odd = len(prices) + 1
    events.append(Called(party="agent", move=odd, call=odd, name="set_price", arguments="{"))
    events.append(Returned(party="agent", move=odd, call=odd, text="Error", error=True))
    events.append(Called(party="agent", move=odd + 1, call=odd + 1, name="set_price", arguments=_priced(99)[2]))
    return events


@pytest.fixture
def past() -> list[Event]:
    return _past(open_world(SHELF, "tiny:1"), 1, 2, 101)


async def test_a_conversation_that_is_carried_on_finds_its_state(library: World, past: list[Event]) -> None:
    """Its answered calls are made again on a fresh workspace, refused ones too; the open one has not been made."""
    async with _remote() as (web, toolbox):
        tools = toolbox.open("c", SHELF, library, past)
        assert json.loads((await tools.call(*GOOD))[0].text)["price"] == 2.0
        (space,) = web.served.workspaces._open.values()
        assert [call.error for call in space.graded(0).calls] == [False, False, True, False]


async def test_tools_that_now_answer_otherwise_are_not_carried_on_with(library: World, past: list[Event]) -> None:
    returned = past[1]
    assert isinstance(returned, Returned)
    past[1] = Returned(party="agent", move=1, call=1, text=returned.text.replace("1.0", "7.0"))
    async with _remote() as (_, toolbox):
        with pytest.raises(EnvironmentFailed, match="answers otherwise than before"):
            await toolbox.open("c", SHELF, library, past).call(*GOOD)


async def test_a_world_that_is_another_one_there_is_refused(library: World) -> None:
    other = World(domain="shelf", source="tiny:1", facts=library.facts, tables={**library.tables, "readers": {}})
    async with _remote() as (web, toolbox):
        with pytest.raises(EnvironmentFailed, match="another one than ours"):
            await toolbox.open("c", SHELF, other, ()).call(*GOOD)
        assert len(web.served.workspaces) == 0


async def test_a_full_server_is_asked_again(library: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two conversations share the one workspace that may be open; when it never gets free, that is said."""
    async with _remote(Limits(workspaces=1)) as (web, toolbox):
        first, second = (toolbox.open(name, SHELF, library, ()) for name in ("one", "two"))
        await first.call(*GOOD)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(second.call, *GOOD)
            toolbox.close("one")
        monkeypatch.setattr(dialling, "PATIENCE", 1)
        with pytest.raises(EnvironmentFailed, match=r"503 .*in use"):
            await toolbox.open("three", SHELF, library, ()).call(*GOOD)
        assert len(web.served.workspaces) == 1


@pytest.mark.parametrize("kind", ["nobody", "out of order", "silent"])
async def test_trouble_on_the_way_is_the_environments_failure(kind: str, library: World) -> None:
    """Never a refusal, and no conversation drags another one along."""
    async with _answering(kind) as address:
        where = "127.0.0.1:1" if kind == "nobody" else address
        async with remote_toolbox(dialled(f"mcp+http://{where}", seconds=0.2)) as toolbox:
            for name in ("one", "two"):
                with pytest.raises(EnvironmentFailed, match=r"ConnectError|502 out of order|Timeout"):
                    await toolbox.open(name, SHELF, library, ()).call(*GOOD)


async def test_a_workspace_that_ended_over_there_is_the_environments_failure(library: World) -> None:
    async with _remote() as (web, toolbox):
        tools = toolbox.open("c", SHELF, library, ())
        await tools.call(*GOOD)
        web.served.workspaces.close_all()
        with pytest.raises(EnvironmentFailed, match=r"shelf\.get_book"):
            await tools.call(*GOOD)


@contextmanager
def _server() -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server in a process of its own, and its address."""
    command = [sys.executable, "-m", "servers", "serve", "retail", "tests.servers.shelf", "--http", "127.0.0.1:0"]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            yield process, process.stderr.readline().split()[-1]
        finally:
            process.kill()


async def test_a_server_that_is_killed_in_between_is_the_environments_failure(library: World) -> None:
    with _server() as (process, where):
        async with remote_toolbox(dialled(f"mcp+{where}")) as toolbox:
            one, two = (toolbox.open(name, SHELF, library, ()) for name in ("one", "two"))
            await one.call(*GOOD)
            process.kill()
            process.wait()
            for tools in (one, one, two):
                with pytest.raises(EnvironmentFailed):
                    await tools.call(*GOOD)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with _server() as (_, where):
        yield where


STDIO = f"mcp+stdio:{sys.executable} -m servers serve {{domain}} --world {{world}}"


def test_the_dataset_is_the_same_bytes_wherever_the_tools_are(address: str, tmp_path: Path) -> None:
    """Twelve conversations in process, over HTTP at two widths, and four over stdio."""
    pack = written(tmp_path / "pack.jsonl", scenarios(12))
    rows = {}
    for name, tools, *more in (
        ("direct", "direct"),
        ("wide", f"mcp+{address}"),
        ("one", f"mcp+{address}", "--concurrency", "1"),
        ("stdio", STDIO, "--limit", "4", "--concurrency", "2"),
    ):
        told = writ("run", pack, "--quiet", "--out", tmp_path / name, "--tools", tools, *more, cwd=ROOT)
        assert (told.returncode, told.stderr) == (0, "")
        rows[name] = (tmp_path / name / "accepted.jsonl").read_bytes()
    assert rows["direct"] == rows["wide"] == rows["one"]
    assert rows["direct"].splitlines()[:4] == rows["stdio"].splitlines()
    assert len(rows["stdio"].splitlines()) == 4


async def test_over_stdio_a_process_answers_as_in_process(library: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its world is its own; the user's tools are not there; a program that is none is the environment's failure."""
    monkeypatch.chdir(ROOT)
    command = STDIO.replace("{domain}", "tests.servers.{domain}")
    async with remote_toolbox(dialled(command)) as toolbox:
        ours, theirs = DirectToolbox().open("c", SHELF, library, ()), toolbox.open("c", SHELF, library, ())
        for call in (GOOD, _priced(7), _priced(101), GOOD, ("agent", "break_shelf", "{}"), ("agent", "close", "{}")):
            assert await answered(ours, call) == await answered(theirs, call)
        with pytest.raises(EnvironmentFailed, match="the user's tools are not served there"):
            await theirs.call("user", "look_up", "{}")
    for program in ("no-such-program", f"{sys.executable} -c pass"):
        async with remote_toolbox(dialled(f"mcp+stdio:{program}")) as toolbox:
            with pytest.raises(EnvironmentFailed):
                await toolbox.open("c", SHELF, library, ()).call(*GOOD)


@pytest.mark.parametrize("tools", ["bogus", "mcp+http://x", "mcp+http://x:1/path", "mcp+stdio:", "mcp+stdio: ", "mcp+ftp://x:1"])
def test_tools_that_are_nowhere_are_bad_settings(tools: str, tmp_path: Path) -> None:
    told = writ("run", "x", "--tools", tools, cwd=tmp_path)
    assert told.returncode == 2
    assert "--tools: input should be" in told.stderr
    with pytest.raises(ValueError, match="HOST:PORT"):
        dialled(tools)
