"""An OpenAI-compatible server on loopback that knows the parts of conversations about lamps, and keeps what it was asked."""

import hashlib
import json
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from engine.models.rehearsed import Part, body_of, completion, due
from tests.engine import stages
from tests.engine.rehearsals import parts

MODEL, KEY = "some/model:1.0", "sk-the-right-one"
SCENARIOS = 6
_WORDS = ("The message to put into your words:\n", "\n\nWhat it does:")


class UnknownConversation(Exception):
    """A request of a conversation for which there is no part."""


class Server:
    """Answers as models that know their parts. `asked` has the digest of each request's body, in order; `answered` that of the
    request which a reply, by its id, was the answer to. `before` may answer instead, and is told how many requests there were.
    """

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answered: dict[str, str] = {}
        self.before: Callable[[int, Mapping[str, Any]], Response | None] = lambda _number, _body: None
        self.url = ""
        self._parts: Mapping[str, Part] = parts(SCENARIOS)
        self._briefs = {f"{each.id}#0": each.instruction for each in stages.scenarios(SCENARIOS)}

    async def complete(self, request: Request) -> Response:
        raw = await request.body()
        body, digest = json.loads(raw), hashlib.sha256(raw).hexdigest()
        if request.headers.get("authorization") != f"Bearer {KEY}":
            return _refusal(401, "Incorrect API key provided.")
        if body["model"] != MODEL:
            return _refusal(404, f"The model `{body['model']}` does not exist.")
        self.asked.append(digest)
        if (instead := self.before(len(self.asked), body)) is not None:
            return instead
        name = f"r{len(self.asked)}"
        try:
            answer = self._answer(body).replace(b"chatcmpl-rehearsed", name.encode())
        except UnknownConversation:
            return _refusal(403, "There is no part for this conversation.")
        self.answered[name] = digest
        return Response(answer, media_type="application/json")

    def _answer(self, body: Mapping[str, Any]) -> bytes:
        rows, asked = body["messages"], len(json.dumps(body["messages"]))
        if "The statements:" in rows[-1]["content"]:
            return completion({"role": "assistant", "content": "[true, true]"}, "stop", asked)
        if _WORDS[0] in rows[-1]["content"]:
            text = rows[-1]["content"].partition(_WORDS[0])[2].partition(_WORDS[1])[0]
            return completion({"role": "assistant", "content": text}, "stop", asked)
        for name, part in self._parts.items():
            if self._briefs[name] in rows[0]["content"]:
                return body_of(due(part["user"], rows), asked=asked)
            if "tools" in body and rows[1]["content"] == part["user"][0].text:
                return body_of(due(part["agent"], rows), asked=asked)
        raise UnknownConversation


def _refusal(status: int, message: str) -> Response:
    return JSONResponse({"error": {"message": message}}, status_code=status)


@contextmanager
def serving() -> Iterator[Server]:
    """A server of its own thread, which ends with the block."""
    made, listener = Server(), socket.create_server(("127.0.0.1", 0), backlog=128)
    made.url = f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
    app = Starlette(routes=[Route("/v1/chat/completions", made.complete, methods=["POST"])])
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    try:
        yield made
    finally:
        server.should_exit = server.force_exit = True
        thread.join(10)
        listener.close()
        assert not thread.is_alive()
