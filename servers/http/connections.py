"""Connections that are bounded in number and in patience: uvicorn's own, which are neither."""

import asyncio
import socket
from collections.abc import Iterable
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol


class Connection(H11Protocol):
    """One connection. `most` and `patience` are set by `bounded`."""

    most = 0
    patience = 0.0
    ended = 0
    seen = 0
    since = 0.0
    watch: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # asyncio would not, here
        self.since = self.loop.time()
        self.look_later()
        if len(self.connections) > self.most:
            (_idlest(self.connections) or self).transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self.watch is not None:
            self.watch.cancel()
            self.watch = None

    def on_response_complete(self) -> None:
        self.ended += 1
        self.since = self.loop.time()
        super().on_response_complete()

    def look_later(self) -> None:
        """Look again when the patience is over."""
        self.watch = self.loop.call_later(self.patience, self.look)

    def look(self) -> None:
        """Cut the connection off when nothing came to its end since the last look."""
        if self.ended == self.seen:
            self.transport.abort()
        else:
            self.seen = self.ended
            self.look_later()


def bounded(connections: int, patience: float) -> type[Connection]:
    """A protocol for at most so many connections, each of which must bring a request to its end in `patience` seconds.

    That ends those that never say anything, say it too slowly, or never read. Beyond the bound the connection
    that has been idle longest makes room; when none is idle, the new one is cut off.
    """
    return type("BoundedConnection", (Connection,), {"most": connections, "patience": patience})


def _idlest(open_ones: Iterable[Any]) -> Connection | None:
    ours = [each for each in open_ones if isinstance(each, Connection)]
    idle = [each for each in ours if each.cycle is None or each.cycle.response_complete]
    return min(idle, key=lambda each: each.since, default=None)


def config(app: Any, connections: int, patience: float) -> uvicorn.Config:
    """How uvicorn serves: no log of requests, no websockets, nobody's word on who the client is."""
    return uvicorn.Config(
        app,
        http=bounded(connections, 1.25 * patience),
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=10,
    )
