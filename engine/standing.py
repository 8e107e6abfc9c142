"""How a run stands: its verdicts by whose doing they were, its models, and what whoever watches it is told."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import msgspec

from engine.checkers.verdict import Verdict
from engine.journal import TRIALS, Journal
from engine.models.meter import Meter
from engine.models.usage import Spent

ENOUGH = 20
"""Verdicts before an accept rate says anything."""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How endpoints stand now, and what the run has spent in all its sessions."""

    meter: Meter
    spent: Spent


class Tally:
    """Verdicts so far; `rejected` and `failed` by whose doing it was. `before` are those to go on from."""

    def __init__(self, before: "Tally | None" = None) -> None:
        self.accepted: int = before.accepted if before else 0
        self.rejected: Counter[str] = Counter(before.rejected if before else ())
        self.failed: Counter[str] = Counter(before.failed if before else ())

    def count(self, verdict: Verdict) -> None:
        """One more."""
        if verdict.standing == "accepted":
            self.accepted += 1
        elif verdict.standing == "rejected":
            self.rejected[verdict.blame or "nobody"] += 1
        else:
            self.failed["checker" if verdict.standing == "unjudged" else verdict.blame or "nobody"] += 1

    @property
    def judged(self) -> int:
        """How many there are."""
        return self.accepted + self.rejected.total() + self.failed.total()

    def __str__(self) -> str:
        return f"{self.accepted} accepted, {_whose(self.rejected, 'rejected')}, {_whose(self.failed, 'failed')}"

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        rejected, failed = (dict(sorted(each.items())) for each in (self.rejected, self.failed))
        return {"accepted": self.accepted, "rejected": rejected, "failed": failed}


def _whose(counts: Counter[str], what: str) -> str:
    each = ", ".join(f"{whose} {count}" for whose, count in sorted(counts.items()))
    return f"{counts.total()} {what}{f' ({each})' if each else ''}"


class Floor:
    """Warns once when too few are accepted; a share of 0 or none never."""

    def __init__(self, share: float | None) -> None:
        self._share = share or 0.0

    def warning(self, tally: Tally) -> str:
        """The line that is due now, mostly empty."""
        judged, share = tally.judged, self._share
        if judged < ENOUGH or tally.accepted >= share * judged:
            return ""
        self._share = 0.0
        return f"{tally.accepted / judged:.0%} of {judged} conversations are accepted, fewer than --floor {share:.0%}"


Begun = Callable[[int, Tally], object]
"""Is told how many conversations a run has, and the verdicts that stand from before."""
Watch = Callable[[Standing], object]
"""Is told every second."""


def judged_before(journal: Journal, scenarios: int, trials: int) -> Tally:
    """The verdicts that stand among the first scenarios' first trials; what failed or is unjudged is due again."""
    tally = Tally()
    for conversation, standing in journal.standings():
        place, trial = divmod(conversation, TRIALS)
        if place >= scenarios or trial >= trials:
            continue
        if standing == "accepted":
            tally.accepted += 1
        elif standing == "rejected" and (verdict := journal.verdict(conversation)) is not None:
            tally.count(verdict)
    return tally


def details(verdict: Verdict, why: str) -> list[str]:
    """What is known of a conversation that could not be carried out or judged: what was told to whoever asked, and findings."""
    return list(dict.fromkeys(filter(None, (why, *(finding.detail for finding in verdict.findings)))))
