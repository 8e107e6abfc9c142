"""pass^1 … pass^K of a run, over all scenarios and by group: a fold over its conversations in the order of the run."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from engine.scenario import Scenario
from engine.scoring.estimate import Estimate, estimate, pass_hat
from engine.scoring.groups import BY, Group, groups, in_order
from engine.scoring.outcome import Outcome

EVERY = 16
"""Up to here every k is shown, above it those that double."""

_ALL: Group = ("", "all")
_DIGITS = 4

Cells = Counter[tuple[int, int]]
"""(trials that count, right ones) of a scenario: how many have them."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One group. `counted`: the trials that count, `right` of them right; `estimates` by k, over the scenarios with as many."""

    scenarios: int
    counted: int
    right: int
    estimates: Mapping[int, Estimate]

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        passed = {str(k): _rounded(found) for k, found in self.estimates.items()}
        return {"scenarios": self.scenarios, "counted": self.counted, "right": self.right, "pass^k": passed}


class Score:
    """Takes conversations, all trials of a scenario one after the other; keeps counts alone.

    `trials`: the most that a scenario had. `left_out`: conversations that say nothing of the agent, by whose doing.
    `silent`: scenarios of which none is left.
    """

    def __init__(self) -> None:
        self.trials = 0
        self.conversations = 0
        self.silent = 0
        self.left_out = Counter[str]()
        self._cells: dict[Group, Cells] = {}
        self._latest: Scenario | None = None
        self._outcomes: list[bool | None] = []

    def take(self, scenario: Scenario, outcome: Outcome) -> None:
        """One conversation."""
        if self._latest is None or self._latest.id != scenario.id:
            self._close()
            self._latest = scenario
        self.conversations += 1
        self._outcomes.append(outcome.right)
        self.trials = max(self.trials, len(self._outcomes))
        if outcome.right is None:
            self.left_out[outcome.why] += 1

    def _close(self) -> None:
        """A scenario has had all its trials."""
        counted = [right for right in self._outcomes if right is not None]
        if self._latest is not None and counted:
            cell = (len(counted), counted.count(True))
            for group in (_ALL, *groups(self._latest)):
                self._cells.setdefault(group, Counter())[cell] += 1
        elif self._latest is not None:
            self.silent += 1
        self._latest, self._outcomes = None, []

    def overall(self) -> Row:
        """All of them."""
        self._close()
        return self._row(self._cells.get(_ALL, Counter()))

    def by(self, names: Iterable[str] = BY) -> dict[str, dict[str, Row]]:
        """By these groupings, each with its groups in order."""
        self._close()
        found: dict[str, dict[str, Row]] = {name: {} for name in BY if name in names}
        for group in sorted((group for group in self._cells if group[0] in found), key=in_order):
            found[group[0]][group[1]] = self._row(self._cells[group])
        return found

    def as_dict(self, names: Iterable[str] = BY) -> dict[str, Any]:
        """Plain values, for JSON."""
        rows = {name: {label: row.as_dict() for label, row in part.items()} for name, part in self.by(names).items()}
        return {
            "trials": self.trials,
            "conversations": self.conversations,
            "left_out": dict(sorted(self.left_out.items())),
            "scenarios_left_out": self.silent,
            **self.overall().as_dict(),
            **{f"by_{name}": part for name, part in rows.items()},
        }

    def _row(self, cells: Cells) -> Row:
        estimates = {k: found for k in ks(self.trials) if (found := passed(cells, k)) is not None}
        counted = sum(int(number) * int(count) for (number, _), count in cells.items())
        right = sum(int(number) * int(count) for (_, number), count in cells.items())
        return Row(scenarios=cells.total(), counted=counted, right=right, estimates=estimates)


def ks(trials: int) -> list[int]:
    """The k that are shown of so many trials."""
    shown, doubled = list(range(1, min(trials, EVERY) + 1)), EVERY * 2
    while doubled <= trials:
        shown.append(doubled)
        doubled *= 2
    return shown


def passed(cells: Cells, k: int) -> Estimate | None:
    """pass^k over the scenarios that have as many trials; None where there is none."""
    fitting = sorted((cell, count) for cell, count in cells.items() if cell[0] >= k)
    if not fitting:
        return None
    values = [pass_hat(trials, right, k) for (trials, right), _ in fitting]
    return estimate(values, [count for _, count in fitting], single=all(trials == 1 for (trials, _), _ in fitting))


def _rounded(found: Estimate) -> dict[str, Any]:
    values = {name: round(value, _DIGITS) for name, value in (("value", found.value), ("low", found.low), ("high", found.high))}
    return {**values, "method": found.method, "scenarios": found.scenarios}
