"""When an endpoint seems to be away: everybody pauses, one request tries, and only patience comes to an end.

Decides and knows no clock. Open means that nobody may ask until a time; then one request is let through as a probe, and
everybody waits for what becomes of it.
"""

from engine.models.pacing import NEVER, NOW

IN_A_ROW = 4
"""Failures without a good answer between them after which an endpoint counts as away, …"""
SETTLING = 0.5
"""… when the first of them is so many seconds ago: a burst of a moment is no absence."""
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
"""Seconds, doubled from probe to probe."""


class Breaker:
    """The decisions for one endpoint. `patience`: seconds from the first failure of a row until it has been away too long."""

    def __init__(self, patience: float) -> None:
        self.patience = patience
        self.why = ""
        self._failures = 0
        self._since = NOW
        self._pause = FIRST_PAUSE
        self._opened_at: float | None = None
        self._until = NOW
        self._probing = False

    @property
    def is_open(self) -> bool:
        """Is the endpoint taken to be away?"""
        return self._opened_at is not None

    def opens(self) -> float:
        """When the next request may begin: NOW, the time of the next probe, or NEVER while one is under way."""
        if self._opened_at is None:
            return NOW
        return NEVER if self._probing else self._until

    def begin(self) -> bool:
        """A request begins: is it the probe?"""
        self._probing = self.is_open
        return self._probing

    def good(self, begun: float) -> None:
        """An answer came. Answers to what was asked before it opened say nothing about now."""
        if self._opened_at is None or begun >= self._opened_at:
            self._failures, self._pause, self._opened_at, self._probing, self.why = 0, FIRST_PAUSE, None, False, ""

    def bad(self, now: float, probe: bool, why: str) -> bool:
        """A connection failed, or the server did: has it opened just now, or stayed open after a probe?"""
        if self._failures == 0:
            self._since = now
        self._failures += 1
        self.why = why
        if probe or (not self.is_open and self._failures >= IN_A_ROW and now - self._since >= SETTLING):
            self._open(now)
            return True
        return False

    def trip(self, now: float, why: str) -> None:
        """It cannot be used as it is, whatever it answered before: open at once."""
        if self._failures == 0:
            self._since = now
        self._failures += 1
        self.why = why
        self._open(now)

    def given_up(self) -> None:
        """The probe came to nothing that would say anything (it was cancelled): the next one may try."""
        self._probing = False

    def is_exhausted(self, now: float) -> bool:
        """Has it been away for longer than patience lasts?"""
        return self.is_open and now >= self._since + self.patience

    def away_for(self, now: float) -> float:
        """Seconds since the first failure of the row; 0 while it is not open."""
        return now - self._since if self.is_open else 0.0

    def _open(self, now: float) -> None:
        self._opened_at = now
        self._probing = False
        end = self._since + self.patience
        self._until = min(now + self._pause, end) if now < end else now + self._pause
        self._pause = min(self._pause * 2, LONGEST_PAUSE)
