"""The counts of a run, for people and for scripts."""

from collections import Counter
from typing import Any

from engine.checkers.verdict import Verdict
from engine.dataset.costs import Costs
from engine.scenario import Scenario
from engine.scoring.outcome import Outcome, accepted
from engine.scoring.score import Score

GROUPS = ("domain", "kind")
"""The groups that a summary has; `score` has more of them for pass^k."""


class Summary:
    """Counts verdicts as they come. `failed`: could not be carried out or judged; neither right nor wrong.

    `rows` are those of accepted.jsonl, which leaves out tasks that somebody else made. `retried`: how often a conversation
    was begun anew because the environment failed; none of that is in the rows. `score` and `public`: how often the agent is
    right, by the checks and by the public benchmark of which a task is; `judge` said what of it is said in words. `costs` are
    those of models. `stopped`: how far a run came that its budget ended.
    """

    def __init__(self) -> None:
        self.standing: Counter[str] = Counter()
        self.by_domain: dict[str, Counter[str]] = {}
        self.by_kind: dict[str, Counter[str]] = {}
        self.reasons: Counter[str] = Counter()
        self.blame: Counter[str] = Counter()
        self.tool_calls = 0
        self.messages = 0
        self.rows = 0
        self.retried = 0
        self.score = Score()
        self.public = Score()
        self.judge = ""
        self.stopped = ""
        self.costs = Costs()

    @property
    def conversations(self) -> int:
        """How many were counted."""
        return self.standing.total()

    def count(self, scenario: Scenario, verdict: Verdict, public: Outcome | None = None) -> None:
        """Take in one verdict, and the reward of a public benchmark's task."""
        self.score.take(scenario, accepted(verdict))
        if public is not None:
            self.public.take(scenario, public)
        standing = "failed" if verdict.standing == "unjudged" else verdict.standing
        self.standing[standing] += 1
        self.by_domain.setdefault(scenario.domain, Counter())[standing] += 1
        self.by_kind.setdefault(scenario.kind, Counter())[standing] += 1
        if verdict.reason:
            self.reasons[verdict.reason] += 1
        if verdict.blame:
            self.blame[verdict.blame] += 1
        self.tool_calls += verdict.calls
        self.messages += verdict.messages

    def as_dict(self, wall_s: float, cpu_s: float) -> dict[str, Any]:
        """The summary as it is written: wall and CPU seconds over all sessions of the run."""
        return {
            "conversations": self.conversations,
            **({"stopped": self.stopped} if self.stopped else {}),
            **{name: self.standing[name] for name in ("accepted", "rejected", "failed")},
            "rows": self.rows,
            "retried": self.retried,
            "tool_calls": self.tool_calls,
            "messages": self.messages,
            "wall_s": round(wall_s, 3),
            "cpu_s": round(cpu_s, 3),
            "by_domain": _rows(self.by_domain),
            "by_kind": _rows(self.by_kind),
            "reasons": dict(sorted(self.reasons.items())),
            "blame": dict(sorted(self.blame.items())),
            **self.costs.as_dict(),
            **({"pass^k": self.score.as_dict(GROUPS)} if self.score.trials > 1 else {}),
            **({"public": {"judge": self.judge or None, **self.public.as_dict(GROUPS)}} if self.public.conversations else {}),
        }


def _rows(counts: dict[str, Counter[str]]) -> dict[str, dict[str, int]]:
    names = ("accepted", "rejected", "failed")
    return {name: {standing: count[standing] for standing in names} for name, count in sorted(counts.items())}
