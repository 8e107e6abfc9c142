"""Certificate and burden against a brute force that is written here, naively, over small invented worlds.

A riddle is a list of worlds, each with what it decides and what every read answers in it, and for every read the words that
must have stood in an answer before it can be asked for. The brute force tries every set of reads and every order.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import combinations, permutations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.synthesis.burden import burden
from engine.synthesis.certificate import certificate, roles
from engine.synthesis.puzzle import Puzzle


class Riddle(msgspec.Struct, frozen=True):
    """`worlds`: what is decided, and the answer of each read; an answer is a text of words. `needs`: words, by read."""

    worlds: tuple[tuple[str, tuple[str, ...]], ...]
    needs: tuple[tuple[str, ...], ...]

    @property
    def reads(self) -> range:
        return range(len(self.needs))


# By brute force


def can_ask(riddle: Riddle, read: int, heard: frozenset[str]) -> bool:
    return all(any(word in text.split() for text in heard) for word in riddle.needs[read])


def fewest(riddle: Riddle, free: frozenset[int] = frozenset()) -> float:
    """The burden by definition: over all strategies the least, over all worlds the most reads that are not free."""

    @cache
    def left(worlds: frozenset[int], made: frozenset[int]) -> float:
        if len({riddle.worlds[world][0] for world in worlds}) == 1:
            return 0
        some = min(worlds)
        heard = frozenset(riddle.worlds[some][1][read] for read in made)
        best = float("inf")
        for read in set(riddle.reads) - made:
            if can_ask(riddle, read, heard):
                answers = {riddle.worlds[world][1][read] for world in worlds}
                after = [frozenset(w for w in worlds if riddle.worlds[w][1][read] == answer) for answer in answers]
                best = min(best, 1 + max(left(part, made | {read}) for part in after))
        return best

    answers = {tuple(answers[read] for read in sorted(free)) for _, answers in riddle.worlds}
    groups = [
        frozenset(w for w, (_, given) in enumerate(riddle.worlds) if tuple(given[read] for read in sorted(free)) == each)
        for each in answers
    ]
    return max(left(group, free) for group in groups)


def identifies(riddle: Riddle, reads: Sequence[int]) -> bool:
    decided, answers = riddle.worlds[0]
    alike = [world for world, given in riddle.worlds if all(given[read] == answers[read] for read in reads)]
    return set(alike) <= {decided}


def can_ask_all(riddle: Riddle, reads: Sequence[int], given: Sequence[int]) -> bool:
    answers = riddle.worlds[0][1]
    for order in permutations(reads):
        if all(can_ask(riddle, read, frozenset(answers[r] for r in (*given, *order[:n]))) for n, read in enumerate(order)):
            return True
    return not reads


def smallest(riddle: Riddle, given: Sequence[int] = ()) -> set[int] | None:
    others = [read for read in riddle.reads if read not in given]
    for size in range(len(others) + 1):
        for reads in combinations(others, size):
            if identifies(riddle, (*given, *reads)) and can_ask_all(riddle, reads, given):
                return set(reads)
    return None


# The same as a puzzle


def puzzle(riddle: Riddle) -> Puzzle:
    needs = [
        [
            frozenset(
                (by, numbered(riddle, by, answer))
                for by in riddle.reads
                for _, answers in riddle.worlds
                if word in (answer := answers[by]).split()
            )
            for word in words
        ]
        for words in riddle.needs
    ]
    names = [decided for decided, _ in riddle.worlds]
    answers = [[numbered(riddle, read, given[read]) for _, given in riddle.worlds] for read in riddle.reads]
    return Puzzle([names.index(name) for name in names], answers, needs)


def numbered(riddle: Riddle, read: int, answer: str) -> int:
    return [given[read] for _, given in riddle.worlds].index(answer)


def orders(riddle: Riddle, free: Sequence[int] = ()) -> list[list[list[int]]]:
    """Two orders of a recipe that reads whatever it can, from the first or from the last read on."""
    worlds = range(len(riddle.worlds))
    return [[list(_plan(riddle, world, reads, free)) for world in worlds] for reads in (riddle.reads, riddle.reads[::-1])]


def _plan(riddle: Riddle, world: int, reads: Sequence[int], free: Sequence[int]) -> Iterator[int]:
    made = list(free)
    while True:
        heard = frozenset(riddle.worlds[world][1][read] for read in made)
        ready = [read for read in reads if read not in made and can_ask(riddle, read, heard)]
        if not ready:
            return
        made.append(ready[0])
        yield ready[0]


def mask(reads: Sequence[int]) -> int:
    found = 0
    for read in reads:
        found |= 1 << read
    return found


WORDS = "abc"


@st.composite
def riddles(draw: st.DrawFn) -> Riddle:
    """Worlds that differ from the first in few answers, as edits make them, or in anything."""
    count = draw(st.integers(1, 5))
    texts = st.sampled_from(["", "a", "b", "c", "a b", "x", "b x"])
    base = tuple(draw(texts) for _ in range(count))
    worlds = [("0", base)]
    for number in range(draw(st.integers(0, 5))):
        answers = list(base)
        for read in draw(st.lists(st.integers(0, count - 1), min_size=1, max_size=3)):
            answers[read] = draw(texts)
        worlds.append((draw(st.sampled_from(["0", "1", "2", str(number + 3)])), tuple(answers)))
    needs = tuple(tuple(draw(st.lists(st.sampled_from(WORDS), max_size=1 if read else 0))) for read in range(count))
    return Riddle(tuple(worlds), needs)


@settings(max_examples=250, deadline=None)
@given(riddles(), st.data())
def test_the_burden_is_what_the_best_order_takes_in_the_worst_world(riddle: Riddle, data: st.DataObject) -> None:
    """With and without reads that were made before; and what is only bounded lies between its bounds."""
    free = data.draw(st.sets(st.sampled_from(riddle.reads), max_size=2))
    truth = fewest(riddle, frozenset(free))
    found = burden(puzzle(riddle), orders(riddle, sorted(free)), mask(sorted(free)))
    if truth == float("inf"):
        assert found is None
        return
    assert found is not None and found.proven and found.least == truth
    bounded = burden(puzzle(riddle), orders(riddle, sorted(free)), mask(sorted(free)), searched=0)
    assert bounded is not None and bounded.least <= truth <= bounded.most


@settings(max_examples=250, deadline=None)
@given(riddles(), st.data())
def test_the_certificate_is_the_first_of_the_smallest_identifying_sets(riddle: Riddle, data: st.DataObject) -> None:
    """Also beside reads that are made in any case; each of its reads tells a world apart that no other does, or leads on."""
    given_reads = [read for read in data.draw(st.sets(st.sampled_from(riddle.reads), max_size=1)) if not riddle.needs[read]]
    truth = smallest(riddle, given_reads)
    found = certificate(puzzle(riddle), mask(given_reads))
    assert (None if found is None else set(found)) == truth
    if found is None:
        return
    alone, lead = roles(puzzle(riddle), mask((*given_reads, *found)))
    assert all((alone | lead) >> read & 1 for read in found)
    answers = riddle.worlds[0][1]
    heard = [answers[read] for read in given_reads]
    for read in found:
        assert can_ask(riddle, read, frozenset(heard))
        heard.append(answers[read])


def riddle(needs: str, *worlds: str) -> Riddle:
    """'decided answer answer …', `_` for blanks inside an answer, `-` for no answer; needs by read, `-` for none."""
    rows = [world.split() for world in worlds]
    said = tuple((row[0], tuple(text.replace("_", " ").replace("-", "") for text in row[1:])) for row in rows)
    return Riddle(said, tuple(tuple(need.replace("-", "").split("_")) if need != "-" else () for need in needs.split()))


CASES: dict[str, tuple[Riddle, tuple[int, ...], int]] = {
    "nothing to find out": (riddle("-", "A p", "A q"), (), 0),
    "a fact shown by two reads: the first in reading order": (riddle("- -", "A p r", "B q s"), (0,), 1),
    "two facts, each with its read": (riddle("- -", "A p r", "B q r", "C p s"), (0, 1), 2),
    "an extreme: every read could show a better one": (riddle("- - -", "A p r x", "B b r x", "C p b x", "D p r b"), (0, 1, 2), 3),
    "a scan: lucky in this world, not in the worst; the last need not be read": (
        riddle("- - -", "A it no no", "B no it no", "C no no it"),
        (0,),
        2,
    ),
    "absence: all have to be read": (riddle("- - -", "N no no no", "A it no no", "B no it no", "C no no it"), (0, 1, 2), 3),
    "a read that leads to another": (riddle("- a", "A a p", "B a q"), (0, 1), 2),
    "a list that leads to all of a scan": (
        riddle("- a b c", "A a_b_c it no no", "B a_b_c no it no", "C a_b_c no no it"),
        (0, 1),
        3,
    ),
    "one read shows everything": (riddle("- - -", "A p r x", "B q s x", "C t r y"), (0,), 1),
    "worlds that decide the same cost nothing": (riddle("- -", "A p r", "A q r", "B p s"), (1,), 1),
}


@pytest.mark.parametrize("case", CASES)
def test_small_worlds(case: str) -> None:
    """Certificate and burden as they are by hand, and by brute force."""
    it, reads, count = CASES[case]
    assert certificate(puzzle(it)) == reads
    found = burden(puzzle(it), orders(it))
    assert found is not None and (found.least, found.most) == (count, count)
    assert (smallest(it), fewest(it)) == (set(reads), count)


def test_what_an_earlier_decision_needed_is_not_counted_again() -> None:
    """Two reads decide; the first was made for an earlier write, whatever it answered."""
    two = puzzle(riddle("- -", "A p r", "B q r", "C p s"))
    plans = orders(riddle("- -", "A p r", "B q r", "C p s"))
    assert [found.most for free in (0, 1, 2, 3) if (found := burden(two, plans, free))] == [2, 1, 1, 0]


def test_above_the_search_the_bounds_have_to_meet() -> None:
    """A dozen reads for an extreme are proven without a search; where an order is better than the recipe's, nothing is."""
    better = [tuple("y" if read == place else "x" for read in range(12)) for place in range(12)]
    worlds = [("0", ("x",) * 12), *((str(place + 1), answers) for place, answers in enumerate(better))]
    extreme = Riddle(tuple(worlds), ((),) * 12)
    found = burden(puzzle(extreme), orders(extreme))
    assert found is not None and found.proven and found.most == 12
    told = "0 x x x x", "1 z y z x", "2 x z x x", "3 x x x z", "4 x y y z"
    bounded, searched = (burden(puzzle(it), orders(it), searched=most) for it in [riddle("- - - -", *told)] for most in (0, 8))
    assert bounded is not None and (bounded.least, bounded.most) == (2, 3) and not bounded.proven
    assert searched is not None and (searched.least, searched.most) == (2, 2)
