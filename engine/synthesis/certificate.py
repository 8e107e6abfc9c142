"""A smallest set of reads that shows, in the world as it is, that no listed world which decides otherwise is meant."""

from collections.abc import Iterator

from engine.synthesis.puzzle import Puzzle, places


def certificate(puzzle: Puzzle, given: int = 0) -> tuple[int, ...] | None:
    """The reads, in an order in which each can be asked for; of several smallest sets the first in reading order.

    `given` are reads that are made in any case. None: no reads tell all worlds apart.
    """
    told = [
        _mask(read for read in range(len(puzzle.answers)) if not puzzle.alike[read][0] >> world & 1)
        for world in places(puzzle.worlds & ~puzzle.agreeing[0])
    ]
    if not all(told):
        return None
    made = given
    while (only := _lacks(puzzle, told, given, made) or 0).bit_count() == 1:
        made |= only
    for size in range((made & ~given).bit_count(), len(puzzle.answers) + 1):
        found = _smallest(puzzle, told, given, made, size)
        if found is not None:
            return tuple(_in_order(puzzle, found, given))
    return None


def _in_order(puzzle: Puzzle, reads: int, made: int) -> Iterator[int]:
    """Reads in reading order, each when it can be asked for."""
    while left := reads & ~made:
        read = next(each for each in places(left) if not puzzle.unmet(each, made, 0))
        made |= 1 << read
        yield read


def _smallest(puzzle: Puzzle, told: list[int], given: int, sure: int, size: int) -> int | None:
    """Of the sets of so many reads that tell everything and can be asked for, the first in reading order; all have `sure`."""
    found, seen, waiting = set[int](), set[int](), [sure]
    while waiting:
        made = waiting.pop()
        if made in seen:
            continue
        seen.add(made)
        options = _lacks(puzzle, told, given, made)
        if options is None:
            found.add(made & ~given)
        elif (made & ~given).bit_count() < size:
            waiting += [made | 1 << read for read in places(options & ~made)]
    return min(found, key=lambda reads: list(places(reads))) if found else None


def _lacks(puzzle: Puzzle, told: list[int], given: int, made: int) -> int | None:
    """Reads of which one is still missing in a set: the fewest that there are; None for a set that is complete."""
    missing = [reads for reads in told if not reads & made]
    missing += _unasked(puzzle, given, made)
    return min(missing, key=lambda reads: (reads.bit_count(), reads)) if missing else None


def _unasked(puzzle: Puzzle, given: int, made: int) -> Iterator[int]:
    """For the reads of a set that cannot be asked for, whatever the order: the reads of which one would help."""
    asked, left = given, made & ~given
    while ready := _mask(read for read in places(left) if not puzzle.unmet(read, asked, 0)):
        asked, left = asked | ready, left & ~ready
    shown = [
        _mask(by for by, said in need if puzzle.answers[by][0] == said)
        for read in places(left)
        for need in puzzle.unmet(read, asked, 0)
    ]
    nowhere = [reads for reads in shown if not reads & made]
    if shown and not nowhere:  # they only lead to each other
        yield _mask(by for reads in shown for by in places(reads & ~made))
    yield from nowhere


def roles(puzzle: Puzzle, whole: int) -> tuple[int, int]:
    """Of the reads of a certificate: those that alone show some world that decides otherwise, and those that lead to others."""
    alone = lead = 0
    for world in places(puzzle.worlds & ~puzzle.agreeing[0]):
        shown = _mask(read for read in places(whole) if not puzzle.alike[read][0] >> world & 1)
        if shown.bit_count() == 1:
            alone |= shown
    for read in places(whole & ~alone):
        if any(not _askable(puzzle, whole & ~(1 << read), other) for other in places(whole & ~(1 << read))):
            lead |= 1 << read
    return alone, lead


def _askable(puzzle: Puzzle, made: int, read: int) -> bool:
    """Can a read of a set be asked for by making only reads of that set?"""
    asked, left = 0, made
    while ready := _mask(each for each in places(left) if not puzzle.unmet(each, asked, 0)):
        if ready >> read & 1:
            return True
        asked, left = asked | ready, left & ~ready
    return False


def _mask(reads: Iterator[int]) -> int:
    mask = 0
    for read in reads:
        mask |= 1 << read
    return mask
