"""How many requests an endpoint is given at once, and how fast: found out while asking, by what it answers.

Additive increase, multiplicative decrease: places double every full round until the first "too much" (429, 503, a time-out),
which takes a part of them away, once a round; after that they come back by equal steps. `Pace` decides and knows no clock:
times are seconds of any one clock, and answers are points in time, so that nothing is lost in rounding. `gate.py` waits.
"""

from collections import deque

import msgspec

MINUTE = 60.0
NOW = float("-inf")
"""A time that has come: nothing has to be waited for."""
NEVER = float("inf")
"""A time that does not come by itself: something has to happen first."""


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What an endpoint may be given: requests at once (to begin with, and at most), requests and tokens a minute (None: any)."""

    first: int = 32
    most: int = 2_000
    requests_a_minute: int | None = None
    tokens_a_minute: int | None = None

    def __post_init__(self) -> None:
        if self.first < 1 or self.most < 1:
            raise ValueError("requests at once must be 1 or more")
        if any(limit is not None and limit < 1 for limit in (self.requests_a_minute, self.tokens_a_minute)):
            raise ValueError("requests and tokens a minute must be 1 or more")


class Begun:
    """A request that was let through: when, and the tokens that are set aside for it."""

    __slots__ = ("at", "tokens")

    def __init__(self, at: float, tokens: int) -> None:
        self.at = at
        self.tokens = tokens


class Pace:
    """The decisions for one endpoint."""

    DECREASE = 0.7
    """What is left of the places after an answer that says "too much"."""
    ROUNDS = 20
    """Full rounds of good answers after which what was taken away is back."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.places = float(min(limits.first, limits.most))
        self.in_flight = 0
        self.why = "as it began"
        self.paused_until = NOW
        self._step: float | None = None
        self._cut_at = NOW
        self._full_at = NOW
        self._starts = deque[float]()
        self._counted = deque[Begun]()
        self._tokens = 0
        self._expected = 0.0

    def opens(self, now: float) -> float:
        """When the next request may begin: NOW, a time to come, or NEVER when one of those in flight has to end first."""
        self._forget(now)
        if now < self.paused_until:
            return self.paused_until
        if self.in_flight >= int(self.places):
            return NEVER
        limits = self.limits
        if limits.requests_a_minute is not None and len(self._starts) >= limits.requests_a_minute:
            return self._starts[0] + MINUTE
        more = self._tokens + round(self._expected)
        if limits.tokens_a_minute is not None and self._counted and more > limits.tokens_a_minute:
            return self._counted[0].at + MINUTE
        return NOW

    def begin(self, now: float) -> Begun:
        """A request begins; a later one of good, too_much and failed ends it."""
        self.in_flight += 1
        if self.in_flight >= int(self.places):
            self._full_at = now
        begun = Begun(now, round(self._expected))
        if self.limits.requests_a_minute is not None:
            self._starts.append(now)
        if self.limits.tokens_a_minute is not None:
            self._counted.append(begun)
            self._tokens += begun.tokens
        return begun

    def good(self, now: float, begun: Begun, tokens: int) -> None:
        """It was answered, for so many tokens. Places grow only while they are all in use."""
        self.in_flight -= 1
        self._settle(now, begun, tokens)
        self._expected = float(tokens) if self._expected == 0 else 0.9 * self._expected + 0.1 * tokens
        if self._full_at >= begun.at and self.places < self.limits.most:
            grown = 1.0 if self._step is None else self._step / self.places
            self.places = min(float(self.limits.most), self.places + grown)
            self.why = "as many as it may" if self.places >= self.limits.most else "growing"

    def too_much(self, now: float, begun: Begun, why: str, retry_after: float | None) -> None:
        """It was turned away, or took too long. Those that were sent before the last cut say nothing new."""
        self.in_flight -= 1
        self._settle(now, begun, 0)
        if begun.at > self._cut_at:
            before, self.places = self.places, max(1.0, self.places * self.DECREASE)
            self._step = max(1.0, (before - self.places) / self.ROUNDS)
            self._cut_at = now
            self.why = why
        if retry_after is not None:
            self.paused_until = max(self.paused_until, now + retry_after)

    def failed(self, now: float, begun: Begun) -> None:
        """It came to nothing for a reason that has nothing to do with how many there are."""
        self.in_flight -= 1
        self._settle(now, begun, 0)

    def restart(self, why: str) -> None:
        """The endpoint was away: it is not given at once all that it could bear before."""
        self.places = min(self.places, float(self.limits.first))
        self.why = why

    def _settle(self, now: float, begun: Begun, tokens: int) -> None:
        """What was set aside becomes what it was. One that took longer than a minute counts from its end."""
        if self.limits.tokens_a_minute is None:
            return
        if begun.at + MINUTE > now:
            self._tokens += tokens - begun.tokens
            begun.tokens = tokens
        elif tokens:
            self._counted.append(Begun(now, tokens))
            self._tokens += tokens

    def _forget(self, now: float) -> None:
        while self._starts and self._starts[0] + MINUTE <= now:
            self._starts.popleft()
        while self._counted and self._counted[0].at + MINUTE <= now:
            self._tokens -= self._counted.popleft().tokens
