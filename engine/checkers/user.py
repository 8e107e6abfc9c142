"""Did the customer do their part? Told what they know and no more, stayed true to it, asked for what they want, and left in time.

Exact where both sides give meanings. Of a model's text it is only said what its words show, and never that all was well.
"""

from engine.checkers.customer.brief import Brief
from engine.checkers.customer.fault import Fault
from engine.checkers.customer.meaning import Following
from engine.checkers.customer.surface import Words, silences
from engine.checkers.finding import Finding, Result
from engine.checkers.recording import Recording
from engine.conversation.events import Called, Closed, Returned, Spoke
from engine.course import Course


def check(recording: Recording) -> Finding:
    """Fail for what is certain, unsure for what only looks so; a customer without meanings is never said to have passed."""
    found = faults(recording)
    certain = [fault for fault in found if fault.certain]
    if certain or found:
        shown = certain or found
        events = tuple(dict.fromkeys(fault.event for fault in shown))
        more = f" and {len(shown) - 1} more" if len(shown) > 1 else ""
        result: Result = "fail" if certain else "unsure"
        return Finding(check="user", result=result, detail=shown[0].detail + more, events=events, blame="user")
    if recording.scenario.requests and any(_meant(event) for event in recording.events):
        return Finding(check="user", result="pass", blame="user")
    return Finding(check="user", result="not judged", detail="their words show nothing wrong", blame="user")


def faults(recording: Recording) -> list[Fault]:
    """All that the customer did wrong, in the order in which it showed."""
    events = recording.events
    said = [(number, event) for number, event in enumerate(events) if isinstance(event, Spoke) and event.party == "user"]
    found = list(silences(said))
    if not said:
        return found
    if any(event.meaning for _, event in said) and recording.scenario.requests:
        found += _by_meaning(recording)
    if not all(event.meaning for _, event in said):
        words = Words(recording.scenario, events)
        for number, event in said:
            if not event.meaning:
                found += words.faults(number, event)
        number, last = said[-1]
        if not last.meaning and isinstance(events[-1], Closed) and events[-1].reason == "user left":
            found += words.left_early(number, last)
    return sorted(found, key=lambda fault: fault.event)


def _by_meaning(recording: Recording) -> list[Fault]:
    scenario = recording.scenario
    brief = Brief(scenario)
    following = Following(brief, Course(recording.domain, scenario, brief.values), scenario.manner)
    for number, event in enumerate(recording.events):
        if isinstance(event, Spoke):
            if event.party == "user":
                following.say(number, event)
            else:
                following.hear(event)
        elif isinstance(event, Called | Returned) and event.party == "user":
            brief.look(event)
    return following.faults


def _meant(event: object) -> bool:
    return isinstance(event, Spoke) and event.party == "user" and bool(event.meaning)
