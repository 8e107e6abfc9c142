"""A peer in a process of its own, from Python."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import ProxyHandler, build_opener

import msgspec

from bench.apart import ROOT
from bench.peer.record import Standing

PATIENCE = 30.0
"""Seconds in which a peer has to end."""


class Started:
    """One that listens at `url`."""

    def __init__(self, process: subprocess.Popen[str], url: str) -> None:
        self.process = process
        self.url = url

    def standing(self) -> Standing:
        """How it stands now; its log is written out."""
        return standing(self.url)

    def quiet(self) -> Standing:
        """How it stands once nobody is connected to it any more."""
        return quiet(self.url)


def standing(url: str) -> Standing:
    """How the peer with this base URL stands; its log is written out."""
    with build_opener(ProxyHandler({})).open(url.removesuffix("/v1") + "/peer", timeout=PATIENCE) as response:
        return msgspec.json.decode(response.read(), type=Standing)


def quiet(url: str) -> Standing:
    """How it stands once nobody is connected any more: what a client that is gone has sent was read. Raises TimeoutError."""
    end = time.monotonic() + PATIENCE
    while (now := standing(url)).connections or now.in_flight:
        if time.monotonic() > end:
            raise TimeoutError(f"{url}: somebody is still connected: {now}")
        time.sleep(0.01)
    return now


@contextmanager
def started(*words: object, run: Path | None = None, log: Path | None = None) -> Iterator[Started]:
    """A peer with these words of its command line; it ends with the block, in good order."""
    given = [str(word) for word in words]
    given += ["--run", str(run)] if run is not None else []
    given += ["--log", str(log)] if log is not None else []
    command = [sys.executable, "-m", "bench.peer", *given]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            if not url:
                raise RuntimeError(f"no peer has started (exit status {process.wait(PATIENCE)}): {' '.join(command)}")
            yield Started(process, url)
            process.terminate()
            process.wait(PATIENCE)
        finally:
            process.kill()
