"""Where requests wait until an endpoint may be asked: in the order in which they came, woken one by one.

Only the first in the queue watches the clock, and whoever changes something wakes only it: a request costs the same however
many wait.
"""

from collections import deque

import anyio

from engine.models.breaker import Breaker
from engine.models.pacing import NEVER, Begun, Pace


class Moved(Exception):
    """What waited here may look for another place: the endpoint behind it is away."""


class Pass:
    """A request that was let through. `probe`: everybody waits for what becomes of it."""

    __slots__ = ("begun", "probe")

    def __init__(self, begun: Begun, probe: bool) -> None:
        self.begun = begun
        self.probe = probe


class _Waiting:
    __slots__ = ("gone", "let", "moved", "until", "woken")

    def __init__(self) -> None:
        self.woken = anyio.Event()
        self.until = NEVER
        self.let: Pass | None = None
        self.moved = False
        self.gone = False


class Gate:
    """The way to one endpoint, at its pace, past its breaker.

    Every `enter` is followed by one of `good`, `turned_away`, `failed`, `away` and `nothing`.
    """

    def __init__(self, pace: Pace, breaker: Breaker) -> None:
        self.pace = pace
        self.breaker = breaker
        self.waiting = 0
        self._queue = deque[_Waiting]()
        self._closed: Exception | None = None

    def opens(self, now: float) -> float:
        """When the next request may begin: NOW, a time to come, or NEVER when one in flight has to end first.

        A probe takes no place: those in flight may hang.
        """
        pace = self.pace.paused_until if self.breaker.is_open else self.pace.opens(now)
        return max(self.breaker.opens(), pace)

    def is_paused(self, now: float) -> bool:
        """Would a request wait for anything but its turn?"""
        return self.breaker.opens() > now or self.pace.paused_until > now

    async def enter(self) -> Pass:
        """Wait to be let through. Raises Moved, and what the gate was closed with."""
        if self._closed is not None:
            raise self._closed
        if not self.waiting and (now := anyio.current_time()) >= self.opens(now):
            return self._begin(now)
        waiting = _Waiting()
        self._queue.append(waiting)
        self.waiting += 1
        try:
            return await self._turn(waiting)
        except BaseException:
            if waiting.let is not None:  # let through, and cancelled before it knew
                self.nothing(waiting.let)
            else:
                self._leave(waiting)
            raise

    def good(self, let: Pass, tokens: int) -> None:
        """It was answered."""
        self.breaker.good(let.begun.at)
        self.pace.good(anyio.current_time(), let.begun, tokens)
        self._admit()

    def turned_away(self, let: Pass, why: str, retry_after: float | None) -> None:
        """It was too much, though the endpoint is there."""
        self.breaker.good(let.begun.at)
        self.pace.too_much(anyio.current_time(), let.begun, why, retry_after)
        self._admit()

    def away(
        self, let: Pass, why: str, *, too_much: bool = False, retry_after: float | None = None, at_once: bool = False
    ) -> None:
        """Nobody was there to answer, or only an error was; `at_once`: there is no need to ask how often."""
        now = anyio.current_time()
        if too_much:
            self.pace.too_much(now, let.begun, why, retry_after)
        else:
            self.pace.failed(now, let.begun)
        tripped = at_once and (let.probe or not self.breaker.is_open)
        if tripped:
            self.breaker.trip(now, why)
        if tripped or self.breaker.bad(now, let.probe, why):
            self.pace.restart(why)
            self.scatter()
        self._admit()

    def nothing(self, let: Pass) -> None:
        """It ended in a way that says nothing about the endpoint."""
        if let.probe:
            self.breaker.given_up()
        self.pace.failed(anyio.current_time(), let.begun)
        self._admit()

    def scatter(self) -> None:
        """Whoever waits here may look for another place."""
        for waiting in self._queue:
            waiting.moved = True
            waiting.woken.set()

    def close(self, error: Exception) -> None:
        """Nobody is let through any more: whoever waits or comes is told why."""
        self._closed = error
        for waiting in self._queue:
            waiting.woken.set()

    async def _turn(self, waiting: _Waiting) -> Pass:
        while True:
            self._admit(waiting)
            if waiting.let is not None:
                return waiting.let
            with anyio.CancelScope(deadline=waiting.until):
                await waiting.woken.wait()
            if waiting.let is not None:
                return waiting.let
            if self._closed is not None:
                raise self._closed
            if waiting.moved:
                raise Moved
            waiting.woken, waiting.until = anyio.Event(), NEVER

    def _begin(self, now: float) -> Pass:
        return Pass(self.pace.begin(now), self.breaker.begin())

    def _leave(self, waiting: _Waiting) -> None:
        """Its place in the queue is skipped when its turn comes."""
        waiting.gone = True
        self.waiting -= 1
        self._admit()

    def _admit(self, asking: _Waiting | None = None) -> None:
        """Let through whom there is room for, and see that the first of the others knows when to look again."""
        now = anyio.current_time()
        while self._queue and self._closed is None:
            first = self._queue[0]
            if first.gone:
                self._queue.popleft()
                continue
            opens = self.opens(now)
            if opens > now:
                if opens < first.until:
                    first.until = opens
                    if first is not asking:
                        first.woken.set()
                return
            self._queue.popleft()
            self.waiting -= 1
            first.let = self._begin(now)
            first.woken.set()
