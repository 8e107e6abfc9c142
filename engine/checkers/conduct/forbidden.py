"""Writes that a rule of the policy forbids, as far as the records alone tell; the tools let them through."""

from collections.abc import Iterator

from engine.checkers.conduct.fault import Fault
from engine.checkers.recording import Recording
from servers.arguments import decode


def faults(recording: Recording) -> Iterator[Fault]:
    """The agent's successful writes that break a rule."""
    for played in recording.writes:
        call = played.call
        if call is None or call.requestor != "agent":
            continue
        tool = recording.domain.callable[call.name, call.requestor]
        rule = tool.breaks(played.before, decode(tool, call.arguments)) if tool.breaks else None
        if rule is not None:
            yield Fault(played.event, f"breaks {rule}: {call.name}")
