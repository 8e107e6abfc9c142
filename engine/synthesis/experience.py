"""What the making of a pack has taught so far: which recipes serve a need, which proofs come out, which aims are reached.

Above: building.py and pack.py, which try the likely first. Nothing here is a matter of time or chance but what is drawn: the
same pack is made on every machine.
"""

from collections import Counter, deque
from collections.abc import Hashable, Mapping, Sequence
from random import Random

from engine.synthesis.dials import Span

SELDOM = 0.005
"""A recipe that serves a need more seldom than that is tried as if it served so often."""

RARELY = 0.05
"""How often a proof is tried at least, although those like it hardly ever come out as wanted."""

SURELY = 0.35
"""A proof that comes out so often is always tried."""

READILY = 600
"""After so many drafts for one scenario every proof is tried."""

HARDLY = 0.05
"""How often an aim is tried at least, although it was missed."""

REMEMBERED = 60
"""So many of the burdens that the proofs of a recipe's requests came to are remembered."""

HEAVIEST = 30
"""More reads are hardly ever taken."""

ALWAYS = 60
"""What every draft costs, in look-ups, whatever it looks up itself."""


class Experience:
    """Counts of what was tried and what came of it."""

    def __init__(self) -> None:
        self._tried = Counter[tuple[Hashable, str]]()
        self._served = Counter[tuple[Hashable, str]]()
        self._looks = Counter[str]()
        self._read, self._reads = Counter[str](), dict[str, dict[int, int]]()
        self._drafts = Counter[str]()
        self._proofs = Counter[Hashable]()
        self._less = Counter[tuple[Hashable, int | None]]()
        self._came, self._came_to = dict[str, deque[int]](), dict[str, Counter[int]]()
        self._aimed, self._hit = Counter[Span](), Counter[Span]()
        self._burdens = Counter[int]()

    def tried(self, need: Hashable, recipe: str, *, looks: int, served: bool) -> None:
        """Count a draft that was tried for a need, and how often it looked something up."""
        self._tried[need, recipe] += 1
        self._served[need, recipe] += served
        self._drafts[recipe] += 1
        self._looks[recipe] += looks

    def read(self, recipe: str, reads: int) -> None:
        """Count a draft that takes so many reads."""
        self._read[recipe] += 1
        counts = self._reads.setdefault(recipe, {})
        counts[reads] = counts.get(reads, 0) + 1

    def serves(self, need: Hashable, recipe: str, burdens: Sequence[Span]) -> float:
        """How often a recipe serves a need, and takes one of the burdens (none: any), for what it costs."""
        often = (self._served[need, recipe] + 1) / (self._tried[need, recipe] + 2)
        if burdens:
            ranges = [(span.low, min(span.high, HEAVIEST) + 1) for span in burdens]
            taken = _within(self._reads.get(recipe, {}), ranges)
            often *= (taken + 1) / (self._read[recipe] + 2)
            came = self._came.get(recipe, ())
            hits = _within(self._came_to.get(recipe, {}), [(span.low, span.high) for span in burdens])
            often *= (hits + 1) / (len(came) + 1)
        return max(SELDOM, often) / (1 + self._looks[recipe] / (1 + self._drafts[recipe]) / ALWAYS)

    def proven(self, kind: tuple[str, bool], reads: int, burden: int | None) -> None:
        """Count a proof of something that takes so many reads by its recipe's order; None: it was not admitted."""
        self._proofs[kind] += 1
        self._less[kind, None if burden is None else reads - burden] += 1
        came, counts = self._came.setdefault(kind[0], deque()), self._came_to.setdefault(kind[0], Counter())
        came.append(-1 if burden is None else burden)
        counts[came[-1]] += 1
        if len(came) > REMEMBERED:
            counts[came.popleft()] -= 1

    def is_worth(self, kind: Hashable, reads: int, spans: Sequence[Span], drafts: int, random: Random) -> bool:
        """Should a proof be tried, by how much less than was read those before it needed? More readily after many drafts."""
        less = {reads - burden for span in spans for burden in range(span.low, min(span.high, reads) + 1)}
        wanted = Counter({each: self._less[kind, each] for each in less}).total()
        often = (wanted + 0.5) / (self._proofs[kind] + 0.5)
        return random.random() < max(RARELY, drafts / READILY, (often / SURELY) ** 2)

    def made(self, burden: int) -> None:
        """Count a read-heavy scenario."""
        self._burdens[burden] += 1

    def aimed(self, aims: Sequence[Span], burden: int | None) -> None:
        """Count a search that aimed at these; it came to a burden, or to None of them."""
        for aim in aims:
            if burden is None or aim.has(burden):
                self._aimed[aim] += 1
                self._hit[aim] += burden is not None

    def aims(self, spread: Sequence[tuple[int, int, float]], random: Random) -> tuple[Span, ...]:
        """The parts of a spread that have less than their share; the share of one that is hardly ever hit is the next lower's."""
        total, carried, found = self._burdens.total() + 1, 0.0, list[Span]()
        for low, high, share in reversed(spread):
            aim, due = Span(low, high, low), share + carried
            often = 2 * (self._hit[aim] + 1) / (self._aimed[aim] + 1)
            carried = 0.0 if random.random() < max(HARDLY, often) else due
            has = Counter({burden: self._burdens[burden] for burden in range(low, high + 1)}).total()
            if not carried and has < due * total:
                found.append(aim)
        return tuple(reversed(found))


def _within(counts: Mapping[int, int], ranges: Sequence[tuple[int, int]]) -> int:
    """How many were counted in any of the ranges."""
    total = 0
    for number, times in counts.items():
        for low, high in ranges:
            if low <= number <= high:
                total += times
                break
    return total
