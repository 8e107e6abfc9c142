"""Worlds served on an address until a signal ends it: requests in flight are answered, then everything is closed."""

import signal
import socket
import sys
import time
from collections.abc import Collection, Mapping
from pathlib import Path

import uvicorn

from servers.domain import Domain
from servers.http.app import Served
from servers.http.connections import config
from servers.http.workspaces import Limits

ANYWHERE = ("0.0.0.0", "::", "")


class BadAddress(ValueError):
    """An address that is none, or that cannot be served on: which, why, what to do."""


def listening(address: str) -> socket.socket:
    """A listening socket of HOST:PORT; port 0 takes a free one. Raises BadAddress."""
    host, colon, port = address.rpartition(":")
    if not colon or not port.isascii() or not port.isdigit() or int(port) > 65_535:
        raise BadAddress(f"{address}: an address is HOST:PORT, such as 127.0.0.1:8400")
    host = host.removeprefix("[").removesuffix("]")
    try:
        return socket.create_server((host, int(port)), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=1024)
    except OSError as error:
        raise BadAddress(f"{address}: cannot be served on: {error.strerror or error}; choose another one") from None


def hosts_of(listener: socket.socket) -> list[str]:
    """What a client of a listening socket may call its host: its address, and localhost's names where it is one."""
    host, port = listener.getsockname()[:2]
    names = {f"[{host}]" if ":" in host else host}
    if host.startswith("127.") or host in ("::1", *ANYWHERE):
        names |= {"127.0.0.1", "localhost", "[::1]"}
    return [f"{name}:{port}" for name in sorted(names)]


def serve(
    domains: Mapping[str, Domain],
    listener: socket.socket,
    limits: Limits,
    *,
    hosts: list[str],
    origins: list[str],
    folder: Path | None = None,
    sizes: Collection[str] = (),
) -> None:
    """Serve until SIGTERM or SIGINT, which end it in good order. `hosts` and `origins` are accepted beside the socket's own."""
    own = hosts_of(listener)
    allowed = [*own, *hosts]
    origins = [*(f"http://{host}" for host in own), *origins]
    served = Served(domains, time.monotonic, limits=limits, hosts=allowed, origins=origins, folder=folder, sizes=sizes)
    for ending in (signal.SIGTERM, signal.SIGINT):  # uvicorn ends in good order, and raises the signal again afterwards
        signal.signal(ending, signal.SIG_IGN)
    sys.stderr.write(f"serving {', '.join(domains)} on http://{own[0]}\n")
    sys.stderr.flush()
    uvicorn.Server(config(served.app, limits.connections, limits.patience)).run(sockets=[listener])
