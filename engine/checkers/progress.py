"""Did the conversation get on? The same call, the same message or malformed calls again and again; an end that had to be made.

Extra reads never matter: a loop is only what brings nothing new, no change, no other call, no new word from the other side.
"""

from collections import Counter
from collections.abc import Hashable, Iterator

import msgspec

from engine.checkers.finding import Finding, Result
from engine.checkers.recording import Played, Recording
from engine.checkers.user import faults
from engine.conversation.events import Called, Event, Failed, Spoke
from servers.domain import Party

SAME_CALLS, SAME_WORDS, MALFORMED = 4, 3, 3
"""How often something must come for it to be a loop: a call with its answer, a message, malformed calls in a row."""

CUT_OFF = frozenset(("too many moves", "too many calls"))
"""Reasons for which a conversation that does not end is ended."""

STOPPED = "cut off"
"""Of a recording made elsewhere: it stops, perhaps by a limit of that place, in the middle of getting on."""

_sorted = msgspec.json.Encoder(order="sorted")


class Loop(msgspec.Struct, frozen=True, kw_only=True):
    """What came again and again: whose it is, and the numbers of its events."""

    party: Party
    detail: str
    events: tuple[int, ...]


def check(recording: Recording) -> Finding:
    """Fail for a loop, and for a conversation that was cut off; the blame is the party's that goes on."""
    loop = next(_loops(recording), None)
    if loop is not None:
        blame = _who(recording, loop.party) if loop.detail == _WORDS else loop.party
        return _failed(loop.detail, loop.events, blame)
    last = recording.events[-1] if recording.events else None
    if isinstance(last, Failed) and last.reason in CUT_OFF:
        detail = f"came to no end ({last.reason})"
        who = _calling(recording) if last.reason == "too many calls" else _who(recording, "agent")
        return _failed(detail, (len(recording.events) - 1,), who)
    if isinstance(last, Failed) and last.reason == STOPPED:
        return Finding(
            check="progress", result="unsure", detail="stops before anybody ended it", events=(len(recording.events) - 1,)
        )
    return Finding(check="progress", result="pass")


def _failed(detail: str, events: tuple[int, ...], blame: Party) -> Finding:
    result: Result = "fail"
    return Finding(check="progress", result=result, detail=detail, events=events, blame=blame)


def _loops(recording: Recording) -> Iterator[Loop]:
    yield from _malformed(recording)
    calls = Counter((event.party, event.name, _compact(event)) for event in recording.events if isinstance(event, Called))
    words = Counter(_gist(event) for event in recording.events if isinstance(event, Spoke))
    if max(calls.values(), default=0) >= SAME_CALLS or max(words.values(), default=0) >= SAME_WORDS:
        yield from _repeated(recording)


def _compact(event: Called) -> str:
    """The arguments however they are spaced."""
    return "".join(event.arguments.split())


_WORDS = "says the same again and again"


_Key = tuple[Party, Hashable]
"""Whose it is, and what."""


def _gist(event: Spoke) -> _Key:
    """A message as far as it may be another's repetition: cheap to make, and equal whenever `_meant` is."""
    return event.party, tuple([act.kind for act in event.meaning]) or event.text.casefold()[:20]


def _meant(event: Spoke) -> _Key:
    """What a message says, whatever its wording; of one without meaning its text."""
    if not event.meaning:
        return event.party, event.text.casefold()
    return event.party, tuple([(act.kind, act.wants, _sorted.encode(act.slots)) for act in event.meaning])


def _repeated(recording: Recording) -> Iterator[Loop]:
    """Calls and messages that came so often with nothing new in between."""
    played = {each.event: each for each in recording.calls}
    words, calls = dict[_Key, list[int]](), dict[_Key, list[int]]()
    heard, made, again = set[_Key](), set[_Key](), dict[Party, int]()
    for number, event in enumerate(recording.events):
        if isinstance(event, Spoke):
            said = _meant(event)
            if said not in heard:  # a new word: what the other side repeats after it is another matter
                heard.add(said)
                words, calls, again = _of(event.party, words), _of(event.party, calls), {}
            else:
                again.setdefault(event.party, number)
            words.setdefault(said, []).append(number)
            if len(words[said]) >= SAME_WORDS:
                yield _circle(again, words)
        elif isinstance(event, Called) and number in played:
            call = (event.party, (event.name, _compact(event), played[number].outcome.text))
            changed = played[number].outcome.changed
            words, again = ({}, {}) if changed or call not in made else (words, again)
            calls = {} if changed else calls
            made.add(call)
            calls.setdefault(call, []).append(number)
            if len(calls[call]) >= SAME_CALLS:
                yield Loop(party=event.party, detail=f"calls {event.name} again and again", events=tuple(calls[call]))


def _circle(again: dict[Party, int], words: dict[_Key, list[int]]) -> Loop:
    """Both sides say what they said before: it is that one's who was the first to do so."""
    events = sorted(number for numbers in words.values() if len(numbers) > 1 for number in numbers)
    return Loop(party=min(again, key=lambda party: again[party]), detail=_WORDS, events=tuple(events))


def _of(party: Party, counted: dict[_Key, list[int]]) -> dict[_Key, list[int]]:
    return {key: events for key, events in counted.items() if key[0] == party}


def _malformed(recording: Recording) -> Iterator[Loop]:
    """Calls of a party that no tool could take, one after the other."""
    failing: dict[Party, list[int]] = {"agent": [], "user": []}
    for played in recording.calls:
        event: Event = recording.events[played.event]
        assert isinstance(event, Called)
        if _is_malformed(recording, played, event):
            failing[event.party].append(played.event)
            if len(failing[event.party]) >= MALFORMED:
                detail = "makes malformed calls again and again"
                yield Loop(party=event.party, detail=detail, events=tuple(failing[event.party]))
        else:
            failing[event.party].clear()


def _is_malformed(recording: Recording, played: Played, event: Called) -> bool:
    """Is there no such tool, or do the arguments not fit it?"""
    if not played.outcome.error:
        return False
    known = (event.name, event.party) in recording.domain.callable
    return played.call is None or not known or played.outcome.text.startswith(f"Error: Invalid arguments for {event.name}:")


def _calling(recording: Recording) -> Party:
    """Who made most of the calls."""
    calls = Counter(event.party for event in recording.events if isinstance(event, Called))
    return "user" if calls["user"] > calls["agent"] else "agent"


def _who(recording: Recording, party: Party) -> Party:
    """Whose doing it is that the same is said again and again, or that there is no end.

    Of a customer's faults the conversation's going in circles is a consequence. One who did nothing wrong only answers:
    then it is the agent, who could settle, refuse or hand over. Without meanings it is who repeats themselves.
    """
    if any(fault.certain for fault in faults(recording)):
        return "user"
    meant = any(isinstance(event, Spoke) and event.party == "user" and event.meaning for event in recording.events)
    return "agent" if meant else party
