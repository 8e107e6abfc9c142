"""Virtual time for tests: an event loop whose clock jumps to the next timer instead of waiting for it.

Everything that waits does so through anyio, and so needs no clock as an argument: the loop is the clock.
Under virtual time nothing from outside can wake the loop, so whatever waits for a thread, a socket or a
process raises `Deadlock` instead of hanging. Timers of one time ring in the order in which they were set.
"""

import asyncio
import heapq
import itertools
import selectors
import threading
from collections.abc import Awaitable, Callable
from contextvars import Context
from typing import Any, NoReturn, TypeVar, TypeVarTuple

import anyio

Result = TypeVar("Result")
Arguments = TypeVarTuple("Arguments")


class Deadlock(RuntimeError):
    """Everything waits, and no timer will ever ring."""


PATIENCE = 5.0
"""Real seconds that a thread may take to end after it has made a run a failure."""


class _JumpingSelector(selectors.DefaultSelector):
    """Answers at once, and moves the clock by the time for which it would have waited.

    After a deadlock it really waits, so that what is being torn down can come to its end.
    """

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.woken_from_outside = False
        self._deadlocked = False

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if self._deadlocked and timeout is None and (events := super().select(PATIENCE)):
            return events
        if timeout is None or (self.woken_from_outside and not self._deadlocked):
            self._deadlocked = True
            what = "a thread woke the loop" if self.woken_from_outside else "everything waits and no timer is set"
            raise Deadlock(f"{what}; threads, sockets and processes need real time")
        self.now += max(timeout, 0.0)
        return []


class _Timer(asyncio.TimerHandle):
    """One of several with the same time rings in its place among them: asyncio's own heap keeps no order there."""

    place = 0
    _scheduled: bool

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, _Timer):
            return NotImplemented
        return (self.when(), self.place) < (other.when(), other.place)


class _VirtualLoop(asyncio.SelectorEventLoop):
    _scheduled: list[asyncio.TimerHandle]

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        self._places = itertools.count()
        self._thread = threading.get_ident()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now

    def call_at(
        self, when: float, callback: Callable[[*Arguments], object], *args: *Arguments, context: Context | None = None
    ) -> asyncio.TimerHandle:
        timer = _Timer(when, callback, args, self, context)
        timer.place = next(self._places)
        timer._scheduled = True
        heapq.heappush(self._scheduled, timer)
        return timer

    def call_soon_threadsafe(
        self, callback: Callable[[*Arguments], object], *args: *Arguments, context: Context | None = None
    ) -> asyncio.Handle:
        if threading.get_ident() != self._thread:
            self._jumping.woken_from_outside = True
        return super().call_soon_threadsafe(callback, *args, context=context)

    def run_in_executor(self, *_arguments: Any) -> NoReturn:  # type: ignore[override]
        raise Deadlock("threads need real time")


def run_virtual(main: Callable[[*Arguments], Awaitable[Result]], *arguments: *Arguments) -> Result:
    """Run an async function to its end in virtual time, which begins at 0."""
    return anyio.run(main, *arguments, backend="asyncio", backend_options={"loop_factory": _VirtualLoop})
