"""A part of a run's scenarios, by their places in the whole: what a worker or a machine of a cluster carries out.

Places and so the journal's keys are those of the whole pack: what parts have written never collides.
"""

import re

import msgspec

_WRITTEN = re.compile(r"([0-9]{1,9})/([0-9]{1,9})")


class Shard(msgspec.Struct, frozen=True, kw_only=True):
    """Every `of`-th scenario, beginning with the `index`-th; both count from 1. All of them is 1/1."""

    index: int = 1
    of: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.index <= self.of:
            raise ValueError(f"{self} is no shard: the first of four is 1/4, the last 4/4")

    def __str__(self) -> str:
        return f"{self.index}/{self.of}"

    @classmethod
    def parse(cls, text: str) -> "Shard":
        """From `i/n`. Raises ValueError."""
        found = _WRITTEN.fullmatch(text)
        if found is None:
            raise ValueError(f"'{text}' is no shard: the first of four is 1/4, the last 4/4")
        return cls(index=int(found[1]), of=int(found[2]))

    @property
    def whole(self) -> bool:
        """Is it no part at all?"""
        return self.of == 1

    def has(self, place: int) -> bool:
        """Does the scenario at this place belong to it?"""
        return place % self.of == self.index - 1

    def count(self, scenarios: int) -> int:
        """How many of so many scenarios belong to it."""
        return len(range(self.index - 1, scenarios, self.of))

    def part(self, worker: int, workers: int) -> "Shard":
        """What one of several workers (from 0) carries out of it: again every so-manieth of the whole."""
        return Shard(index=self.index + self.of * worker, of=self.of * workers)
