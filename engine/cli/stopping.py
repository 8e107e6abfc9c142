"""SIGINT and SIGTERM as a wish to stop."""

import signal
import sys
from collections.abc import Callable
from types import FrameType, TracebackType

GRACE = 30.0
"""Seconds for what is going on to be written; a run that has not stopped by then is ended."""


class Interrupted(BaseException):
    """A signal came while there was nothing to be stopped cleanly. No Exception: nothing on the way may take it for a failure."""


class Stopping:
    """A block in which both signals ask `stop` to stop, and interrupt where that answers False. The second one kills, and so
    does the end of the grace time.

    `status` is the exit status of the signal that came.
    """

    def __init__(self, grace: float = GRACE) -> None:
        self.stop: Callable[[], bool] = lambda: False
        self.status = 0
        self._grace = grace

    def __enter__(self) -> "Stopping":
        self._before = {number: signal.signal(number, self._heard) for number in (signal.SIGINT, signal.SIGTERM)}
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _traceback: TracebackType | None) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _heard(self, number: int, _frame: FrameType | None) -> None:
        if self.status:
            _end(number)
        self.status = 128 + number
        signal.signal(signal.SIGALRM, self._too_late)
        signal.setitimer(signal.ITIMER_REAL, self._grace)
        if not self.stop():
            raise Interrupted

    def _too_late(self, _number: int, _frame: FrameType | None) -> None:
        sys.stderr.write(f"it did not stop within {self._grace:g} seconds and is ended; what was written is kept\n")
        _end(self.status - 128)


def _end(number: int) -> None:
    """By the signal itself, as if nobody had asked for it to be heard."""
    signal.signal(number, signal.SIG_DFL)
    signal.raise_signal(number)
