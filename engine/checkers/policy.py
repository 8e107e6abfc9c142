"""Does the agent keep to the policy: identity first, a yes before each write, calls one by one, nothing that a rule forbids?"""

from engine.checkers.conduct import account, calls, consent, forbidden
from engine.checkers.finding import Finding, Result
from engine.checkers.recording import Recording
from engine.conversation.events import Called

PARTS = (account.faults, consent.faults, calls.faults, forbidden.faults)


def check(recording: Recording) -> Finding:
    """The worst that any part finds. `detail` names the first fault in the conversation, `events` are those of all."""
    if not any(isinstance(event, Called) and event.party == "agent" for event in recording.events):
        return Finding(check="policy", result="not judged", detail="the agent called no tool")
    found = sorted([fault for faults in PARTS for fault in faults(recording)], key=lambda fault: fault.event)
    shown = [fault for fault in found if fault.certain] or found
    if not shown:
        return Finding(check="policy", result="pass")
    more = f" and {len(shown) - 1} more" if len(shown) > 1 else ""
    events = tuple(dict.fromkeys(fault.event for fault in shown))
    result: Result = "fail" if shown[0].certain else "unsure"
    return Finding(check="policy", result=result, detail=f"{shown[0].detail}{more}", events=events)
