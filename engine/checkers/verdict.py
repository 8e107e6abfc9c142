"""From findings to a verdict: accepted or not, for which reason, and whose fault it is."""

from typing import Literal

import msgspec

from engine.checkers.finding import Finding
from engine.checkers.recording import Recording
from engine.conversation.events import Blame, Failed

Standing = Literal["accepted", "rejected", "failed", "unjudged"]


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """The judgement of one conversation.

    `failed`: it could not be carried out, by nobody's fault in it, and is neither right nor wrong. `unjudged`: a
    checker crashed; the trajectory is kept to be judged again. `reason` is one word or two for counting.
    """

    standing: Standing
    reason: str = ""
    blame: Blame | None = None
    findings: tuple[Finding, ...] = ()
    reads: int = 0
    writes: int = 0
    calls: int = 0
    messages: int = 0

    @property
    def accepted(self) -> bool:
        return self.standing == "accepted"


def verdict(recording: Recording, findings: tuple[Finding, ...]) -> Verdict:
    """Accepted when the conversation came to its end and every gating check that judged it passes, at least one."""
    gates = recording.scenario.gates
    gating = [finding for finding in findings if gates is None or finding.check in gates]
    standing, reason, blame = _standing(recording, gating)
    calls = recording.calls
    return Verdict(
        standing=standing,
        reason=reason,
        blame=blame,
        findings=findings,
        writes=len(recording.writes),
        reads=sum(not recording.is_write(played.call) for played in calls),
        calls=len(calls),
        messages=sum(1 for event in recording.events if type(event).__name__ == "Spoke"),
    )


def _standing(recording: Recording, gating: list[Finding]) -> tuple[Standing, str, Blame | None]:
    last = recording.events[-1] if recording.events else None
    if isinstance(last, Failed):
        return ("failed" if last.blame == "environment" else "rejected"), last.reason, last.blame
    strange = next((played for played in recording.calls if played.recorded != played.outcome.text), None)
    if strange is not None:
        return "failed", "a tool's answer does not replay", "environment"
    for finding in gating:
        if finding.check == "state" and finding.result == "unsure":
            return "rejected", "gold does not replay", "scenario"
        if finding.result == "fail":
            return "rejected", finding.check, "agent"
    if any(finding.result == "pass" for finding in gating):
        return "accepted", "", None
    return "rejected", "nothing was judged", "scenario"
