"""From findings to a verdict: accepted or not, for which reason, and whose fault it is."""

from collections.abc import Sequence
from typing import Literal

import msgspec

from engine.checkers.finding import Finding, Result
from engine.checkers.gates import Gates
from engine.checkers.progress import CUT_OFF
from engine.checkers.recording import Played, Recording
from engine.checkers.reward import Reward, excess_reads, reward
from engine.conversation.events import Blame, Closed, Failed, Spoke

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
    reward: Reward = Reward()
    excess_reads: int | None = None

    @property
    def accepted(self) -> bool:
        return self.standing == "accepted"


def verdict(recording: Recording, findings: tuple[Finding, ...], gates: Gates) -> Verdict:
    """Accepted when the conversation came to its end, no check that decides rejects it, and at least one of them passes."""
    findings = (*findings, *_strange(recording))
    standing, reason, blame = _standing(recording, findings, gates)
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
        reward=Reward() if recording.broke_down else reward(recording, findings),
        excess_reads=excess_reads(recording),
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


def _standing(recording: Recording, findings: tuple[Finding, ...], gates: Gates) -> tuple[Standing, str, Blame | None]:
    last = recording.events[-1] if recording.events else None
    deciding = [finding for finding in findings if gates.hold(finding, recording.scenario)]
    rejecting = sorted((finding for finding in deciding if gates.rejects(finding)), key=_weight)
    if isinstance(last, Failed) and last.blame == "environment":
        return "failed", last.reason, last.blame
    if any(finding.check == REPLAY and finding.result == "fail" for finding in findings):
        return "failed", "a tool's answer does not replay", "environment"
    if not isinstance(last, Failed | Closed):
        return "failed", "came to no end", "environment"
    if isinstance(last, Failed):
        return "rejected", last.reason, _who(last, rejecting)
    if any(finding.check == "state" and finding.result == "unsure" for finding in deciding):
        return "rejected", "gold does not replay", "scenario"
    if rejecting:
        return "rejected", rejecting[0].check, rejecting[0].blame
    if not any(finding.result == "pass" for finding in deciding):
        return "rejected", "nothing was judged", "scenario"
    if not any(_settles(recording, finding) for finding in findings):
        return "rejected", "nothing was settled", "agent"
    return "accepted", "", None


def _settles(recording: Recording, finding: Finding) -> bool:
    """Does it show that something was settled? An idle agent passes all other checks, and *state* where gold is empty.

    A task that was made elsewhere, without requests, may want exactly that.
    """
    scenario = recording.scenario
    if finding.check == "state":
        return finding.result == "pass" and bool(scenario.gold.writes or not scenario.requests)
    return finding.check in ("answer", "evidence") and finding.result in ("pass", "unsure")


def _who(last: Failed, rejecting: Sequence[Finding]) -> Blame:
    """Whose failure it is. A customer who gave up by their own fault is it, whatever the agent did until then."""
    if last.blame == "user" and last.reason not in CUT_OFF:
        return "user"
    return next((each.blame for each in rejecting if each.check in _WHO and each.blame is not None), last.blame)


_WHO = ("user", "progress")
"""The checks that know who it was when a conversation was cut off."""


def _weight(finding: Finding) -> tuple[bool, bool]:
    """What comes first when several checks reject: a fault of the user, which is never booked on the agent; then the outcome."""
    return finding.blame != "user", finding.check not in ("state", "answer")
