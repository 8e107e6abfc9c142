"""Two runs over the same scenarios, paired by scenario and trial: which is better, by how much, where, and by which check."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from engine.scenario import Scenario, WorldRef, encode
from engine.scoring.estimate import Estimate, difference, mean, sign_test
from engine.scoring.groups import BY, Group, groups, in_order
from engine.scoring.outcome import Outcome

_ALL: Group = ("", "all")
_DIGITS = 4

Trial = tuple[Scenario, int, Outcome]
"""One conversation of a run: its scenario, the trial, what it says of the agent."""


class Changed(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation that is right in one run only; `check` is what rejected it in the other."""

    scenario: str
    trial: int
    better: bool
    check: str


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One group: scenarios in which the second run is right more often (`wins`), less often (`losses`), as often (`ties`);
    pass^1 of both over the paired trials, its difference, and p of the exact sign test over wins and losses."""

    wins: int
    losses: int
    ties: int
    first: float
    second: float
    difference: Estimate
    p: float

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        numbers = {"first": self.first, "second": self.second, "difference": self.difference.value}
        ends = {"low": self.difference.low, "high": self.difference.high, "p": self.p}
        rounded = {name: round(value, _DIGITS) for name, value in (numbers | ends).items()}
        counts = {"scenarios": self.wins + self.losses + self.ties, "wins": self.wins, "losses": self.losses, "ties": self.ties}
        return {**counts, **rounded, "method": self.difference.method}


Pair = tuple[float, float]
"""The shares of a scenario's paired trials that are right, in either run."""


class Comparison:
    """`pairs`: trials that both runs have and that count in both; `left_out`: those that do not count, by run and whose doing.
    `alone`: scenarios that one run has alone; `other`: those that are called alike and are not the same.
    """

    def __init__(self, first: Iterable[Trial], second: Iterable[Trial]) -> None:
        mine, theirs = _tasks(first), _tasks(second)
        shared = [name for name in mine if name in theirs]
        same = [name for name in shared if mine[name].digest == theirs[name].digest]
        self.alone = (len(mine) - len(shared), len(theirs) - len(shared))
        self.other = len(shared) - len(same)
        self.pairs = 0
        self.left_out = Counter[tuple[str, str]]()
        self.changed: list[Changed] = []
        self._cells: dict[Group, Counter[Pair]] = {}
        for name in same:
            self._take(name, mine[name], theirs[name])

    def _take(self, name: str, mine: "_Task", theirs: "_Task") -> None:
        counted: list[tuple[bool, bool]] = []
        for trial in sorted(mine.trials.keys() & theirs.trials.keys()):
            first, second = mine.trials[trial], theirs.trials[trial]
            if first.right is None or second.right is None:
                which, outcome = ("first", first) if first.right is None else ("second", second)
                self.left_out[which, outcome.why] += 1
                continue
            counted.append((first.right, second.right))
            if first.right != second.right:
                check = first.why if second.right else second.why
                self.changed.append(Changed(scenario=name, trial=trial, better=second.right, check=check))
        if counted:
            self.pairs += len(counted)
            rights = tuple(sum(bool(pair[side]) for pair in counted) / len(counted) for side in (0, 1))
            for group in (_ALL, *mine.groups):
                self._cells.setdefault(group, Counter())[rights[0], rights[1]] += 1

    def overall(self) -> Row | None:
        """All that is compared; None for nothing."""
        return row(self._cells[_ALL]) if self._cells else None

    def by(self, names: Iterable[str] = BY) -> dict[str, dict[str, Row]]:
        """By these groupings, each with its groups in order."""
        found: dict[str, dict[str, Row]] = {name: {} for name in BY if name in names}
        for group in sorted((group for group in self._cells if group[0] in found), key=in_order):
            found[group[0]][group[1]] = row(self._cells[group])
        return found

    def as_dict(self, names: Iterable[str] = BY) -> dict[str, Any]:
        """Plain values, for JSON."""
        whole = self.overall()
        parts = {name: {label: each.as_dict() for label, each in part.items()} for name, part in self.by(names).items()}
        return {
            "trials": self.pairs,
            **({} if whole is None else whole.as_dict()),
            "left_out": {f"{which}: {why}": count for (which, why), count in sorted(self.left_out.items())},
            "only_in_first": self.alone[0],
            "only_in_second": self.alone[1],
            "other_scenarios_of_one_name": self.other,
            **{f"by_{name}": part for name, part in parts.items()},
            "changed": msgspec.to_builtins(self.changed),
        }


def row(cells: Mapping[Pair, int]) -> Row:
    """The figures of the scenarios that have these pairs."""
    wins = sum(int(count) for (first, second), count in cells.items() if second > first)
    losses = sum(int(count) for (first, second), count in cells.items() if second < first)
    pairs = sorted(cells.items())
    counts = [count for _, count in pairs]
    first, second = (mean([pair[side] for pair, _ in pairs], counts) for side in (0, 1))
    apart: Counter[float] = Counter()
    for (mine, theirs), count in pairs:
        apart[theirs - mine] += count
    by_size = sorted(apart.items())
    found = difference([each for each, _ in by_size], [count for _, count in by_size])
    return Row(
        wins=wins,
        losses=losses,
        ties=sum(int(count) for count in counts) - wins - losses,
        first=first,
        second=second,
        difference=found,
        p=sign_test(wins, losses),
    )


class _Task(msgspec.Struct):
    """What is kept of a scenario: a digest that tells whether another is the same, its groups, what became of its trials."""

    digest: bytes
    groups: tuple[Group, ...]
    trials: dict[int, Outcome]


def _tasks(trials: Iterable[Trial]) -> dict[str, _Task]:
    found: dict[str, _Task] = {}
    for scenario, trial, outcome in trials:
        if scenario.id not in found:
            found[scenario.id] = _Task(_digest(scenario), groups(scenario), {})
        found[scenario.id].trials[trial] = outcome
    return found


def _digest(scenario: Scenario) -> bytes:
    """The same for the same scenario, wherever its world lies."""
    world = WorldRef(source="", digest=scenario.world.digest)
    return hashlib.sha256(encode(msgspec.structs.replace(scenario, world=world))).digest()
