"""How many reads a decision takes: the best adaptive order in the worst of the listed worlds.

Two bounds come first, and mostly meet: what a recipe's own order takes, and what nobody gets around. Between them the best
order is searched for, where it is short.
"""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from engine.synthesis.puzzle import Need, Puzzle, first, places

MOST_SEARCHED = 8
"""Above so many reads no order is searched for: the recipe's own must be shown to be the best."""

Order = Sequence[Sequence[int]]
"""For every world the reads that a recipe makes in it, one after the other."""


class Burden(msgspec.Struct, frozen=True, kw_only=True):
    """At least and at most so many reads; proven where the two are one. `path`: those that the recipe's order takes where it
    takes the most."""

    least: int
    most: int
    path: tuple[int, ...] = ()

    @property
    def proven(self) -> bool:
        return self.least == self.most


def burden(puzzle: Puzzle, orders: Sequence[Order], free: int = 0, searched: int = MOST_SEARCHED) -> Burden | None:
    """The burden without the reads `free`, which were made before. None where some order leaves it open what is decided."""
    starts = [part for part in _told_apart(puzzle, free) if not puzzle.settled(part)]
    if not starts:
        return Burden(least=0, most=0)
    found = list[tuple[int, ...]]()
    for order in orders:
        path = _longest(puzzle, order, starts, free)
        if path is None:
            return None
        found.append(path)
    path = min(found, key=len)
    most = len(path)
    least = max(at_least(puzzle, part, free, most) for part in starts)
    if least < most <= searched:
        search = _Search(puzzle)
        while least < most and not all(search.enough(part, free, least) for part in starts):
            least += 1
        most = least
    return Burden(least=least, most=most, path=path)


def _told_apart(puzzle: Puzzle, made: int) -> list[int]:
    """The worlds in groups that agree in all that was read."""
    groups = [puzzle.worlds]
    for read in places(made):
        groups = [part for group in groups for part in puzzle.parts(group, read)]
    return groups


def _longest(puzzle: Puzzle, order: Order, starts: Sequence[int], free: int) -> tuple[int, ...] | None:
    """The reads of a recipe's order where it takes the most; None where it leaves something open."""
    longest: tuple[int, ...] = ()
    waiting: list[tuple[int, int, tuple[int, ...]]] = [(start, free, ()) for start in starts]
    while waiting:
        worlds, made, path = waiting.pop()
        read = _next(puzzle, order, worlds, made)
        if read is None:
            return None
        path = (*path, read)
        for part in puzzle.parts(worlds, read):
            if not puzzle.settled(part):
                waiting.append((part, made | 1 << read, path))
            elif len(path) > len(longest):
                longest = path
    return longest


def _next(puzzle: Puzzle, order: Order, worlds: int, made: int) -> int | None:
    """What is read next by the recipe as it is in the first of the worlds that are still possible, passing over what tells
    nothing, then over what cannot turn the decision of that world."""
    fallback = None
    for world in places(worlds):
        for read in order[world]:
            if made >> read & 1 or puzzle.unmet(read, made, world):
                continue
            others = worlds & ~puzzle.alike[read][world]
            if others & ~puzzle.agreeing[world] or puzzle.helps(read, made, world):
                return read
            fallback = read if others and fallback is None else fallback
        if fallback is not None:
            return fallback
    return None


def at_least(puzzle: Puzzle, worlds: int, made: int, enough: int) -> int:
    """What nobody gets around, as far as it is `enough`.

    Answers are chosen beforehand, for every read the one of one world or the one that is usual in a group of them, and given
    as long as they can be. Until one decision is left, every other world has to be told apart by some read.
    """
    best, seen = 0, set[tuple[int, ...]]()
    for said in _said(puzzle, worlds):
        answers = tuple([alike[world] for alike, world in zip(puzzle.alike, said, strict=True)])
        if answers in seen:
            continue
        seen.add(answers)
        best = max(best, _forced(puzzle, worlds, made, said))
        if best >= enough:
            break
    return best


def _said(puzzle: Puzzle, worlds: int) -> Iterator[tuple[int, ...]]:
    """For every read a world whose answer is given."""
    reads = range(len(puzzle.answers))
    for world in places(worlds):
        yield (world,) * len(reads)
    groups = {part for read in reads for part in puzzle.parts(worlds, read) if part.bit_count() > 2}
    for group in sorted({worlds, *groups}, key=lambda each: (-each.bit_count(), each)):
        yield tuple(_usual(puzzle, read, group) for read in reads)


def _usual(puzzle: Puzzle, read: int, worlds: int) -> int:
    """The first world that answers as most of them do."""
    return max(places(worlds), key=lambda world: ((puzzle.alike[read][world] & worlds).bit_count(), -world))


def _forced(puzzle: Puzzle, worlds: int, made: int, said: Sequence[int]) -> int:
    """Reads that it takes when every read answers what it answers in the world `said` for it."""
    left = [read for read in range(len(puzzle.answers)) if not made >> read & 1]
    telling = dict.fromkeys(places(worlds), 0)
    for read in left:
        for world in places(worlds & ~puzzle.alike[read][said[read]]):
            telling[world] |= 1 << read
    open_worlds = [world for world, reads in telling.items() if not reads]
    kept = {puzzle.agreeing[world] for world in (open_worlds or telling)}
    leading = _leading(puzzle, left, made, said)
    return min(
        _disjoint({reads for world, reads in telling.items() if reads and not keep >> world & 1}, leading) for keep in kept
    )


def _leading(puzzle: Puzzle, left: Sequence[int], made: int, said: Sequence[int]) -> dict[int, int]:
    """For every read that read with those without which it can never be asked for."""
    leading, needs = {read: 1 << read for read in left}, dict[int, list[int]]()
    for read in left:
        shown = [_showing(puzzle, need, said) for need in puzzle.needs[read]]
        needs[read] = [reads for reads in shown if not reads & made]
    helping = 0
    for reads in (each for masks in needs.values() for each in masks):
        helping |= reads
    whole = _reached(needs, made, 0) if helping else 0
    for helper in places(helping):
        lost = whole & ~_reached(needs, made, 1 << helper)
        for read in places(lost):
            leading[read] |= 1 << helper
    return leading


def _showing(puzzle: Puzzle, need: Need, said: Sequence[int]) -> int:
    """The reads whose answer, as it is chosen, holds what is needed."""
    reads = 0
    for by, answer in need:
        if puzzle.answers[by][said[by]] == answer:
            reads |= 1 << by
    return reads


def _reached(needs: Mapping[int, Sequence[int]], made: int, without: int) -> int:
    """What can be asked for one after the other."""
    asked, before = made, -1
    while asked != before:
        before = asked
        for read, shown in needs.items():
            if not asked >> read & 1 and not without >> read & 1 and all(reads & asked for reads in shown):
                asked |= 1 << read
    return asked & ~made


def _disjoint(asked: set[int], leading: dict[int, int]) -> int:
    """At least so many reads, when one of each set has to be made."""
    forced = 0
    for reads in asked:
        common = -1
        for read in places(reads):
            common &= leading[read]
        forced |= common
    count, taken = forced.bit_count(), forced
    for reads in sorted(asked, key=lambda each: (each.bit_count(), each)):
        if not reads & taken:
            count += 1
            taken |= reads
    return count


class _Search:
    """Are so many reads enough, whatever is answered?"""

    def __init__(self, puzzle: Puzzle) -> None:
        self._puzzle = puzzle
        self._known: dict[tuple[int, int, int], bool] = {}

    def enough(self, worlds: int, made: int, reads: int) -> bool:
        if self._puzzle.settled(worlds):
            return True
        if not reads:
            return False
        key = (worlds, made, reads)
        if key not in self._known:
            self._known[key] = self._found(worlds, made, reads)
        return self._known[key]

    def _found(self, worlds: int, made: int, reads: int) -> bool:
        puzzle = self._puzzle
        world = first(worlds)
        if _forced(puzzle, worlds, made, (world,) * len(puzzle.answers)) > reads:
            return False
        for read in range(len(puzzle.answers)):
            if made >> read & 1 or puzzle.unmet(read, made, world):
                continue
            parts = list(puzzle.parts(worlds, read))
            if len(parts) == 1 and not puzzle.helps(read, made, world):
                continue
            if all(self.enough(part, made | 1 << read, reads - 1) for part in parts):
                return True
        return False
