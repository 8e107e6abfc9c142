"""When an agent decided what a scenario asks to be settled: the events of its writes, refusals, answers and hand-overs.

A write that the customer took back was decided when it was proposed to them.
"""

from collections.abc import Iterator

import msgspec

from engine.checkers.answer import handed_over, refused, taken_back, told
from engine.checkers.gold import canonical
from engine.checkers.recording import Recording
from engine.scenario import StoredEdit


class Decided(msgspec.Struct, frozen=True, kw_only=True):
    """What one request came to: the event that settled it and the stored edits that would have turned it.

    `certain`: the event is known; of a model's text it is only likely.
    """

    request: int
    event: int
    certain: bool
    edits: tuple[StoredEdit, ...]


def decided(recording: Recording) -> Iterator[Decided]:
    """Every request that was settled. One that takes several decisions is settled by its first write, or by its last word."""
    scenario = recording.scenario
    events = _events(recording)
    for request in range(len(scenario.requests)):
        own = [
            (decision, found) for decision, found in zip(scenario.decisions, events, strict=True) if decision.request == request
        ]
        writes = [found for decision, found in own if decision.outcome == "write" and found is not None]
        words = [found for _, found in own if found is not None]
        if not words:
            continue
        event, certain = min(writes) if writes else max(words)
        edits = tuple(edit for decision, _ in own for edit in decision.edits if edit.decides)
        yield Decided(request=request, event=event, certain=certain, edits=edits)


_Found = tuple[int, bool]
"""An event, and whether it is certain that it was this one."""


def _events(recording: Recording) -> list[_Found | None]:
    """For each decision of the scenario, in order: where it was made, None where it was not."""
    writes, refusals = _writes(recording), _refusals(recording)
    answers, proposals = _told(recording)
    found: list[_Found | None] = []
    for decision in recording.scenario.decisions:
        match decision.outcome:
            case "write":
                found.append(next(writes, None))
            case "refusal":
                found.append(next(refusals, None))
            case "answer":
                found.append(next(answers, None))
            case "declined":
                found.append(next(proposals, None))
            case "transfer":
                event = handed_over(recording)
                found.append(None if event is None else (event, True))
    return found


def _writes(recording: Recording) -> Iterator[_Found | None]:
    """For each gold write the agent's own: the one that equals it, otherwise one by the same tool that equals no other."""
    domain, gold = recording.domain, recording.scenario.gold.writes
    left = {
        played.event: played.call for played in recording.writes if played.call is not None and played.call.requestor == "agent"
    }
    keys = {event: canonical(domain, call.name, call.arguments) for event, call in left.items()}
    found: dict[int, int] = {}
    for equal in (True, False):
        for place, write in enumerate(gold):
            if place not in found:
                key = canonical(domain, write.name, write.arguments)
                event = next((e for e, call in left.items() if (keys[e] == key if equal else call.name == write.name)), None)
                if event is not None:
                    found[place] = event
                    del left[event]
    return iter([(found[place], True) if place in found else None for place in range(len(gold))])


def _refusals(recording: Recording) -> Iterator[_Found | None]:
    """The messages that refuse what is to be refused; of a model's, the first that seems to."""
    certain = bool(recording.acts_of_agent)
    return iter([None if found is None else (found[0], certain) for found in recording.once(refused)])


def _told(recording: Recording) -> tuple[Iterator[_Found], Iterator[_Found]]:
    """The messages that answer a question, and those that propose what is then taken back.

    Of a model's text both are the first message that says each text which had to be told.
    """
    acts = recording.acts_of_agent
    if acts:
        answers = iter([(number, True) for number, act in acts if act.kind.startswith("answer.")])
        return answers, iter([(number, True) for number in taken_back(recording)])
    events = (told(recording, text) for text in recording.scenario.answer.tell)
    found = iter([(event, False) for event in events if event is not None])
    return found, found
