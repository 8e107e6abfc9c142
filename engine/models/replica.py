"""One base URL that serves a model: its gate, the way to it, and what became of what was asked there."""

import anyio

from engine.models.answers import NoAnswer
from engine.models.gate import Gate
from engine.models.http import Post
from engine.models.pacing import NOW
from engine.models.proof import UNANSWERED


class Replica:
    """One base URL that serves a model. `answered`: somebody is there, whatever was answered. `given_up`: why it is asked no
    more, while others are.
    """

    def __init__(self, url: str, gate: Gate, post: Post) -> None:
        self.url = url
        self.gate = gate
        self.post = post
        self.last_error = ""
        self.erred_at = NOW
        self.answered = False
        self.given_up = ""
        self._nobody = False

    def tried(self, none: NoAnswer | None = None) -> None:
        """What a request has come to: an answer, or none."""
        self.answered = self.answered or none is None
        self._nobody = none is not None and none.nobody

    def is_nobody(self, now: float) -> bool:
        """Has there never been a server, for longer than it takes to say so?"""
        return self._nobody and not self.answered and self.gate.breaker.away_for(now) >= UNANSWERED

    def err(self, line: str) -> None:
        """Keep what was wrong last, for a person to see."""
        self.last_error, self.erred_at = line, anyio.current_time()

    @property
    def is_away(self) -> bool:
        """Is nothing asked there just now, but by a probe?"""
        return bool(self.given_up) or self.gate.breaker.is_open

    @property
    def why(self) -> str:
        """Why it is given as many requests as it is, in a few words."""
        if self.given_up:
            return "given up"
        return "tried again from time to time" if self.is_away else self.gate.pace.why
