"""What of a conversation that the environment failed its next try goes on from: nothing is asked twice that was paid for once.

A conversation without models begins from its beginning: that costs nothing.
"""

from collections.abc import Sequence

from engine.checkers.recording import Recording
from engine.conversation.events import Event, Failed, Replied
from engine.models.wire import NO_COMPLETION, Unusable, read
from servers.replay import ToolCrashed


def paid_for(recording: Recording) -> Sequence[Event]:
    """The events before whatever the environment did: before an answer of a tool that does not replay, and without what an
    endpoint sent last instead of replies, where it sent nothing else as often as it was asked."""
    events = list(recording.events)
    if not any(isinstance(event, Replied) for event in events):
        return ()
    try:
        end = min((played.event for played in recording.calls if played.recorded != played.outcome.text), default=len(events))
    except ToolCrashed:
        return ()
    if end == len(events):
        failed = events[-1]
        if not isinstance(failed, Failed):
            return ()
        end -= 1
        while failed.reason == NO_COMPLETION and _is_no_reply(events[end - 1]):
            end -= 1
    return events[:end]


def _is_no_reply(event: Event) -> bool:
    said = read(event.raw) if isinstance(event, Replied) else None
    return isinstance(said, Unusable) and said.by == "endpoint"
