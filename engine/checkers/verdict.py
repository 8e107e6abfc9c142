"""From findings to a verdict: accepted or not, for which reason, and whose fault it is."""

from typing import Literal

import msgspec

from engine.checkers.finding import Finding, Result
from engine.checkers.recording import Played, Recording
from engine.conversation.events import Blame, Failed, Spoke

Standing = Literal["accepted", "rejected", "failed", "unjudged"]

REPLAY = "replay"
"""The check's name under which answers are found that do not replay; there is no such finding otherwise."""


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
    findings = (*findings, *_strange(recording))
    gating = [finding for finding in findings if gates is None or finding.check in gates]
    standing, reason, blame = _standing(recording, findings, gating)
    calls = recording.calls
    return Verdict(
        standing=standing,
        reason=reason,
        blame=blame,
        findings=findings,
        writes=len(recording.writes),
        reads=sum(not recording.is_write(played.call) for played in calls),
        calls=len(calls),
        messages=sum(isinstance(event, Spoke) for event in recording.events),
    )


def _strange(recording: Recording) -> tuple[Finding, ...]:
    """The recorded answers that the replay does not make again: the first, shown from where they part.

    Of another release's answers only those fail where one refuses and the other does not.
    """
    differing = [played for played in recording.calls if played.recorded != played.outcome.text]
    parted = [played for played in differing if not recording.reworded or _refuses(played.recorded) != played.outcome.error]
    if not differing:
        return ()
    first = (parted or differing)[0]
    more = f" ({len(differing)} of {len(recording.calls)} answers differ)" if recording.reworded else ""
    result: Result = "fail" if parted else "not judged"
    return (Finding(check=REPLAY, result=result, detail=f"{_parting(first)}{more}", events=(first.event,)),)


def _refuses(answer: str) -> bool:
    """Is it a refusal by its first words? The second are the older τ-bench's for a tool that it does not have."""
    return answer.startswith(("Error", "Unknown action"))


def _parting(played: Played) -> str:
    recorded, made = played.recorded, played.outcome.text
    shorter = min(len(recorded), len(made))
    same = next((place for place in range(shorter) if recorded[place] != made[place]), shorter)
    part = slice(max(same - 20, 0), same + 60)
    return f"recorded {recorded[part]!r}, the replay answers {made[part]!r}, from letter {part.start} on"


def _standing(recording: Recording, findings: tuple[Finding, ...], gating: list[Finding]) -> tuple[Standing, str, Blame | None]:
    last = recording.events[-1] if recording.events else None
    if isinstance(last, Failed):
        return ("failed" if last.blame == "environment" else "rejected"), last.reason, last.blame
    if any(finding.check == REPLAY and finding.result == "fail" for finding in findings):
        return "failed", "a tool's answer does not replay", "environment"
    for finding in gating:
        if finding.check == "state" and finding.result == "unsure":
            return "rejected", "gold does not replay", "scenario"
        if finding.result == "fail":
            return "rejected", finding.check, "agent"
        if finding.check == "answer" and finding.result == "unsure":
            return "rejected", "refusal unclear", None
    if any(finding.result == "pass" for finding in gating):
        return "accepted", "", None
    return "rejected", "nothing was judged", "scenario"
