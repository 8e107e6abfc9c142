"""What a pack is like, counted scenario by scenario: for the person who asked for it."""

from collections import Counter
from collections.abc import Iterator

from engine.scenario import Scenario
from engine.synthesis.dials import MOST_BURDEN, MOST_WRITES, Target
from engine.synthesis.pack import Pack

BURDENS = ((0, 0), (1, 4), (5, 8), (9, 16), (17, MOST_BURDEN))
"""The columns of the table: from, to."""

REASONS = 12
"""Reasons for not admitting a draft that are printed, the most frequent first."""


def end(scenario: Scenario) -> str:
    """How a scenario ends."""
    outcomes = [decision.outcome for decision in scenario.decisions]
    refused = scenario.answer.refuse or scenario.answer.transfer
    if scenario.gold.writes:
        return "refused in part" if refused else "declined in part" if "declined" in outcomes else "with all changes"
    if refused:
        return "refused"
    return "declined by the customer" if "declined" in outcomes else "information only"


UNCHANGED = ("refused", "declined by the customer", "information only")
"""The ends without a change."""


class Tally:
    """Counts of what a pack has."""

    def __init__(self) -> None:
        self.kinds = Counter[str]()
        self.ends = Counter[str]()
        self.recipes = Counter[str]()
        self.cells = Counter[tuple[int, int]]()
        self.twins = Counter[str]()

    def take(self, scenario: Scenario) -> None:
        """Count a scenario."""
        self.kinds[scenario.kind] += 1
        self.ends[end(scenario)] += 1
        self.recipes.update(request.recipe for request in scenario.requests)
        self.cells[min(len(scenario.gold.writes), MOST_WRITES), _column(scenario.burden)] += 1
        if scenario.provenance.twin_of is not None:
            self.twins[scenario.id.rpartition("-")[2]] += 1

    @property
    def unchanged(self) -> float:
        """The share of scenarios without a change."""
        return Counter({name: self.ends[name] for name in UNCHANGED}).total() / max(1, self.ends.total())

    def lines(self, pack: Pack) -> Iterator[str]:
        """Kinds, writes × burden, outcomes, recipes, what this world did not yield, and the drafts that were not admitted."""
        yield f"kinds: {_shares(self.kinds)}"
        yield f"outcomes: {100 * self.unchanged:.0f} % without a change ({_shares(self.ends)})"
        yield from _table(self.cells)
        yield f"recipes, of {self.recipes.total()} requests: {_shares(self.recipes)}"
        if self.twins or pack.twins:
            made = ", ".join(f"{number} {name}" for name, number in sorted(self.twins.items())) or "none"
            total = max(1, self.kinds.total())
            share, asked = 2 * self.twins.total() / total, f"{pack.twins:.0%} were asked for"
            short = f"; {share:.0%} of the scenarios stand in pairs, {asked}: one with a plot has no twin, nor have all others"
            yield f"twins: {made}{short if share + 2 / total < pack.twins else ''}"
        yield from pack.loosened()
        for missed in pack.missed.values():
            yield f"not to be had here, {missed.times} times: {_missed(missed.target, missed.writes, missed.burden)}"
        if pack.rejected:
            yield f"drafts not admitted: {pack.rejected.total()}"
        for reason, number in pack.rejected.most_common(REASONS):
            yield f"  {number} {reason}"


def _column(burden: int) -> int:
    return next((place for place, (_, high) in enumerate(BURDENS) if burden <= high), len(BURDENS) - 1)


def _shares(counts: Counter[str]) -> str:
    """'12 normal (40 %), …', the most frequent first."""
    total = max(1, counts.total())
    return ", ".join(f"{number} {name} ({100 * number / total:.0f} %)" for name, number in counts.most_common())


def _table(cells: Counter[tuple[int, int]]) -> Iterator[str]:
    names = [f"{low}+" if high == MOST_BURDEN else str(low) if low == high else f"{low}-{high}" for low, high in BURDENS]
    yield f"{'writes, by burden':<18}" + "".join(f"{name:>6}" for name in names)
    for writes in range(MOST_WRITES + 1):
        yield f"{writes:<18}" + "".join(f"{cells[writes, column]:>6}" for column in range(len(BURDENS)))


def _missed(target: Target, writes: int, burden: int) -> str:
    """'burden 12-16 with 3 writes; instead up to 7 with 3 writes'."""
    low, high = target.writes.low, target.writes.high
    several = f"{low}" if low == high else f"{low}-{high}"
    wanted = f"{target.burden.low}" if target.burden.low == target.burden.high else f"{target.burden.low}-{target.burden.high}"
    kind = f" ({target.kind})" if target.kind else ""
    return f"burden {wanted} with {several} writes{kind}; instead up to {burden} with {writes} writes"
