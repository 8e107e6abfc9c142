"""What one conversation says of the agent: right, wrong, or nothing, because it was somebody else's doing."""

import msgspec

from engine.checkers.verdict import Verdict


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """`right` None: left out of every score. `why`: what rejected it, or whose doing it was that it is left out."""

    right: bool | None
    why: str = ""


UNFINISHED = "not finished"


def accepted(verdict: Verdict | None) -> Outcome:
    """By the checks that decide. What the environment, the customer or the scenario did is not the agent's, nor what a
    crashed checker has not judged."""
    if verdict is None:
        return Outcome(right=None, why=UNFINISHED)
    if verdict.accepted:
        return Outcome(right=True)
    if (other := others_doing(verdict)) is not None:
        return Outcome(right=None, why=other)
    return Outcome(right=False, why=verdict.reason)


def others_doing(verdict: Verdict) -> str | None:
    """Why a conversation that was not accepted says nothing of the agent; None where it does."""
    if verdict.standing == "unjudged":
        return "unjudged"
    if verdict.standing == "failed":
        return verdict.blame or "environment"
    return verdict.blame if verdict.standing == "rejected" and verdict.blame in ("user", "environment", "scenario") else None
