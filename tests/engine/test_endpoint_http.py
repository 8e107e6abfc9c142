"""The client over real sockets, on loopback: what servers and networks do, and what a person reads of it."""

import json
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from random import Random
from typing import Any

import anyio
import anyio.abc
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from engine.conversation.converse import PartyFailed
from engine.models.answers import NoAnswer
from engine.models.client import Models, connected
from engine.models.deployment import Deployment
from engine.models.endpoint import Ask, BadEndpoint
from engine.models.http import posting
from engine.models.prices import prices

SECRET = "sk-a-key-that-nobody-may-see"
BODY = {
    "id": "x",
    "choices": [{"message": {"content": "yes"}, "logprobs": {"content": [{"token": "yes", "logprob": -0.1}]}, "token_ids": [7]}],
    "usage": {"prompt_tokens": 10, "completion_tokens": 1},
}
Handler = Callable[[Request], Awaitable[Response]]


async def _good(_request: Request) -> Response:
    return Response(json.dumps(BODY), media_type="application/json")


def _listening() -> tuple[socket.socket, int]:
    listener = socket.create_server(("127.0.0.1", 0), backlog=512)
    return listener, listener.getsockname()[1]


@asynccontextmanager
async def _served(handler: Handler) -> AsyncIterator[str]:
    """The base URL of a server that answers so."""
    listener, port = _listening()
    app = Starlette(routes=[Route("/v1/chat/completions", handler, methods=["POST"])])
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off", timeout_graceful_shutdown=1))

    async def serving() -> None:
        with anyio.CancelScope(shield=True):
            await server.serve([listener])

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(serving)
        try:
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            server.should_exit = True
            server.force_exit = True


@asynccontextmanager
async def _models(*urls: str, environ: Mapping[str, str] | None = None, **how: Any) -> AsyncIterator[Models]:
    environ = {"OPENAI_API_KEY": SECRET} if environ is None else environ
    deployment = Deployment(model="m", urls=urls, **how)
    with anyio.fail_after(30):
        async with connected({"agent": deployment}, environ=environ, prices=prices(), random=Random(1)) as models:
            yield models


def _ask(number: int = 0) -> Ask:
    return Ask(role="agent", conversation=f"s#{number}", move=1, attempt=0, messages=({"role": "user", "content": "hi"},))


async def test_a_reply_is_the_body_as_it_came_with_token_ids_and_logprobs() -> None:
    seen: dict[str, Any] = {}

    async def handler(request: Request) -> Response:
        seen.update(headers=dict(request.headers), body=await request.json())
        return await _good(request)

    async with _served(handler) as url, _models(url) as models:
        reply = await models.complete(_ask())
    assert json.loads(reply.raw) == BODY
    assert reply.usage["endpoint"] == url
    assert seen["headers"]["authorization"] == f"Bearer {SECRET}"
    assert seen["headers"]["content-type"] == "application/json"
    assert seen["body"] == {"model": "m", "messages": [{"role": "user", "content": "hi"}]}


async def test_without_a_key_none_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the variable of another one is set: the name of ours is asked for alone."""
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    seen: list[dict[str, str]] = []

    async def handler(request: Request) -> Response:
        seen.append(dict(request.headers))
        return await _good(request)

    async with _served(handler) as url, _models(url, key="MY_KEY", environ={}) as models:
        await models.complete(_ask())
    assert SECRET not in str(seen)
    assert "authorization" not in seen[0]


async def test_a_key_that_is_repeated_by_the_endpoint_reaches_nobody(caplog: pytest.LogCaptureFixture) -> None:
    """Neither by what is refused, nor by a reply, nor by the meter or the logs of the libraries."""
    status = 200

    async def handler(request: Request) -> Response:
        return PlainTextResponse(f"you sent {request.headers['authorization']}", status_code=status)

    with caplog.at_level(logging.DEBUG):
        async with _served(handler) as url, _models(url) as models:
            reply = await models.complete(_ask())
            assert reply.raw == "you sent Bearer …"
            status = 401
            with pytest.raises(BadEndpoint, match="you sent Bearer …") as bad:
                await models.complete(_ask())
            told = f"{bad.value!r} {models.meter()} {caplog.text}"
    assert SECRET not in told


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (Response('{"error": {"message": "no m", "code": "model_not_found"}}', 404), 'answered 404: "no m"; correct the name'),
        (Response('{"detail": "Not Found"}', 404), 'answered 404: "Not Found"; correct the base URL'),
        (RedirectResponse("http://127.0.0.1:9/"), "answered 307; that is no address of a chat completion"),
        (
            Response('{"error": {"message": "m does not support tools"}}', 400),
            'answered 400: "m does not support tools"; the model cannot',
        ),
    ],
)
async def test_what_is_wrong_with_an_endpoint_is_one_line(answer: Response, says: str) -> None:
    async def handler(_request: Request) -> Response:
        return answer

    async with _served(handler) as url, _models(url) as models:
        with pytest.raises(BadEndpoint) as bad:
            await models.complete(_ask())
    assert str(bad.value).startswith(f"{url} (model m) {says}")
    assert "\n" not in str(bad.value)


async def test_where_nobody_listens_it_is_said_when_patience_is_over() -> None:
    listener, port = _listening()
    listener.close()
    async with _models(f"http://127.0.0.1:{port}/v1", patience=1.5) as models:
        with pytest.raises(BadEndpoint, match=r"cannot be reached \(.*Connect.*\); it has not answered for 2 s"):
            await models.complete(_ask())


async def test_a_host_that_does_not_exist_is_a_wrong_url_at_once() -> None:
    async with _models("http://no-such-host.invalid/v1") as models:
        with pytest.raises(BadEndpoint, match=r"no-such-host.*correct the base URL"):
            await models.complete(_ask())


async def test_where_nobody_listens_it_is_known_that_nobody_does() -> None:
    listener, port = _listening()
    listener.close()
    async with posting(f"http://localhost:{port}/v1", None, 1, 5) as post:
        with pytest.raises(NoAnswer) as none:
            await post(b"{}")
    assert none.value.nobody and not none.value.hopeless


async def test_a_server_that_speaks_no_tls_is_a_wrong_url_at_once() -> None:
    async with _served(_good) as url, _models(url.replace("http:", "https:")) as models:
        with pytest.raises(BadEndpoint, match=r"https://.*cannot be reached \(.*SSL.*correct the base URL"):
            await models.complete(_ask())


async def test_an_answer_that_drips_or_hangs_takes_no_longer_than_it_may() -> None:
    """Every byte comes in good time, and the whole never."""

    async def drip() -> AsyncIterator[bytes]:
        for _ in range(400):
            yield b" "
            await anyio.sleep(0.05)

    async def handler(_request: Request) -> Response:
        return StreamingResponse(drip(), media_type="application/json")

    async with _served(handler) as url, _models(url, seconds=0.3, attempts=2) as models:
        with pytest.raises(PartyFailed) as failed:
            await models.complete(_ask())
        assert models.meter().replicas[0].places < 32
    assert failed.value.detail == f"2 times, the last: {url} (model m) gave no whole answer within 0.3 s"


@asynccontextmanager
async def _raw(*answers: bytes) -> AsyncIterator[str]:
    """A server that answers each connection's request with the next of these bytes, and hangs up."""
    left = list(answers)

    async def answer(stream: anyio.abc.SocketStream) -> None:
        async with stream:
            await stream.receive()
            await stream.send(left.pop(0) if len(left) > 1 else left[0])

    async with await anyio.create_tcp_listener(local_host="127.0.0.1") as listener, anyio.create_task_group() as tasks:
        tasks.start_soon(listener.serve, answer)
        yield f"http://127.0.0.1:{listener.extra(anyio.abc.SocketAttribute.local_port)}/v1"
        tasks.cancel_scope.cancel()


SAID = b'{"choices": [{"message": {"content": "yes"}}]}'
WHOLE = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(SAID), SAID)


@pytest.mark.parametrize(
    "broken",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhell",
        b"what?\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
        b"\r\n",
    ],
)
async def test_a_connection_that_dies_or_speaks_nonsense_is_tried_again(broken: bytes) -> None:
    async with _raw(broken, WHOLE) as url, _models(url) as models:
        assert (await models.complete(_ask())).raw == SAID.decode()
        assert "cannot be reached" in models.meter().last_error


async def test_many_at_once_over_replicas_leave_no_connection_behind() -> None:
    async with _served(_good) as one, _served(_good) as two:
        async with _models(one, two) as models, anyio.create_task_group() as tasks:
            for number in range(300):
                tasks.start_soon(models.complete, _ask(number))
        assert models.meter().spent.replies == 300
        assert {replica.in_flight for replica in models.meter().replicas} == {0}
