"""A small real model behind a server of its own on loopback; or one line about what is missing."""

import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import msgspec

from tests.conftest import ROOT

MODELS = ROOT.parent / "shared" / "models"
NAME = "small"
CONTEXT = 16_384
"""Tokens for agent and customer together; the agent's half holds a policy, its tools and a short conversation."""

LOADING = 300
"""Seconds that a server may take until it answers."""


class Missing(Exception):
    """There is no model here: what is missing, and how to get it."""


class Model(msgspec.Struct, frozen=True, kw_only=True):
    """Where a model answers, and its name there."""

    url: str
    name: str


class Build(msgspec.Struct, frozen=True, kw_only=True):
    """What llama.cpp's server needs."""

    server: Path
    weights: Path
    template: Path


def found(environ: Mapping[str, str]) -> Model | Build:
    """A model that already answers (MODEL_URL), or what there is to serve one (in MODEL_DIR). Raises Missing."""
    if url := environ.get("MODEL_URL"):
        return Model(url=url, name=environ.get("MODEL_NAME") or NAME)
    folder = Path(environ.get("MODEL_DIR") or MODELS)
    server, weights = folder / "build" / "bin" / "llama-server", sorted(folder.glob("*.gguf"))
    template = Path(environ.get("MODEL_TEMPLATE") or next(iter(sorted(folder.glob("*.jinja"))), MODELS / "qwen-tools.jinja"))
    lacking = [str(server)] * (not server.is_file()) + [f"{folder}/*.gguf"] * (not weights)
    if lacking or not template.is_file():
        raise Missing(
            f"there is no {(lacking or [str(template)])[0]}; setup.sh of the shared models makes it in a folder, MODEL_DIR says "
            "where (MODEL_TEMPLATE: its template); or MODEL_URL and MODEL_NAME name a model that answers already"
        )
    return Build(server=server, weights=weights[0], template=template)


@contextmanager
def serving(environ: Mapping[str, str], log: Path) -> Iterator[Model]:
    """The model that the environment names, or one that ends with the block. Raises Missing."""
    made, port = found(environ), _free_port()
    if isinstance(made, Model):
        yield made
        return
    words = [made.server, "-m", made.weights, "--jinja", "--chat-template-file", made.template, "-a", NAME]
    words += ["-c", CONTEXT, "-np", "2", "-t", environ.get("MODEL_THREADS") or "1", "--host", "127.0.0.1", "--port", port]
    with log.open("wb") as file, subprocess.Popen([*map(str, words)], stdout=file, stderr=file) as process:
        try:
            _wait(process, f"http://127.0.0.1:{port}/health", log)
            yield Model(url=f"http://127.0.0.1:{port}/v1", name=NAME)
        finally:
            process.kill()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _wait(process: "subprocess.Popen[bytes]", url: str, log: Path) -> None:
    """Until it answers. Raises Missing when it ends before, or takes too long."""
    until = time.monotonic() + LOADING
    while process.poll() is None and time.monotonic() < until:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise Missing(f"the server does not come up, its words are in {log}")
