"""Tools that are served elsewhere: over HTTP by `python -m servers serve --http`, or by a process for each conversation.

Above: the simulation. Below: a `Dial`, which makes and ends one conversation's connection. Each conversation has a
state of its own over there; one that is carried on has its answered calls made again on a fresh one. Trouble on the
way (nobody there, a time-out, an answer that is none) is the environment's failure and never a refusal. What was
answered is not trusted: the judge makes every call again itself and compares.
"""

import logging
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import anyio
import httpx2
from anyio.abc import TaskGroup, TaskStatus
from mcp import Client
from mcp.shared.exceptions import MCPError
from mcp_types import TextContent
from pydantic import ValidationError

from engine.conversation.converse import EnvironmentFailed, Tools
from engine.conversation.events import Called, Event, Returned
from engine.toolboxes.calls import tool_call
from engine.toolboxes.toolbox import out_of_order
from servers.domain import Domain, Outcome, Party, ToolCall
from servers.mcp import CRASHED
from servers.replay import apply
from servers.state import World

Clients = Mapping[Party, Client]
Dial = Callable[[Domain, World], AbstractAsyncContextManager[Clients]]
"""Opens a fresh state of a world elsewhere, and answers clients for the parties that have tools there."""

_TROUBLE = (
    *(EnvironmentFailed, MCPError, httpx2.HTTPError, httpx2.StreamError, OSError, ValidationError),
    *(anyio.ClosedResourceError, anyio.BrokenResourceError, anyio.EndOfStream),
)
"""What may be raised between a call and its answer by nobody's bug in here."""

_log = logging.getLogger(__name__)


class RemoteToolbox:
    """Every conversation's tools over a connection of its own. Use `remote_toolbox()`, which closes them."""

    def __init__(self, tasks: TaskGroup, dial: Dial) -> None:
        self._tasks = tasks
        self._dial = dial
        self._lines: dict[str, _Line] = {}

    def open(self, conversation: str, domain: Domain, world: World, past: Iterable[Event]) -> Tools:
        """See `Toolbox`. Nothing is connected before the first call."""
        self.close(conversation)
        line = self._lines[conversation] = _Line(self._tasks, self._dial, domain, world, _answered(past))
        return line

    def close(self, conversation: str) -> None:
        """See `Toolbox`. The connection is taken down in the background, before the toolbox itself is."""
        line = self._lines.pop(conversation, None)
        if line is not None:
            line.hang_up()

    def shut(self) -> None:
        """Close what is still open."""
        for conversation in list(self._lines):
            self.close(conversation)


@asynccontextmanager
async def remote_toolbox(dialling: AbstractAsyncContextManager[Dial]) -> AsyncIterator[RemoteToolbox]:
    """A toolbox whose connections end with the block, at the latest."""
    async with dialling as dial, anyio.create_task_group() as tasks:
        toolbox = RemoteToolbox(tasks, dial)
        try:
            yield toolbox
        finally:
            toolbox.shut()


class _Line:
    """One conversation's connection: made with its first call, held by a task of its own, as the library demands."""

    def __init__(
        self, tasks: TaskGroup, dial: Dial, domain: Domain, world: World, past: tuple[tuple[ToolCall, str], ...]
    ) -> None:
        self._tasks = tasks
        self._dial = dial
        self._domain = domain
        self._world = world
        self._past = past
        self._clients: Clients | None = None
        self._over = anyio.Event()

    def hang_up(self) -> None:
        self._over.set()

    async def call(self, party: Party, name: str, arguments: str) -> tuple[Outcome, bool]:
        call = tool_call(party, name, arguments)
        if isinstance(call, Outcome):
            return call, False
        if (name, party) not in self._domain.callable:  # the protocol would refuse it; here it is an answer
            return apply(self._domain, self._world.open(), call), False
        outcome = await self._sent(await self._connected(), call)
        return outcome, self._domain.ends(name, party) and not outcome.error

    async def connect(self) -> None:
        """See `Distant`."""
        await self._connected()

    async def _connected(self) -> Clients:
        if self._over.is_set():
            raise EnvironmentFailed("this conversation's tools are closed")
        if self._clients is None:
            self._clients = await self._tasks.start(self._hold)
        return self._clients

    async def _hold(self, *, task_status: TaskStatus[Clients]) -> None:
        connected = False
        try:
            async with self._dial(self._domain, self._world) as clients:
                await self._make_again(clients)
                connected = True
                task_status.started(clients)
                await self._over.wait()
        except Exception as error:
            why = _trouble(error)
            if why is None:
                raise
            if not connected:
                raise EnvironmentFailed(why) from None
            _log.warning("the connection to %s broke: %s", self._domain.name, why)  # the call in flight says so too

    async def _make_again(self, clients: Clients) -> None:
        for call, recorded in self._past:
            outcome = await self._sent(clients, call)
            if outcome.text != recorded:
                raise EnvironmentFailed(f"{self._domain.name}.{call.name} answers otherwise than before")

    async def _sent(self, clients: Clients, call: ToolCall) -> Outcome:
        tool = f"{self._domain.name}.{call.name}"
        client = clients.get(call.requestor)
        if client is None:
            raise EnvironmentFailed(f"{tool}: the {call.requestor}'s tools are not served there")
        try:
            result = await client.call_tool(call.name, dict(call.arguments))
        except _TROUBLE as error:
            crashed = isinstance(error, MCPError) and error.error.data == CRASHED
            raise EnvironmentFailed(out_of_order(self._domain, call.name) if crashed else f"{tool}: {_said(error)}") from None
        text = "".join(part.text for part in result.content if isinstance(part, TextContent))
        return Outcome(text=text, error=bool(result.is_error))


def _answered(events: Iterable[Event]) -> tuple[tuple[ToolCall, str], ...]:
    """The calls of a conversation that were answered and made a call, with their answers."""
    called: Called | None = None
    answered = []
    for event in events:
        if isinstance(event, Called):
            called = event
        elif isinstance(event, Returned) and called is not None:
            call = tool_call(called.party, called.name, called.arguments)
            if isinstance(call, ToolCall):
                answered.append((call, event.text))
    return tuple(answered)


def _trouble(error: Exception) -> str | None:
    """What went wrong on the way, from an exception or a group of them; None when there is another kind among them."""
    if isinstance(error, ExceptionGroup):
        reasons = [_trouble(part) for part in error.exceptions]
        return None if None in reasons else reasons[0]
    return _said(error) if isinstance(error, _TROUBLE) else None


def _said(error: Exception) -> str:
    return str(error) if isinstance(error, EnvironmentFailed) else f"{type(error).__name__}: {error}".rstrip(": ")
