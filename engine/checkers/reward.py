"""What a trajectory is worth, beyond yes and no: numbers for whoever trains on it."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from engine.checkers.finding import Finding
from engine.checkers.gold import GoldFailed, gold_state
from engine.checkers.recording import Recording
from servers.state import State, diff

_SCORED = ("state", "answer", "evidence", "policy")
_SCORES = {"pass": 1.0, "fail": 0.0}


class Reward(msgspec.Struct, frozen=True, kw_only=True):
    """`state`, `answer`, `evidence` and `policy` are 1 or 0, None where that was not judged or is unsure.

    `gold_share`: of the fields that gold changes, the share (0 to 1) that end as in gold; None where gold changes nothing.
    `collateral`: how many fields end changed that gold leaves alone.
    """

    state: float | None = None
    answer: float | None = None
    evidence: float | None = None
    policy: float | None = None
    gold_share: float | None = None
    collateral: int = 0


def reward(recording: Recording, findings: Iterable[Finding]) -> Reward:
    """The reward vector of one conversation, from what its checks found."""
    results = {finding.check: finding.result for finding in findings}
    scores = {check: _SCORES.get(results.get(check, "")) for check in _SCORED}
    share, collateral = _reached(recording, right=results.get("state") == "pass")
    return Reward(**scores, gold_share=share, collateral=collateral)


def excess_reads(recording: Recording) -> int | None:
    """How many reads the agent made beyond the certificates of its scenario; None for one that has none."""
    decisions = recording.scenario.decisions
    if not decisions:
        return None
    needed = {msgspec.json.encode([read.name, read.arguments], order="sorted") for each in decisions for read in each.certificate}
    made = [played.call for played in recording.calls if played.call is not None and played.call.requestor == "agent"]
    reads = sum(recording.domain.callable[call.name, "agent"].kind == "read" for call in made if _known(recording, call.name))
    return max(0, reads - len(needed))


def _known(recording: Recording, name: str) -> bool:
    return (name, "agent") in recording.domain.callable


def _reached(recording: Recording, *, right: bool) -> tuple[float | None, int]:
    """The share of gold's changes that were reached, and how many others were made."""
    if right:
        return (1.0 if recording.scenario.gold.writes else None), 0
    before = recording.world.open()
    try:
        wanted = _fields(before, gold_state(recording.domain, recording.world, recording.scenario.gold))
    except GoldFailed:
        return None, 0
    made = _fields(before, recording.final)
    reached = sum(field in made and made[field] == value for field, value in wanted.items())
    return (reached / len(wanted) if wanted else None), len(made.keys() - wanted.keys())


def _fields(before: State, after: State) -> Mapping[tuple[str, str, str], Any]:
    """Every field that differs, with what it became. A new or a removed record is one field."""
    return {(found.table, found.key, found.field): found.after for found in diff(before, after)}
