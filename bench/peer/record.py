"""What was asked and what became of it: a line a request, and the figures of all."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import msgspec

ID_LETTERS = 24
"""Of the digest of a request, which are the id of its reply: whoever has a reply knows what was asked."""


class Line(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One request, written when it has ended. `number`: the how manieth it was; `digest`: sha256 of its body.

    `id`: that of the reply, if there was one. `way`: what went wrong on the way; `fault`: what is wrong with the reply. `whole`:
    all of the answer was handed over while the other side was there. `connections`: those open then.
    """

    number: int
    digest: str
    id: str = ""
    conversation: str = ""
    role: str = ""
    made: int = 0
    way: str = ""
    fault: str = ""
    status: int = 0
    whole: bool = False
    connections: int = 0

    @property
    def replied(self) -> bool:
        """Did the other side get a model's reply?"""
        return self.whole and bool(self.id)


class Standing(msgspec.Struct, kw_only=True):
    """How a peer stands: requests so far, replies that were handed over, connections (but for that of who asks this), requests in
    flight, the most that there were of both, how often what went wrong, CPU seconds."""

    requests: int = 0
    replies: int = 0
    connections: int = 0
    in_flight: int = 0
    most_in_flight: int = 0
    most_connections: int = 0
    wrong: dict[str, int] = {}
    cpu: float = 0.0


Tell = Callable[[Line], object]


@contextmanager
def kept(path: Path | None) -> Iterator[tuple[Tell, Callable[[], object]]]:
    """Where lines go: how one is told, and how they are written out."""
    if path is None:
        yield (lambda _: None), (lambda: None)
        return
    with path.open("ab", buffering=1 << 20) as file:
        yield (lambda line: _write(file, line)), file.flush


def _write(file: IO[bytes], line: Line) -> None:
    file.write(_encoder.encode(line) + b"\n")


def read(path: Path) -> list[Line]:
    """The lines of a log, in the order in which they ended."""
    return list(_lines(path.read_bytes().splitlines()))


def _lines(written: Iterable[bytes]) -> Iterator[Line]:
    for line in written:
        yield _decoder.decode(line)


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Line)
