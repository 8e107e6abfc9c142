"""Did each argument of the agent's calls come from somewhere, by the time of the call? By the kind of the argument.

An id is exactly what was said or shown. A date, a name or a place of a write was said in some way; of a read that is a
matter of looking and never worse than unsure. Choices, counts and amounts are what *policy* and *state* look at.
"""

from collections.abc import Iterator
from datetime import date

from engine.checkers.finding import Finding, Result
from engine.checkers.heard import Heard, plain, whole
from engine.checkers.recording import Played, Recording
from engine.reading.dates import beside, means
from engine.reading.ids import spelt
from servers.kinds import Kind, NoKind, parts

_CODE = 3
"""Letters up to which a text is a code that somebody may know by heart: 'TX', 'USA'."""


def check(recording: Recording) -> Finding:
    """Fail at the first value that was never said or shown; a refused call counts as well."""
    if not any(_is_the_agents(played) for played in recording.calls):
        return Finding(check="grounding", result="not judged", detail="the agent called nothing")
    try:
        return _finding(list(_doubts(recording)))
    except NoKind as missing:
        return Finding(check="grounding", result="not judged", detail=str(missing))


def _is_the_agents(played: Played) -> bool:
    return played.call is not None and played.call.requestor == "agent"


def _doubts(recording: Recording) -> Iterator[tuple[Result, int, str]]:
    """What is not known to come from somewhere: how bad it is, the call's event, and what it is."""
    heard, known = recording.once(Heard), set[tuple[Kind, str]]()
    for played in recording.calls:
        for path, kind, value in _leaves(recording, played):
            if (kind, value) not in known:
                result = _grounded(heard, played, kind, value)
                if result == "pass":
                    known.add((kind, value))
                else:
                    assert played.call is not None
                    yield result, played.event, f"{played.call.name} {path} {value!r} was never said or shown"


def _finding(doubts: list[tuple[Result, int, str]]) -> Finding:
    for result in ("fail", "unsure"):
        found = [(event, what) for each, event, what in doubts if each == result]
        if found:
            more = f" and {len(found) - 1} more" if len(found) > 1 else ""
            detail = found[0][1] if result == "fail" else found[0][1].replace(" was never", " was perhaps never")
            events = tuple(dict.fromkeys(event for event, _ in found))
            return Finding(check="grounding", result=result, detail=detail + more, events=events)
    return Finding(check="grounding", result="pass")


def _leaves(recording: Recording, played: Played) -> Iterator[tuple[str, Kind, str]]:
    """The texts among a call's arguments that have to come from somewhere."""
    call = played.call
    tool = recording.domain.callable.get((call.name, "agent")) if call and call.requestor == "agent" else None
    if call is not None and tool is not None:
        for path, kind, value in parts(tool.arguments, call.arguments):
            if kind in _WAYS and isinstance(value, str) and value:
                yield path, kind, value


def _grounded(heard: Heard, played: Played, kind: Kind, value: str) -> Result:
    until = heard.until(played.event)
    if heard.has(value, until):
        return "pass"
    result = _WAYS[kind](heard, played, kind, value)
    return "unsure" if result == "fail" and kind != "id" and not heard.recording.is_write(played.call) else result


def _id(heard: Heard, played: Played, _kind: Kind, value: str) -> Result:
    """Spelt otherwise by the customer ('W 123-4567'), or put together from words of theirs, it is unsure."""
    if whole(value, heard.told, len(heard.told)):
        return "pass"
    said = heard.said(played.event)
    spaced = plain(said)
    if spelt(value, said) or all(f" {word} " in spaced for word in plain(value).split()):
        return "unsure"
    return "fail"


def _date(heard: Heard, played: Played, _kind: Kind, value: str) -> Result:
    until = heard.until(played.event)
    if 0 <= heard.text.find(value) < until:
        return "pass"
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return "unsure"  # no day at all: the tools refuse it
    today = date.fromisoformat(heard.recording.world.facts.now[:10])
    said = heard.said(played.event)
    if any(0 <= heard.text.find(other.isoformat()) < until for other in beside(said, day)):
        return "pass"
    meant = means(said, day, today)
    if meant == "no" and means(heard.offered(played.event), day, today) == "yes":
        meant = "maybe"
    return {"yes": "pass", "maybe": "unsure", "no": "fail"}[meant]  # type: ignore[return-value]


def _name(heard: Heard, played: Played, kind: Kind, value: str) -> Result:
    """Said in any spelling, case or way of the domain. A code of a few letters follows from what else was said."""
    ways = [value, *heard.recording.domain.said_as(played.before, kind, value)]
    wanted = [each for way in ways if (each := plain(way)).strip()]
    before = heard.plain(heard.until(played.event))
    if not wanted or any(way in before for way in wanted):
        return "pass"
    if len(value) <= _CODE and kind == "name":
        return "unsure"
    offered = plain(heard.offered(played.event))
    words = wanted[0].split()
    apart = all(f" {word} " in before for word in words)
    return "unsure" if apart or any(way in offered for way in wanted) else "fail"


_WAYS = {"id": _id, "date": _date, "name": _name, "place": _name}
