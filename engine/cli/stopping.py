"""SIGINT and SIGTERM as a wish to stop."""

import signal
from collections.abc import Callable
from types import FrameType, TracebackType


class Interrupted(BaseException):
    """A signal came while there was nothing to be stopped cleanly. No Exception: nothing on the way may take it for a failure."""


class Stopping:
    """A block in which both signals ask `stop` to stop, and interrupt where that answers False. The second one kills.

    `status` is the exit status of the signal that came.
    """

    def __init__(self) -> None:
        self.stop: Callable[[], bool] = lambda: False
        self.status = 0

    def __enter__(self) -> "Stopping":
        self._before = {number: signal.signal(number, self._heard) for number in (signal.SIGINT, signal.SIGTERM)}
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _traceback: TracebackType | None) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _heard(self, number: int, _frame: FrameType | None) -> None:
        if self.status:
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
        self.status = 128 + number
        if not self.stop():
            raise Interrupted
