"""The peer on a socket, with uvicorn."""

import logging
import signal
import socket
from collections.abc import Callable

import uvicorn

from bench.peer.server import Peer


def listening(port: int = 0) -> socket.socket:
    """A socket on loopback. Its connections send at once: an answer is written in two pieces."""
    listener = socket.create_server(("127.0.0.1", port), backlog=4096)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def url_of(listener: socket.socket) -> str:
    """The base URL of a listening socket."""
    return f"http://127.0.0.1:{listener.getsockname()[1]}/v1"


def server_of(peer: Peer, flush: Callable[[], object] = lambda: None) -> uvicorn.Server:
    """A server for a peer, which then knows its connections. What hangs does not hold up its end."""
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # what is cut off is no error here
    config = uvicorn.Config(
        peer.app(flush),
        log_config=None,
        access_log=False,
        lifespan="off",
        ws="none",
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=60,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    peer.connections = lambda: len(server.server_state.connections)
    return server


def serve(peer: Peer, listener: socket.socket, flush: Callable[[], object]) -> None:
    """Serve until SIGTERM or SIGINT, which end it in good order."""
    for ending in (signal.SIGTERM, signal.SIGINT):  # uvicorn ends in good order, and raises the signal again afterwards
        signal.signal(ending, signal.SIG_IGN)
    print(url_of(listener), flush=True)
    server_of(peer, flush).run(sockets=[listener])
