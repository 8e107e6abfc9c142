"""Asking again: what a request may fail of, how often, and how long it waits in between. The gate's own waiting comes on top."""

from random import Random
from typing import Literal

import anyio
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type

FIRST_WAIT, LONGEST_WAIT = 0.5, 20.0
"""Seconds after the first failure, doubled each time; half of it is drawn."""
TURNED_AWAY = 10
"""How much oftener than failed a request may be turned away: "not now" is no failure, but no answer either."""


class Again(Exception):
    """Nothing came of it, and it may be tried again. `paused`: everybody waits, so it does not count against this request."""

    def __init__(self, kind: Literal["failed", "turned away", "paused"], line: str) -> None:
        super().__init__(line)
        self.kind: Literal["failed", "turned away", "paused"] = kind
        self.line = line


class Tries:
    """The decisions for one request: at most `attempts` failures."""

    def __init__(self, attempts: int, random: Random) -> None:
        self.attempts = attempts
        self.failed = 0
        self.turned_away = 0
        self._random = random
        self._wait = 0.0

    def are_used_up(self, again: Again) -> bool:
        """Was that one too many? The one place where it is counted."""
        if again.kind == "failed":
            self.failed += 1
        elif again.kind == "turned away":
            self.turned_away += 1
        longest = 0.0
        if again.kind != "paused":
            count = self.failed if again.kind == "failed" else self.turned_away
            longest = min(FIRST_WAIT * 2.0 ** min(count - 1, 20), LONGEST_WAIT)
        self._wait = self._random.uniform(longest / 2, longest)
        return self.failed >= self.attempts or self.turned_away >= self.attempts * TURNED_AWAY

    def wait(self) -> float:
        """Seconds until the next time."""
        return self._wait


def persistently(tries: Tries) -> AsyncRetrying:
    """Calls a function again as long as it raises Again and the tries last; the last Again is raised."""

    def used_up(state: RetryCallState) -> bool:
        again = state.outcome.exception() if state.outcome is not None else None
        return not isinstance(again, Again) or tries.are_used_up(again)

    return AsyncRetrying(
        sleep=anyio.sleep,
        stop=used_up,
        wait=lambda _state: tries.wait(),
        retry=retry_if_exception_type(Again),
        reraise=True,
    )
