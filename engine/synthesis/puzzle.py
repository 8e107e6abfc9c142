"""Which of the listed worlds is it? Evidence without a domain: what each world decides, what each read answers in it, and
what must be known before a read can be asked for. Sets of worlds and sets of reads are bit masks.
"""

from collections.abc import Iterator, Sequence

Need = frozenset[tuple[int, int]]
"""An argument that the customer does not say: the answers (read, what it answers) in any of which it stands."""


class Puzzle:
    """World 0 is the original; reads are numbered in reading order.

    `decisions[world]` are equal where the decision is, `answers[read][world]` where the answer is. `needs[read]` must all be
    met before it can be asked for.
    """

    def __init__(
        self, decisions: Sequence[int], answers: Sequence[Sequence[int]], needs: Sequence[Sequence[Need]] | None = None
    ) -> None:
        self.decisions = tuple(decisions)
        self.answers = tuple(answers)
        self.needs = tuple(tuple(each) for each in needs) if needs is not None else ((),) * len(self.answers)
        self.worlds = (1 << len(self.decisions)) - 1
        self.alike = tuple(_classes(row) for row in self.answers)
        """By read and world: the worlds in which it answers the same."""
        self.agreeing = _classes(self.decisions)
        """By world: the worlds in which the same is decided."""
        self._leading = {by for needs in self.needs for need in needs for by, _ in need}

    def settled(self, worlds: int) -> bool:
        """Is the same decided in all of them?"""
        return not worlds & ~self.agreeing[first(worlds)]

    def parts(self, worlds: int, read: int) -> Iterator[int]:
        """The worlds as a read tells them apart."""
        alike = self.alike[read]
        while worlds:
            part = worlds & alike[first(worlds)]
            yield part
            worlds &= ~part

    def unmet(self, read: int, made: int, world: int) -> list[Need]:
        """What a read needs that the reads which were made do not show in this world."""
        if not self.needs[read]:
            return []
        return [need for need in self.needs[read] if not any(made >> by & 1 and self.answers[by][world] == it for by, it in need)]

    def helps(self, read: int, made: int, world: int) -> bool:
        """Does its answer hold what another read still needs?"""
        if read not in self._leading:
            return False
        shown = (read, self.answers[read][world])
        return any(
            shown in need
            for other in range(len(self.answers))
            if not made >> other & 1 and other != read and self.needs[other]
            for need in self.unmet(other, made, world)
        )


def _classes(row: Sequence[int]) -> tuple[int, ...]:
    masks: dict[int, int] = {}
    for world, value in enumerate(row):
        masks[value] = masks.get(value, 0) | 1 << world
    return tuple(masks[value] for value in row)


def first(mask: int) -> int:
    """The lowest place of a mask that is not empty."""
    return (mask & -mask).bit_length() - 1


def places(mask: int) -> Iterator[int]:
    """The places of a mask."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest
