"""A writer that is far too slow slows the conversations: what waits is bounded, and nothing is lost or reordered."""

from collections import defaultdict

import anyio
import pytest

from engine.clock import run_virtual
from engine.journal import Entry, Happened, Sink, drained
from engine.simulation import simulate
from tests.engine.stages import Kept, SlowCasting, jobs, stage, written
from tests.engine.test_simulation import unheard

THOUGHT = 0.5
"""Seconds that a party takes for a move."""


class Pressed:
    """A sink that passes on, and a disk that takes its time for each entry; counts what is on its way between them."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._sink: Sink | None = None
        self.sent: list[Entry] = []
        self.committed: list[Entry] = []
        self.most_live = self.longest_batch = 0

    async def send(self, entry: Entry) -> None:
        assert self._sink is not None
        self.sent.append(entry)
        self.most_live = max(self.most_live, len(self.sent) - len(self.committed))
        await self._sink.send(entry)

    async def commit(self, batch: list[Entry]) -> None:
        self.longest_batch = max(self.longest_batch, len(batch))
        await anyio.sleep(self._seconds * len(batch))
        self.committed += batch

    async def play(self, backlog: int, concurrency: int) -> float:
        """Seconds that all conversations took."""
        async with drained(self.commit, backlog) as sink:
            self._sink = sink
            await simulate(jobs(30), stage(casting=SlowCasting(THOUGHT)), self, concurrency, unheard)
        return anyio.current_time()


def pressed(seconds: float, backlog: int, concurrency: int) -> tuple[Pressed, float]:
    made = Pressed(seconds)
    return made, run_virtual(made.play, backlog, concurrency)


@pytest.mark.parametrize(("backlog", "concurrency"), [(1, 1), (10, 4), (10, 30), (50, 30)])
def test_with_a_writer_a_hundred_times_too_slow_what_is_live_is_bounded(backlog: int, concurrency: int) -> None:
    """At most a backlog that waits, a batch that is being written, and an entry in the hand of each conversation."""
    quick, took = pressed(0.0, backlog, concurrency)
    rate = took / len(quick.sent)
    slow, slowly = pressed(100 * rate, backlog, concurrency)
    assert slow.most_live <= 2 * backlog + concurrency
    assert slow.longest_batch <= backlog
    assert slow.most_live > min(backlog, len(slow.sent) - 1)
    assert slowly > 50 * took
    assert slow.committed == slow.sent
    assert len(slow.sent) == len(quick.sent)


def test_nothing_is_lost_or_reordered_however_slow_the_writer() -> None:
    """Each conversation's entries are those of a sink that takes all at once, in their order, numbered without a gap."""
    kept = Kept()
    run_virtual(simulate, jobs(30), stage(), kept, 1, unheard)
    slow, _ = pressed(25.0, 7, 12)
    found = Kept()
    found.entries = slow.committed
    events = {conversation: written(happened) for conversation, happened in found.conversations().items()}
    assert events == {conversation: written(happened) for conversation, happened in kept.conversations().items()}
    assert found.standings() == kept.standings()
    last: dict[int, bool] = defaultdict(bool)
    for entry in slow.committed:
        assert not last[entry.conversation], "something came after a verdict"
        last[entry.conversation] = not isinstance(entry, Happened)
