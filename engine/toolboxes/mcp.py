"""Tools over MCP, in process: every call passes a real client and a real server.

One server and one shared client for each domain and party. The conversation is named in `_meta`; the server asks
for its state by that name. A client is opened and closed by a task of its own, as the protocol's library demands.
"""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import anyio
from anyio.abc import TaskGroup, TaskStatus
from mcp import Client, MCPError
from mcp_types import TextContent

from engine.conversation.converse import EnvironmentFailed, Tools
from engine.conversation.events import Event
from engine.toolboxes.calls import tool_call
from engine.toolboxes.toolbox import out_of_order, state_after
from servers.domain import Domain, Outcome, Party, ToolCall
from servers.mcp import CONVERSATION, CRASHED, UnknownState, build_server
from servers.replay import apply
from servers.state import State, World


class McpToolbox:
    """Every conversation's tools behind MCP. Use `mcp_toolbox()`, which closes its clients."""

    def __init__(self, tasks: TaskGroup) -> None:
        self._tasks = tasks
        self._states: dict[str, State] = {}
        self._clients: dict[tuple[str, Party], Client] = {}
        self._opening = anyio.Lock()
        self._done = anyio.Event()

    def open(self, conversation: str, domain: Domain, world: World, past: Iterable[Event]) -> Tools:
        """See `Toolbox`."""
        state = self._states[conversation] = state_after(domain, world, past)
        return _McpTools(self, conversation, domain, state)

    def close(self, conversation: str) -> None:
        """See `Toolbox`."""
        self._states.pop(conversation, None)

    def shut(self) -> None:
        """Let all clients close."""
        self._done.set()

    async def client(self, domain: Domain, party: Party) -> Client:
        """The shared client of a domain's tools for a party."""
        client = self._clients.get((domain.name, party))
        if client is None:
            async with self._opening:
                client = self._clients.get((domain.name, party))
                if client is None:
                    client = self._clients[domain.name, party] = await self._tasks.start(self._serve, domain, party)
        return client

    async def _serve(self, domain: Domain, party: Party, *, task_status: TaskStatus[Client]) -> None:
        server = build_server(domain, domain.tools_of(party), self._state_of)
        async with Client(server) as client:
            await client.list_tools()
            task_status.started(client)
            await self._done.wait()

    def _state_of(self, meta: Mapping[str, Any] | None) -> State:
        conversation = (meta or {}).get(CONVERSATION)
        state = self._states.get(conversation) if isinstance(conversation, str) else None
        if state is None:
            raise UnknownState(f"no conversation {conversation!a} here")
        return state


@asynccontextmanager
async def mcp_toolbox() -> AsyncIterator[McpToolbox]:
    """A toolbox whose clients live as long as the block."""
    async with anyio.create_task_group() as tasks:
        toolbox = McpToolbox(tasks)
        try:
            yield toolbox
        finally:
            toolbox.shut()


class _McpTools:
    def __init__(self, toolbox: McpToolbox, conversation: str, domain: Domain, state: State) -> None:
        self._toolbox = toolbox
        self._meta: Any = {CONVERSATION: conversation}
        self._domain = domain
        self._state = state

    async def call(self, party: Party, name: str, arguments: str) -> tuple[Outcome, bool]:
        call = tool_call(party, name, arguments)
        if isinstance(call, Outcome):
            return call, False
        if (name, party) not in self._domain.callable:  # the protocol would refuse it; here it is an answer
            return apply(self._domain, self._state, call), False
        outcome = await self._sent(call)
        return outcome, self._domain.ends(name, party) and not outcome.error

    async def _sent(self, call: ToolCall) -> Outcome:
        client = await self._toolbox.client(self._domain, call.requestor)
        try:
            result = await client.call_tool(call.name, dict(call.arguments), meta=self._meta)
        except MCPError as error:
            crashed = error.error.data == CRASHED
            why = out_of_order(self._domain, call.name) if crashed else f"{self._domain.name}.{call.name}: {error}"
            raise EnvironmentFailed(why) from None
        text = "".join(part.text for part in result.content if isinstance(part, TextContent))
        return Outcome(text=text, error=bool(result.is_error))
