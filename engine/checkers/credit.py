"""Credit turn by turn: which events a finding rests on, where its check does not say."""

from collections.abc import Iterable

from msgspec.structs import replace

from engine.checkers.finding import Finding
from engine.checkers.recording import Recording
from engine.conversation.events import Called, Event, Spoke


def placed(finding: Finding, recording: Recording) -> Finding:
    """The finding with events. What failed because something was left out names the last thing that its party did; what
    passes names all that was looked at: calls or messages; a state that is right because nothing was done names nothing.
    """
    if finding.events or finding.result not in ("pass", "fail"):
        return finding
    if finding.result == "fail":
        party = "user" if finding.blame == "user" else "agent"
        own = [
            number for number, event in enumerate(recording.events) if isinstance(event, Spoke | Called) and event.party == party
        ]
        return replace(finding, events=tuple(own[-1:]))
    return replace(finding, events=tuple(_looked_at(finding.check, recording)))


def _looked_at(check: str, recording: Recording) -> Iterable[int]:
    events: list[tuple[int, Event]] = list(enumerate(recording.events))
    match check:
        case "policy" | "grounding":
            return [number for number, event in events if isinstance(event, Called) and event.party == "agent"]
        case "claims":
            return [number for number, _ in recording.said_by_agent]
        case "user":
            return [number for number, event in events if isinstance(event, Spoke) and event.party == "user"]
        case "progress":
            return [number for number, event in events if isinstance(event, Spoke)][-1:]
    return ()
