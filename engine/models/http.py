"""One request over HTTP, and every way in which it can come to nothing made one of ours.

The client's own retries are off: they would neither be paced nor counted. Bodies are ready bytes: the client's transformation of
parameters costs more than all the rest.
"""

import errno
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import anyio
import httpx2
from openai import APIConnectionError, APIStatusError, AsyncOpenAI, DefaultAioHttpClient, Omit

from engine.models.answers import Answer, NoAnswer

CONNECTING = 10.0
"""Seconds in which a connection has to stand."""
IDLE = 2.5
"""Seconds for which an unused connection is kept: servers close theirs after five or so, and a request must not meet that."""
SHORTEST_SECRET = 8
_NO_TLS = {"WRONG_VERSION_NUMBER", "UNKNOWN_PROTOCOL", "HTTP_REQUEST", "RECORD_LAYER_FAILURE"}
"""How OpenSSL, version by version, calls an answer in plain HTTP."""

Post = Callable[[bytes], Awaitable[Answer]]
"""A body to an endpoint's chat completions. Raises NoAnswer."""


@asynccontextmanager
async def posting(url: str, key: str | None, connections: int, seconds: float) -> AsyncIterator[Post]:
    """The way to one base URL. Nothing that it answers or raises has the key in it."""
    http = DefaultAioHttpClient(
        limits=httpx2.Limits(max_connections=connections, keepalive_expiry=IDLE),
        timeout=httpx2.Timeout(None, connect=CONNECTING),
        follow_redirects=False,
        trust_env=not _is_here(url),
    )
    options: Any = {} if key else {"headers": {"Authorization": Omit()}}
    async with AsyncOpenAI(api_key=key or "none", base_url=url, max_retries=0, http_client=http) as client:

        async def post(body: bytes) -> Answer:
            try:
                with anyio.fail_after(seconds):
                    text = await client.post("/chat/completions", content=body, cast_to=str, options=options)
            except APIStatusError as error:
                return _refused(error, key)
            except TimeoutError:
                raise NoAnswer("too slow", f"gave no whole answer within {seconds:g} s") from None
            except (APIConnectionError, aiohttp.ClientError, httpx2.HTTPError, httpx2.InvalidURL, OSError, EOFError) as error:
                raise _failed(error) from None
            return Answer(status=200, text=hidden(text, key))

        yield post


def _refused(error: APIStatusError, key: str | None) -> Answer:
    headers = {name.lower(): value for name, value in error.response.headers.items()}
    return Answer(status=error.status_code, text=hidden(error.response.text, key), headers=headers)


def hidden(text: str, key: str | None) -> str:
    """The text without the key, should an endpoint repeat it. A key of a few letters is no secret, and a word like any other."""
    return text.replace(key, "…") if key and len(key) >= SHORTEST_SECRET else text


def _failed(error: Exception) -> NoAnswer:
    """The transport calls whatever a connection dies of a time-out: what it was is in the causes."""
    causes = list(_causes(error))
    first = next((cause for cause in causes if isinstance(cause, aiohttp.ClientError)), causes[-1])
    said = " ".join(str(first).split())[:200] or type(first).__name__
    if isinstance(first, aiohttp.SocketTimeoutError):
        return NoAnswer("too slow", f"stopped answering ({said})")
    nobody = any(isinstance(cause, OSError) and cause.errno == errno.ECONNREFUSED for cause in causes)
    return NoAnswer("away", f"cannot be reached ({said})", hopeless=any(map(_is_hopeless, causes)), nobody=nobody)


def _is_hopeless(cause: BaseException) -> bool:
    """A name that nobody knows, a certificate that nobody trusts, or a server that does not speak TLS at all."""
    if isinstance(cause, ssl.SSLError) and getattr(cause, "reason", None) in _NO_TLS:  # aiohttp's own has none
        return True
    return isinstance(cause, socket.gaierror | ssl.SSLCertVerificationError | httpx2.InvalidURL)


def _causes(error: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found


def _is_here(url: str) -> bool:
    """Is it on this machine, where no proxy leads?"""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def key_of(name: str, environ: Mapping[str, str]) -> str | None:
    """A key from the environment; None where there is none, as local servers need none."""
    return environ.get(name, "").strip() or None
