"""A domain's tools over MCP: a real client and a real server, in process in both protocols, and over stdio."""

import json
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal

import anyio
import pytest
from mcp import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.shared.exceptions import MCPError
from mcp_types import INTERNAL_ERROR, INVALID_PARAMS, CallToolResult, TextContent, TextResourceContents

from servers.arguments import schema
from servers.mcp import CONVERSATION, CRASHED, StateOf, UnknownState, build_server
from servers.state import State, World
from tests.servers.shelf import DOMAIN, Book

ROOT = Path(__file__).parent.parent.parent
Mode = Literal["auto", "legacy"]
AGENT = DOMAIN.tools_of("agent")


def _by_conversation(states: Mapping[str, State]) -> StateOf:
    def state_of(meta: Mapping[str, Any] | None) -> State:
        name = (meta or {}).get(CONVERSATION)
        if name not in states:
            raise UnknownState(f"no conversation {name!r}")
        return states[name]

    return state_of


@pytest.fixture(params=["auto", "legacy"])
def mode(request: pytest.FixtureRequest) -> Mode:
    """The protocol of 2026-07-28, and the ones with a handshake."""
    mode: Mode = request.param
    return mode


@pytest.fixture
def state(library: World) -> State:
    return library.open()


@asynccontextmanager
async def _client(state_of: StateOf, mode: Mode, **options: Any) -> AsyncIterator[Client]:
    server = build_server(DOMAIN, options.pop("tools", AGENT), state_of, **options)
    async with Client(server, mode=mode, read_timeout_seconds=10) as client:
        yield client


def _text(result: CallToolResult) -> str:
    (content,) = result.content
    assert isinstance(content, TextContent)
    return content.text


async def test_each_conversation_has_its_own_state(library: World, mode: Mode) -> None:
    """Forty tasks share a client; each reads back what it wrote itself, and their calls were interleaved."""
    states = {f"c{number}": library.open() for number in range(40)}
    order: list[str] = []

    async def converse(client: Client, name: str, price: int) -> None:
        meta: Any = {CONVERSATION: name}
        for step in range(3):
            sent = {"book_id": "b1", "price": price + step}
            await client.call_tool("set_price", sent, meta=meta)
            order.append(name)
            read = await client.call_tool("get_book", {"book_id": "b1"}, meta=meta)
            assert json.loads(_text(read))["price"] == price + step

    async with _client(_by_conversation(states), mode) as client, anyio.create_task_group() as tasks:
        for number, name in enumerate(states):
            tasks.start_soon(converse, client, name, number)
    assert [place for place, name in enumerate(order) if name == "c0"] != [0, 1, 2]
    assert {name: book.price for name, state in states.items() if (book := state.get("books", "b1", Book))} == {
        f"c{number}": number + 2.0 for number in range(40)
    }


@pytest.mark.parametrize("meta", [None, {}, {CONVERSATION: "other"}, {CONVERSATION: 7}])
async def test_an_unknown_conversation_is_a_protocol_error(state: State, mode: Mode, meta: Any) -> None:
    """Never a default state: the one that exists stays as it is."""
    before = state.digest()
    async with _client(_by_conversation({"c": state}), mode) as client:
        with pytest.raises(MCPError, match="no conversation") as error:
            await client.call_tool("set_price", {"book_id": "b1", "price": 1}, meta=meta)
    assert error.value.code == INVALID_PARAMS
    assert state.digest() == before


@pytest.mark.parametrize("name", ["nothing", "look_up", "", "büch"])
async def test_an_unknown_tool_is_a_protocol_error(state: State, mode: Mode, name: str) -> None:
    """The other party's tools are not served; the message lists those that are."""
    async with _client(lambda _meta: state, mode) as client:
        with pytest.raises(MCPError, match="get_book") as error:
            await client.call_tool(name)
    assert error.value.code == INVALID_PARAMS
    assert error.value.message.isascii()


async def test_a_refusal_is_a_result_that_says_so(state: State, mode: Mode) -> None:
    """The tool's own no, and arguments that do not fit, are read by the caller; an answer is no error."""
    async with _client(lambda _meta: state, mode) as client:
        refused = await client.call_tool("get_book", {"book_id": "b99"})
        unfit = await client.call_tool("get_book")
        answered = await client.call_tool("books_by", {"author": "nobody"})
    assert (_text(refused), refused.is_error) == ("Error: Book not found", True)
    assert (_text(unfit), unfit.is_error) == ("Error: Invalid arguments for get_book: 'book_id' is required.", True)
    assert (_text(answered), answered.is_error) == ("", False)


async def test_a_broken_tool_is_told_from_everything_else(state: State, mode: Mode, caplog: pytest.LogCaptureFixture) -> None:
    """A mark in the error's data, words that give nothing away, the cause in the log, the state untouched."""
    before = state.digest()
    async with _client(lambda _meta: state, mode) as client:
        with pytest.raises(MCPError) as error:
            await client.call_tool("break_shelf")
    assert (error.value.code, error.value.data) == (INTERNAL_ERROR, CRASHED)
    assert "fell down" not in error.value.message
    assert "fell down" in caplog.text
    assert state.digest() == before


async def test_tools_are_listed_with_schema_and_hints(state: State, mode: Mode) -> None:
    """Reads and generic tools are read-only; writes are destructive; a terminal tool is neither."""
    async with _client(lambda _meta: state, mode) as client:
        listed = (await client.list_tools()).tools
    assert [(tool.name, tool.description, tool.input_schema) for tool in listed] == [
        (tool.name, tool.description, schema(tool)) for tool in AGENT
    ]
    hints = {tool.name: tool.annotations for tool in listed}
    assert all(hint and hint.open_world_hint is False for hint in hints.values())
    assert {name: (hint.read_only_hint, hint.destructive_hint, hint.idempotent_hint) for name, hint in hints.items() if hint} == {
        "get_book": (True, False, True),
        "books_by": (True, False, True),
        "set_price": (False, True, False),
        "tag": (False, True, False),
        "break_shelf": (False, True, False),
        "close": (False, False, False),
    }
    assert all(tool.output_schema is None for tool in listed)


async def test_the_users_tools_are_called_as_the_user(state: State, mode: Mode) -> None:
    """A server of the user's tools serves those and no others."""
    async with _client(lambda _meta: state, mode, tools=DOMAIN.tools_of("user")) as client:
        assert [tool.name for tool in (await client.list_tools()).tools] == ["look_up"]
        assert _text(await client.call_tool("look_up", {})) == "said"


async def test_the_policy_is_a_resource(state: State, mode: Mode) -> None:
    """One resource, in markdown, as it was given; any other is unknown, and without a policy there is none."""
    async with _client(lambda _meta: state, mode, policy="# Policy\nBe kind. ü") as client:
        (resource,) = (await client.list_resources()).resources
        (content,) = (await client.read_resource("policy://shelf")).contents
        with pytest.raises(MCPError, match="policy://shelf"):
            await client.read_resource("policy://attic")
    assert (str(resource.uri), resource.mime_type) == ("policy://shelf", "text/markdown")
    assert isinstance(content, TextResourceContents)
    assert content.text == "# Policy\nBe kind. ü"
    async with _client(lambda _meta: state, mode) as client:
        assert client.server_capabilities.resources is None


def test_a_server_has_one_tool_of_a_name(state: State) -> None:
    """Two parties' tools may share a name only on two servers."""
    with pytest.raises(ValueError, match="same name"):
        build_server(DOMAIN, (AGENT[0], AGENT[0]), lambda _meta: state)


async def test_a_schema_is_found_without_listing_the_tools(state: State) -> None:
    """The look-up that the HTTP transport makes for each call is set, and answers None for what is unknown."""
    server = build_server(DOMAIN, AGENT, lambda _meta: state, name="other")
    look_up: Callable[[str], Any] | None = server.get_tool_input_schema
    assert look_up is not None
    assert (look_up("get_book"), look_up("nothing")) == (schema(AGENT[0]), None)
    assert (server.name, server.middleware) == ("other", [])


async def test_a_world_is_served_over_stdio_to_a_client_in_another_process(mode: Mode) -> None:
    """One fresh state a process: a write is read back, the policy is there, a crash is marked."""
    arguments = ["-m", "servers", "serve", "tests.servers.shelf", "--world", "tiny:1"]
    command = StdioServerParameters(command=sys.executable, args=arguments, cwd=ROOT)
    async with Client(stdio_client(command), mode=mode, read_timeout_seconds=30) as client:
        await client.call_tool("set_price", {"book_id": "b1", "price": 7})
        book = json.loads(_text(await client.call_tool("get_book", {"book_id": "b1"})))
        (policy,) = (await client.read_resource("policy://shelf")).contents
        with pytest.raises(MCPError) as error:
            await client.call_tool("break_shelf")
    assert book["price"] == 7.0
    assert isinstance(policy, TextResourceContents)
    assert "dearer than 100.0" in policy.text
    assert error.value.data == CRASHED


def test_a_server_over_stdio_says_nothing_but_the_protocol_and_ends_with_its_input() -> None:
    """Rubbish and endless nesting are survived, each line of output is JSON-RPC, and the exit status is 0."""
    hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}
    lines = [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": "break_shelf", "arguments": {}}},
        {"jsonrpc": "2.0", "id": 3, "method": "tools/call", "params": {"name": "close", "arguments": {}}},
    ]
    sent = [json.dumps(line) for line in lines[:2]]
    sent += ["rubbish", "[" * 100_000, '{"jsonrpc": "2.0", "id": 9, "method": "tools/call", "params": {"name": "\\ud800"}}']
    sent += [json.dumps(line) for line in lines[2:]]
    command = [sys.executable, "-m", "servers", "serve", "tests.servers.shelf", "--world", "tiny:1"]
    ended = subprocess.run(
        command, input="\n".join(sent) + "\n", capture_output=True, text=True, timeout=60, cwd=ROOT, check=False
    )
    answers = [json.loads(line) for line in ended.stdout.splitlines()]
    assert {answer["jsonrpc"] for answer in answers} == {"2.0"}
    by_id = {answer.get("id"): answer for answer in answers}
    assert by_id[2]["error"]["data"] == CRASHED
    assert ended.returncode == 0
