"""The peer as an ASGI application: a request's place, its answer, and the ways in which answers go wrong."""

import hashlib
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping
from itertools import repeat
from random import Random
from typing import Any

import anyio
import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bench.peer.faults import Faults
from bench.peer.latency import Latency
from bench.peer.places import Place, Places, Unknown, aside
from bench.peer.record import ID_LETTERS, Line, Standing, Tell
from engine.models.rehearsed import FAULTS, NAMED, body_of

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Before = Callable[[int, Mapping[str, Any]], Response | None]

PIECES = 20
"""In which a slow drip comes."""

_NAMED = NAMED.encode()
_STATUS = {"429": 429, "429 with Retry-After": 429, "500": 500, "500 for long": 500, "503 burst": 503}


class Body(msgspec.Struct):
    """What of a request matters."""

    model: str = ""
    messages: list[dict[str, Any]] = []
    seed: int | None = None


class Answer(msgspec.Struct, kw_only=True):
    """What is sent, after some seconds, and how: whole, never (`hang`), a half of it (`cut off`), in small pieces with a pause
    behind each (`drip`), nothing but such pieces (`drip without end`)."""

    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[bytes, bytes], ...] = ()
    seconds: float = 0.0
    way: str = ""
    pause: float = 0.0


_decoder = msgspec.json.Decoder(Body)


class Peer:
    """Answers as models that know their parts. `key` and `model`: those that it wants, if any. `tell` hears of every request
    when it has ended, `hear` of its digest when it comes; `before` may answer instead. `connections` counts those open.

    Where faults are drawn it knows the sampling of one place by the request's `seed`; trials of one scenario share their places.
    """

    def __init__(
        self,
        places: Places,
        *,
        faults: Faults | None = None,
        latency: Latency | None = None,
        key: str | None = None,
        model: str | None = None,
        tell: Tell = lambda _: None,
        hear: Callable[[str], object] = lambda _: None,
    ) -> None:
        self.standing = Standing()
        self.before: Before | None = None
        self.connections: Callable[[], int] = lambda: 1
        self._places = places
        self._faults = faults or Faults()
        self._latency = latency
        self._random = Random(self._faults.seed)
        self._authorization = f"Bearer {key}".encode() if key else None
        self._model = model
        self._tell = tell
        self._hear = hear
        self._wrong: Counter[str] = Counter()
        self._times: Counter[str] = Counter()
        self._given: Counter[str] = Counter()
        self._asked: dict[tuple[str, str, int], list[str]] = {}
        self._burst_until = 0.0

    def app(self, flush: Callable[[], object] = lambda: None) -> Starlette:
        """The application; `flush` writes out what was told."""

        async def stands(_request: Request) -> Response:
            flush()
            return Response(msgspec.json.encode(self.stand()), media_type="application/json")

        return Starlette(routes=[Route("/v1/chat/completions", self, methods=["POST"]), Route("/peer", stands)])

    def stand(self) -> Standing:
        """How it stands, for somebody who has one connection."""
        cpu, others = round(time.process_time(), 3), self.connections() - 1
        return msgspec.structs.replace(self.standing, connections=others, wrong=dict(self._wrong), cpu=cpu)

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        """One request for a chat completion."""
        raw = await _body(receive)
        if raw is None:
            return
        now = self.standing
        now.requests += 1
        now.in_flight += 1
        now.most_in_flight = max(now.most_in_flight, now.in_flight)
        now.most_connections = max(now.most_connections, self.connections())
        line = Line(number=now.requests, digest=hashlib.sha256(raw).hexdigest())
        self._hear(line.digest)
        try:
            answer = self._answer(dict(scope["headers"]).get(b"authorization"), raw, line)
            line.status = answer.status
            line.whole = await _sent(answer, receive, send)
        finally:
            now.in_flight -= 1
            self._end(line)

    def _end(self, line: Line) -> None:
        self.standing.replies += line.replied
        self._wrong.update(filter(None, (line.way, line.fault)))
        if self._faults.shares and line.replied:
            self._given[line.digest] += 1
        line.connections = self.connections()
        self._tell(line)

    def _answer(self, authorization: bytes | None, raw: bytes, line: Line) -> Answer:
        """What is answered; what it is goes into the line."""
        try:
            body = _decoder.decode(raw)
        except msgspec.DecodeError as error:
            return _refusal(400, f"That is no request: {error}")
        if self._authorization is not None and authorization != self._authorization:
            return _refusal(401, "Incorrect API key provided.")
        if self._model is not None and body.model != self._model:
            return _refusal(404, f"The model `{body.model}` does not exist.")
        if not body.messages:
            return _refusal(400, "There are no messages.")
        if self.before is not None and (instead := self.before(line.number, msgspec.json.decode(raw))) is not None:
            headers = tuple((name, value) for name, value in instead.raw_headers if name != b"content-length")
            return Answer(status=instead.status_code, body=bytes(instead.body), headers=headers)
        line.way = self._on_the_way(line.digest)
        if (status := _STATUS.get(line.way)) is not None:
            asks = ((b"retry-after", str(self._faults.retry_after).encode()),) if line.way.endswith("Retry-After") else ()
            return _refusal(status, "Not now.", asks)
        return Answer(way="hang") if line.way == "hang" else self._reply(body, len(raw), line)

    def _on_the_way(self, digest: str) -> str:
        if not self._faults.shares:
            return ""
        self._times[digest] += 1
        now, name = time.monotonic(), self._faults.on_the_way(digest, self._times[digest])
        if now < self._burst_until:
            return "503 burst"
        if name == "503 burst":
            self._burst_until = now + self._faults.burst
        return name

    def _reply(self, body: Body, asked: int, line: Line) -> Answer:
        """The move that comes next, or what is wrong with it, as a model's reply."""
        made = aside(body.messages, asked)
        if made is None:
            try:
                place = self._places.of(body.messages)
            except Unknown:
                return _refusal(403, "There is no part for this conversation.")
            line.conversation, line.role, line.made = place.conversation, place.role, place.made
            made = self._made(place, body, asked, line)
        line.id = line.digest[:ID_LETTERS]
        seconds = self._latency(self._random) if self._latency is not None else 0.0
        return Answer(
            body=made.replace(_NAMED, line.id.encode(), 1), seconds=seconds, way=line.way, pause=self._faults.drip / PIECES
        )

    def _made(self, place: Place, body: Body, asked: int, line: Line) -> bytes:
        right = body_of(place.move, asked=asked)
        if not self._faults.shares:
            return right
        attempts = self._asked.setdefault((place.conversation, place.role, place.made), [])
        if line.digest not in attempts:
            attempts.append(line.digest)
        again = 0 if body.seed is not None else self._given[line.digest]
        name = self._faults.in_the_reply(place, attempts.index(line.digest) + again)
        if not name or (faulty := FAULTS[name](place.move)) == body_of(place.move):
            return right
        line.fault = name
        return faulty


def _refusal(status: int, message: str, headers: tuple[tuple[bytes, bytes], ...] = ()) -> Answer:
    return Answer(status=status, body=msgspec.json.encode({"error": {"message": message}}), headers=headers)


async def _body(receive: Receive) -> bytes | None:
    """A request's body; None when its sender went away."""
    parts = []
    while (message := await receive())["type"] == "http.request":
        parts.append(message["body"])
        if not message["more_body"]:
            return b"".join(parts)
    return None


async def _sent(answer: Answer, receive: Receive, send: Send) -> bool:
    """Send an answer in its way. True: all of it, while the other side was there."""
    if answer.way == "hang":
        await receive()
        return False
    if answer.seconds and await _gone(receive, answer.seconds):
        return False
    headers = [(b"content-type", b"application/json"), *answer.headers]
    if answer.way != "drip without end":
        headers.append((b"content-length", b"%d" % len(answer.body)))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    for piece in _pieces(answer):
        await send({"type": "http.response.body", "body": piece, "more_body": True})
        if await _gone(receive, answer.pause):
            return False
    if answer.way == "cut off":
        return False  # a response that is not completed closes its connection
    await send({"type": "http.response.body", "body": answer.body if answer.way != "drip" else b""})
    return True


def _pieces(answer: Answer) -> Iterator[bytes]:
    """What is sent of an answer before the rest, or instead of it."""
    body = answer.body
    if answer.way == "cut off":
        yield body[: len(body) // 2]
    elif answer.way == "drip":
        size = -(-len(body) // PIECES)
        yield from (body[start : start + size] for start in range(0, len(body), size))
    elif answer.way == "drip without end":
        yield from repeat(b" ")


async def _gone(receive: Receive, seconds: float) -> bool:
    """Did the other side go away within so many seconds?"""
    with anyio.move_on_after(seconds):
        await receive()
        return True
    return False
