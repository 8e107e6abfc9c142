"""How calls are made: one in a move, and nothing said beside it, where the policy says so."""

from collections.abc import Iterator

from engine.checkers.conduct.fault import Fault
from engine.checkers.recording import Recording
from engine.conversation.events import Called, Spoke


def faults(recording: Recording) -> Iterator[Fault]:
    """Of every move with several calls the second one, and the text beside calls."""
    conduct = recording.domain.conduct
    calls: dict[int, int] = {}
    said: dict[int, int] = {}
    for number, event in enumerate(recording.events):
        if isinstance(event, Called) and event.party == "agent":
            calls[event.move] = calls.get(event.move, 0) + 1
            if conduct.one_call and calls[event.move] == 2:
                yield Fault(number, f"a second call in one move: {event.name}")
        elif isinstance(event, Spoke) and event.party == "agent" and event.text.strip():
            said[event.move] = number
    if conduct.silent_calls:
        yield from (Fault(number, "text beside a call") for move, number in said.items() if move in calls)
