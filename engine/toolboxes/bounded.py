"""How long a call may take: the one limit, whatever the toolbox.

A call that is not answered in time is the environment's failure. What runs in this process and does not wait (a tool
that computes for ever) cannot be interrupted; it belongs behind a process of its own (`mcp+stdio:`, `mcp+http:`).
"""

from typing import Protocol, runtime_checkable

import anyio

from engine.conversation.converse import EnvironmentFailed, Tools
from servers.domain import Domain, Outcome, Party

CALL_SECONDS = 60.0


@runtime_checkable
class Distant(Protocol):
    """Tools that have to be reached before the first call: waiting for a server's free place is no call that hangs."""

    async def connect(self) -> None:
        """Reach them, if that has not been done. Raises EnvironmentFailed."""


class Bounded:
    """A conversation's tools, each call of which is answered within `seconds` or raises EnvironmentFailed."""

    def __init__(self, domain: Domain, tools: Tools, seconds: float) -> None:
        self._domain = domain
        self._tools = tools
        self._distant = tools if isinstance(tools, Distant) else None
        self._seconds = seconds

    async def call(self, party: Party, name: str, arguments: str) -> tuple[Outcome, bool]:
        """See `Tools`."""
        if self._distant is not None:
            await self._distant.connect()
        with anyio.move_on_after(self._seconds):
            return await self._tools.call(party, name, arguments)
        raise EnvironmentFailed(f"{self._domain.name}.{name} did not answer within {self._seconds:g} s")
