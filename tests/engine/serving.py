"""The peer in a thread of the tests, with the parts of conversations about lamps; it keeps what it was asked and answered."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from bench.peer.faults import Faults
from bench.peer.latency import Latency
from bench.peer.places import Places
from bench.peer.record import ID_LETTERS, Line
from bench.peer.rehearsing import Rehearsal
from bench.peer.server import Before, Peer
from bench.peer.serving import listening, server_of, url_of
from tests.engine import stages
from tests.engine.peers import MODEL as MODEL
from tests.engine.rehearsals import parts

KEY = "sk-the-right-one"
SCENARIOS = 6


def lamps() -> Rehearsal:
    """What there is to know about lamps."""
    known = {name.removesuffix("#0"): part for name, part in parts(SCENARIOS).items()}
    return Rehearsal(parts=known, briefs={each.id: each.instruction for each in stages.scenarios(SCENARIOS)})


class Server:
    """A peer at `url`. `asked` has the digest of each request's body, in order; `lines` what became of those that have ended.
    `before` may answer instead, and is told how many requests there were."""

    def __init__(self, known: Rehearsal, faults: Faults | None, latency: Latency | None) -> None:
        self.asked: list[str] = []
        self.lines: list[Line] = []
        self.url = ""
        self.peer = Peer(
            Places(known.parts, known.briefs),
            faults=faults,
            latency=latency,
            key=KEY,
            model=MODEL,
            tell=self.lines.append,
            hear=self.asked.append,
        )

    @property
    def before(self) -> Before | None:
        """Who may answer instead."""
        return self.peer.before

    @before.setter
    def before(self, before: Before | None) -> None:
        self.peer.before = before

    @property
    def answered(self) -> list[str]:
        """The digests of the requests that a model's reply was the answer to."""
        return [line.digest for line in self.lines if line.replied]

    def forget(self) -> None:
        """Begin anew: the next request is the first."""
        self.asked.clear()
        self.lines.clear()
        self.peer.standing.requests = 0

    def asked_by(self, raw: str) -> str:
        """The request that a reply was the answer to."""
        found = re.search(rf"[0-9a-f]{{{ID_LETTERS}}}", raw)
        assert found is not None, raw[:200]
        return next(digest for digest in self.asked if digest.startswith(found[0]))


@contextmanager
def serving(known: Rehearsal | None = None, faults: Faults | None = None, latency: Latency | None = None) -> Iterator[Server]:
    """A server of its own thread, which ends with the block; it knows about lamps, or what it is given."""
    made, listener = Server(known or lamps(), faults, latency), listening()
    made.url = url_of(listener)
    server = server_of(made.peer)
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    try:
        yield made
    finally:
        server.should_exit = server.force_exit = True
        thread.join(10)
        listener.close()
        assert not thread.is_alive()
