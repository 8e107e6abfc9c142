"""The public benchmark's reward of a conversation: the product of what the task's basis names, each 1 or 0.

`DB`: the state ends as gold leaves it. `COMMUNICATE`: what had to be told was told. `NL_ASSERTION`: all assertions in words hold,
of which a judge has to say so; a task without any has this part for nothing. A conversation that came to no end has 0.
"""

from collections.abc import Mapping, Sequence

from engine.checkers.verdict import Verdict
from engine.conversation.events import Closed, Event
from engine.scenario import Scenario
from engine.scoring.outcome import UNFINISHED, Outcome, others_doing

ASSERTIONS = "NL_ASSERTION"
NOT_JUDGED = "not judged"

_CHECKS = {"DB": "state", "COMMUNICATE": "answer"}
_SCORES = {"pass": 1.0, "fail": 0.0}

Met = Sequence[bool]
"""What a judge said of each assertion, in their order."""


def public_reward(scenario: Scenario, verdict: Verdict | None, events: Sequence[Event], judge: str, met: Met | None) -> Outcome:
    """Was the reward 1? Left out where it cannot be said.

    `judge` is who judges assertions, empty for nobody; `met` what they said, None for nothing. They are not asked where the
    reward is 0 without them. Without a judge tasks with assertions are left out whatever happened: those that fail anyway would
    pull the score down alone.
    """
    if verdict is None or not events:
        return Outcome(right=None, why=UNFINISHED)
    if verdict.standing in ("failed", "unjudged"):
        return Outcome(right=None, why=others_doing(verdict) or verdict.standing)
    if not isinstance(events[-1], Closed):
        whose = others_doing(verdict)
        return Outcome(right=None if whose else False, why=whose or verdict.reason)
    parts = shares(scenario, verdict, met)
    lost = next((name for name, share in parts.items() if share == 0.0), None)
    unknown = [name for name, share in parts.items() if share is None]
    if unknown and not (lost and judge and unknown == [ASSERTIONS]):
        return Outcome(right=None, why="scenario" if verdict.blame == "scenario" else NOT_JUDGED)
    return Outcome(right=lost is None, why=lost or "")


def shares(scenario: Scenario, verdict: Verdict, met: Met | None) -> Mapping[str, float | None]:
    """Each part of the basis: 1, 0, or None where nothing says which."""
    results = {finding.check: finding.result for finding in verdict.findings}
    found: dict[str, float | None] = {}
    for name in scenario.basis:
        if name == ASSERTIONS:
            found[name] = None if met is None and scenario.assertions else float(all(met or ()))
        elif name == "COMMUNICATE" and not scenario.answer.tell:
            found[name] = 1.0
        else:
            found[name] = _SCORES.get(results.get(_CHECKS.get(name, ""), ""))
    return found


def needs_judge(scenario: Scenario, verdict: Verdict | None, events: Sequence[Event]) -> bool:
    """Does the reward hang on what a judge says of the assertions, all else being right?"""
    if ASSERTIONS not in scenario.basis or not scenario.assertions:
        return False
    said = [public_reward(scenario, verdict, events, "judge", [met]) for met in (True, False)]
    return [outcome.right for outcome in said] == [True, False]
