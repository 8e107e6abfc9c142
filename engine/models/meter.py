"""How the endpoints of a run stand at one moment: for a live view and the log. Nothing in it is secret."""

from collections.abc import Mapping

import msgspec

from engine.models.usage import Spent


class Replicated(msgspec.Struct, frozen=True, kw_only=True):
    """One replica. `places`: the requests that it is given at once just now, and `why` in a few words: what it answered is
    in `last_error`. `away`: everybody waits for a probe, or it is given up.
    """

    url: str
    in_flight: int
    waiting: int
    places: int
    why: str
    away: bool
    last_error: str


class Meter(msgspec.Struct, frozen=True, kw_only=True):
    """All of them. `asking`: requests that somebody waits for; those neither in flight nor in a queue wait to try again."""

    asking: int
    last_error: str
    replicas: tuple[Replicated, ...]
    spent: Spent
    by_role: Mapping[str, Spent]

    @property
    def in_flight(self) -> int:
        """Requests that endpoints have now."""
        count = 0
        for replica in self.replicas:
            count += replica.in_flight
        return count
