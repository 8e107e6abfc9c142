"""Virtual time for tests: an event loop whose clock jumps to the next timer instead of waiting for it.

Everything that waits does so through anyio, and so needs no clock as an argument: the loop is the clock.
Under virtual time nothing from outside can wake the loop, so whatever waits for a thread, a socket or a
process raises `Deadlock` instead of hanging.
"""

import asyncio
import selectors
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, TypeVarTuple, Unpack

import anyio

Result = TypeVar("Result")
Arguments = TypeVarTuple("Arguments")


class Deadlock(RuntimeError):
    """Everything waits, and no timer will ever ring."""


class _JumpingSelector(selectors.DefaultSelector):
    """Answers at once, and moves the clock by the time for which it would have waited."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise Deadlock("everything waits and no timer is set; threads, sockets and processes need real time")
        self.now += max(timeout, 0.0)
        return []


class _VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now

    def run_in_executor(self, *_args: Any) -> Any:
        raise Deadlock("threads need real time")


def run_virtual(main: Callable[[Unpack[Arguments]], Awaitable[Result]], *arguments: Unpack[Arguments]) -> Result:
    """Run an async function to its end in virtual time, which begins at 0."""
    return anyio.run(main, *arguments, backend="asyncio", backend_options={"loop_factory": _VirtualLoop})
