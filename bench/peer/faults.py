"""What goes wrong on the way or in a reply, drawn by seed: each by its own share.

On the way: by a request's bytes and how often they came, so that asking again helps. In the reply: by the place in the
conversation and by which different request for that place it is, so that a reply which was lost is given once more.
"""

from collections.abc import Mapping
from random import Random

import msgspec

from bench.peer.places import Place
from engine.models.rehearsed import APART, CARRIED_OUT
from engine.models.rehearsed import FAULTS as IN_REPLIES

ON_THE_WAY = ("429", "429 with Retry-After", "500", "503 burst", "hang", "cut off", "drip", "drip without end", "500 for long")
NAMES = (*ON_THE_WAY, *IN_REPLIES)

IN_A_ROW = 2
"""How often one request may go wrong on its way, and how many replies for one place may be faulty, before one is right."""
LONG = 7
"""How often in all a request fails that fails for long: once more than an engine asks."""


class Faults(msgspec.Struct, frozen=True, kw_only=True):
    """The share of requests that has each fault. Seconds: what a 429 asks to wait, how long a burst lasts, how long a slow drip
    takes."""

    shares: Mapping[str, float] = msgspec.field(default_factory=dict)
    seed: int = 0
    retry_after: float = 1.0
    burst: float = 1.0
    drip: float = 3.0

    def __post_init__(self) -> None:
        if unknown := sorted(set(self.shares) - set(NAMES)):
            raise ValueError(f"there is no fault '{unknown[0]}'; there are {', '.join(NAMES)}")
        if any(not 0 <= share <= 1 for share in self.shares.values()):
            raise ValueError("the share of a fault is between 0 and 1")

    def on_the_way(self, digest: str, times: int) -> str:
        """What happens to a request that has come for the n-th time; empty: nothing."""
        if not self.shares:
            return ""
        if times <= LONG and Random(f"{self.seed}/{digest}").random() < self.shares.get("500 for long", 0.0):
            return "500 for long"
        drawn = [name for name in ON_THE_WAY if name != "500 for long"]
        return self._drawn(drawn, f"{self.seed}/{digest}/{times}") if times <= IN_A_ROW else ""

    def in_the_reply(self, place: Place, attempt: int) -> str:
        """What is wrong with the reply for a place; those that become part of the conversation are kept apart."""
        if not self.shares or attempt >= IN_A_ROW:
            return ""
        name = self._drawn(IN_REPLIES, f"{self.seed}/{place.conversation}/{place.role}/{place.made}/{attempt}")
        return "" if name in CARRIED_OUT and (place.made % APART or attempt) else name

    def _drawn(self, names: "Mapping[str, object] | list[str]", key: str) -> str:
        left = Random(key).random()
        for name in names:
            left -= self.shares.get(name, 0.0)
            if left < 0:
                return name
        return ""
